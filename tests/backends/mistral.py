"""Mistral, chat completions: docs/providers.md#mistral.

Its carrier is a content chunk `thinking`, whose own content is a list of text chunks; nothing demands it back. Every
other field of an assistant message is rejected, with status 422.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from tests.backends.base import Violation
from tests.backends.content_parts import Item, parts_of
from tests.backends.history import Part
from tests.backends.reasoning_parts import ReasoningList
from tests.backends.wire import Request, split, whole


class Mistral(ReasoningList):
    """A Magistral. `envelope` is how it wraps its errors: the "new" way, or the "old" one.

    A stream does not say where one thought ends and the next begins, so thoughts in a row may come back as one.
    """

    name = "mistral"
    section = "docs/providers.md#mistral"
    host = "api.mistral.ai"
    path = "/v1/chat/completions"
    carriers = frozenset({"thinking"})
    envelope: ClassVar[str] = "new"

    def violations(self, request: Request) -> Iterator[Violation]:
        """docs/providers.md#mistral: the validator reports all that it finds at once.

        `reasoning_content` was seen; that other fields are forbidden alike follows from its words
        (docs/providers.md#not-verified).
        """
        unknown = list(self.unknown(request))
        seen = [found for found in unknown if found[1] == "reasoning_content"]
        named = seen if self.lenient else unknown
        yield from self._rejected([self._extra(*found) for found in named], assumed=not seen)
        yield from self._rejected([*self._mistyped(request), *self._strange(request)], assumed=True)

    def _extra(self, index: int, key: str, value: Any) -> Item:
        """docs/providers.md#mistral: the entry quoted for `reasoning_content`."""
        where = ["body", "messages", index, "assistant", key]
        return {"type": "extra_forbidden", "loc": where, "msg": "Extra inputs are not permitted", "input": value}

    def _mistyped(self, request: Request) -> Iterator[Item]:
        """docs/providers.md#mistral, last line but one: a string where the list belongs is probably rejected."""
        for index, message in self.assistant_messages(request):
            for place, part in parts_of(message):
                if part.get("type") == "thinking" and not isinstance(part.get("thinking"), list):
                    where = ["body", "messages", index, "assistant", "content", place, "thinking", "thinking"]
                    value = part.get("thinking")
                    yield {"type": "list_type", "loc": where, "msg": "Input should be a valid list", "input": value}

    def _strange(self, request: Request) -> Iterator[Item]:
        """The same validator: a chunk of a type that is not Mistral's."""
        for index, place, part in self.strange_parts(request):
            words = f"Input tag '{part.get('type')}' found using 'type' does not match any of the expected tags"
            where = ["body", "messages", index, "assistant", "content", place]
            yield {"type": "union_tag_invalid", "loc": where, "msg": words, "input": part}

    def _rejected(self, detail: list[Item], assumed: bool = False) -> Iterator[Violation]:
        if detail:
            words = "; ".join(f"{'.'.join(map(str, one['loc'][1:]))}: {one['msg']}" for one in detail)
            yield Violation(words, _path(detail[0]["loc"]), whole(self._wrapped(detail), 422), assumed)

    def _wrapped(self, detail: list[Item]) -> Item:
        """docs/providers.md#mistral: the two envelopes."""
        if self.envelope == "old":
            body: Item = {"object": "error", "message": {"detail": detail}, "type": "invalid_request_error"}
            return {**body, "param": None, "code": None}
        twice: Item = {"detail": detail, "message": detail}
        return {"object": "Error", **twice, "type": "invalid_request_error", "code": 3001}

    def thoughts(self, at: str, part: Item) -> Iterator[Part]:
        """The chunks in a thought are one text; a string is read for a lenient backend, which lets it pass."""
        value = part.get("thinking") or ""
        text = value if isinstance(value, str) else "".join(chunk.get("text") or "" for chunk in value)
        yield Part("reasoning", text, f"{at}.thinking")

    def thought(self, part: Part) -> Item:
        return _chunk(part.value)

    def thought_pieces(self, part: Part) -> Iterator[Item]:
        return map(_chunk, split(part.value))

    def error(self, message: str, path: str = "body") -> Violation:
        entry = {"type": "value_error", "loc": ["body"], "msg": message, "input": None}
        return Violation(message, path, whole(self._wrapped([entry]), 422))


class OldMistral(Mistral):
    """The same with the envelope of earlier reports."""

    envelope = "old"


def _chunk(text: str) -> Item:
    return {"type": "thinking", "thinking": [{"type": "text", "text": text}]}


def _path(where: list[str | int]) -> str:
    """Write the place of an error as the other backends do; "assistant" only names the variant of the message."""
    steps = [step for step in where[1:] if step != "assistant"]
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).lstrip(".")
