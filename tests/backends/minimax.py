"""MiniMax, chat completions: docs/providers.md#minimax.

By default the reasoning stands in the content, between `<think>` and `</think>`, and must be kept there. With
`reasoning_split` it stands in `reasoning_details`, and the answer has it in `reasoning_content` as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tests.backends.base import Violation
from tests.backends.chat_completions import ChatCompletions
from tests.backends.demanding import thinking
from tests.backends.history import Part
from tests.backends.think_tags import ThinkTags
from tests.backends.wire import Answer, Request, whole


class MiniMaxChat(ThinkTags):
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
        details = message.get("reasoning_details") or []
        texts = {
            **super().carried(message),
            "reasoning_details": "".join(entry.get("text") or "" for entry in details),
            "reasoning_content": message.get("reasoning_content") or "",
        }
        return {name: text for name, text in texts.items() if text}

    def reasoning(self, at: str, message: dict[str, Any]) -> Iterator[Part]:
        for name, text in self.carried(message).items():
            if self.lenient or name != "reasoning_content":
                yield Part("reasoning", text, f"{at}.{name}")
                return

    def perform(self, parts: Sequence[Part], request: Request) -> Answer:
        self.splits = bool(request.body.get("reasoning_split"))
        return super().perform(parts, request)

    def message(self, parts: Sequence[Part]) -> dict[str, Any]:
        return ChatCompletions.message(self, parts) if self.splits else super().message(parts)

    def carry(self, reasoning: str) -> dict[str, Any]:
        """docs/providers.md#minimax: the split form. Whether a stream's pieces are cumulative is not verified; these
        are not.
        """
        if not (reasoning and self.splits):
            return {}
        detail = {"type": "reasoning.text", "index": 0, "text": reasoning}
        return {"reasoning_content": reasoning, "reasoning_details": [detail]}

    def deltas(self, parts: Sequence[Part]) -> Iterator[dict[str, Any]]:
        return ChatCompletions.deltas(self, parts) if self.splits else super().deltas(parts)
