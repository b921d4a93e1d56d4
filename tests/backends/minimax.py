"""MiniMax, chat completions: docs/providers.md#minimax.

By default the reasoning stands in the content, between `<think>` and `</think>`, and must be kept there. With
`reasoning_split` it stands in `reasoning_details`, and the answer has it in `reasoning_content` as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from tests.backends.base import Body, Violation
from tests.backends.chat_completions import ChatCompletions, calls_of, joined, texts_of
from tests.backends.demanding import thinking
from tests.backends.history import Finding, Part
from tests.backends.wire import Answer, Request, split, whole
from tests.conversations.model import Block

OPEN, CLOSE = "<think>", "</think>"
_HEAD = re.compile(rf"(?:\s*{OPEN}.*?{CLOSE})+", re.DOTALL)
_THOUGHT = re.compile(rf"{OPEN}(.*?){CLOSE}", re.DOTALL)


class MiniMaxChat(ChatCompletions):
    """A model of the M series. What it does not know in a message it ignores.

    `reasoning_content` is a field of its answers; whether it reads one in a request the sources leave open
    (docs/providers.md#foreign-carriers: "a/A"), so a lenient backend takes the reasoning from there as well.
    """

    name = "minimax"
    section = "docs/providers.md#minimax"
    switches = frozenset({"thinking"})
    host = "api.minimax.io"
    path = "/v1/chat/completions"
    account = "minimax"
    other_carriers = frozenset({"reasoning_content", "reasoning_details"})
    splits = False

    def violations(self, request: Request) -> Iterator[Violation]:
        yield from self._thinking_type(request)
        yield from self._tool_ids(request)

    def _thinking_type(self, request: Request) -> Iterator[Violation]:
        """docs/providers.md#minimax, "Error shape"; seen with M3, so for other models it is assumed."""
        chosen = thinking(request).get("type", "adaptive")
        if chosen not in ("adaptive", "disabled"):
            message = f'invalid thinking.type: "{chosen}" (allowed: adaptive, disabled)'
            assumed = "M3" not in str(request.body.get("model", ""))
            yield replace(self.error(message, "thinking.type"), assumed=assumed)

    def _tool_ids(self, request: Request) -> Iterator[Violation]:
        """docs/providers.md#minimax, "Error shape": a result answers a call that stands before it."""
        known: set[str] = set()
        for index, message in enumerate(request.body["messages"]):
            known |= {call["id"] for call in message.get("tool_calls") or []}
            if message["role"] == "tool" and message.get("tool_call_id") not in known:
                text = f"invalid params, tool result's tool id({message.get('tool_call_id')}) not found"
                yield self.error(text, f"messages[{index}].tool_call_id")

    def error(self, message: str, path: str = "body") -> Violation:
        """docs/providers.md#minimax, "Error shape"."""
        error = {"type": "bad_request_error", "message": f"{message} (2013)", "http_code": "400"}
        ident = self.mint("", "request", len(self.dialogue.requests))[:32]
        return Violation(error["message"], path, whole({"type": "error", "error": error, "request_id": ident}, 400))

    def carried(self, message: Mapping[str, Any]) -> dict[str, str]:
        """The texts of all carriers of a message, by the name of the field: aliases of each other."""
        details = message.get("reasoning_details") or []
        texts = {
            "content": "\n".join(_THOUGHT.findall(_head(message))),
            "reasoning_details": "".join(entry.get("text") or "" for entry in details),
            "reasoning_content": message.get("reasoning_content") or "",
        }
        return {name: text for name, text in texts.items() if text}

    def parts(self, index: int, message: dict[str, Any]) -> list[Part]:
        at, spoken = f"messages[{index}]", _spoken(message)
        return [*self.reasoning(at, message), *texts_of(at, spoken), *calls_of(at, spoken)]

    def reasoning(self, at: str, message: dict[str, Any]) -> Iterator[Part]:
        for name, text in self.carried(message).items():
            if self.lenient or name != "reasoning_content":
                yield Part("reasoning", text, f"{at}.{name}")
                return

    def _disagreeing(self, at: str, message: dict[str, Any]) -> Iterator[Finding]:
        texts = self.carried(message)
        if len(set(texts.values())) > 1:
            yield Finding("the carriers of reasoning disagree", at, f"{at}.{list(texts)[1]}", *list(texts.values())[:2])

    def without_carriers(self, request: Request) -> object:
        body = cast(Body, super().without_carriers(request))
        messages = [_spoken(message) if message["role"] == "assistant" else message for message in body["messages"]]
        return {**body, "messages": messages}

    def part(self, block: Block, number: int, index: int) -> Part:
        """Between tags, a text that has the closing one in it cannot be told from two: this wire cannot carry it."""
        part = super().part(block, number, index)
        return replace(part, value=part.value.replace(CLOSE, "")) if part.kind == "reasoning" else part

    def perform(self, parts: Sequence[Part], request: Request) -> Answer:
        self.splits = bool(request.body.get("reasoning_split"))
        return super().perform(parts, request)

    def message(self, parts: Sequence[Part]) -> dict[str, Any]:
        message = super().message(parts)
        thought = joined("reasoning", parts)
        if thought and not self.splits:
            message["content"] = OPEN + thought + CLOSE + message["content"]
        return message

    def carry(self, reasoning: str) -> dict[str, Any]:
        """docs/providers.md#minimax: the split form. Whether a stream's pieces are cumulative is not verified; these
        are not.
        """
        if not (reasoning and self.splits):
            return {}
        detail = {"type": "reasoning.text", "index": 0, "text": reasoning}
        return {"reasoning_content": reasoning, "reasoning_details": [detail]}

    def deltas(self, parts: Sequence[Part]) -> Iterator[dict[str, Any]]:
        thought = joined("reasoning", parts)
        if self.splits or not thought:
            yield from super().deltas(parts)
            return
        for piece in (OPEN, *split(thought), CLOSE):
            yield {"content": piece}
        yield from super().deltas([part for part in parts if part.kind != "reasoning"])


def _head(message: Mapping[str, Any]) -> str:
    """What stands before the visible text, be the content a string or parts."""
    content = message.get("content")
    if isinstance(content, list):
        content = content[0].get("text") if content else ""
    match = _HEAD.match(content or "")
    return match.group() if match else ""


def _spoken(message: dict[str, Any]) -> dict[str, Any]:
    """A message whose content is only what the user sees."""
    head, content = _head(message), message.get("content")
    if not head:
        return message
    if isinstance(content, list):
        first = {**content[0], "text": content[0]["text"][len(head) :]}
        return {**message, "content": [first, *content[1:]]}
    return {**message, "content": str(content)[len(head) :]}
