"""Call LiteLLM's entry points and wait for all of the answer: asynchronous or synchronous, whole or streamed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

Entry = Callable[..., Any]


class NoSuchEntry(Exception):
    """The release has no such entry point; the text says what it has instead."""


async def call(entry: Entry, *, synchronous: bool, **arguments: Any) -> Any:
    """Return the answer of an entry; a streamed one as the list of its pieces.

    A synchronous entry runs in a thread of its own, where there is no event loop, as in a program that has none.
    Raises NoSuchEntry.
    """
    if synchronous:
        return await asyncio.to_thread(_call_sync, entry, arguments)
    answer = await entry(**arguments)
    return [piece async for piece in answer] if arguments.get("stream") else answer


def _call_sync(entry: Entry, arguments: dict[str, Any]) -> Any:
    """Some releases answer a streamed synchronous call with an asynchronous iterator, unreadable without a loop."""
    try:
        answer = entry(**arguments)
    except ValueError as error:
        if "not implemented for sync calls" in str(error):
            raise NoSuchEntry(str(error)) from None
        raise
    if not arguments.get("stream"):
        return answer
    if not hasattr(answer, "__iter__"):
        name = type(answer).__name__
        raise NoSuchEntry(f"{entry.__module__}.{entry.__name__}(stream=True) is not synchronous: {name}")
    return list(answer)
