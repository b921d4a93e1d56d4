"""The calls of a streamed turn: whose a piece is, and one call after the other (failure N23).

Anthropic's stream has one block at a time, while the pieces of several calls, and text between them, may come in turns.
So the first call goes out as it comes, and what is not of it waits while its arguments are not complete. Nothing waits
in a stream that gives one thing after the other, but behind a call that never gets arguments: they could still come.
"""

from __future__ import annotations

import copy
import json
from collections import deque
from collections.abc import Iterator
from typing import Any, NamedTuple, Optional, Union

from litellm.thinking_round_trip.chat.answers import Block, field


class Call:
    """A call on its way: what is known of it, and its arguments so far."""

    def __init__(self) -> None:
        self.ident = ""
        self.name = ""
        self.arguments: list[str] = []
        self.is_over = False


class Thought(NamedTuple):
    """A thinking block, or a piece of one."""

    block: Block


class Text(NamedTuple):
    """Some of the text."""

    words: str


class Begin(NamedTuple):
    """A call begins; the chunk has its beginning alone, for LiteLLM to make a block of."""

    call: Call
    chunk: Any


class Arguments(NamedTuple):
    """Some of a call's arguments."""

    call: Call
    words: str


class Aside(NamedTuple):
    """A chunk that only LiteLLM can read."""

    chunk: Any


Piece = Union[Thought, Text, Begin, Arguments, Aside]  # noqa: UP007  (Python 3.9 evaluates it)


class Calls:
    """Tells whose the pieces of calls are, as servers differ in what they say of it.

    An id or an index may be in each piece, in the first one alone, or in none; the index may be 0 for all of them; a
    name may come with each piece, or behind the id.
    """

    def __init__(self) -> None:
        self._by_id: dict[str, Call] = {}
        self._by_index: dict[Any, Call] = {}
        self._last: Optional[Call] = None

    def pieces(self, source: Any, bare: Any) -> Iterator[Piece]:
        """Yield what an entry of `tool_calls` says; `bare` is its chunk without what the chunk says."""
        function = field(source, "function")
        if function is None:
            return
        ident, name, words = _text(field(source, "id")), _text(field(function, "name")), _json(function)
        index = field(source, "index")
        call = self._known(index, ident, name)
        if call is None or _is_another(call, ident, name, words):
            call = Call()
        self._note(call, index, ident)
        call.arguments.append(words)
        if name and not call.name:
            call.name, words = name, "".join(call.arguments)
            yield Begin(call, _beginning(bare, source, call))
        if words and call.name:
            yield Arguments(call, words)

    def _known(self, index: Any, ident: str, name: str) -> Optional[Call]:
        found = self._by_id.get(ident)
        if found is None or (name and index is not None and self._by_index.get(index) is not found):
            found = self._by_index.get(index)
        return self._last if found is None and not ident and not name else found

    def _note(self, call: Call, index: Any, ident: str) -> None:
        call.ident = call.ident or ident
        self._by_index[index] = self._last = call
        if ident:
            self._by_id[ident] = call


def _is_another(call: Call, ident: str, name: str, words: str) -> bool:
    """Whether a piece that could be of a call begins another one.

    An id without a name begins none: some servers make up another id for each piece.
    """
    differs = bool(ident and call.ident and ident != call.ident)
    if not name or not call.name:
        return bool(name and differs)
    return differs or name != call.name or (bool(words or not ident) and _is_whole(call.arguments))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _json(function: Any) -> str:
    """The arguments in a piece; some servers give an object for a string."""
    arguments = field(function, "arguments")
    return json.dumps(arguments) if isinstance(arguments, (dict, list)) else _text(arguments)


def _beginning(bare: Any, source: Any, call: Call) -> Any:
    """A copy of a chunk with the beginning of a call alone."""
    start, chunk = copy.copy(source), copy.copy(bare)
    start.function = copy.copy(source.function)
    start.id, start.function.name, start.function.arguments = call.ident or None, call.name, ""
    chunk.choices = [copy.copy(bare.choices[0])]
    chunk.choices[0].delta = copy.copy(bare.choices[0].delta)
    chunk.choices[0].finish_reason, chunk.choices[0].delta.tool_calls = None, [start]
    return chunk


class InTurns:
    """Puts the pieces of a turn one behind the other."""

    def __init__(self) -> None:
        self._open: Optional[Call] = None
        self._written: list[str] = []
        self._waiting: deque[Piece] = deque()

    def put(self, piece: Piece) -> Iterator[Piece]:
        """Yield what can go out now; arguments of a call that is over have no place any more."""
        if isinstance(piece, Arguments) and (piece.call is self._open or piece.call.is_over):
            if piece.call is self._open:
                self._written.append(piece.words)
                yield piece
        elif self._open is not None and not _is_whole(self._written):
            self._waiting.append(piece)
        elif self._waiting:
            self._waiting.append(piece)
            yield from self._released()
        else:
            self._close()
            if isinstance(piece, Begin):
                self._open = piece.call
            yield piece

    def rest(self) -> Iterator[Piece]:
        """Yield what still waits when no more comes."""
        while self._waiting:
            yield from self._released()

    def _released(self) -> Iterator[Piece]:
        waiting, self._waiting = self._waiting, deque()
        self._close()
        for piece in waiting:
            yield from self.put(piece)

    def _close(self) -> None:
        if self._open is not None:
            self._open.is_over = True
            self._open, self._written = None, []


def _is_whole(arguments: list[str]) -> bool:
    """Whether arguments are all of what JSON can be; behind none at all there may be some."""
    if not arguments or not arguments[-1].rstrip().endswith(("}", "]")):
        return False
    try:
        json.loads("".join(arguments))
    except ValueError:
        return False
    return True
