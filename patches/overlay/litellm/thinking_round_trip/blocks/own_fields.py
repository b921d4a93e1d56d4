"""LiteLLM's own field on the blocks of Anthropic's wire, which Claude rejects (failures F5 and N82)."""

from __future__ import annotations

from typing import Any

FIELD = "provider_specific_fields"


def without_empty_field(block: Any) -> Any:
    """The block of an answer without LiteLLM's own field, where nothing is in it; the same block otherwise."""
    if not isinstance(block, dict) or block.get(FIELD, block) is not None:
        return block
    return {name: value for name, value in block.items() if name != FIELD}
