"""The chat-completions wire as the providers share it: one message per assistant turn, reasoning in a field beside it.

The field's name and the rules differ; each provider is a subclass. `thinking_blocks` and `provider_specific_fields` are
tolerated unless a subclass knows better: whether a provider rejects them is failure F4/F5, and for the providers here
research/backends.md (section 0) has "not verified" or "ignored".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from tests.backends.base import Backend, Body, Violation, block_name
from tests.backends.history import Finding, Part
from tests.backends.wire import SSE, Answer, encode, event, split, whole
from tests.conversations.model import AssistantTurn, Block, Text, Thinking, ToolUse

# The fields of an assistant message that every such provider knows (section 3, first line).
KNOWN = frozenset({"role", "content", "refusal", "name", "audio", "tool_calls", "function_call"})
TOLERATED = frozenset({"thinking_blocks", "provider_specific_fields"})


class ChatCompletions(Backend):
    """A provider of `/chat/completions`; `fields` are its carriers of reasoning text, the native one first."""

    fields: ClassVar[tuple[str, ...]]
    other_carriers: ClassVar[frozenset[str]] = frozenset()

    def assistant_messages(self, request: Body) -> Iterator[tuple[int, dict[str, Any]]]:
        for index, message in enumerate(request["messages"]):
            if message["role"] == "assistant":
                yield index, message

    def foreign(self, request: Body) -> Iterator[Finding]:
        known = KNOWN | TOLERATED | self.other_carriers | set(self.fields)
        for index, message in self.assistant_messages(request):
            for key in sorted(set(message) - known):
                path = f"messages[{index}].{key}"
                yield Finding("foreign field on the wire", path, path, after=str(message[key]))
            yield from self._disagreeing(f"messages[{index}]", message)

    def _disagreeing(self, at: str, message: dict[str, Any]) -> Iterator[Finding]:
        """Aliases of one carrier may both be there, but not with different texts."""
        texts = [str(message[field]) for field in self.fields if message.get(field)]
        if len(set(texts)) > 1:
            yield Finding("the carriers of reasoning disagree", at, f"{at}.{self.fields[1]}", *texts[:2])

    def replayed(self, request: Body) -> list[list[Part]]:
        return [self._parts(index, message) for index, message in self.assistant_messages(request)]

    def _parts(self, index: int, message: dict[str, Any]) -> list[Part]:
        at = f"messages[{index}]"
        return [*self._reasoning(at, message), *_texts(at, message), *_calls(at, message)]

    def _reasoning(self, at: str, message: dict[str, Any]) -> Iterator[Part]:
        """The text of the first carrier that is there: the others are aliases and may repeat it."""
        for field in self.fields:
            if message.get(field):
                yield Part("reasoning", message[field], f"{at}.{field}")
                return

    def without_carriers(self, request: Body) -> object:
        carriers = {*self.fields, *self.other_carriers, *TOLERATED}
        messages = [
            {key: None if key in carriers else value for key, value in message.items()}
            for message in request["messages"]
        ]
        return {**request, "messages": messages}

    def give(self, turn: AssistantTurn, number: int, request: Body) -> list[Part]:
        return [self._given(block, number, index) for index, block in enumerate(turn.blocks)]

    def _given(self, block: Block, number: int, index: int) -> Part:
        if isinstance(block, Thinking):
            return Part("reasoning", block.text, block_name(number, index, "thinking"))
        if isinstance(block, Text):
            return Part("text", block.text, block_name(number, index, "text"))
        if isinstance(block, ToolUse):
            call = self.mint("call_", number, index)[:29]
            arguments = json.dumps(dict(block.input), ensure_ascii=False)
            return Part("tool", call, block_name(number, index, "tool use"), arguments, block.name)
        raise NotImplementedError(f"{self.name} has no form for {block}")

    def perform(self, parts: Sequence[Part], request: Body) -> Answer:
        if request.get("stream"):
            return Answer(200, SSE, tuple(self._stream(parts)))
        choice = {"index": 0, "message": self._message(parts), "finish_reason": _reason(parts)}
        return whole({**self._head("chat.completion"), "choices": [choice], "usage": _USAGE})

    def _head(self, kind: str) -> dict[str, Any]:
        ident = self.mint("chatcmpl-", len(self.given))
        return {"id": ident, "object": kind, "created": 1, "model": self.model.split("/", 1)[1]}

    def _message(self, parts: Sequence[Part]) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant", "content": _joined("text", parts)}
        message.update(self.carry(_joined("reasoning", parts)))
        calls = [_call(part) for part in parts if part.kind == "tool"]
        return {**message, "tool_calls": calls} if calls else message

    def carry(self, reasoning: str) -> dict[str, Any]:
        """The fields, of a message or of a delta, that carry a piece of reasoning."""
        return {self.fields[0]: reasoning} if reasoning else {}

    def _stream(self, parts: Sequence[Part]) -> Iterator[bytes]:
        """Reasoning first, then text, then the calls, then the reason to stop; each in deltas of its own."""
        yield self._chunk({"role": "assistant", "content": ""})
        for piece in split(_joined("reasoning", parts)):
            yield self._chunk(self.carry(piece))
        for piece in split(_joined("text", parts)):
            yield self._chunk({"content": piece})
        for index, part in enumerate(part for part in parts if part.kind == "tool"):
            yield from self._stream_call(index, part)
        yield self._chunk({}, _reason(parts))
        yield b"data: [DONE]\n\n"

    def _stream_call(self, index: int, part: Part) -> Iterator[bytes]:
        call = _call(part)
        call["function"] = {**call["function"], "arguments": ""}
        yield self._chunk({"tool_calls": [{"index": index, **call}]})
        for piece in split(part.detail):
            yield self._chunk({"tool_calls": [{"index": index, "function": {"arguments": piece}}]})

    def _chunk(self, delta: dict[str, Any], reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        return event({**self._head("chat.completion.chunk"), "choices": [choice]})

    def exhausted(self) -> Answer:
        return self.error("no turn is scripted for this request").answer

    def error(self, message: str, path: str = "body") -> Violation:
        """The envelope of section 4, which most of these providers use."""
        error = {"message": message, "type": "invalid_request_error"}
        return Violation(message, path, Answer(400, "application/json", (encode({"error": error}),)))


_USAGE = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}


def _joined(kind: str, parts: Sequence[Part]) -> str:
    """A message has room for one text of each kind."""
    return "\n\n".join(part.value for part in parts if part.kind == kind)


def _reason(parts: Sequence[Part]) -> str:
    return "tool_calls" if any(part.kind == "tool" for part in parts) else "stop"


def _call(part: Part) -> dict[str, Any]:
    function = {"name": part.name, "arguments": part.detail}
    return {"id": part.value, "type": "function", "function": function}


def _texts(at: str, message: dict[str, Any]) -> Iterator[Part]:
    content = message.get("content") or ""
    if isinstance(content, str):
        content = [{"text": content}] if content else []
    for index, part in enumerate(content):
        yield Part("text", part.get("text", ""), f"{at}.content[{index}]")


def _calls(at: str, message: dict[str, Any]) -> Iterator[Part]:
    for index, call in enumerate(message.get("tool_calls") or []):
        function = call["function"]
        yield Part("tool", call["id"], f"{at}.tool_calls[{index}]", function["arguments"], function["name"])
