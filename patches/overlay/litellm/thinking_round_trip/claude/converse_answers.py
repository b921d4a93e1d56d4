"""The reasoning in an answer of Bedrock Converse, as clients keep it (F21; docs/providers.md#bedrock-converse).

Claude's redacted thinking becomes Claude's own data, without Bedrock's wrapping, so that it opens at Claude's other
platforms. What another model signed or sealed is nobody else's to read, and has to go back to the byte: it is marked
with whose it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from litellm.thinking_round_trip.blocks.redacted import native_data
from litellm.thinking_round_trip.blocks.signatures import mark
from litellm.thinking_round_trip.claude.converse_blocks import reader


def keeps_seals(transform: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate the method that makes LiteLLM's answer of Converse's; it takes `model` first."""

    @wraps(transform)
    def transformed(self: Any, *args: Any, **kwargs: Any) -> Any:
        answer = transform(self, *args, **kwargs)
        model = args[0] if args else kwargs.get("model")
        for choice in getattr(answer, "choices", None) or ():
            _seal_message(getattr(choice, "message", None), model)
        return answer

    return transformed


def _seal_message(message: Any, model: Any) -> None:
    """LiteLLM keeps the blocks as Converse gave them beside those that it made of them."""
    blocks = getattr(message, "thinking_blocks", None)
    fields = getattr(message, "provider_specific_fields", None)
    if not blocks or not isinstance(fields, Mapping):
        return
    given = (raw for raw in fields.get("reasoningContentBlocks") or () if _is_reasoning(raw))
    for block in blocks:
        _seal(block, next(given, {}), model)


def _is_reasoning(raw: Mapping[str, Any]) -> bool:
    return "reasoningText" in raw or "redactedContent" in raw


def keeps_seals_streamed(read: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate the method of a stream's decoder that makes thinking blocks of a delta; it knows its `model`."""

    @wraps(read)
    def blocks(self: Any, *args: Any, **kwargs: Any) -> Any:
        found = read(self, *args, **kwargs)
        delta = args[0] if args else kwargs.get("thinking_block")
        for block in found or ():
            _seal(block, delta, getattr(self, "model", None))
        return found

    return blocks


def _seal(block: Any, raw: Any, model: Any) -> None:
    """Write the seal of a block, from Converse's own block or delta."""
    who = reader(model)
    if block.get("type") == "redacted_thinking":
        content = raw.get("redactedContent")
        if isinstance(content, str):
            block["data"] = native_data(content) if who.claude or not model else mark(content, who.issuer)
    elif isinstance(block.get("signature"), str) and model and not who.claude:
        block["signature"] = mark(block["signature"], who.issuer)
