"""The events of a streamed message: docs/providers.md#anthropic-streaming."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.backends.wire import event, split

Event = dict[str, Any]


def stream(message: Event) -> Iterator[bytes]:
    """Write the events of a whole message, one piece for each."""
    for one in _events(message):
        yield event(one, one["type"])


def _events(message: Event) -> Iterator[Event]:
    yield {"type": "message_start", "message": {**message, "content": [], "stop_reason": None}}
    for index, block in enumerate(message["content"]):
        yield {"type": "content_block_start", "index": index, "content_block": _opening(block)}
        for delta in _deltas(block):
            yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    ending = {"stop_reason": message["stop_reason"], "stop_sequence": None}
    yield {"type": "message_delta", "delta": ending, "usage": message["usage"]}
    yield {"type": "message_stop"}


def _opening(block: Event) -> Event:
    """A block as it is announced: empty, but redacted thinking comes whole."""
    hollow: Event = {"thinking": "", "signature": "", "text": "", "input": {}}
    return {key: hollow.get(key, value) for key, value in block.items()}


def _deltas(block: Event) -> Iterator[Event]:
    """With display omitted there is no text to send, only the signature."""
    if block["type"] == "thinking":
        for piece in split(block["thinking"]):
            yield {"type": "thinking_delta", "thinking": piece}
        yield {"type": "signature_delta", "signature": block["signature"]}
    elif block["type"] == "text":
        for piece in split(block["text"]):
            yield {"type": "text_delta", "text": piece}
    elif block["type"] == "tool_use":
        for piece in ["", *split(json.dumps(block["input"], ensure_ascii=False))]:
            yield {"type": "input_json_delta", "partial_json": piece}
