"""The requests that LiteLLM makes by itself in mid-conversation, to answer a tool of its own (failures N34 and N85).

Its agentic loops (web search, code, compressed context) write the assistant's turn anew out of the calls that they
answered, and what was thought before these calls is not in it: `thinking_blocks`, `reasoning_content`, the signatures
of Gemini's calls, the reasoning items of the Responses API. So the turn gets these from the answer that it was.

`remembers_turn` and `recalls_turn` are for the loop that has not got the answer any more when it writes the turn;
`carries_turn` is for those whose plan is made of the answer. `notes_deployment` and `asks_deployment` keep such a
request on Anthropic's wire with the deployment that gave the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import wraps
from inspect import signature
from typing import Any, Optional

from litellm.thinking_round_trip.blocks.reasoning_items import is_thinking
from litellm.thinking_round_trip.chat.answers import field

Fields = Mapping[str, Any]

_DEPLOYMENT = ("api_base", "api_key")
_NOTED = "_thinking_round_trip_deployment"
_OWN = "provider_specific_fields"
_FIELDS = ("thinking_blocks", "reasoning_content", _OWN, "reasoning_items")
_THOUGHTS = (
    "thinking_blocks",
    "reasoning_content",
    "reasoning_details",
    "reasoningContentBlocks",
    "thought_signatures",
)
"""What of thinking LiteLLM keeps in its own field, which has all else that it did not know, too."""


class _Call(dict[str, Any]):
    """A call that LiteLLM found in an answer, and the message that it stood in."""

    turn: Any = None


def remembers_turn(find: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate what finds LiteLLM's own calls in a chat answer, and gives whether there are any, and a list of them."""

    @wraps(find)
    def found(response: Any) -> Any:
        some, calls = find(response)
        if not calls:
            return some, calls
        first = _Call(calls[0])
        first.turn = _message(response)
        return some, [first, *calls[1:]]

    return found


def recalls_turn(write: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate what writes the assistant's message of such calls, its first argument, and their results."""

    @wraps(write)
    def written(tool_calls: Any, *args: Any, **kwargs: Any) -> Any:
        message, results = write(tool_calls, *args, **kwargs)
        turn = next((call.turn for call in tool_calls if isinstance(call, _Call)), None)
        return with_turn(message, turn), results

    return written


def notes_deployment(send: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate what sends a request on Anthropic's wire, and gets `api_base`, `api_key` and `logging_obj` by name."""

    @wraps(send)
    async def noting(self: Any, *args: Any, **kwargs: Any) -> Any:
        told = {name: kwargs[name] for name in _DEPLOYMENT if kwargs.get(name)}
        # What belongs to a request travels with it, and the object for its logging is all that both functions get.
        if told and hasattr(kwargs.get("logging_obj"), "__dict__"):
            setattr(kwargs["logging_obj"], _NOTED, told)
        return await send(self, *args, **kwargs)

    return noting


def asks_deployment(follow: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate what calls the loops with an answer; the `kwargs` that it is given go into their next request."""

    @wraps(follow)
    async def following(self: Any, *args: Any, **kwargs: Any) -> Any:
        told = getattr(kwargs.get("logging_obj"), _NOTED, None)
        if told:
            kwargs["kwargs"] = {**told, **(kwargs.get("kwargs") or {})}
        return await follow(self, *args, **kwargs)

    return following


def carries_turn(build: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a callback that plans the request which follows an answer; it takes `messages` and `response`."""

    @wraps(build)
    async def planned(self: Any, *args: Any, **kwargs: Any) -> Any:
        plan = await build(self, *args, **kwargs)
        named = {**signature(build).bind_partial(self, *args).arguments, **kwargs}
        patch = getattr(plan, "request_patch", None)
        if patch is not None and isinstance(getattr(patch, "messages", None), list):
            before = named["messages"] if isinstance(named["messages"], list) else [named["messages"]]
            patch.messages = completed(patch.messages, len(before), named["response"])
        return plan

    return planned


def completed(messages: list[Any], before: int, response: Any) -> list[Any]:
    """The messages, or items, with what was thought in the turn that begins at number `before`."""
    turn, content, output = _message(response), field(response, "content"), field(response, "output")
    if isinstance(output, list):
        return list(_with_items(messages, before, output, stored=field(response, "store") is not False))
    for number in range(before, len(messages)):
        message = messages[number]
        if field(message, "role") != "assistant":
            continue
        if isinstance(content, list):
            return [*messages[:number], _with_blocks(message, content), *messages[number + 1 :]]
        if turn is not None:
            return [*messages[:number], with_turn(message, turn), *messages[number + 1 :]]
    return messages


def with_turn(message: Any, turn: Any) -> Any:
    """A chat message with what was thought in the answer that it was written of."""
    if not isinstance(message, dict) or turn is None:
        return message
    given = {name: field(turn, name) for name in _FIELDS if field(turn, name) and not message.get(name)}
    if set(given) == {_OWN} and not any(field(given[_OWN], name) for name in _THOUGHTS):
        given = {}
    calls = {field(call, "id"): call for call in field(turn, "tool_calls") or ()}
    own = [_with_own_fields(call, calls.get(field(call, "id"))) for call in message.get("tool_calls") or ()]
    return {**message, **given, **({"tool_calls": own} if own else {})}


def _with_own_fields(call: Any, given: Any) -> Any:
    """Gemini's signatures stand on the call, or on its function."""
    function, inner = field(call, "function"), field(field(given, "function"), _OWN)
    outer = field(given, _OWN)
    if outer:
        call = {**call, _OWN: outer}
    return {**call, "function": {**function, _OWN: inner}} if inner and isinstance(function, dict) else call


def _with_blocks(message: Mapping[str, Any], content: Sequence[Any]) -> Any:
    """A message of Anthropic's with its thinking in front, as the answer had it."""
    own = message.get("content")
    if not isinstance(own, list) or any(map(is_thinking, own)):
        return message
    return {**message, "content": [*filter(is_thinking, map(_plain, content)), *own]}


def _with_items(messages: list[Any], before: int, output: Iterable[Any], *, stored: bool) -> Iterator[Any]:
    """The items of a history, and in front of each call from number `before` on the reasoning that led to it.

    An item that the provider neither `stored` nor gave the content of is unknown to it, and stays out.
    """
    given = [item for item in map(_plain, output) if _is_known(item, stored)]
    for number, message in enumerate(messages):
        if number >= before and field(message, "type") == "function_call":
            yield from _led_to(given, field(message, "call_id"))
        yield message


def _is_known(item: Any, stored: bool) -> bool:
    return field(item, "type") != "reasoning" or stored or bool(field(item, "encrypted_content"))


def _led_to(output: Iterable[Any], call_id: Any) -> list[Any]:
    """The reasoning items between a call and the one before it."""
    items: list[Any] = []
    for item in output:
        if field(item, "type") == "reasoning":
            items.append(item)
        elif field(item, "type") == "function_call":
            if field(item, "call_id") == call_id:
                return items
            items = []
    return []


def _message(response: Any) -> Optional[Any]:
    choices = field(response, "choices")
    return field(choices[0], "message") if isinstance(choices, list) and choices else None


def _plain(item: Any) -> Any:
    """An item as a client would send it; LiteLLM's types have fields for what was not given."""
    return item.model_dump(exclude_none=True) if hasattr(item, "model_dump") else item
