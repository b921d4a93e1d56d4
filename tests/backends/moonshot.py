"""Moonshot (Kimi), chat completions: docs/providers.md#moonshot.

Kimi thinks unless told otherwise. Its carrier is `reasoning_content` on assistant messages, taken back on every
turn and demanded on those with tool calls.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tests.backends.base import Violation
from tests.backends.demanding import DemandsReasoning, thinking
from tests.backends.wire import Request

# docs/providers.md#moonshot has the error and the models that always preserve their thinking; that they are the ones is
# an inference.
ALWAYS_THINKING = ("kimi-k2-thinking", "kimi-k2.7-code", "kimi-k3")


class Moonshot(DemandsReasoning):
    """A Kimi model that thinks by default.

    An empty or blank `reasoning_content` passes the provider ("placeholders reported to pass"), so it is no
    violation here either; that the reasoning itself is then lost is a finding of `history`. `thinking.keep` says
    what the model reads of earlier turns, and rejects nothing: what comes back is the same with each of its values.
    """

    name = "moonshot"
    section = "docs/providers.md#moonshot"
    host = "api.moonshot.ai"
    path = "/v1/chat/completions"
    account = "moonshot"
    fields = ("reasoning_content",)

    def violations(self, request: Request) -> Iterator[Violation]:
        yield from self._both_switches(request)
        yield from self._invalid_type(request)
        if self.thinks(request):
            yield from self._forced_tools(request)
            yield from self._missing_reasoning(request)

    def _both_switches(self, request: Request) -> Iterator[Violation]:
        """docs/providers.md#moonshot: one switch or the other."""
        if request.body.get("thinking") is not None and request.body.get("reasoning_effort") is not None:
            yield self.error("cannot specify both 'thinking' and 'reasoning_effort'", "thinking")

    def _invalid_type(self, request: Request) -> Iterator[Violation]:
        """docs/providers.md#moonshot: some models cannot be told not to think."""
        chosen = thinking(request).get("type", "enabled")
        if chosen != "enabled" and str(request.body.get("model", "")).startswith(ALWAYS_THINKING):
            message = "invalid thinking: only type=enabled is allowed for this model"
            yield replace(self.error(message, "thinking.type"), assumed=True)

    def _forced_tools(self, request: Request) -> Iterator[Violation]:
        """docs/providers.md#moonshot: a forced tool choice and thinking exclude each other."""
        choice = request.body.get("tool_choice")
        word = "specified" if isinstance(choice, dict) else choice
        if word in ("specified", "required"):
            message = f"tool_choice '{word}' is incompatible with thinking enabled"
            yield self.error(message, "tool_choice")

    def _missing_reasoning(self, request: Request) -> Iterator[Violation]:
        """docs/providers.md#moonshot, first bullet: REQUIRED on assistant messages with calls when thinking is on."""
        for turn, index, message in self.lacking(request):
            if message.get("tool_calls"):
                violation = self.error(
                    "thinking is enabled but reasoning_content is missing in assistant tool call "
                    f"message at index {index}",
                    f"messages[{index}].reasoning_content",
                )
                yield replace(violation, assumed=self.thoughtless(turn))


class KimiCoding(Moonshot):
    """The endpoint of Kimi's coding plan: it reads `reasoning_details` and takes none from elsewhere."""

    name = "kimi-coding"
    host = "api.kimi.com"
    path = "/coding/v1/chat/completions"

    def violations(self, request: Request) -> Iterator[Violation]:
        yield from self._foreign_details(request)
        yield from super().violations(request)

    def _foreign_details(self, request: Request) -> Iterator[Violation]:
        """docs/providers.md#moonshot: the entry's type is invalid. No valid one is known, so none is taken here."""
        for index, message in self.assistant_messages(request):
            for entry, _ in enumerate(message.get("reasoning_details") or []):
                yield self.error(
                    f"the reasoning_details at position {index} entry {entry} has an invalid type",
                    f"messages[{index}].reasoning_details[{entry}]",
                )
