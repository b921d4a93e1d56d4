"""The events of a streamed Converse answer, in AWS's binary framing (`application/vnd.amazon.eventstream`).

The encoder is our own: botocore only reads this framing, and the one library that writes it (smithy-aws-event-stream)
needs Python 3.12. Which events there are is said in docs/providers.md#bedrock-converse, and by the service model of
bedrock-runtime, which has no `contentBlockStart` but for tools.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from zlib import crc32

from tests.backends.wire import encode, split

EVENT_STREAM = "application/vnd.amazon.eventstream"
_STRING = 7
_PRELUDE, _CHECKSUM = 12, 4

Event = dict[str, Any]


def stream(content: Sequence[Event], reason: str, usage: Event) -> Iterator[bytes]:
    """Write the events of an answer, one message each: `content` is the list of its blocks."""
    for name, data in _events(content, reason, usage):
        headers = {":event-type": name, ":content-type": "application/json", ":message-type": "event"}
        yield framed(headers, encode(data))


def framed(headers: Mapping[str, str], payload: bytes) -> bytes:
    """Frame one message: lengths and their checksum, headers, payload, checksum of it all."""
    head = b"".join(_header(name, value) for name, value in headers.items())
    lengths = struct.pack(">II", _PRELUDE + len(head) + len(payload) + _CHECKSUM, len(head))
    message = lengths + struct.pack(">I", crc32(lengths)) + head + payload
    return message + struct.pack(">I", crc32(message))


def _header(name: str, value: str) -> bytes:
    """A header whose value is a string: the only kind that Converse sends."""
    key, text = name.encode(), value.encode()
    return struct.pack(">B", len(key)) + key + struct.pack(">BH", _STRING, len(text)) + text


def _events(content: Sequence[Event], reason: str, usage: Event) -> Iterator[tuple[str, Event]]:
    yield "messageStart", {"role": "assistant"}
    for index, block in enumerate(content):
        at = {"contentBlockIndex": index}
        if "toolUse" in block:
            start = {key: block["toolUse"][key] for key in ("toolUseId", "name")}
            yield "contentBlockStart", {"start": {"toolUse": start}, **at}
        for delta in _deltas(block):
            yield "contentBlockDelta", {"delta": delta, **at}
        yield "contentBlockStop", at
    yield "messageStop", {"stopReason": reason}
    yield "metadata", {"usage": usage, "metrics": {"latencyMs": 1}}


def _deltas(block: Event) -> Iterator[Event]:
    if "text" in block:
        for piece in split(block["text"]):
            yield {"text": piece}
    elif "toolUse" in block:
        for piece in split(json.dumps(block["toolUse"]["input"], ensure_ascii=False)):
            yield {"toolUse": {"input": piece}}
    else:
        for delta in _thought(block["reasoningContent"]):
            yield {"reasoningContent": delta}


def _thought(content: Event) -> Iterator[Event]:
    """Text in pieces, then the signature; what is redacted comes whole."""
    if "redactedContent" in content:
        yield {"redactedContent": content["redactedContent"]}
        return
    thought = content["reasoningText"]
    for piece in split(thought["text"]):
        yield {"text": piece}
    if "signature" in thought:
        yield {"signature": thought["signature"]}
