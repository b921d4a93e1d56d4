"""What becomes of a thinking block on its way to a model of Bedrock Converse (docs/providers.md#bedrock-converse).

Claude gets what it signed or redacted. Others get back their own, as AWS says: what they signed or sealed unmodified,
and text that nobody signed, which says of nobody whose it is, where the model is known to take it. What somebody else
signed never goes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Optional

from litellm.thinking_round_trip.blocks import bedrock_models
from litellm.thinking_round_trip.blocks.claude_family import Target
from litellm.thinking_round_trip.blocks.redacted import converse_content
from litellm.thinking_round_trip.blocks.signatures import SEALS, is_foreign, read
from litellm.thinking_round_trip.claude.unsigned_thinking import as_text

Block = Mapping[str, Any]


class Reader(NamedTuple):
    """A model that reads a history: whether it is Claude, the issuer of its own marks, and what it takes back."""

    claude: bool
    issuer: str = ""
    takes_text: bool = False
    takes_sealed: bool = False

    def blocks(self, block: Block) -> Sequence[Block]:
        """What goes to Converse of a block of thinking: a block of its own, a text, or nothing."""
        text, seal = _text(block), block.get(SEALS[block["type"]])
        if self.claude:
            return _for_claude(block, text, seal)
        signed = read(seal if isinstance(seal, str) else "")
        if not signed.signature.strip():
            its_own = signed.issuer in (None, self.issuer)
            return (_reasoning(text),) if its_own and self.takes_text and text.strip() else ()
        if signed.issuer != self.issuer or not self.takes_sealed:
            return ()
        if block["type"] == "redacted_thinking":
            return (_sealed(signed.signature),)
        return (_reasoning(text, signed.signature),)


def reader(model: Any, base_model: Optional[str] = None) -> Reader:
    """The reader for a model of Bedrock; `base_model` says what an ARN without a name stands for."""
    name = model if isinstance(model, str) else ""
    if base_model and "claude" not in name.lower():
        name = base_model
    if Target(name, "bedrock").is_claude:
        return Reader(claude=True)
    return Reader(
        claude=False,
        issuer=bedrock_models.issuer(name),
        takes_text=bedrock_models.takes_text(name),
        takes_sealed=bedrock_models.takes_sealed(name),
    )


def _text(block: Block) -> str:
    text = block.get("thinking")
    return text if isinstance(text, str) else ""


def _for_claude(block: Block, text: str, seal: Any) -> Sequence[Block]:
    if is_foreign(seal):
        return ({"text": f"[Reasoning] {text}"},) if text.strip() and as_text(None) else ()
    if block["type"] == "redacted_thinking":
        return (_sealed(converse_content(seal)),)
    return (_reasoning(text, seal),)


def _reasoning(text: str, signature: str = "") -> Block:
    seal = {"signature": signature} if signature else {}
    return {"reasoningContent": {"reasoningText": {"text": text, **seal}}}


def _sealed(content: str) -> Block:
    return {"reasoningContent": {"redactedContent": content}}
