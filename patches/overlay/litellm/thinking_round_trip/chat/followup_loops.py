"""Where LiteLLM's loops end before they ask again, so that a client gets the call of a tool of LiteLLM's own (N87).

An answer of Converse is seen by no loop on releases before 1.92, and again from 1.94 to 1.98. And from 1.85 to 1.90 a
second request of chat completions ends in an error where no router has named a deployment.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import wraps
from typing import Any

from litellm.thinking_round_trip.chat.answers import field


def runs_loops(handler: Callable[[], Any]) -> Callable[..., Any]:
    """Decorate the method that asks Converse for a whole answer, and gets everything by name.

    `handler` gives LiteLLM's handler of requests, which calls the loops for other providers. What a loop has noted for
    itself among the parameters, which Bedrock rejects, is not sent.
    """

    def decorate(ask: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(ask)
        async def asked(self: Any, **request: Any) -> Any:
            # As they were: what makes the request of them may take some out.
            parameters = copy.deepcopy(request["optional_params"])
            sent = {name: value for name, value in parameters.items() if not _is_of_loops(name)}
            answer = await ask(self, **{**request, "optional_params": sent})
            after = await handler()._call_agentic_chat_completion_hooks(
                response=answer,
                model=f"bedrock/converse/{request['model']}",
                messages=request["messages"],
                optional_params=parameters,
                logging_obj=request["logging_obj"],
                stream=False,
                custom_llm_provider="bedrock",
                kwargs={**request["litellm_params"], **_account(request.get("credentials"))},
            )
            # Where no loop ran, some releases give the answer back as the chunk of a stream, which nobody waits for.
            return after if _is_whole(after) else answer

        return asked

    return decorate


def _is_whole(answer: Any) -> bool:
    choices = field(answer, "choices")
    return isinstance(choices, list) and bool(choices) and field(choices[0], "message") is not None


def _is_of_loops(name: str) -> bool:
    return name.startswith("_") or name == "max_agentic_loops"


def _account(credentials: Any) -> dict[str, Any]:
    """The account of a request, as the next one is told it; LiteLLM takes it out of the parameters for itself."""
    names = {"access_key": "aws_access_key_id", "secret_key": "aws_secret_access_key", "token": "aws_session_token"}
    return {name: getattr(credentials, own) for own, name in names.items() if getattr(credentials, own, None)}


def leaves_out_nothing(follow: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate what makes the second request of `kwargs`: what has no value there does not go along as if it had."""

    @wraps(follow)
    async def following(self: Any, **given: Any) -> Any:
        told = {name: value for name, value in given["kwargs"].items() if value is not None}
        return await follow(self, **{**given, "kwargs": told})

    return following
