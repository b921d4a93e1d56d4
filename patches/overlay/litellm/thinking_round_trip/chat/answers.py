"""The thinking in an answer of a chat provider, whatever field carries it (failures N1, N4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Optional

from litellm.thinking_round_trip.blocks.sealed_details import CLAUDE_FORMAT

_NO_SIGNATURE = "mistral"
"""What LiteLLM writes as the signature of Mistral's thinking in a stream. Mistral signs nothing, and the same thinking
in a whole answer has no signature."""

Block = dict[str, Any]


def field(source: Any, name: str) -> Any:
    """The value of a field of a TypedDict or an object; None where there is none.

    Of a pydantic object it is looked up where it is kept: asking for one that is not there is slow, and a stream asks
    at every chunk.
    """
    if isinstance(source, dict):
        return source.get(name)
    try:
        kept = source.__dict__
        if name in kept:
            return kept[name]
        extra = source.__pydantic_extra__
    except AttributeError:
        return getattr(source, name, None)
    return extra.get(name) if extra else None


def thinking_of(message: object) -> list[Block]:
    """The thinking blocks of a message, or of a delta of a stream; an empty list if it carries none.

    A block has `type`, and `thinking` and `signature` ("" if there is none) or `data`; in a stream also `index`, the
    number of the block that it continues, where the provider numbers them. The carriers are tried from the richest to
    the plainest, because LiteLLM copies the text of one into others.
    """
    blocks = _thinking_blocks(message) or claude_details(message)
    text = _text(message)
    if text and not any(block.get("thinking") or block.get("data") for block in blocks):
        unsigned = _thinking(text, "", None)
        return [unsigned] if not blocks else [{**unsigned, **blocks[0], "thinking": text}, *blocks[1:]]
    return blocks


def claude_details(message: object) -> list[Block]:
    """Claude's thinking blocks in the `reasoning_details` that OpenRouter gives.

    The details of other models say nothing that the text does not, or are sealed (`sealed_details`).
    """
    return [block for entry in details_of(message) if (block := _detail(entry))]


def details_of(message: object) -> list[Mapping[str, Any]]:
    """OpenRouter's entries in a message, or in a delta of a stream."""
    details = field(message, "reasoning_details") or field(
        field(message, "provider_specific_fields"), "reasoning_details"
    )
    return [entry for entry in details if isinstance(entry, dict)] if isinstance(details, list) else []


def _detail(entry: Mapping[str, Any]) -> Block:
    if entry.get("format") != CLAUDE_FORMAT:
        return {}
    if entry.get("type") == "reasoning.encrypted":
        data = entry.get("data")
        return {"type": "redacted_thinking", "data": data} if isinstance(data, str) and data else {}
    if entry.get("type") != "reasoning.text":
        return {}
    return _thinking(entry.get("text"), entry.get("signature"), entry.get("index"))


def _thinking_blocks(message: object) -> list[Block]:
    blocks = field(message, "thinking_blocks")
    found = [_block(block) for block in blocks] if isinstance(blocks, list) else []
    return [block for block in found if block]


def _block(block: object) -> Block:
    if field(block, "type") == "redacted_thinking":
        data = field(block, "data")
        return {"type": "redacted_thinking", "data": data} if isinstance(data, str) and data else {}
    signature = field(block, "signature")
    return _thinking(field(block, "thinking"), "" if signature == _NO_SIGNATURE else signature, field(block, "index"))


def _thinking(text: object, signature: object, index: Optional[object]) -> Block:
    """Make a block; an empty one if there is nothing in it."""
    words, seal = text if isinstance(text, str) else "", signature if isinstance(signature, str) else ""
    if not words and not seal:
        return {}
    block: Block = {"type": "thinking", "thinking": words, "signature": seal}
    return {**block, "index": index} if isinstance(index, int) else block


def _text(message: object) -> str:
    """The plain text: `reasoning_content`, or `reasoning` as Groq and others call it (docs/providers.md#groq)."""
    for name in ("reasoning_content", "reasoning"):
        text = field(message, name)
        if isinstance(text, str) and text:
            return text
    return ""
