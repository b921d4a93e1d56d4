"""The chat-completions wire of those who keep their reasoning to themselves, and only count its tokens."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from tests.backends.chat_completions import ChatCompletions
from tests.backends.history import Part
from tests.backends.wire import Answer, Request, event, whole
from tests.conversations.model import AssistantTurn, Redacted, Text, Thinking, ToolUse


class SilentChat(ChatCompletions):
    """A provider without a carrier: nothing comes out, so nothing comes back, and others' reasoning has no place."""

    foreign_text = "refused"
    _thoughts = 0

    def give(self, turn: AssistantTurn, number: int, request: Request) -> list[Part]:
        """Leave out the reasoning, and remember that there was some."""
        self._thoughts = len(turn.of(Thinking)) + len(turn.of(Redacted))
        spoken = [(index, block) for index, block in enumerate(turn.blocks) if isinstance(block, (Text, ToolUse))]
        return [self.part(block, number, index) for index, block in spoken]

    def perform(self, parts: Sequence[Part], request: Request) -> Answer:
        answer = super().perform(parts, request)
        if request.body.get("stream"):
            return answer
        return whole({**json.loads(answer.body), "usage": self._usage()})

    def stream(self, parts: Sequence[Part], request: Request) -> Iterator[bytes]:
        """A stream tells the usage in a chunk of its own, before it ends, if it is asked to."""
        *chunks, end = super().stream(parts, request)
        yield from chunks
        if (request.body.get("stream_options") or {}).get("include_usage"):
            yield event({**self._head("chat.completion.chunk", request), "choices": [], "usage": self._usage()})
        yield end

    def _usage(self) -> dict[str, Any]:
        """docs/providers.md#openai-chat-completions, last bullet: `reasoning_tokens` is all that is told."""
        thought = 64 * self._thoughts
        return {
            "prompt_tokens": 1, "completion_tokens": thought + 1, "total_tokens": thought + 2,
            "completion_tokens_details": {"reasoning_tokens": thought},
        }  # fmt: skip
