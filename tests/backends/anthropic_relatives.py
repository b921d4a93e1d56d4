"""Anthropic's wire at providers that do not verify signatures: thinking is plain text that comes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tests.backends.anthropic_wire import MessagesWire, places
from tests.backends.base import block_name
from tests.backends.history import Finding, Part
from tests.backends.wire import Request
from tests.conversations.model import Redacted, Thinking


class UnsignedMessages(MessagesWire):
    """A provider that gives its thinking a signature, as the wire has one, and takes it back with any or none."""

    def thinks(self, request: Request) -> bool:
        return (request.body.get("thinking") or {}).get("type") != "disabled"

    def thought(
        self, block: Thinking | Redacted, number: int, index: int, request: Request
    ) -> tuple[dict[str, Any], Part]:
        if isinstance(block, Redacted):
            raise self.no_form(block)
        signature = self.mint("", number, index)
        part = Part("reasoning", block.text, block_name(number, index, "thinking"))
        return {"type": "thinking", "thinking": block.text, "signature": signature}, part

    def read(self, at: str, block: dict[str, Any]) -> Iterator[Part]:
        """A signature says nothing here, and redacted thinking is nothing that this provider could read."""
        for part in super().read(at, block):
            if block["type"] != "redacted_thinking":
                yield replace(part, detail="") if part.kind == "reasoning" else part

    def foreign(self, request: Request) -> Iterator[Finding]:
        yield from super().foreign(request)
        for place in places(request.body):
            if place.type == "redacted_thinking":
                path = f"messages[{place.message}].content[{place.index}]"
                yield Finding("foreign block on the wire", path, path, after=str(place.block.get("data")))
