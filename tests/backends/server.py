"""Serve backends over HTTP on loopback, for clients and proxies in other processes.

The list of backends is that of one conversation at a time, as on respx, or of several that are told apart by the marks
of their dialogues. Requests are judged one after the other.
"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import uvicorn

from tests.backends.base import Backend
from tests.backends.wire import Answer, Request

Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]


@contextmanager
def served(backends: Sequence[Backend]) -> Iterator[str]:
    """Let backends answer at their paths below the address that is given, until the block ends.

    A list may change meanwhile: which backends there are is looked up at each request. Raises
    at its end what a backend raised: the client saw no more of it than status 500.
    """
    app = _Application(backends)
    with socket.create_server(("127.0.0.1", 0)) as plug, ThreadPoolExecutor(1, "backends") as thread:
        server = _Server(app)
        running = thread.submit(server.run, [plug])
        running.add_done_callback(lambda _: server.settled.set())
        try:
            server.settled.wait()
            yield f"http://127.0.0.1:{plug.getsockname()[1]}"
        finally:
            server.should_exit = True
            running.result()
            if app.errors:
                raise app.errors[0]


class _Server(uvicorn.Server):
    """Uvicorn, plain: it adds no headers, says nothing, and tells when it has started; `settled`: or could not."""

    def __init__(self, app: _Application) -> None:
        super().__init__(uvicorn.Config(app, **_PLAIN))
        self.settled = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.settled.set()


_PLAIN: dict[str, Any] = {
    "loop": "asyncio",
    "http": "h11",
    "ws": "none",
    "lifespan": "off",
    "log_config": None,
    "access_log": False,
    "server_header": False,
    "date_header": False,
    # On a busy machine a proxy may be silent for longer than uvicorn's five seconds, and then write to a connection
    # that is just being closed.
    "timeout_keep_alive": 600,
}


class _Application:
    """The ASGI callable: reads a request, finds the backend that it is for, and sends its answer piece by piece."""

    def __init__(self, backends: Sequence[Backend]) -> None:
        self._backends = backends
        self.errors: list[Exception] = []

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        raw = await _read(receive)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        try:
            answer = self._answer(scope, headers, raw)
        except Exception as error:
            self.errors.append(error)
            raise
        await _write(answer, send)

    def _answer(self, scope: MutableMapping[str, Any], headers: dict[str, str], raw: bytes) -> Answer:
        path = scope["path"] if scope["method"] == "POST" else ""
        found = [one for one in self._backends if re.fullmatch(one.path, path) and one.dialogue.mark.encode() in raw]
        if len(found) > 1:
            found = [one for one in found if one.host == headers.get("host")]
        if len(found) != 1:
            return self._astray(scope["method"], scope["path"], headers.get("host", ""))
        query = f"?{scope['query_string'].decode()}" if scope["query_string"] else ""
        return found[0].answer(Request(scope["raw_path"].decode() + query, raw, headers))

    def _astray(self, method: str, path: str, host: str) -> Answer:
        places = ", ".join(f"{one.name} at {one.host}{one.path}" for one in self._backends)
        told = f"no backend, or no single one, takes {method} {path} with the Host header {host!r}; here are: {places}"
        return Answer(421, "text/plain; charset=utf-8", (told.encode(),))


async def _read(receive: Receive) -> bytes:
    raw, more = b"", True
    while more:
        event = await receive()
        raw += event.get("body", b"")
        more = event.get("more_body", False)
    return raw


async def _write(answer: Answer, send: Send) -> None:
    headers = {"content-type": answer.content_type, **answer.headers}
    encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": encoded})
    for piece in answer.pieces:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body"})
