"""A client that understands the dialects: what a turn is, read from the events of any wire, and written as Anthropic's.

It stands for a LiteLLM that does all right: lies about it (`test_dialects.py`) are what a broken one makes of a form.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.backends.dialects import Wire
from tests.backends.wire import event

Event = dict[str, Any]


@dataclass
class Turn:
    """What was said: blocks as (type, text, signature) or (type, id, name, arguments), why it ended, and its tokens."""

    blocks: list[list[Any]] = field(default_factory=list)
    usage: tuple[int, int] = (0, 0)

    @property
    def stop(self) -> str:
        """Why it ended: whoever calls a tool ends for it, whatever the server says."""
        return "tool_use" if any(block[0] == "tool_use" for block in self.blocks) else "end_turn"

    def say(self, kind: str, text: str | None, signature: str = "") -> None:
        """Go on with a text or a thought; nothing said begins nothing."""
        if not text and not signature:
            return
        if not self.blocks or self.blocks[-1][0] != kind:
            self.blocks.append([kind, "", ""])
        self.blocks[-1][1] += text or ""
        self.blocks[-1][2] = signature or self.blocks[-1][2]

    def call(self, ident: str, name: str, arguments: object) -> None:
        self.blocks.append(["tool_use", ident, name, arguments])


# ---------------------------------------------------------------- chat completions


def _chat(events: Sequence[Event]) -> Turn:
    turn, calls = Turn(), _Calls()
    for chunk in events:
        for choice in chunk["choices"]:
            delta = choice["delta"]
            turn.say("thinking", delta.get("reasoning") or delta.get("reasoning_content"))
            turn.say("text", delta.get("content"))
            for entry in delta.get("tool_calls") or []:
                calls.take(entry)
        if chunk.get("usage"):
            turn.usage = chunk["usage"]["prompt_tokens"], chunk["usage"]["completion_tokens"]
    for call in calls.begun:
        turn.call(call["id"], call["name"], json.loads(call["arguments"]))
    return turn


class _Calls:
    """The calls of a stream: a new id begins one; what has none, or a known one, continues the last of its index."""

    def __init__(self) -> None:
        self.begun: list[Event] = []

    def take(self, entry: Event) -> None:
        call, function = self._of(entry), entry["function"]
        call["name"] = call["name"] or function.get("name") or ""
        more = function.get("arguments") or ""
        call["arguments"] += more if isinstance(more, str) else json.dumps(more)

    def _of(self, entry: Event) -> Event:
        ident, index = entry.get("id"), entry.get("index")
        if ident and all(call["id"] != ident for call in self.begun):
            self.begun.append({"id": ident, "index": index, "name": "", "arguments": ""})
            return self.begun[-1]
        same = [call for call in self.begun if (call["id"] == ident if ident else call["index"] == index)]
        return same[-1]


# ---------------------------------------------------------------- Anthropic


_KEYS = {"thinking_delta": "thinking", "text_delta": "text", "input_json_delta": "partial_json"}


def _anthropic(events: Sequence[Event]) -> Turn:
    turn = Turn()
    blocks: dict[int, Event] = {}
    usage: Event = {}
    for one in events:
        usage |= (one.get("message") or one).get("usage") or {}
        if one["type"] == "content_block_start":
            blocks[one["index"]] = {**one["content_block"], "said": ""}
        elif one["type"] == "content_block_delta":
            block, delta = blocks[one["index"]], one["delta"]
            block["said"] += delta.get(_KEYS.get(delta["type"], ""), "")
            block["signature"] = delta.get("signature") or block.get("signature", "")
    for block in blocks.values():
        if block["type"] == "tool_use":
            turn.call(block["id"], block["name"], json.loads(block["said"] or "{}"))
        else:
            turn.say(block["type"], block["said"], block["signature"])
    turn.usage = usage["input_tokens"], usage["output_tokens"]
    return turn


# ---------------------------------------------------------------- Responses


def _responses(events: Sequence[Event]) -> Turn:
    (last,) = [one["response"] for one in events if one["type"] == "response.completed"]
    done = [one["item"] for one in events if one["type"] == "response.output_item.done"]
    turn = Turn(usage=(last["usage"]["input_tokens"], last["usage"]["output_tokens"]))
    for item in done or last["output"]:
        if item["type"] == "function_call":
            turn.call(item["call_id"], item["name"], json.loads(item["arguments"]))
        elif item["type"] == "message":
            turn.say("text", "".join(part["text"] for part in item["content"]))
        else:
            turn.say("thinking", "".join(part["text"] for part in item["summary"]), item.get("encrypted_content", ""))
    return turn


# ---------------------------------------------------------------- Gemini


def _gemini(events: Sequence[Event]) -> Turn:
    turn = Turn()
    for chunk in events:
        for part in chunk["candidates"][0]["content"].get("parts", []):
            seal = part.get("thoughtSignature", "")
            if "functionCall" in part:
                turn.call(seal, part["functionCall"]["name"], part["functionCall"]["args"])
            else:
                turn.say("thinking" if part.get("thought") else "text", part["text"], seal)
        usage = chunk.get("usageMetadata")
        if usage:
            turn.usage = usage["promptTokenCount"], usage["candidatesTokenCount"] + usage["thoughtsTokenCount"]
    return turn


# ---------------------------------------------------------------- Bedrock Converse


def _converse(events: Sequence[Event]) -> Turn:
    turn = Turn()
    inputs: dict[int, tuple[list[Any], list[str]]] = {}
    for one in events:
        ((name, data),) = one.items()
        if name == "contentBlockStart":
            turn.call(data["start"]["toolUse"]["toolUseId"], data["start"]["toolUse"]["name"], None)
            inputs[data["contentBlockIndex"]] = (turn.blocks[-1], [])
        elif name == "contentBlockDelta" and "toolUse" in data["delta"]:
            inputs[data["contentBlockIndex"]][1].append(data["delta"]["toolUse"]["input"])
        elif name == "contentBlockDelta":
            thought = data["delta"].get("reasoningContent", {})
            turn.say("thinking", thought.get("text"), thought.get("signature", ""))
            turn.say("text", data["delta"].get("text"))
        elif name == "metadata" and "usage" in data:
            turn.usage = data["usage"]["inputTokens"], data["usage"]["outputTokens"]
    for block, pieces in inputs.values():
        block[3] = json.loads("".join(pieces))
    return turn


READERS: dict[Wire, Callable[[Sequence[Event]], Turn]] = {
    "chat": _chat,
    "anthropic": _anthropic,
    "responses": _responses,
    "gemini": _gemini,
    "converse": _converse,
}


# ---------------------------------------------------------------- what the client of /v1/messages gets


def told(turn: Turn) -> list[Event]:
    """The events of a turn, as a client of Anthropic's wants them."""
    return [*_told(turn)]


def _told(turn: Turn) -> Iterator[Event]:
    spent, made = turn.usage
    yield {"type": "message_start", "message": {"usage": {"input_tokens": spent, "output_tokens": 0}}}
    for index, block in enumerate(turn.blocks):
        yield {"type": "content_block_start", "index": index, "content_block": _opening(block)}
        for delta in _deltas(block):
            yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    ending = {"stop_reason": turn.stop}
    yield {"type": "message_delta", "delta": ending, "usage": {"input_tokens": spent, "output_tokens": made}}
    yield {"type": "message_stop"}


def _opening(block: list[Any]) -> Event:
    if block[0] == "tool_use":
        return {"type": "tool_use", "id": block[1], "name": block[2], "input": {}}
    return {"type": block[0], block[0]: ""}


def _deltas(block: list[Any]) -> Iterator[Event]:
    if block[0] == "tool_use":
        yield {"type": "input_json_delta", "partial_json": json.dumps(block[3])}
        return
    yield {"type": f"{block[0]}_delta", block[0]: block[1]}
    if block[0] == "thinking" and block[2]:
        yield {"type": "signature_delta", "signature": block[2]}


def written(events: Sequence[Event]) -> list[bytes]:
    """The pieces of a stream with these events."""
    return [event(one, one["type"]) for one in events]
