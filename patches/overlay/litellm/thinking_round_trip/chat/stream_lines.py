"""The lines of a stream of events: a line ends where the format says so, and so does the stream (failure N19).

Until 1.109.0 LiteLLM let httpx split the lines, which also ends one at U+0085, U+2028 and others, which JSON leaves as
they are, and took any line with "[DONE]" in it for the end. Thinking with either in it ended the stream, or lost words.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial, wraps
from inspect import iscoroutinefunction
from typing import Any, TypeVar

Post = TypeVar("Post", bound=Callable[..., Any])
Parser = TypeVar("Parser", bound=type)

_END = re.compile("\r\n|\n|\r")
_DONE = "[DONE]"


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


def with_lines_of_events(post: Post) -> Post:
    """Decorate the `post` of LiteLLM's HTTP clients, synchronous or not: a streamed answer has such lines."""

    @wraps(post)
    def posted(*args: Any, **kwargs: Any) -> Any:
        return _with_lines(post(*args, **kwargs), kwargs.get("stream"))

    @wraps(post)
    async def aposted(*args: Any, **kwargs: Any) -> Any:
        return _with_lines(await post(*args, **kwargs), kwargs.get("stream"))

    return aposted if iscoroutinefunction(post) else posted  # type: ignore[return-value]  # the same signature


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


def _lines(response: Any) -> Iterator[str]:
    lines = Lines()
    for text in response.iter_text():
        yield from lines.split(text)
    yield from lines.rest()


async def _alines(response: Any) -> AsyncIterator[str]:
    lines = Lines()
    async for text in response.aiter_text():
        for line in lines.split(text):
            yield line
    for line in lines.rest():
        yield line
