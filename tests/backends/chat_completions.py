"""The chat-completions wire as the providers share it: one message per assistant turn, reasoning in a field beside it.

The field's name and the rules differ; each provider is a subclass. A field that is no part of the provider's own
message is rejected or ignored, as the provider does it; where it is ignored, its being there is a finding all the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from tests.backends.base import Backend, Violation, block_name
from tests.backends.content_parts import Item, foreign_parts
from tests.backends.history import Finding, Part
from tests.backends.wire import SSE, Answer, Request, event, split, whole
from tests.conversations.model import AssistantTurn, Block, Text, Thinking, ToolUse

# The fields of an assistant message that all know (docs/providers.md#openai-chat-completions, first line).
KNOWN = frozenset({"role", "content", "refusal", "name", "audio", "tool_calls", "function_call"})

# The parameters of Anthropic's API that chat completions do not have: anthropic-sdk-python, `message_create_params.py`.
ANTHROPICS = frozenset({
    "cache_control", "container", "context_management", "inference_geo", "mcp_servers", "output_config",
    "output_format", "speed", "stop_sequences", "system", "thinking",
})  # fmt: skip


class ChatCompletions(Backend):
    """A provider of `/chat/completions`.

    `fields` are its carriers of reasoning text, the native one first; `other_carriers` are fields that belong to its
    messages as well and carry no text that is not in them; `carriers` are the types of content parts that carry
    reasoning. `mixes` says that one chunk of a stream can end the reasoning and begin the text. `switches` are those of
    Anthropic's parameters that the provider has as well.
    """

    fields: ClassVar[tuple[str, ...]] = ()
    other_carriers: ClassVar[frozenset[str]] = frozenset()
    carriers: ClassVar[frozenset[str]] = frozenset()
    mixes: ClassVar[bool] = False
    switches: ClassVar[frozenset[str]] = frozenset()

    def assistant_messages(self, request: Request) -> Iterator[tuple[int, dict[str, Any]]]:
        for index, message in enumerate(request.body["messages"]):
            if message["role"] == "assistant":
                yield index, message

    def violations(self, request: Request) -> Iterator[Violation]:
        """Nothing, unless the provider is known to reject something."""
        return iter(())

    def foreign(self, request: Request) -> Iterator[Finding]:
        for key in sorted((ANTHROPICS - self.switches) & set(request.body)):
            yield Finding("foreign parameter on the wire", key, key, after=str(request.body[key]))
        for index, key, value in self.unknown(request):
            path = f"messages[{index}].{key}"
            yield Finding("foreign field on the wire", path, path, after=str(value))
        for index, message in self.assistant_messages(request):
            yield from self._disagreeing(f"messages[{index}]", message)
        for index, place, part in self.strange_parts(request):
            path = f"messages[{index}].content[{place}]"
            yield Finding("foreign content on the wire", path, path, after=str(part))

    def strange_parts(self, request: Request) -> Iterator[tuple[int, int, Item]]:
        """What of assistant messages is neither text nor a carrier."""
        return foreign_parts(self.assistant_messages(request), {"text", *self.carriers})

    def unknown(self, request: Request) -> Iterator[tuple[int, str, Any]]:
        """The fields of assistant messages that are none of this wire: number of the message, name, and value."""
        known = KNOWN | self.other_carriers | set(self.fields)
        for index, message in self.assistant_messages(request):
            for key in sorted(set(message) - known):
                yield index, key, message[key]

    def _disagreeing(self, at: str, message: dict[str, Any]) -> Iterator[Finding]:
        """Aliases of one carrier may both be there, but not with different texts."""
        texts = [str(message[field]) for field in self.fields if message.get(field)]
        if len(set(texts)) > 1:
            yield Finding("the carriers of reasoning disagree", at, f"{at}.{self.fields[1]}", *texts[:2])

    def replayed(self, request: Request) -> list[list[Part]]:
        return [self.parts(index, message) for index, message in self.assistant_messages(request)]

    def parts(self, index: int, message: dict[str, Any]) -> list[Part]:
        """Read one assistant message."""
        at = f"messages[{index}]"
        return [*self.reasoning(at, message), *texts_of(at, message), *calls_of(at, message)]

    def reasoning(self, at: str, message: dict[str, Any]) -> Iterator[Part]:
        """The text of the first carrier that is there: the others are aliases and may repeat it."""
        for field in self.fields:
            if message.get(field):
                yield Part("reasoning", message[field], f"{at}.{field}")
                return

    def without_carriers(self, request: Request) -> object:
        """Unknown fields are blanked as well: they are a finding of their own."""
        carriers = {*self.fields, *self.other_carriers, *(key for _, key, _ in self.unknown(request))}
        messages = [
            {key: None if key in carriers else value for key, value in message.items()}
            for message in request.body["messages"]
        ]
        return {**request.body, "messages": messages}

    def give(self, turn: AssistantTurn, number: int, request: Request) -> list[Part]:
        return [self.part(block, number, index) for index, block in enumerate(turn.blocks)]

    def part(self, block: Block, number: int, index: int) -> Part:
        """Say what of a block this wire carries."""
        if isinstance(block, Thinking):
            return Part("reasoning", block.text, block_name(number, index, "thinking"))
        if isinstance(block, Text):
            return Part("text", block.text, block_name(number, index, "text"))
        if isinstance(block, ToolUse):
            call = self.mint("call_", number, index)[:29]
            arguments = json.dumps(dict(block.input), ensure_ascii=False)
            return Part("tool", call, block_name(number, index, "tool use"), arguments, block.name)
        raise self.no_form(block)

    def perform(self, parts: Sequence[Part], request: Request) -> Answer:
        if request.body.get("stream"):
            return Answer(200, SSE, tuple(self.stream(parts, request)))
        choice = {"index": 0, "message": self.message(parts), "finish_reason": _reason(parts)}
        return whole({**self._head("chat.completion", request), "choices": [choice], "usage": _USAGE})

    def _head(self, kind: str, request: Request) -> dict[str, Any]:
        ident = self.mint("chatcmpl-", len(self.dialogue.given))
        return {"id": ident, "object": kind, "created": 1, "model": request.body.get("model", "")}

    def message(self, parts: Sequence[Part]) -> dict[str, Any]:
        """Write a whole assistant message."""
        message: dict[str, Any] = {"role": "assistant", "content": joined("text", parts)}
        message.update(self.carry(joined("reasoning", parts)))
        calls = [_call(part) for part in parts if part.kind == "tool"]
        return {**message, "tool_calls": calls} if calls else message

    def carry(self, reasoning: str) -> dict[str, Any]:
        """The fields, of a message or of a delta, that carry a piece of reasoning."""
        return {self.fields[0]: reasoning} if reasoning else {}

    def deltas(self, parts: Sequence[Part]) -> Iterator[dict[str, Any]]:
        """Reasoning first, then text, then the calls; each in deltas of its own."""
        thoughts = [self.carry(piece) for piece in split(joined("reasoning", parts))]
        texts = [{"content": piece} for piece in split(joined("text", parts))]
        if self.mixes and thoughts and texts:
            texts[0] = {**thoughts.pop(), **texts[0]}
        yield from thoughts
        yield from texts
        for index, part in enumerate(part for part in parts if part.kind == "tool"):
            yield from _call_deltas(index, part)

    def stream(self, parts: Sequence[Part], request: Request) -> Iterator[bytes]:
        """Write the chunks of a streamed answer."""
        head = self._head("chat.completion.chunk", request)

        def chunk(delta: dict[str, Any], reason: str | None = None) -> bytes:
            return event({**head, "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]})

        yield chunk({"role": "assistant", "content": ""})
        for delta in self.deltas(parts):
            yield chunk(delta)
        yield chunk({}, _reason(parts))
        yield b"data: [DONE]\n\n"

    def error(self, message: str, path: str = "body") -> Violation:
        """The envelope of docs/providers.md#moonshot, which most of these providers use."""
        error = {"message": message, "type": "invalid_request_error"}
        return Violation(message, path, whole({"error": error}, 400))


_USAGE = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}


def joined(kind: str, parts: Sequence[Part]) -> str:
    """All texts of one kind in one: a message has room for no more."""
    return "\n\n".join(part.value for part in parts if part.kind == kind)


def _reason(parts: Sequence[Part]) -> str:
    return "tool_calls" if any(part.kind == "tool" for part in parts) else "stop"


def _call(part: Part) -> dict[str, Any]:
    function = {"name": part.name, "arguments": part.detail}
    return {"id": part.value, "type": "function", "function": function}


def _call_deltas(index: int, part: Part) -> Iterator[dict[str, Any]]:
    call = _call(part)
    call["function"] = {**call["function"], "arguments": ""}
    yield {"tool_calls": [{"index": index, **call}]}
    for piece in split(part.detail):
        yield {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}


def texts_of(at: str, message: dict[str, Any]) -> Iterator[Part]:
    """The visible texts of a message, be its content a string or parts."""
    content = message.get("content") or ""
    if isinstance(content, str):
        content = [{"text": content}] if content else []
    for index, part in enumerate(content):
        yield Part("text", part.get("text") or "", f"{at}.content[{index}]")


def calls_of(at: str, message: dict[str, Any]) -> Iterator[Part]:
    """The tool calls of a message."""
    for index, call in enumerate(message.get("tool_calls") or []):
        function = call["function"]
        yield Part("tool", call["id"], f"{at}.tool_calls[{index}]", function["arguments"], function["name"])
