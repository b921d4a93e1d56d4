"""Whose a signature is: the mark by which one that is not Claude's can be told on its way back (failure F11).

Kimi, DeepSeek, MiniMax and Gemini sign their thinking as well, and nothing in a signature says who made it. So the
answer to the client names the issuer in front of the signature, and the request takes the name off again. Claude's own
are never marked: they open on every platform that serves Claude, and clients may send them there without LiteLLM.
A signature without a mark is taken as it is: histories outlive upgrades.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, Optional

from litellm.thinking_round_trip.blocks.reasoning_items import MINTED_PREFIX

PREFIX = "litellm_signed_by:"

DETAILS_PREFIX = "reasoning_details:"
"""What begins a signature that is none, but carries OpenRouter's entries (`sealed_details`): nobody else reads it."""

SEALS = {"thinking": "signature", "redacted_thinking": "data"}
"""Where a block has its signature; sealed data is marked like one."""


class Signed(NamedTuple):
    """A signature, and who made it; None is Claude, or somebody of whom nothing is known."""

    issuer: Optional[str]
    signature: str


def mark(signature: str, issuer: str) -> str:
    """Put the issuer in front; blank signatures, and those that say already whose they are, stay as they are."""
    if not signature.strip() or signature.startswith((PREFIX, MINTED_PREFIX)):
        return signature
    return f"{unsigned(issuer)}{signature}"


def unsigned(issuer: str) -> str:
    """The mark with nothing behind it: thinking that nobody signed, and who had it.

    Clients make text of thinking whose signature is empty, or leave it out (docs/clients.md); none does so with this.
    """
    return f"{PREFIX}{issuer.replace(':', '_')}:"


def read(signature: str) -> Signed:
    """Take the mark off."""
    if not signature.startswith(PREFIX):
        return Signed(None, signature)
    issuer, _, rest = signature[len(PREFIX) :].partition(":")
    return Signed(issuer, rest)


def seals(messages: Iterable[Any]) -> Iterator[Any]:
    """The signatures and sealed data in a history of Anthropic messages, and whatever stands in their places.

    Written out in one loop: every request of a long history goes through it.
    """
    for message in messages:
        if isinstance(message, dict) and message.get("role") == "assistant":
            content = message.get("content")
            if isinstance(content, list):
                for block in content:
                    key = SEALS.get(str(block.get("type"))) if isinstance(block, dict) else None
                    if key:
                        yield block.get(key)


def is_foreign(signature: object) -> bool:
    """Tell a signature that Claude cannot have made: none, a marked one, or what OpenAI encrypted (F11)."""
    if not isinstance(signature, str) or not signature.strip():
        return True
    return signature.startswith((PREFIX, MINTED_PREFIX, DETAILS_PREFIX))
