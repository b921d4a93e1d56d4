"""A chunk of a chat stream, taken apart: its thinking, and chunks that carry one kind of thing each.

Failures F9, F18, F19 and N15 (docs/failures.md): LiteLLM's stream wrapper reads one kind of content per chunk, and
drops or doubles what comes with it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from litellm.thinking_round_trip.chat.answers import Block, field, thinking_of

_CARRIERS = ("reasoning_content", "thinking_blocks", "reasoning", "reasoning_details")


class ChunkSplitter:
    """Takes the chunks of one stream apart.

    A stream is left as it is until thinking shows in it: what LiteLLM makes of one without thinking is not ours.
    """

    def __init__(self) -> None:
        self._thought = False
        self._in_call = False
        self._waiting: list[Block] = []

    def split(self, chunk: Any) -> Iterator[Any]:
        """Yield what to do with a chunk, in order: thinking blocks as dicts, and chunks for LiteLLM's wrapper."""
        choices = field(chunk, "choices")
        if not isinstance(choices, list) or len(choices) != 1 or field(choices[0], "delta") is None:
            yield chunk
            return
        blocks = thinking_of(choices[0].delta)
        self._waiting += blocks
        self._thought = self._thought or bool(blocks)
        rest = _without_thinking(chunk) if blocks else chunk
        if not self._thought:
            self._note(chunk)
            yield chunk
        elif self._in_call and not _is_next(choices[0]):
            if field(choices[0].delta, "tool_calls") or not blocks:
                yield rest
        else:
            yield from self._waiting
            self._waiting = []
            for part in _parts(rest):
                yield from self._after_call(part)

    def _note(self, chunk: Any) -> None:
        delta = chunk.choices[0].delta
        if field(delta, "tool_calls") or field(delta, "content"):
            self._in_call = bool(field(delta, "tool_calls"))

    def _after_call(self, chunk: Any) -> Iterator[Any]:
        """Put an empty chunk between a call and a text.

        Releases before 1.90 take the chunk with which a block of another type begins for its start alone, so that the
        text in it is lost; an empty one has nothing to lose, and later releases skip it.
        """
        if self._in_call and field(chunk.choices[0].delta, "content"):
            yield _only(chunk, "")
        self._note(chunk)
        yield chunk


def _is_next(choice: Any) -> bool:
    """Whether something new begins after a call, or the turn ends.

    Until then its arguments may go on, for which its block has to be open: thinking between them waits.
    """
    named = any(field(field(call, "function"), "name") for call in field(choice.delta, "tool_calls") or [])
    return bool(named or field(choice.delta, "content") or field(choice, "finish_reason"))


def _without_thinking(chunk: Any) -> Any:
    """A copy of a chunk without its thinking; LiteLLM keeps the chunk itself for its logs."""
    bare = _copied(chunk)
    delta = bare.choices[0].delta
    for name in _CARRIERS:
        if field(delta, name) is not None:
            setattr(delta, name, None)
    return bare


def _parts(chunk: Any) -> Iterator[Any]:
    """Yield the chunks that a chunk without thinking is: text, each call, and the end are chunks of their own."""
    choice = chunk.choices[0]
    pieces: list[Any] = []
    calls = field(choice.delta, "tool_calls") or []
    if field(choice.delta, "content"):
        pieces.append(_only(chunk, "content"))
    for call in calls:
        pieces += [_with_call(chunk, part) for part in _call_parts(call)]
    if len(pieces) > 1 or (pieces and field(choice, "finish_reason") is not None):
        yield from pieces
        if field(choice, "finish_reason") is not None or field(chunk, "usage") is not None:
            yield _emptied(chunk)
    else:
        yield chunk


def _call_parts(call: Any) -> list[Any]:
    """The start of a call and its arguments; releases before 1.90 lose arguments that come with the name."""
    function = field(call, "function")
    if not (field(function, "name") and field(function, "arguments")):
        return [call]
    start, rest = copy.copy(call), copy.copy(call)
    start.function, rest.function = copy.copy(function), copy.copy(function)
    start.function.arguments, rest.function.name, rest.id = "", None, None
    return [start, rest]


def _only(chunk: Any, name: str) -> Any:
    """A copy of a chunk with one field of its delta and without its end."""
    part = _emptied(chunk, name)
    part.choices[0].finish_reason = None
    if field(part, "usage") is not None:
        part.usage = None
    return part


def _with_call(chunk: Any, call: Any) -> Any:
    part = _only(chunk, "tool_calls")
    part.choices[0].delta.tool_calls = [call]
    return part


def _emptied(chunk: Any, kept: str = "") -> Any:
    part = _copied(chunk)
    for name in ("content", "tool_calls"):
        if name != kept and field(part.choices[0].delta, name) is not None:
            setattr(part.choices[0].delta, name, None)
    return part


def _copied(chunk: Any) -> Any:
    """A copy of a chunk, as deep as its delta."""
    made = copy.copy(chunk)
    made.choices = [copy.copy(chunk.choices[0])]
    made.choices[0].delta = copy.copy(chunk.choices[0].delta)
    return made
