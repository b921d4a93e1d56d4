"""Read the events of an answer, and write others in its framing: server-sent events, or AWS's event stream."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import replace

from tests.backends.bedrock_stream import EVENT_STREAM, framed
from tests.backends.dialects.model import Event, Wire
from tests.backends.wire import JSON, Answer, encode, event, sse

DONE = "[DONE]"

# What only an answer of a wire has: in a stream, its first event that says it.
_MARKS: dict[str, Wire] = {
    "choices": "chat",
    "candidates": "gemini",
    "output": "converse",
    "messageStart": "converse",
}


def wire_of(answer: Answer) -> Wire:
    """Whose form an answer has."""
    first = json.loads(answer.body) if answer.content_type == JSON else next(iter(events(answer)))
    kind = str(first.get("type", ""))
    if kind.startswith("response.") or first.get("object") == "response":
        return "responses"
    if kind in ("message", "message_start"):
        return "anthropic"
    return next(wire for mark, wire in _MARKS.items() if mark in first)


def events(answer: Answer) -> list[Event]:
    """The events of a streamed answer; of AWS's stream each under its name. What ends a stream in words is none."""
    if answer.content_type == EVENT_STREAM:
        return [*_frames(answer.body)]
    return [json.loads(data) for data in sse(answer.body) if data != DONE]


def written(answer: Answer, told: list[Event]) -> Answer:
    """The answer with other events in it, one piece for each."""
    if answer.content_type == EVENT_STREAM:
        return replace(answer, pieces=tuple(_frame(one) for one in told))
    # Where a wire names its events, the name is their type.
    pieces = [event(one, one.get("type", "")) for one in told]
    ends = answer.pieces[-1:] if DONE in answer.pieces[-1].decode() else ()
    return replace(answer, pieces=(*pieces, *ends))


def _frame(one: Event) -> bytes:
    ((name, data),) = one.items()
    headers = {":event-type": name, ":content-type": JSON, ":message-type": "event"}
    return framed(headers, encode(data))


def _frames(data: bytes) -> Iterator[Event]:
    """Read messages as `framed` writes them: lengths, headers, payload, checksum."""
    while data:
        length, head = struct.unpack(">II", data[:8])
        headers = dict(_headers(data[12 : 12 + head]))
        yield {headers[":event-type"]: json.loads(data[12 + head : length - 4])}
        data = data[length:]


def _headers(data: bytes) -> Iterator[tuple[str, str]]:
    while data:
        name, data = data[1 : 1 + data[0]], data[1 + data[0] :]
        (size,) = struct.unpack(">H", data[1:3])
        yield name.decode(), data[3 : 3 + size].decode()
        data = data[3 + size :]
