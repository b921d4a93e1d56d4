"""Build a message from the chunks, and an output from the events, that a streamed answer consists of.

The SDK of these two wires hands out the pieces and leaves joining them to its user. This is what an ordinary one does:
text is joined, entries of lists are joined by their index (the rule of the SDK's own stream helper) or, where they have
none, put one behind the other, and an item is taken when it is done.
"""

from __future__ import annotations

from typing import Any

Item = dict[str, Any]


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
    for field in ("thinking_blocks", "reasoning_items"):
        for entry in delta.get(field) or []:
            _add_entry(message.setdefault(field, []), entry)
    for call in delta.get("tool_calls") or []:
        empty = {"id": "", "type": "function", "function": {"name": "", "arguments": ""}}
        _add_call(calls.setdefault(call["index"], empty), call)


def _add_entry(kept: list[Item], entry: Item) -> None:
    same = [one for one in kept if one.get("index") is not None and one["index"] == entry.get("index")]
    if not same:
        kept.append(dict(entry))
    for field, value in entry.items() if same else ():
        joins = isinstance(value, str) and field not in ("type", "index")
        same[0][field] = (same[0].get(field) or "") + value if joins else value


def _add_call(kept: Item, delta: Item) -> None:
    kept["id"] = delta.get("id") or kept["id"]
    for field, value in delta["function"].items():
        kept["function"][field] = (kept["function"].get(field) or "") + (value or "")


def responses(events: list[Item]) -> Item:
    """Take the items of `/v1/responses` when each is done, which is where encrypted content is promised."""
    if not events or events[-1]["type"] != "response.completed":
        raise ValueError(f"the stream broke off after {events[-1]['type'] if events else 'nothing'!r}")
    return {"output": [event["item"] for event in events if event["type"] == "response.output_item.done"]}
