"""A package index on loopback, with the faults that real ones have."""

from __future__ import annotations

import hashlib
import html
import json
import re
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from scripts.releases.upstream import File

Answer = Callable[[Request, bytes], Response]


@dataclass
class Published:
    """A file as the index serves it; `served` differs from `content` where somebody altered it on the way."""

    content: bytes
    served: bytes
    requires_python: str
    yanked: bool
    stated: str | None


@dataclass
class SimpleIndex:
    """One project's page and its files, as HTML (relative links) or JSON (absolute ones).

    `log` has the path and the Range header of every request.
    """

    server: HTTPServer
    project: str = "litellm"
    as_json: bool = False
    login: tuple[str, str] | None = None
    files: dict[str, Published] = field(default_factory=dict)
    faults: dict[str, list[Answer]] = field(default_factory=dict)
    log: list[tuple[str, str | None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.server.clear()
        self.server.expect_request(re.compile(".*")).respond_with_handler(self._answer)

    @property
    def url(self) -> str:
        """The address for `index-url`."""
        return self.server.url_for("/simple/")

    def url_with(self, user: str, password: str) -> str:
        """The same address with credentials."""
        return self.url.replace("//", f"//{user}:{password}@", 1)

    def add(
        self,
        name: str,
        content: bytes,
        *,
        served: bytes | None = None,
        requires_python: str = ">=3.9",
        yanked: bool = False,
        hashed: bool = True,
        stated: str | None = None,
    ) -> File:
        """Publish a file; give what a lock says of it. `stated` is a false SHA-256, `hashed` whether there is one."""
        sha256 = hashlib.sha256(content).hexdigest()
        published = Published(
            content,
            content if served is None else served,
            requires_python,
            yanked,
            (stated or sha256) if hashed else None,
        )
        self.files[name] = published
        return File(name, sha256)

    def fail(self, path: str, *answers: Answer) -> None:
        """Give these answers, one after the other, to the next requests of a file's name, or of `page`."""
        self.faults.setdefault(path, []).extend(answers)

    def ranges(self, name: str) -> list[str | None]:
        """The Range header of each request of a file."""
        return [header for path, header in self.log if path.endswith(f"/{name}")]

    def _answer(self, request: Request) -> Response:
        self.log.append((request.path, request.headers.get("Range")))
        if self.login and request.headers.get("Authorization") != _basic(*self.login):
            return Response("no", 401, {"WWW-Authenticate": "Basic"})
        if request.path == f"/simple/{self.project}/":
            return self._next_fault("page", request, b"") or self._page()
        name = request.path.rpartition("/")[2]
        if not request.path.startswith("/files/") or name not in self.files:
            return Response("no such page", 404)
        served = self.files[name].served
        return self._next_fault(name, request, served) or whole(request, served)

    def _next_fault(self, path: str, request: Request, content: bytes) -> Response | None:
        waiting = self.faults.get(path)
        return waiting.pop(0)(request, content) if waiting else None

    def _page(self) -> Response:
        if self.as_json:
            return Response(json.dumps(self._json()), content_type="application/vnd.pypi.simple.v1+json")
        links = "".join(f"{link}<br>" for link in self._links())
        return Response(f"<!DOCTYPE html><html><body>{links}</body></html>", content_type="text/html")

    def _json(self) -> dict[str, object]:
        return {
            "meta": {"api-version": "1.1"},
            "name": self.project,
            "versions": [],
            "files": [
                {
                    "filename": name,
                    "url": self.server.url_for(f"/files/{name}"),
                    "hashes": {"sha256": file.stated} if file.stated else {},
                    "requires-python": file.requires_python,
                    "size": len(file.content),
                    "yanked": file.yanked,
                }
                for name, file in self.files.items()
            ],
        }

    def _links(self) -> Iterator[str]:
        for name, file in self.files.items():
            mark = f"#sha256={file.stated}" if file.stated else ""
            yanked = ' data-yanked="broken"' if file.yanked else ""
            python = html.escape(file.requires_python)
            yield f'<a href="../../files/{name}{mark}" data-requires-python="{python}"{yanked}>{name}</a>'


def _basic(user: str, password: str) -> str:
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


def whole(request: Request, content: bytes) -> Response:
    """The file, or the range of it that is asked for."""
    response = Response(content, content_type="application/octet-stream")
    return response.make_conditional(request, accept_ranges=True, complete_length=len(content))


def without_range(_request: Request, content: bytes) -> Response:
    """A server that knows no ranges sends all of it."""
    return Response(content, content_type="application/octet-stream")


def unsatisfiable(_request: Request, _content: bytes) -> Response:
    """A server that refuses the range."""
    return Response("", 416)


def status(code: int) -> Answer:
    """An answer with this status and nothing else."""
    return lambda _request, _content: Response("", code)


def cut(length: int) -> Answer:
    """Announce the whole file, send `length` bytes, and drop the connection."""

    def answer(request: Request, content: bytes) -> Response:
        response = whole(request, content)
        announced = response.content_length
        response.response = iter([response.get_data()[:length]])
        response.headers["Content-Length"] = str(announced)
        return response

    return answer


@dataclass
class Held:
    """Send `length` bytes, then nothing more until `release` is set."""

    length: int
    release: threading.Event = field(default_factory=threading.Event)

    def __call__(self, request: Request, content: bytes) -> Response:
        def chunks() -> Iterator[bytes]:
            yield content[: self.length]
            self.release.wait(30)
            yield content[self.length :]

        response = Response(chunks(), content_type="application/octet-stream")
        response.headers["Content-Length"] = str(len(content))
        return response
