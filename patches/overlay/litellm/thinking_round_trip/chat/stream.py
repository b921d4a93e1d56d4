"""A streamed turn on `/v1/messages` from a chat provider (failures F9, F16 to F19, N15, N23).

LiteLLM's wrapper never sees what is said in the turn: that is read from the chunks and written as events here. What is
left for the wrapper is the frame, which it translates well on every release: the message's start, the beginning of each
call, the end with its reason and usage, and what is LiteLLM's own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial, wraps
from typing import Any, Optional, TypeVar

from litellm.thinking_round_trip.chat.answers import field
from litellm.thinking_round_trip.chat.stream_calls import Arguments, Piece, Text, Thought
from litellm.thinking_round_trip.chat.stream_chunks import COUNTS, ChunkReader
from litellm.thinking_round_trip.chat.stream_events import Turn

Wrapper = TypeVar("Wrapper", bound=type)


_ENDS = (StopIteration, StopAsyncIteration)


class _Dry(BaseException):
    """Nothing to read for LiteLLM's wrapper before more has come from the provider.

    No `Exception`, because the wrapper ends the stream at one. All that it knows of the stream it keeps in attributes,
    so it can be asked again.
    """


class _Feed:
    """The chunks that LiteLLM's wrapper reads; what it wants to know beyond them, the provider's stream answers.

    What LiteLLM looks for on the class of a stream, as it does from 1.109 on, is written out.
    """

    def __init__(self, source: Any) -> None:
        self.source = source
        self.chunks_to_read: deque[Any] = deque()
        self.end: Optional[BaseException] = None
        self._iterator: Any = None

    def __getattr__(self, name: str) -> Any:
        if name == "source":
            raise AttributeError(name)
        return getattr(self.source, name)

    @property
    def has_dispatched_failure_logging(self) -> Any:
        return getattr(self.source, "has_dispatched_failure_logging", False)

    async def wait_for_failure_logging(self, *args: Any, **kwargs: Any) -> None:
        await self.source.wait_for_failure_logging(*args, **kwargs)

    async def aclose(self) -> None:
        close = getattr(self.source, "aclose", None)
        if close is not None:
            await close()

    def __iter__(self) -> Iterator[Any]:
        return self

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    def __next__(self) -> Any:
        return self._taken(StopIteration)

    async def __anext__(self) -> Any:
        return self._taken(StopAsyncIteration)

    def _taken(self, stop: type[BaseException]) -> Any:
        if self.chunks_to_read:
            return self.chunks_to_read.popleft()
        if self.end is None:
            raise _Dry
        raise stop if isinstance(self.end, _ENDS) else self.end

    def pulled(self) -> Any:
        if self._iterator is None:
            self._iterator = iter(self.source)
        return next(self._iterator)

    async def apulled(self) -> Any:
        if self._iterator is None:
            self._iterator = self.source.__aiter__()
        return await self._iterator.__anext__()


class _Stream:
    """One stream on its way: what has been read, and the events that are ready for the client."""

    def __init__(self, source: Any) -> None:
        self.feed = _Feed(source)
        self.events: deque[Any] = deque()
        # What the wrapper has still to say, as when it reads on behind the beginning of a call (1.96 to 1.98).
        self.queue: deque[Any] = deque()
        self._reader = ChunkReader()
        self._turn = Turn()
        self._pieces: deque[Piece] = deque()
        self._asking = True
        self._end: Optional[Exception] = None

    def event(self, following: Callable[[], Any]) -> Any:
        """The next event for the client; `following` asks LiteLLM's wrapper for one."""
        while not self.events:
            if self._asks():
                self._ask(following)
            elif not self.events:
                self._read()
        return self.events.popleft()

    async def aevent(self, following: Callable[[], Awaitable[Any]]) -> Any:
        while not self.events:
            if self._asks():
                await self._aask(following)
            elif not self.events:
                await self._aread()
        return self.events.popleft()

    def _asks(self) -> bool:
        """Write what can be written; whether LiteLLM's wrapper has something to say before there is more."""
        while self._pieces and not self._asking:
            self._write(self._pieces.popleft())
        if self._end is not None and not self._pieces and not self.events:
            self.feed.end, self._asking = self._end, True
        return self._asking

    def _write(self, piece: Piece) -> None:
        if isinstance(piece, Text):
            self.events.extend(self._turn.text(piece.words))
        elif isinstance(piece, Arguments):
            self.events.extend(self._turn.arguments(piece.words))
        elif isinstance(piece, Thought):
            self.events.extend(self._turn.thinking(piece.block))
        else:
            self.feed.chunks_to_read.append(piece.chunk)
            self._asking = True

    def _ask(self, following: Callable[[], Any]) -> None:
        try:
            self._answered(following())
        except _ENDS:
            if not self._closed():
                raise
        except _Dry:
            self._asking = bool(self.queue)

    async def _aask(self, following: Callable[[], Awaitable[Any]]) -> None:
        try:
            self._answered(await following())
        except _ENDS:
            if not self._closed():
                raise
        except _Dry:
            self._asking = bool(self.queue)

    def _answered(self, event: Any) -> None:
        self.events.extend(self._turn.event(event))

    def _closed(self) -> bool:
        """Write the end of the block that is open when LiteLLM has no more to say; whether there was one."""
        self.events.extend(self._turn.close())
        return bool(self.events)

    def _read(self) -> None:
        """Read a chunk from the provider. An error, and the end, are for LiteLLM's wrapper to meet."""
        try:
            self._pieces.extend(self._reader.read(self.feed.pulled()))
        except Exception as error:
            self._ended(error)

    async def _aread(self) -> None:
        try:
            self._pieces.extend(self._reader.read(await self.feed.apulled()))
        except Exception as error:
            self._ended(error)

    def _ended(self, error: Exception) -> None:
        is_over = isinstance(error, _ENDS)
        self._pieces.extend(self._reader.rest(_told_usage(self.feed.source)) if is_over else self._reader.waiting())
        self._end = error.with_traceback(None) if is_over else error


def _told_usage(source: Any) -> Any:
    """What the provider said last that the turn took, if that is all of it: LiteLLM keeps it, and may pass on less.

    Before 1.83 it passes an estimate on. Claude's last word has only the output, as others' may.
    """
    told = [usage for chunk in getattr(source, "chunks", ()) if (usage := field(chunk, "usage")) is not None]
    if not told or any((field(one, name) or 0) > (field(told[-1], name) or 0) for one in told for name in COUNTS):
        return None
    return told[-1]


def writing_whole_turns(wrapper: Wrapper) -> Wrapper:
    """Decorate LiteLLM's class of stream wrappers: what is said in the turn is written here.

    The class takes the provider's stream as `completion_stream` and is an iterator of events, synchronous and not.
    """
    init, following, afollowing = (getattr(wrapper, name) for name in ("__init__", "__next__", "__anext__"))

    @wraps(init)
    def __init__(self: Any, completion_stream: Any, *args: Any, **kwargs: Any) -> None:
        self._thinking_round_trip = _Stream(completion_stream)
        init(self, self._thinking_round_trip.feed, *args, **kwargs)
        # Before 1.88.0 all streams share one queue, and streams at the same time get each other's events.
        self.chunk_queue = self._thinking_round_trip.queue

    @wraps(following)
    def __next__(self: Any) -> Any:
        return self._thinking_round_trip.event(partial(following, self))

    @wraps(afollowing)
    async def __anext__(self: Any) -> Any:
        return await self._thinking_round_trip.aevent(partial(afollowing, self))

    for method in (__init__, __next__, __anext__):
        setattr(wrapper, method.__name__, method)
    return wrapper
