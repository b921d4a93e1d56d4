"""Mount backends on respx, for tests in this process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager

import httpx
import respx

from tests.backends.base import Backend
from tests.backends.wire import Answer, Request


class Pieces(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that arrives piece by piece, for both kinds of client."""

    def __init__(self, answer: Answer) -> None:
        self._pieces = answer.pieces

    def __iter__(self) -> Iterator[bytes]:
        yield from self._pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece


Recut = Callable[[Answer], Answer]
"""Cuts an answer into other pieces than the provider did."""


@contextmanager
def mounted(backends: Sequence[Backend], recut: Recut | None = None) -> Iterator[respx.MockRouter]:
    """Let backends answer at their own addresses, and nobody anywhere else; `calls` of what is given counts requests.

    `using="httpx"` replaces the transport that httpx asks for, and so catches LiteLLM's aiohttp transport as well,
    which respx's default mocker never sees. Callers must still compare the number of calls: a request that took
    another way would otherwise pass for one that was not made.
    """
    with respx.mock(using="httpx", assert_all_called=False) as router:
        for backend in backends:
            route = router.post(host=backend.host, path__regex=f"^(?:{backend.path})$")
            route.mock(side_effect=_answering(backend, recut or _as_it_is))
        yield router


def _as_it_is(answer: Answer) -> Answer:
    return answer


def _answering(backend: Backend, recut: Recut) -> respx.types.SideEffectTypes:
    def answer(request: httpx.Request) -> httpx.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        reply = recut(backend.answer(Request(request.url.raw_path.decode(), request.content, headers)))
        return httpx.Response(
            reply.status, headers={"content-type": reply.content_type, **reply.headers}, stream=Pieces(reply)
        )

    return answer
