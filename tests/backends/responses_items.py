"""The items of the Responses wire: what kinds there are, who made one, and what this account gave out as reasoning."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.backends.base import Body
from tests.backends.history import Finding, Part

Item = dict[str, Any]


@dataclass(frozen=True)
class Issued:
    """A reasoning item that this account gave out: where it is from, and whether its id alone brings it back."""

    ident: str
    seal: str
    stored: bool
    parts: Sequence[Part]

    def is_back_in(self, given: Sequence[Item]) -> bool:
        return any(
            item.get("id") == self.ident or (self.seal and item.get("encrypted_content") == self.seal)
            for item in given
            if kind(item) == "reasoning"
        )


@dataclass
class Minted:
    """What this account was given: reasoning items by their ids, and call ids with the reasoning they belong to."""

    reasoning: dict[str, Issued] = field(default_factory=dict)
    calls: dict[str, str] = field(default_factory=dict)

    def has_seal(self, seal: str) -> bool:
        return any(issued.seal == seal for issued in self.reasoning.values())

    def left_behind(self, given: Sequence[Item]) -> Iterator[Finding]:
        """Yield the reasoning of which nothing came back but a summary, or nothing at all where it never had a text.

        docs/providers.md#openai-responses: what the model thought is in the stored item that the id names, or in the
        encrypted content. A summary tells what it was about, and no more. That a summary was dropped, `history` says
        itself.
        """
        for issued in self.reasoning.values():
            if not issued.is_back_in(given):
                yield from _lost(issued, given)

    def taken_apart(self, given: Sequence[Item]) -> Iterator[Finding]:
        """Yield the reasoning whose texts came back in several items: all but one of them were never issued."""
        for issued in self.reasoning.values():
            texts = {part.value for part in issued.parts if part.value}
            paths = [path for path, text in summaries(given) if text in texts]
            if len({path.partition(".")[0] for path in paths}) > 1:
                yield Finding(
                    "a reasoning item was taken apart",
                    issued.parts[0].place,
                    paths[-1],
                    issued.ident,
                    ", ".join(paths),
                )


def _lost(issued: Issued, given: Sequence[Item]) -> Iterator[Finding]:
    place = issued.parts[0].place
    texts = {part.value for part in issued.parts if part.value}
    for path, text in summaries(given):
        if text in texts:
            after = "a summary without id and encrypted content"
            yield Finding("the reasoning itself stayed behind", place, path, issued.ident, after)
            return
    if not texts and not issued.seal:
        yield Finding("reasoning was dropped", place, "nowhere", issued.ident)


def summaries(given: Sequence[Item]) -> Iterator[tuple[str, str]]:
    """The path and the text of each summary part."""
    for index, item in enumerate(given):
        if kind(item) == "reasoning":
            for offset, part in enumerate(item.get("summary") or []):
                yield f"input[{index}].summary[{offset}]", part.get("text") or ""


def items(request: Body) -> list[Item]:
    """The input items; a bare string is one user message."""
    given = request.get("input") or []
    return given if isinstance(given, list) else [{"role": "user", "content": given}]


def kind(item: Item) -> str:
    return str(item.get("type", "message"))


def is_assistant(item: Item) -> bool:
    """Tell whether the model made an item, and not the user or a tool."""
    return kind(item) in ("reasoning", "function_call") or item.get("role") == "assistant"
