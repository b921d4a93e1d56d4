"""The honest client of Anthropic's wire: `HonestMessages(AnthropicMessages, thinking=MANUAL).play(conversation)`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from tests.backends.wire import Answer
from tests.conversations.model import ToolUse
from tests.judges.honest import Body, Honest, events, schema

MANUAL = {"type": "enabled", "budget_tokens": 1024}
ADAPTIVE = {"type": "adaptive"}
INTERLEAVED = {"anthropic-beta": "interleaved-thinking-2025-05-14"}

# Which field of its block each delta extends.
_DELTAS = {"thinking_delta": "thinking", "signature_delta": "signature", "text_delta": "text"}


class HonestMessages(Honest):
    """Keeps each content block as it came, in full. Without a model of its own it speaks to one of version 4.5."""

    def request(self) -> Body:
        tools = [
            {"name": name, "description": name, "input_schema": schema(arguments)}
            for name, arguments in self.tools.items()
        ]
        body = {"model": "claude-sonnet-4-5", "max_tokens": 4096, "messages": list(self.history)}
        return {**body, "tools": tools} if tools else body

    def read(self, answer: Answer) -> Any:
        return rebuilt(events(answer)) if self.extra.get("stream") else json.loads(answer.body)

    def keep(self, turn: Any, uses: list[ToolUse]) -> None:
        self.history.append({"role": "assistant", "content": turn["content"]})
        calls = [block["id"] for block in turn["content"] if block["type"] == "tool_use"]
        results = [
            {"type": "tool_result", "tool_use_id": call, "content": use.result}
            for call, use in zip(calls, uses, strict=True)
        ]
        if results:
            self.history.append({"role": "user", "content": results})


def rebuilt(stream: Iterable[Body]) -> Body:
    """Build the message out of the events of a stream, from nothing but the openings and the deltas."""
    message: Body = {}
    arguments: dict[int, str] = {}
    for one in stream:
        if one["type"] == "message_start":
            message = {**one["message"], "content": []}
        elif one["type"] == "content_block_start":
            assert one["index"] == len(message["content"])
            message["content"].append(dict(one["content_block"]))
        elif one["type"] == "content_block_delta":
            _grow(message["content"][one["index"]], one, arguments)
        elif one["type"] == "message_delta":
            message.update(one["delta"])
    for index, text in arguments.items():
        message["content"][index]["input"] = json.loads(text)
    return message


def _grow(block: Body, one: Body, arguments: dict[int, str]) -> None:
    delta = one["delta"]
    if delta["type"] == "input_json_delta":
        arguments[one["index"]] = arguments.get(one["index"], "") + delta["partial_json"]
    else:
        block[_DELTAS[delta["type"]]] += delta[_DELTAS[delta["type"]]]
