"""Anthropic thinking blocks as the `reasoning` items of OpenAI's Responses API (failure F1)."""

from __future__ import annotations

from collections.abc import Mapping, MutableSequence
from typing import Any, Optional

MINTED_PREFIX = "litellm_encrypted_reasoning:"
"""What LiteLLM 1.102.0 and later put before encrypted content, which they carry in the signature of a thinking block,
or in the data of a redacted thinking block where there is no summary."""


def add_reasoning(
    items: MutableSequence[dict[str, Any]],
    text_parts: MutableSequence[dict[str, Any]],
    block: Mapping[str, Any],
) -> None:
    """Append one thinking or redacted thinking block of an assistant turn to the `input` of a Responses request.

    `items` are the input items so far, `text_parts` the `output_text` parts of the same turn that are in no item yet.
    Text that came before the block becomes a message in front of it, so that the reasoning stands right before what
    follows it. Neighbouring blocks share an item, one summary part each, as OpenAI groups them; encrypted content has
    an item of its own.

    The item has no `id`: OpenAI rejects an empty one, and one it did not mint (research/backends.md, section 2).
    A block with neither text nor encrypted content, such as one that another provider redacted, adds nothing.
    """
    text = block.get("thinking")
    text = text if isinstance(text, str) else ""
    encrypted_content = minted_content(block)
    if not text and encrypted_content is None:
        return
    _close_message(items, text_parts)
    summary = [{"type": "summary_text", "text": text}] if text else []
    if encrypted_content is not None:
        items.append({"type": "reasoning", "summary": summary, "encrypted_content": encrypted_content})
    elif items and _is_open(items[-1]):
        items[-1]["summary"].extend(summary)
    else:
        items.append({"type": "reasoning", "summary": summary})


def minted_content(block: Mapping[str, Any]) -> Optional[str]:
    """The encrypted content in a block, as the Responses backend minted it; None where there is none.

    The form is that of LiteLLM 1.102.0 and later, so that their histories continue here.
    """
    carrier = block.get("data") if block.get("type") == "redacted_thinking" else block.get("signature")
    if not isinstance(carrier, str) or not carrier.startswith(MINTED_PREFIX):
        return None
    return carrier[len(MINTED_PREFIX) :] or None


def _close_message(items: MutableSequence[dict[str, Any]], text_parts: MutableSequence[dict[str, Any]]) -> None:
    if text_parts:
        items.append({"type": "message", "role": "assistant", "content": list(text_parts)})
        text_parts.clear()


def _is_open(item: Mapping[str, Any]) -> bool:
    return item.get("type") == "reasoning" and "encrypted_content" not in item
