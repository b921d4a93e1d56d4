"""SGLang, chat completions: docs/providers.md#sglang.

Its carrier is `reasoning_content`, or a content part `thinking` or `reasoning`; nothing demands it back, and unknown
fields are ignored.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.backends.base import Violation
from tests.backends.content_parts import Item, parts_of
from tests.backends.history import Part
from tests.backends.reasoning_parts import ReasoningParts
from tests.backends.wire import Request, whole


class SGLang(ReasoningParts):
    """A server of the user's own; where it stands is invented."""

    name = "sglang"
    section = "docs/providers.md#sglang"
    host = "sglang.test"
    path = "/v1/chat/completions"
    fields = ("reasoning_content",)
    carriers = frozenset({"thinking", "reasoning"})

    def violations(self, request: Request) -> Iterator[Violation]:
        """docs/providers.md#sglang: the two rules for content parts, in the server's words."""
        for index, message in enumerate(request.body["messages"]):
            for place, part in parts_of(message):
                if part.get("type") in self.carriers:
                    yield from self._misplaced(f"messages[{index}].content[{place}]", message, part)

    def _misplaced(self, at: str, message: Item, part: Item) -> Iterator[Violation]:
        if message["role"] != "assistant":
            yield self.error("thinking content parts are only valid in assistant messages", at)
        if (part.get("thinking") is None) == (part.get("text") is None):
            yield self.error("thinking parts require exactly one of 'thinking' or 'text'", at)

    def thoughts(self, at: str, part: Item) -> Iterator[Part]:
        key = "text" if part.get("thinking") is None else "thinking"
        yield Part("reasoning", part.get(key) or "", f"{at}.{key}")

    def error(self, message: str, path: str = "body") -> Violation:
        """docs/providers.md#sglang has the words, not the envelope: this is the server's own for a bad request."""
        body: dict[str, Any] = {"object": "error", "message": message, "type": "BadRequestError", "param": None}
        return Violation(message, path, whole({**body, "code": 400}, 400))
