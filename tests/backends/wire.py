"""The small things every wire form needs: an answer, events, and where a string stands in a body."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

JSON = "application/json"
SSE = "text/event-stream"


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, in the pieces in which the provider would send it."""

    status: int
    content_type: str
    pieces: tuple[bytes, ...]

    @property
    def body(self) -> bytes:
        return b"".join(self.pieces)


def whole(data: object, status: int = 200) -> Answer:
    return Answer(status, JSON, (encode(data),))


def encode(data: object) -> bytes:
    return json.dumps(data, ensure_ascii=False).encode()


def event(data: dict[str, Any], name: str = "") -> bytes:
    """One server-sent event; a named one carries an `event:` line as well."""
    head = f"event: {name}\n".encode() if name else b""
    return head + b"data: " + encode(data) + b"\n\n"


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
