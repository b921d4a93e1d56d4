"""Thinking that is signed and has no text, as Claude gives it with `display: omitted` (failure F14).

Its signature is the thinking; Claude wants it back (docs/providers.md#anthropic-errors).
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from litellm.thinking_round_trip.blocks.signatures import is_foreign, read

Test = Callable[[Any], bool]


def unless_signed(is_empty: Test) -> Test:
    """Decorate `is_empty_thinking_block`, by which LiteLLM finds what it leaves out: a signed block is not empty."""

    @functools.wraps(is_empty)
    def test(block: Any) -> bool:
        signature = block.get("signature") if isinstance(block, dict) else getattr(block, "signature", None)
        signed = isinstance(signature, str) and bool(read(signature).signature.strip())
        return not signed and is_empty(block)

    return test


def unless_sealed(is_unsignable: Test) -> Test:
    """Decorate `is_unsignable_thinking_block`: on /v1/chat/completions two releases refuse such a block as well."""

    @functools.wraps(is_unsignable)
    def test(block: Any) -> bool:
        if isinstance(block, dict) and block.get("type") == "thinking" and not str(block.get("thinking")).strip():
            return is_foreign(block.get("signature"))
        return is_unsignable(block)

    return test
