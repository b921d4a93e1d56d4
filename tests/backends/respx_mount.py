"""Mount a backend on respx, for tests in this process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import httpx
import respx

from tests.backends.base import Backend
from tests.backends.wire import Answer


class Pieces(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that arrives piece by piece, for both kinds of client."""

    def __init__(self, answer: Answer) -> None:
        self._pieces = answer.pieces

    def __iter__(self) -> Iterator[bytes]:
        yield from self._pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece


@contextmanager
def mounted(backend: Backend) -> Iterator[respx.Route]:
    """Let a backend answer at its own address, and nobody anywhere else.

    `using="httpx"` replaces the transport that httpx asks for, and so catches LiteLLM's aiohttp transport as well,
    which respx's default mocker never sees. Callers must still compare the number of calls: a request that took
    another way would otherwise pass for one that was not made.
    """

    def answer(request: httpx.Request) -> httpx.Response:
        reply = backend.answer(request.content)
        headers = {"content-type": reply.content_type}
        return httpx.Response(reply.status, headers=headers, stream=Pieces(reply))

    with respx.mock(using="httpx", assert_all_called=False) as router:
        yield router.post(backend.url).mock(side_effect=answer)
