"""The wire of Bedrock Converse: its blocks, and the same request as Anthropic's Messages API would have it.

AWS turns the one into the other for a Claude model and hands through what the model answers, so what is known about
Claude's rules need not be known twice. The numbers of messages and blocks stay (docs/providers.md#bedrock-converse
quotes them).
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from tests.backends.base import Body
from tests.backends.history import Part
from tests.backends.wire import Request, encode

Block = dict[str, Any]
THOUGHT = "reasoningContent"
UNLIMITED = 64000

# The members of the shapes that an assistant turn is made of (service model of bedrock-runtime, operation Converse).
MEMBERS = {
    "ConverseRequest": {
        "modelId", "messages", "system", "inferenceConfig", "toolConfig", "guardrailConfig",
        "additionalModelRequestFields", "promptVariables", "additionalModelResponseFieldPaths",
        "requestMetadata", "performanceConfig", "serviceTier", "outputConfig",
    },
    "Message": {"role", "content"},
    "ContentBlock": {
        "text", "image", "document", "video", "audio", "toolUse", "toolResult", "guardContent",
        "cachePoint", THOUGHT, "citationsContent", "searchResult", "toolAddition", "toolRemoval",
    },
    "ReasoningContentBlock": {"reasoningText", "redactedContent"},
    "ReasoningTextBlock": {"text", "signature"},
    "ToolUseBlock": {"toolUseId", "name", "input", "type"},
}  # fmt: skip
_SHAPES = {
    "messages": "Message",
    "content": "ContentBlock",
    THOUGHT: "ReasoningContentBlock",
    "reasoningText": "ReasoningTextBlock",
    "toolUse": "ToolUseBlock",
}


def unknown(value: Body, shape: str = "ConverseRequest", path: str = "") -> Iterator[tuple[str, Body, str]]:
    """The members that no shape has: the path to each, the object that holds it, and its name."""
    for name, inner in value.items():
        at = f"{path}.{name}" if path else name
        if name not in MEMBERS[shape]:
            yield at, value, name
        elif name in _SHAPES:
            several = isinstance(inner, list)
            for index, one in enumerate(inner if several else [inner]):
                yield from unknown(one or {}, _SHAPES[name], f"{at}[{index}]" if several else at)


def assistant_blocks(body: Body) -> Iterator[tuple[int, int, Block]]:
    """Every block of an assistant message, behind the numbers of both."""
    for index, message in enumerate(body["messages"]):
        if message["role"] == "assistant":
            for offset, block in enumerate(message["content"]):
                yield index, offset, block


def read(at: str, block: Block) -> Iterator[Part]:
    """Read one block; one of another kind, such as a cache point, is no part of a turn."""
    if THOUGHT in block:
        text, seal = thought_of(block)
        yield Part("reasoning", text, f"{at}.{THOUGHT}", seal)
    elif "toolUse" in block:
        call = block["toolUse"]
        yield Part("tool", call["toolUseId"], f"{at}.toolUse", json.dumps(call["input"]), call["name"])
    elif "text" in block:
        yield Part("text", block["text"], f"{at}.text")


def thought_of(block: Block) -> tuple[str, str]:
    """The text of a block of reasoning, and its signature or what it seals."""
    thought = block[THOUGHT].get("reasoningText") or {}
    return thought.get("text") or "", thought.get("signature") or unwrapped(block[THOUGHT].get("redactedContent") or "")


def written(block: Block) -> Block:
    """An answer's block, given in Anthropic's form."""
    if block["type"] == "thinking":
        fields = {"text": block["thinking"], **{key: block[key] for key in ("signature",) if key in block}}
        return {THOUGHT: {"reasoningText": fields}}
    if block["type"] == "redacted_thinking":
        return {THOUGHT: {"redactedContent": wrapped(block["data"])}}
    if block["type"] == "tool_use":
        return {"toolUse": {"toolUseId": block["id"], "name": block["name"], "input": block["input"]}}
    return {"text": block["text"]}


def wrapped(data: str) -> str:
    """docs/providers.md#bedrock-converse: `redactedContent` is base64 of bytes, and the bytes are what Claude calls
    `data`.
    """
    return b64encode(data.encode()).decode()


def unwrapped(content: str) -> str:
    """The `data` in a `redactedContent`; what is none is left for Claude to reject."""
    try:
        return b64decode(content, validate=True).decode("ascii")
    except ValueError:
        return content


def as_messages(request: Request) -> Request:
    """The request in Anthropic's form, with the model that its address names."""
    body, limits = request.body, request.body.get("inferenceConfig") or {}
    tools = body.get("toolConfig") or {}
    temperature = {key: limits[key] for key in ("temperature",) if key in limits}
    messages = {
        "model": unquote(request.path.split("/")[2]),
        "max_tokens": limits.get("maxTokens", UNLIMITED),
        "system": body.get("system") or [],
        "messages": [{"role": one["role"], "content": _blocks(one["content"])} for one in body["messages"]],
        "tools": tools.get("tools") or [],
        "tool_choice": {"type": next(iter(tools.get("toolChoice") or ["auto"]))},
        **temperature,
        **(body.get("additionalModelRequestFields") or {}),
    }
    return Request(request.url, encode(messages), request.headers)


def _blocks(content: list[Block]) -> list[Block]:
    """A cache point becomes a mark of the block before it, so it is no block there."""
    return [_block(block) for block in content if "cachePoint" not in block]


def _block(block: Block) -> Block:
    if THOUGHT in block:
        return _thought(block[THOUGHT])
    if "text" in block:
        return {"type": "text", "text": block["text"]}
    if "toolUse" in block:
        call = block["toolUse"]
        return {"type": "tool_use", "id": call["toolUseId"], "name": call["name"], "input": call["input"]}
    if "toolResult" in block:
        result = block["toolResult"]
        return {"type": "tool_result", "tool_use_id": result["toolUseId"], "content": result["content"]}
    return {"type": next(iter(block)), **block}


def _thought(content: Block) -> Block:
    """For AWS a member that is null is not there."""
    if content.get("redactedContent") is not None:
        return {"type": "redacted_thinking", "data": unwrapped(content["redactedContent"])}
    thought = content.get("reasoningText") or {}
    signature = {} if thought.get("signature") is None else {"signature": thought["signature"]}
    return {"type": "thinking", "thinking": thought.get("text") or "", **signature}
