"""Thinking in a streamed turn on `/v1/messages` from a chat provider (failures F9, F16 to F19, N15).

LiteLLM's wrapper never sees the thinking: it is taken out of the chunks before and written between its events after.
What is left for it is a stream of text and calls, which every release translates well.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial, wraps
from typing import Any, Optional, TypeVar

from litellm.thinking_round_trip.chat.stream_chunks import ChunkSplitter
from litellm.thinking_round_trip.chat.stream_events import Turn

Wrapper = TypeVar("Wrapper", bound=type)


_ENDS = (StopIteration, StopAsyncIteration)


class _Dry(BaseException):
    """Nothing to read for LiteLLM's wrapper before more has come from the provider.

    No `Exception`, because the wrapper ends the stream at one. All that it knows of the stream it keeps in attributes,
    so it can be asked again.
    """


class _Feed:
    """The chunks that LiteLLM's wrapper reads; what it wants to know beyond them, the provider's stream answers."""

    def __init__(self, source: Any) -> None:
        self.source = source
        self.items: deque[Any] = deque()
        self.end: Optional[BaseException] = None
        self._iterator: Any = None

    def __getattr__(self, name: str) -> Any:
        if name == "source":
            raise AttributeError(name)
        return getattr(self.source, name)

    def __iter__(self) -> Iterator[Any]:
        return self

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    def __next__(self) -> Any:
        return self._taken(StopIteration)

    async def __anext__(self) -> Any:
        return self._taken(StopAsyncIteration)

    def _taken(self, stop: type[BaseException]) -> Any:
        if self.items and not isinstance(self.items[0], dict):
            return self.items.popleft()
        if self.items or self.end is None:
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
        self.splitter = ChunkSplitter()
        self.turn = Turn()
        self.events: deque[Any] = deque()

    def answered(self, event: Any) -> None:
        self.events.extend(self.turn.event(event))

    def closed(self) -> bool:
        """Write the end of the thinking block that is open when LiteLLM has no more to say; whether there was one."""
        self.events.extend(self.turn.close())
        return bool(self.events)

    def wrote_thinking(self) -> bool:
        """Write the thinking that is next in line; whether there was any."""
        items = self.feed.items
        if not (items and isinstance(items[0], dict)):
            return False
        self.events.extend(self.turn.thinking(items.popleft()))
        return True

    def ask(self, following: Callable[[], Any]) -> bool:
        """Ask LiteLLM's wrapper for an event; whether the provider has to say more before it has one."""
        try:
            self.answered(following())
        except _ENDS:
            if not self.closed():
                raise
        except _Dry:
            return not self.wrote_thinking()
        return False

    async def aask(self, following: Callable[[], Awaitable[Any]]) -> bool:
        try:
            self.answered(await following())
        except _ENDS:
            if not self.closed():
                raise
        except _Dry:
            return not self.wrote_thinking()
        return False

    def read(self) -> None:
        """Read a chunk from the provider. An error, and the end, are for LiteLLM's wrapper to meet."""
        try:
            self.feed.items.extend(self.splitter.split(self.feed.pulled()))
        except Exception as error:
            self.feed.end = error

    async def aread(self) -> None:
        try:
            self.feed.items.extend(self.splitter.split(await self.feed.apulled()))
        except Exception as error:
            self.feed.end = error


def thinking_in_its_own_blocks(wrapper: Wrapper) -> Wrapper:
    """Decorate LiteLLM's class of stream wrappers: its events get the thinking of the stream it reads.

    The class takes the provider's stream as `completion_stream` and is an iterator of events, synchronous and not.
    """
    init, following, afollowing = (getattr(wrapper, name) for name in ("__init__", "__next__", "__anext__"))

    @wraps(init)
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        init(self, *args, **kwargs)
        # Before 1.88.0 all streams share one queue, and streams at the same time get each other's events.
        self.chunk_queue = deque()
        self._thinking_round_trip = _Stream(self.completion_stream)
        self.completion_stream = self._thinking_round_trip.feed

    @wraps(following)
    def __next__(self: Any) -> Any:
        stream: _Stream = self._thinking_round_trip
        while not stream.events:
            if stream.ask(partial(following, self)):
                stream.read()
        return stream.events.popleft()

    @wraps(afollowing)
    async def __anext__(self: Any) -> Any:
        stream: _Stream = self._thinking_round_trip
        while not stream.events:
            if await stream.aask(partial(afollowing, self)):
                await stream.aread()
        return stream.events.popleft()

    for method in (__init__, __next__, __anext__):
        setattr(wrapper, method.__name__, method)
    return wrapper
