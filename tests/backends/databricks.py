"""Databricks, a Claude behind its chat completions: docs/providers.md#claude-on-databricks.

Its carrier is a content block `reasoning`, whose summary holds the signed text. The fields that LiteLLM and others use
for reasoning are rejected in the words of Claude's validator, as a JSON string within the envelope.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from tests.backends.base import Violation
from tests.backends.claude_seals import FORGED, UNSIGNED, ClaudeSeals
from tests.backends.content_parts import Item, parts_of
from tests.backends.history import Part
from tests.backends.reasoning_parts import ReasoningList
from tests.backends.wire import Request, split, whole


class Databricks(ClaudeSeals, ReasoningList):
    """Claude as a serving endpoint.

    Whether it takes its own blocks back is contradictory (a report of 2026 says yes, one of 2025 got a 500); here it
    does. A thought without a signature of its own has no place on this wire.
    """

    name = "databricks"
    section = "docs/providers.md#claude-on-databricks"
    switches = frozenset({"thinking"})
    host = "databricks.test"
    path = "/serving-endpoints/(chat/completions|[^/]+/invocations)"
    carriers = frozenset({"reasoning"})
    foreign_text = "refused"

    def violations(self, request: Request) -> Iterator[Violation]:
        yield from self._unknown_fields(request)
        yield from self._unknown_parts(request)
        yield from self._bad_seals(request)

    def _unknown_fields(self, request: Request) -> Iterator[Violation]:
        """docs/providers.md#claude-on-databricks: the two fields were seen; the rest follows from the validator."""
        for index, key, _ in self.unknown(request):
            message = f"messages.{index}.{key}: Extra inputs are not permitted"
            violation = self.error(message, f"messages[{index}].{key}")
            yield replace(violation, assumed=key not in ("thinking_blocks", "reasoning_content"))

    def _unknown_parts(self, request: Request) -> Iterator[Violation]:
        """Matrix, row Databricks: whether Anthropic's own blocks pass is not known."""
        for index, place, part in self.strange_parts(request):
            message = f"messages.{index}.content.{place}: Input tag '{part.get('type')}' is not expected"
            yield replace(self.error(message, f"messages[{index}].content[{place}]"), assumed=True)

    def _bad_seals(self, request: Request) -> Iterator[Violation]:
        """docs/providers.md#anthropic-errors for the words; that Databricks hands them on in the envelope of
        docs/providers.md#claude-on-databricks is inferred.
        """
        for index, message in self.assistant_messages(request):
            for place, part in parts_of(message):
                for thought in self._thoughts_of(index, place, part):
                    words = self._verdict(thought)
                    if words:
                        violation = self.error(f"messages.{index}.content.{place}{words}", thought.place)
                        yield replace(violation, assumed=True)

    def _thoughts_of(self, index: int, place: int, part: Item) -> list[Part]:
        at = f"messages[{index}].content[{place}]"
        return list(self.thoughts(at, part)) if part.get("type") in self.carriers else []

    def _verdict(self, thought: Part) -> str:
        if not thought.detail:
            return f".{UNSIGNED}"
        return "" if self.genuine(thought.value, thought.detail) else f": {FORGED}"

    def thoughts(self, at: str, part: Item) -> Iterator[Part]:
        for index, entry in enumerate(part.get("summary") or []):
            seal = entry.get("signature") or ""
            yield Part("reasoning", entry.get("text") or "", f"{at}.summary[{index}]", seal)

    def thought(self, part: Part) -> Item:
        return _block(part.value, part.detail)

    def thought_pieces(self, part: Part) -> Iterator[Item]:
        """docs/providers.md#claude-on-databricks, last line (inferred from the whole form); the signature comes last,
        as in Claude's own stream.
        """
        for piece in split(part.value):
            yield _block(piece, "")
        yield _block("", part.detail)

    def error(self, message: str, path: str = "body") -> Violation:
        """docs/providers.md#claude-on-databricks: the message is JSON in a string."""
        body = {"error_code": "BAD_REQUEST", "message": json.dumps({"message": message})}
        return Violation(message, path, whole(body, 400))


def _block(text: str, seal: str) -> Item:
    return {"type": "reasoning", "summary": [{"type": "summary_text", "text": text, "signature": seal}]}
