"""The small things every wire form needs: a request, an answer, events, and where a string stands in a body."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

JSON = "application/json"
SSE = "text/event-stream"


@dataclass(frozen=True)
class Request:
    """A POST as it arrived. `url` is the path with the query; the names of `headers` are in lower case."""

    url: str
    raw: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @cached_property
    def body(self) -> dict[str, Any]:
        """The parsed JSON object, the same one at each call."""
        parsed: dict[str, Any] = json.loads(self.raw)
        return parsed

    def betas(self) -> set[str]:
        """The values of Anthropic's header for features in beta."""
        return {beta.strip() for beta in self.headers.get("anthropic-beta", "").split(",") if beta.strip()}


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, in the pieces in which the provider would send it."""

    status: int
    content_type: str
    pieces: tuple[bytes, ...]
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        return b"".join(self.pieces)


def whole(data: object, status: int = 200) -> Answer:
    return Answer(status, JSON, (encode(data),))


def encode(data: object) -> bytes:
    """JSON as the providers write it: in UTF-8, and escaped only where that cannot say it (half a surrogate pair)."""
    try:
        return json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(data).encode()


def event(data: dict[str, Any], name: str = "") -> bytes:
    """One server-sent event; a named one carries an `event:` line as well."""
    head = f"event: {name}\n".encode() if name else b""
    return head + b"data: " + encode(data) + b"\n\n"


def sse(stream: bytes) -> Iterator[str]:
    """The data of each server-sent event, by the rules of https://html.spec.whatwg.org/multipage/server-sent-events.html.

    An event without data is none, and neither is one that the stream ends in the middle of.
    """
    data: list[str] = []
    for line in re.split("\r\n|\r|\n", stream.decode("utf-8-sig", "replace"))[:-1]:
        if line.partition(":")[0] == "data":
            data.append(line.partition(":")[2].removeprefix(" "))
        elif not line and data:
            yield "\n".join(data)
            data = []


def split(text: str, pieces: int = 3) -> list[str]:
    """Cut a text into some pieces of about the same length, as the tokens of a stream would."""
    size = max(1, -(-len(text) // pieces))
    return [text[start : start + size] for start in range(0, len(text), size)]


def strings(data: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Every string value in a body, with the path to it."""
    if isinstance(data, str):
        yield path, data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from strings(value, f"{path}.{key}" if path else key)
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from strings(value, f"{path}[{index}]")
