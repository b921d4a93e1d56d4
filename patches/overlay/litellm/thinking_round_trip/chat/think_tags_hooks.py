"""Where all answers of chat completions pass: reasoning between tags becomes `reasoning_content` (failure N42).

LiteLLM does this for whole answers of some providers, and for streams only where it knows the provider for it.
"""

from __future__ import annotations

from asyncio import iscoroutine
from collections.abc import Callable, Coroutine, Mapping
from functools import wraps
from typing import Any, Optional, TypeVar

from litellm.thinking_round_trip.chat import carriers_table as table
from litellm.thinking_round_trip.chat.answers import field, thinking_of
from litellm.thinking_round_trip.chat.think_tags import CLOSE, Splitter, Told, split

Completion = TypeVar("Completion", bound=Callable[..., Any])
Wrapper = TypeVar("Wrapper", bound=type)

_PLACE = "thinking_tags"
"""Where a stream of LiteLLM's keeps what was seen of it."""


class Tags:
    """Tells the reasoning of one answer from its text; `begun` as for a `Splitter`."""

    def __init__(self, *, begun: bool) -> None:
        self._begun = begun
        self._splitters: dict[int, Splitter] = {}
        self._role: Optional[str] = None

    def whole(self, response: Any) -> None:
        """Write the reasoning of a whole answer into its own field. One that has any is told apart already."""
        for choice in field(response, "choices") or []:
            message = field(choice, "message")
            content = field(message, "content") if message is not None else None
            if not isinstance(content, str) or _never_ends(content, field(choice, "finish_reason")):
                continue
            if field(message, "reasoning_content") is not None or thinking_of(message):
                continue
            told = split(content, begun=self._begun)
            if told.text != content:
                message.content = told.text or (None if field(message, "tool_calls") else "")
            if told.reasoning:
                message.reasoning_content = told.reasoning

    def chunk(self, chunk: Any) -> Any:
        """The chunk of a stream with its reasoning in its own field; None if it says nothing yet."""
        choices = field(chunk, "choices") or []
        silent = [self._is_silent(choice) for choice in choices]
        if choices and all(silent) and field(chunk, "usage") is None:
            self._role = next((role for one in choices if (role := field(one.delta, "role"))), self._role)
            return None
        for choice in choices:
            if self._role and not field(choice.delta, "role"):
                choice.delta.role = self._role
        self._role = None if choices else self._role
        return chunk

    def _is_silent(self, choice: Any) -> bool:
        """Split what a choice says, and tell whether nothing remains of it."""
        delta, index = choice.delta, field(choice, "index") or 0
        if index not in self._splitters:
            self._splitters[index] = Splitter(begun=self._begun)
        splitter = self._splitters[index]
        content, ends = field(delta, "content"), _ends_text(choice)
        said = content if isinstance(content, str) else ""
        told = splitter.told(said) if said else Told("", "")
        if ends:
            rest = splitter.rest()
            told = Told(told.reasoning + rest.reasoning, told.text + rest.text)
        if told == ("", said):
            return False
        delta.content = told.text or None
        if told.reasoning:
            delta.reasoning_content = told.reasoning
        return not any(told) and not ends and not field(choice, "logprobs") and not _has_more(delta)


def _never_ends(content: str, reason: Any) -> bool:
    """Whether an answer that ended by itself closes no thought: then it has none, as in a format that was asked for."""
    return CLOSE not in content and reason == "stop"


def _ends_text(choice: Any) -> bool:
    """Whether no more text can belong to what was held back: a call, the end, or a server that tells it apart."""
    called = any(field(choice.delta, name) for name in ("tool_calls", "function_call"))
    return called or bool(field(choice, "finish_reason") or thinking_of(choice.delta))


def _has_more(delta: Any) -> bool:
    return any(value for name, value in delta.model_dump().items() if name not in ("content", "role"))


def splitting_tags(completion: Completion) -> Completion:
    """Decorate LiteLLM's `completion`: its answer is whole, a stream, or the coroutine of either."""

    @wraps(completion)
    def completed(*args: Any, **kwargs: Any) -> Any:
        answer = completion(*args, **kwargs)
        tags = _tags(kwargs)
        if tags is None:
            return answer
        return _awaited(answer, tags) if iscoroutine(answer) else _told(answer, tags)

    return completed  # type: ignore[return-value]  # of the same signature, which TypeVar cannot say


def _tags(arguments: Mapping[str, Any]) -> Optional[Tags]:
    """What splits the answer to a call; None where there is nothing to split, or where the caller wants it in one.

    LiteLLM has written down, in the call's own record, which provider it chose.
    """
    details = getattr(arguments.get("litellm_logging_obj"), "model_call_details", None)
    if not isinstance(details, dict) or arguments.get("text_completion"):
        return None
    params, chosen = details.get("litellm_params"), arguments.get("reasoning_carrier")
    api_base = params.get("api_base") if isinstance(params, dict) else None
    provider, model = str(details.get("custom_llm_provider")), str(details.get("model"))
    if arguments.get("merge_reasoning_content_in_choices"):
        return None
    if not table.answers_in_tags(provider, model, api_base, chosen):
        return None
    # A format that was asked for holds from the first letter on: the template's thought does not come.
    return Tags(begun=table.begins_thinking(model, chosen) and not arguments.get("response_format"))


async def _awaited(answer: Coroutine[Any, Any, Any], tags: Tags) -> Any:
    return _told(await answer, tags)


def _told(answer: Any, tags: Tags) -> Any:
    if hasattr(answer, "chunk_creator"):
        setattr(answer, _PLACE, tags)
    else:
        tags.whole(answer)
    return answer


def telling_thoughts(wrapper: Wrapper) -> Wrapper:
    """Decorate LiteLLM's class of streams: the chunks that it makes of a provider's have the reasoning told apart."""
    for name in ("chunk_creator", "finish_reason_handler"):
        setattr(wrapper, name, _telling(getattr(wrapper, name)))
    return wrapper


def _telling(make: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(make)
    def made(self: Any, *args: Any, **kwargs: Any) -> Any:
        chunk = make(self, *args, **kwargs)
        tags = self.__dict__.get(_PLACE)
        return chunk if tags is None or chunk is None else tags.chunk(chunk)

    return made
