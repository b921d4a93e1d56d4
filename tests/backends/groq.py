"""Groq, chat completions: docs/providers.md#groq.

Its carrier is `reasoning`, which nothing demands back. Every other property of an assistant message is rejected.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tests.backends.base import Violation
from tests.backends.chat_completions import ChatCompletions
from tests.backends.wire import Request


class Groq(ChatCompletions):
    """A model on Groq that reasons, or one of the Llamas, which do not."""

    name = "groq"
    section = "docs/providers.md#groq"
    host = "api.groq.com"
    path = "/openai/v1/chat/completions"
    fields = ("reasoning",)

    def violations(self, request: Request) -> Iterator[Violation]:
        yield from self._unknown_fields(request)
        yield from self._unasked_reasoning(request)
        yield from self._content_parts(request)

    def _unknown_fields(self, request: Request) -> Iterator[Violation]:
        """docs/providers.md#groq: the two properties that were seen; that any other is rejected alike is inferred."""
        for index, key, _ in self.unknown(request):
            yield self._unsupported(index, key, assumed=key not in ("reasoning_content", "thinking_blocks"))

    def _head(self, kind: str, request: Request) -> dict[str, Any]:
        """Groq names the tier of service in every answer, and there are clients that rely on it."""
        return {**super()._head(kind, request), "service_tier": "on_demand"}

    def _unsupported(self, index: int, key: str, *, assumed: bool) -> Violation:
        at = f"messages.{index}"
        message = (
            f"'{at}' : for 'role:assistant' the following must be satisfied[('{at}' : property '{key}' is unsupported)]"
        )
        return replace(self.error(message, f"messages[{index}].{key}"), assumed=assumed)

    def _unasked_reasoning(self, request: Request) -> Iterator[Violation]:
        """docs/providers.md#groq: a model that does not reason takes no reasoning."""
        if "llama" not in request.body.get("model", ""):
            return
        for index, message in self.assistant_messages(request):
            if "reasoning" in message:
                words = f"messages[{index}].reasoning: reasoning is not supported with this model"
                yield self.error(words, f"messages[{index}].reasoning")

    def _content_parts(self, request: Request) -> Iterator[Violation]:
        """Matrix, row Groq: a thinking part in the content is probably rejected; nobody wrote the words down."""
        for index, place, part in self.strange_parts(request):
            yield self._unsupported(index, f"content.{place}.{part.get('type')}", assumed=True)
