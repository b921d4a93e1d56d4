"""What Anthropic seals: the signatures of thinking and the data of redacted thinking, and the prefix they are bound to.

A seal names its place among all thinking of the conversation and a digest of what stood before it
(docs/providers.md#prefix-binding), and ends in a keyed digest over both, its kind and its text. So it can be checked
without remembering it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from tests.backends.anthropic_wire import content, places
from tests.backends.base import Body

Kind = Literal["thinking", "omitted", "redacted"]
_MARK = b"\x12\xa4\x01"  # makes seals begin with "EqQB", as real ones do
_BEGINNING = base64.b64encode(_MARK).decode()


def elsewhere(given: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Of texts with their seals, those whose seals were not made here and can only be remembered."""
    return {(text, seal) for text, seal in given if not seal.startswith(_BEGINNING)}


@dataclass(frozen=True)
class Prefix:
    """System prompt, tools, and every block before a turn, each with its address (docs/providers.md#prefix-binding)."""

    system: str
    tools: str
    blocks: tuple[tuple[str, str], ...]

    @cached_property
    def digest(self) -> str:
        texts = [self.system, self.tools, *(text for _, text in self.blocks)]
        return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


def prefix(body: Body, until: int) -> Prefix:
    """What stands before a message. Thinking is no part of it, because it may be removed, and neither is caching."""
    before = [place for place in places(body) if place.message < until and not place.thinks]
    return Prefix(
        _plain(content({"content": body.get("system")})),
        _plain(body.get("tools") or []),
        tuple((place.path, _plain([place.role, place.block])) for place in before),
    )


def _plain(value: Any) -> str:
    return json.dumps(_uncached(value), sort_keys=True)


def _uncached(value: Any) -> Any:
    """Leave out `cache_control`, and write the content of a tool result as blocks."""
    if isinstance(value, list):
        return [_uncached(one) for one in value]
    if not isinstance(value, dict):
        return value
    if value.get("type") == "tool_result":
        value = {**value, "content": content(value)}
    return {key: _uncached(one) for key, one in value.items() if key != "cache_control"}


@dataclass(frozen=True)
class Head:
    """What a seal says in the open: how much thinking came before it, and the digest of its prefix."""

    rank: int
    prefix: str

    def __str__(self) -> str:
        return f"{self.rank}.{self.prefix}"


class Seals:
    """Makes seals and checks them; `mint` makes the keyed digest, and `prefixes` holds what was seen by digest."""

    def __init__(self, mint: Callable[..., str]) -> None:
        self._mint = mint
        self.prefixes: dict[str, Prefix] = {}

    def make(self, kind: Kind, text: str, rank: int, before: Prefix) -> str:
        self.prefixes[before.digest] = before
        head = Head(rank, before.digest)
        sealed = f"{head}.{self._mint('', kind, head, text)}"
        return base64.b64encode(_MARK + sealed.encode()).decode()

    def open(self, kind: Kind, text: str, seal: str) -> Head | None:
        """Read a seal; None if it is not ours, or of another kind or text."""
        try:
            rank, before, digest = base64.b64decode(seal, validate=True).removeprefix(_MARK).decode().split(".")
            head = Head(int(rank), before)
        except (binascii.Error, UnicodeError, ValueError):
            return None
        return head if digest == self._mint("", kind, head, text) else None

    def of(self, block: dict[str, Any]) -> Head | None:
        """Read the seal of a thinking or redacted thinking block.

        Text that stands with the signature of an omitted one is ignored (docs/providers.md#anthropic-errors, "Signed
        block with empty text").
        """
        if block["type"] == "redacted_thinking":
            return self.open("redacted", "", block["data"])
        omitted = self.open("omitted", "", block["signature"])
        return omitted or self.open("thinking", block["thinking"], block["signature"])
