"""Build the answer from the pieces of a stream, the way the SDK of each wire does.

As lenient as the SDKs and no more: a delta that does not fit its block is dropped without a word, a second
`message_start` is ignored, and an event for a block that was never started is an error.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

Item = dict[str, Any]

# Which field each delta of a message stream extends, and in which kind of block the SDK looks for it.
_DELTAS = {
    "thinking_delta": ("thinking", "thinking"),
    "signature_delta": ("thinking", "signature"),
    "text_delta": ("text", "text"),
    "input_json_delta": ("tool_use", "partial_json"),
}


def messages(pieces: list[Any]) -> Item:
    """Join the server-sent events of `/v1/messages`; raises ValueError when the stream has no end."""
    blocks: list[Item] = []
    last = ""
    for event in _events(pieces):
        last = event["type"]
        if last == "content_block_start":
            blocks.append({**event["content_block"]})
        elif last == "content_block_delta":
            _extend(blocks[event["index"]], event["delta"])
    if last != "message_stop":
        raise ValueError(f"the stream broke off after {last!r}")
    return {"content": [_finished(block) for block in blocks]}


def _events(pieces: list[Any]) -> Iterator[Item]:
    text = b"".join(piece.encode() if isinstance(piece, str) else piece for piece in pieces).decode()
    for line in text.split("\n"):
        if line.startswith("data: "):
            yield json.loads(line[len("data: ") :])


def _extend(block: Item, delta: Item) -> None:
    kind, field = _DELTAS[delta["type"]]
    if block["type"] != kind:
        return
    value = delta[field]
    block[field] = value if field == "signature" else (block.get(field) or "") + value


def _finished(block: Item) -> Item:
    partial = block.pop("partial_json", "")
    return {**block, "input": json.loads(partial or "{}")} if block["type"] == "tool_use" else block


def chat(chunks: list[Item]) -> Item:
    """Join the chunks of `/v1/chat/completions`."""
    message: Item = {"role": "assistant", "content": ""}
    calls: dict[int, Item] = {}
    for chunk in chunks:
        for choice in chunk["choices"]:
            _add_delta(message, calls, choice["delta"])
    if calls:
        message["tool_calls"] = [calls[index] for index in sorted(calls)]
    return {"choices": [{"message": message}]}


def _add_delta(message: Item, calls: dict[int, Item], delta: Item) -> None:
    for field in ("content", "reasoning_content"):
        if delta.get(field):
            message[field] = message.get(field, "") + delta[field]
    for call in delta.get("tool_calls") or []:
        empty = {"id": "", "type": "function", "function": {"name": "", "arguments": ""}}
        _add_call(calls.setdefault(call["index"], empty), call)


def _add_call(kept: Item, delta: Item) -> None:
    kept["id"] = delta.get("id") or kept["id"]
    for field, value in delta["function"].items():
        kept["function"][field] += value or ""


def responses(events: list[Item]) -> Item:
    """Take the items of `/v1/responses` when each is done, which is where encrypted content is promised."""
    if events[-1]["type"] != "response.completed":
        raise ValueError(f"the stream broke off after {events[-1]['type']!r}")
    return {"output": [event["item"] for event in events if event["type"] == "response.output_item.done"]}
