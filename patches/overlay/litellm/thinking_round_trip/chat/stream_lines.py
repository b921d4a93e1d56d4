"""The lines of a stream of events: a line ends where the format says so, and so does the stream (failure N19).

Until 1.109.0 LiteLLM let httpx split the lines, which also ends one at U+0085, U+2028 and others, which JSON leaves as
they are, and took any line with "[DONE]" in it for the end. Thinking with either in it ended the stream, or lost words.

Of an event LiteLLM reads one line, and some of its parsers take what is none of it for a piece of JSON: a comment that
keeps the connection alive, an id. Those go, and data on several lines is put on one (failure N60).
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from functools import partial, wraps
from inspect import isasyncgenfunction, iscoroutinefunction
from typing import Any, TypeVar

Post = TypeVar("Post", bound=Callable[..., Any])
Split = TypeVar("Split", bound=Callable[..., Any])
Parser = TypeVar("Parser", bound=type)

_END = re.compile("\r\n|\n|\r")
_DONE = "[DONE]"
# A comment, and the fields that are for whoever connects again.
_NO_DATA = (":", "id:", "retry:")


class Lines:
    """Splits text that comes in pieces at the ends that lines of `text/event-stream` have: CRLF, LF and CR."""

    def __init__(self) -> None:
        self._begun: list[str] = []

    def split(self, text: str) -> list[str]:
        """Return the lines that are complete now, without their ends."""
        if self._begun and self._begun[-1].endswith("\r"):
            text = self._begun.pop() + text
        held = "\r" if text.endswith("\r") else ""  # the first half of CRLF, perhaps
        first, *others = _END.split(text[: len(text) - len(held)])
        self._begun.append(first)
        if not others:
            self._begun[-1] += held
            return []
        lines = ["".join(self._begun), *others[:-1]]
        self._begun = [others[-1] + held]
        return lines

    def rest(self) -> list[str]:
        """Return the last line, if the stream ended within it."""
        line = "".join(self._begun)
        self._begun = []
        return _END.split(line)[:1] if line else []


class Events:
    """Hands on the lines of events as LiteLLM reads them: the data of an event on one line, and no line without any.

    Servers also write events one below the other, without the blank line that the format wants between them. So a line
    of data is continued by the next one only if it begins an object and does not end one.
    """

    def __init__(self) -> None:
        self._data: list[str] = []

    def read(self, lines: Iterable[str]) -> Iterator[str]:
        """Return what is complete now."""
        for line in lines:
            yield from self._read(line)

    def rest(self) -> Iterator[str]:
        """Return what has begun as it is."""
        begun, self._data = self._data, []
        yield from begun

    def _read(self, line: str) -> Iterator[str]:
        data = line[5:].strip() if line.startswith("data:") else None
        if data is None:
            yield from self.rest()
            if not line.startswith(_NO_DATA):
                yield line
        elif self._data:
            yield from self._continued(line)
        elif data.startswith("{") and not data.endswith("}"):
            self._data.append(line)
        else:
            yield line

    def _continued(self, line: str) -> Iterator[str]:
        self._data.append(line)
        whole = "data: " + "\n".join(one[5:].removeprefix(" ") for one in self._data)
        if line.endswith("}") and _chunk(whole) is not None:
            self._data = []
            yield whole


def with_lines_of_events(post: Post) -> Post:
    """Decorate the `post` of LiteLLM's HTTP clients, synchronous or not: a streamed answer has such lines."""

    @wraps(post)
    def posted(*args: Any, **kwargs: Any) -> Any:
        return _with_lines(post(*args, **kwargs), kwargs.get("stream"))

    @wraps(post)
    async def aposted(*args: Any, **kwargs: Any) -> Any:
        return _with_lines(await post(*args, **kwargs), kwargs.get("stream"))

    return aposted if iscoroutinefunction(post) else posted  # type: ignore[return-value]  # the same signature


def with_whole_events(split: Split) -> Split:
    """Decorate what splits a stream into its lines, from 1.109 on, synchronous or not."""

    @wraps(split)
    def lines(*args: Any, **kwargs: Any) -> Iterator[str]:
        events = Events()
        yield from events.read(split(*args, **kwargs))
        yield from events.rest()

    @wraps(split)
    async def alines(*args: Any, **kwargs: Any) -> AsyncIterator[str]:
        events = Events()
        async for line in split(*args, **kwargs):
            for one in events.read([line]):
                yield one
        for one in events.rest():
            yield one

    return alines if isasyncgenfunction(split) else lines  # type: ignore[return-value]  # the same signature


def ending_with_done_alone(parser: Parser) -> Parser:
    """Decorate LiteLLM's class of iterators over such lines: JSON with "[DONE]" in it is a chunk like any other."""
    handle = parser._handle_string_chunk  # type: ignore[attr-defined]

    @wraps(handle)
    def _handle_string_chunk(self: Any, str_line: str) -> Any:
        chunk = _chunk(str_line) if _DONE in str_line else None
        return handle(self, str_line) if chunk is None else self.chunk_parser(chunk=chunk)

    parser._handle_string_chunk = _handle_string_chunk  # type: ignore[attr-defined]
    return parser


def _chunk(line: str) -> Any:
    """The object in a line; None where it is no object."""
    try:
        found = json.loads(line.partition("data:")[2] if line.startswith("data:") else line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _with_lines(response: Any, streamed: object) -> Any:
    if streamed is True and hasattr(response, "aiter_text"):
        response.iter_lines = partial(_lines, response)
        response.aiter_lines = partial(_alines, response)
    return response


def _events(response: Any) -> Events | None:
    """Who reads the lines of an answer, if it is a stream of events."""
    told = str(getattr(response, "headers", {}).get("content-type", ""))
    return Events() if told.startswith("text/event-stream") else None


def _lines(response: Any) -> Iterator[str]:
    lines, events = Lines(), _events(response)
    for text in response.iter_text():
        complete = lines.split(text)
        yield from events.read(complete) if events else complete
    yield from _ended(lines, events)


def _ended(lines: Lines, events: Events | None) -> Iterator[str]:
    last = lines.rest()
    yield from [*events.read(last), *events.rest()] if events else last


async def _alines(response: Any) -> AsyncIterator[str]:
    lines, events = Lines(), _events(response)
    async for text in response.aiter_text():
        complete = lines.split(text)
        for line in events.read(complete) if events else complete:
            yield line
    for line in _ended(lines, events):
        yield line
