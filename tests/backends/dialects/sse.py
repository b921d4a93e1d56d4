"""The dialects of server-sent events, whosever they are: what the standard lets a server write, and servers do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from tests.backends.dialects.model import Dialect, Raw

STANDARD = "https://html.spec.whatwg.org/multipage/server-sent-events.html"


def _each(change: Callable[[bytes], bytes]) -> Raw:
    return lambda pieces: tuple(map(change, pieces))


def _unspaced(piece: bytes) -> bytes:
    return piece.replace(b"data: ", b"data:", 1).replace(b"event: ", b"event:", 1)


def _commented(piece: bytes) -> bytes:
    return b": PROCESSING\n\n" + piece


def _numbered(piece: bytes) -> bytes:
    return b"id: 7\nretry: 3000\n" + piece


def _on_lines(piece: bytes) -> bytes:
    """JSON on several lines, with a field for each."""
    head, mark, data = piece.partition(b"data: ")
    if not data.startswith(b"{"):
        return piece
    lines = json.dumps(json.loads(data), indent=1).encode().split(b"\n")
    return head + b"\n".join(mark + line for line in lines) + b"\n\n"


def _dialects() -> Iterator[Dialect]:
    yield Dialect(
        "sse", "crlf", "lines", "lines end with CR and LF", "servers on .NET and Java, proxies",
        (STANDARD, "kubernetes-sigs/inference-perf#781"),
        raw=_each(lambda piece: piece.replace(b"\n", b"\r\n")),
    )  # fmt: skip
    yield Dialect(
        "sse", "no-space", "lines", "no space stands behind the colon", "proxies on Spring, Chinese clouds",
        (STANDARD, "openai/openai-python#498", "dataelement/Clawith#106"), raw=_each(_unspaced),
    )  # fmt: skip
    yield Dialect(
        "sse", "on-lines", "lines", "the data of an event stands on several lines", "servers that indent JSON",
        (STANDARD, "kubernetes-sigs/inference-perf#781"), raw=_each(_on_lines),
    )  # fmt: skip
    yield Dialect(
        "sse", "comments", "events", "comments that keep alive stand between the events", "OpenRouter, llama.cpp",
        (STANDARD, "mnfst/llm-gateway#2053", "mistralai/mistral-vibe#774"), raw=_each(_commented),
    )  # fmt: skip
    yield Dialect(
        "sse", "numbered", "naming", "events have an id, and say when to try again", "gateways on Spring",
        (STANDARD,), raw=_each(_numbered),
    )  # fmt: skip
    yield Dialect(
        "sse", "blank-lines", "filling", "further blank lines stand between the events", "proxies that keep alive",
        (STANDARD,), raw=_each(lambda piece: piece + b"\n\n"),
    )  # fmt: skip


DIALECTS = tuple(_dialects())
