"""Providers of chat completions that reject an assistant message without its reasoning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tests.backends.base import Dialogue, Given
from tests.backends.chat_completions import ChatCompletions
from tests.backends.history import Part
from tests.backends.wire import Request


class DemandsReasoning(ChatCompletions):
    """One that wants the field even of a turn without reasoning.

    For such a turn there is nothing to send but a blank, so a blank is nothing made up there. No source says what the
    provider does if the field is left out of it, so a rule that rejects this is an assumed one (`thoughtless`).
    """

    switches = frozenset({"thinking"})

    def thinks(self, request: Request) -> bool:
        """Thinking is on by default, and `thinking.type` switches it off."""
        return thinking(request).get("type") != "disabled"

    def expected(self, given: Given, request: Request) -> list[Part]:
        """A request that switches thinking off has no use for earlier reasoning, so it may stay away."""
        parts = super().expected(given, request)
        if self.thinks(request):
            return parts
        return [replace(part, optional=True) if part.kind == "reasoning" else part for part in parts]

    def thoughtless(self, turn: int) -> bool:
        """Whether an assistant turn, counted from zero, was given without a thinking text."""
        return is_thoughtless(self.dialogue, turn)

    def replayed(self, request: Request) -> list[list[Part]]:
        turns = super().replayed(request)
        return [
            [part for part in parts if not (self.thoughtless(turn) and _is_blank(part))]
            for turn, parts in enumerate(turns)
        ]

    def lacking(self, request: Request) -> Iterator[tuple[int, int, dict[str, Any]]]:
        """Yield turn, index and message where the carrier is absent or null."""
        for turn, (index, message) in enumerate(self.assistant_messages(request)):
            if message.get(self.fields[0]) is None:
                yield turn, index, message


def is_thoughtless(dialogue: Dialogue, turn: int) -> bool:
    """Whether an assistant turn, counted from zero, was given without a thinking text; one never given was not."""
    given = dialogue.given[turn : turn + 1]
    return bool(given) and not any(part.kind == "reasoning" and part.value for part in given[0].parts)


def thinking(request: Request) -> dict[str, Any]:
    """The parameter `thinking` of a request; an absent one and null are the same."""
    return request.body.get("thinking") or {}


def _is_blank(part: Part) -> bool:
    return part.kind == "reasoning" and not part.value.strip(" \t\r\n.")
