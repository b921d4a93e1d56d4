"""Anthropic thinking blocks as the `reasoning` items of OpenAI's Responses API (failures F1 and F2).

An item has several summary texts and one encrypted content; a thinking block has one text. So an item becomes as many
blocks as it has texts, and the blocks say by a mark in their signature which of them are one item: the last one holds
the encrypted content, the ones before it a bare mark. An item without text is a redacted thinking block.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Optional

MINTED_PREFIX = "litellm_encrypted_reasoning:"
"""What LiteLLM 1.102.0 and later put before encrypted content, which they carry in the signature of a thinking block,
or in the data of a redacted thinking block where there is no summary. With nothing behind it, it is a bare mark: those
releases make an item of its own of such a block, without encrypted content, and keep it from Anthropic as well."""

Item = dict[str, Any]
Block = Mapping[str, Any]


def is_thinking(block: object) -> bool:
    """Whether a content block is one that reasoning is carried in."""
    return isinstance(block, dict) and block.get("type") in ("thinking", "redacted_thinking")


def is_marked(block: Block) -> bool:
    """Whether a block comes from a Responses backend: no other provider can read what its signature or data holds."""
    return _carrier(block).startswith(MINTED_PREFIX)


def minted_content(block: Block) -> Optional[str]:
    """The encrypted content in a block, as the Responses backend minted it; None where there is none.

    The form is that of LiteLLM 1.102.0 and later, so that their histories continue here.
    """
    return _carrier(block)[len(MINTED_PREFIX) :] or None if is_marked(block) else None


def _carrier(block: Block) -> str:
    carrier = block.get("data") if block.get("type") == "redacted_thinking" else block.get("signature")
    return carrier if isinstance(carrier, str) else ""


def reasoning_items(blocks: Iterable[Block]) -> list[Item]:
    """Make the items of a run of thinking blocks, that is of blocks with nothing between them.

    Blocks without encrypted content share an item, one summary text each, as OpenAI groups them; encrypted content
    ends an item, which the blocks with a bare mark before it belong to. The items have no `id`: OpenAI rejects an empty
    one, and one it did not mint (docs/providers.md#openai-responses). A block with neither text nor encrypted content,
    such as one that another provider redacted, adds nothing.
    """
    items: list[Item] = []
    told: list[str] = []
    joined = 0  # how many texts at the end of `told` wait for the encrypted content of their item
    for block in blocks:
        text = block.get("thinking")
        text = text if isinstance(text, str) else ""
        carrier = _carrier(block)
        is_ours = carrier.startswith(MINTED_PREFIX)
        content = carrier[len(MINTED_PREFIX) :] if is_ours else ""
        if content:
            items += _unsealed(told[: len(told) - joined])
            texts = [*told[len(told) - joined :], *_if_any(text)]
            items.append({"type": "reasoning", "summary": _summary(texts), "encrypted_content": content})
            told, joined = [], 0
        elif text:
            told.append(text)
            joined = joined + 1 if is_ours else 0
    return items + _unsealed(told)


def thinking_blocks(texts: Iterable[object], content: Optional[str]) -> list[dict[str, Any]]:
    """Make the blocks of one reasoning item, from its summary texts and its encrypted content (`marked`, or None)."""
    told = [text for text in texts if isinstance(text, str) and text]
    if not told:
        return [] if content is None else [{"type": "redacted_thinking", "data": content}]
    blocks: list[dict[str, Any]] = [{"type": "thinking", "thinking": text, "signature": MINTED_PREFIX} for text in told]
    blocks[-1]["signature"] = content
    return blocks


def _if_any(text: str) -> list[str]:
    return [text] if text else []


def _unsealed(texts: list[str]) -> list[Item]:
    return [{"type": "reasoning", "summary": _summary(texts)}] if texts else []


def _summary(texts: list[str]) -> list[dict[str, str]]:
    return [{"type": "summary_text", "text": text} for text in texts]
