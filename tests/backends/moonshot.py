"""Moonshot (Kimi), chat completions: research/backends.md section 4.

Kimi thinks unless told otherwise. Its carrier is `reasoning_content` on assistant messages, taken back on every
turn and demanded on those with tool calls.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.backends.base import Body, Violation
from tests.backends.chat_completions import ChatCompletions


class Moonshot(ChatCompletions):
    """A Kimi model that thinks by default.

    An empty or blank `reasoning_content` passes the provider ("placeholders reported to pass"), so it is no
    violation here either; that the reasoning itself is then lost is a finding of `history`.
    """

    name = "moonshot"
    model = "moonshot/kimi-k2.5"
    url = "https://api.moonshot.ai/v1/chat/completions"
    fields = ("reasoning_content",)

    def violations(self, request: Body) -> Iterator[Violation]:
        if request.get("thinking", {}).get("type") == "disabled":
            return
        yield from self._missing_reasoning(request)
        yield from self._forced_tools(request)
        yield from self._both_switches(request)

    def _missing_reasoning(self, request: Body) -> Iterator[Violation]:
        """Section 4, first bullet: REQUIRED on assistant messages with tool_calls when thinking is on."""
        for index, message in self.assistant_messages(request):
            if message.get("tool_calls") and message.get("reasoning_content") is None:
                yield self.error(
                    "thinking is enabled but reasoning_content is missing in assistant tool call "
                    f"message at index {index}",
                    f"messages[{index}].reasoning_content",
                )

    def _forced_tools(self, request: Body) -> Iterator[Violation]:
        """Section 4: a forced tool choice and thinking exclude each other."""
        choice = request.get("tool_choice")
        word = "specified" if isinstance(choice, dict) else choice
        if word in ("specified", "required"):
            message = f"tool_choice '{word}' is incompatible with thinking enabled"
            yield self.error(message, "tool_choice")

    def _both_switches(self, request: Body) -> Iterator[Violation]:
        """Section 4: one switch or the other."""
        if "thinking" in request and "reasoning_effort" in request:
            yield self.error("cannot specify both 'thinking' and 'reasoning_effort'", "thinking")
