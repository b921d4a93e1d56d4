"""OpenRouter, chat completions: research/backends.md section 9.

Its carrier is `reasoning`, with `reasoning_content` as an alias, and `reasoning_details`, a list of typed entries,
beside it. The emulated model does not sign its reasoning, so a detail says nothing that the text does not, and the
text is enough.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.backends.base import Body, Violation
from tests.backends.chat_completions import ChatCompletions


class OpenRouter(ChatCompletions):
    """A model behind OpenRouter that reasons in plain text; nothing about it is demanded back."""

    name = "openrouter"
    model = "openrouter/deepseek/deepseek-r1"
    url = "https://openrouter.ai/api/v1/chat/completions"
    fields = ("reasoning", "reasoning_content")
    other_carriers = frozenset({"reasoning_details"})

    def carry(self, reasoning: str) -> dict[str, Any]:
        if not reasoning:
            return {}
        detail = {"type": "reasoning.text", "text": reasoning, "format": "unknown", "index": 0}
        return {"reasoning": reasoning, "reasoning_details": [detail]}

    def violations(self, request: Body) -> Iterator[Violation]:
        """Section 9 knows of no rejection of plain-text reasoning, present or absent."""
        return iter(())
