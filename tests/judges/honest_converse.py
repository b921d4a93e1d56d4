"""The honest client of Bedrock Converse: `HonestConverse(BedrockConverse, url=STREAM).play(conversation)`.

It reads streams with botocore's own parser and service model, so that what the emulator frames is what AWS frames.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from functools import cache
from typing import Any

import botocore.eventstream
import botocore.loaders
import botocore.model
import botocore.parsers

from tests.backends.bedrock_stream import EVENT_STREAM
from tests.backends.wire import Answer
from tests.conversations.model import ToolUse
from tests.judges.honest import Body, Honest, schema

CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1%3A0"
INTERLEAVED = "interleaved-thinking-2025-05-14"
THINKING = {"thinking": {"type": "enabled", "budget_tokens": 1024}, "anthropic_beta": [INTERLEAVED]}


def url(model: str = CLAUDE, *, stream: bool = False) -> str:
    return f"/model/{model}/converse{'-stream' if stream else ''}"


class HonestConverse(Honest):
    """Keeps each content block as it came, in full."""

    def request(self) -> Body:
        tools = [
            {"toolSpec": {"name": name, "description": name, "inputSchema": {"json": schema(arguments)}}}
            for name, arguments in self.tools.items()
        ]
        body = {"inferenceConfig": {"maxTokens": 4096}, "messages": [_native(message) for message in self.history]}
        return {**body, "toolConfig": {"tools": tools}} if tools else body

    def read(self, answer: Answer) -> Any:
        if answer.content_type == EVENT_STREAM:
            return rebuilt(events(answer))
        return json.loads(answer.body)["output"]["message"]

    def keep(self, turn: Any, uses: list[ToolUse]) -> None:
        self.history.append(turn)
        calls = [block["toolUse"]["toolUseId"] for block in turn["content"] if "toolUse" in block]
        results = [
            {"toolResult": {"toolUseId": call, "content": [{"text": use.result}]}}
            for call, use in zip(calls, uses, strict=True)
        ]
        if results:
            self.history.append({"role": "user", "content": results})


def _native(message: Body) -> Body:
    """A user turn as the base class says it has a string for content, which this wire does not know."""
    content = message["content"]
    return {**message, "content": [{"text": content}]} if isinstance(content, str) else message


@cache
def service_model() -> Any:
    """What AWS says that the requests and answers of bedrock-runtime are made of."""
    loader = botocore.loaders.create_loader()
    return botocore.model.ServiceModel(loader.load_service_model("bedrock-runtime", "service-2"))


class _Raw:
    """The body of an answer as botocore wants to read it."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = pieces

    def stream(self) -> Iterable[bytes]:
        return self._pieces

    def close(self) -> None:
        """Nothing is open."""


def events(answer: Answer) -> list[Body]:
    """The events of a streamed answer, each under its name."""
    operation = service_model().operation_model("ConverseStream")
    shape = operation.get_event_stream_output()
    parser = botocore.parsers.create_parser("rest-json")
    return [*botocore.eventstream.EventStream(_Raw(answer.pieces), shape, parser._event_stream_parser, operation.name)]


def rebuilt(stream: Iterable[Body]) -> Body:
    """Build the message out of the events of a stream."""
    message: Body = {}
    for one in stream:
        ((name, data),) = one.items()
        if name == "messageStart":
            message = {"role": data["role"], "content": []}
        elif name == "contentBlockStart":
            message["content"].append({"toolUse": {**data["start"]["toolUse"], "input": ""}})
        elif name == "contentBlockDelta":
            _grow(message["content"], data["contentBlockIndex"], data["delta"])
    for block in message["content"]:
        if "toolUse" in block:
            block["toolUse"]["input"] = json.loads(block["toolUse"]["input"])
    return message


def _grow(content: list[Body], index: int, delta: Body) -> None:
    """Only tools are announced: any other block begins with its first delta."""
    if index == len(content):
        content.append({})
    assert index == len(content) - 1
    ((kind, more),) = delta.items()
    if kind == "text":
        content[index]["text"] = content[index].get("text", "") + more
    elif kind == "toolUse":
        content[index]["toolUse"]["input"] += more["input"]
    else:
        _think(content[index].setdefault("reasoningContent", {}), more)


def _think(content: Body, delta: Body) -> None:
    if "redactedContent" in delta:
        content["redactedContent"] = base64.b64encode(delta["redactedContent"]).decode()
        return
    thought = content.setdefault("reasoningText", {"text": ""})
    for name, more in delta.items():
        thought[name] = thought.get(name, "") + more
