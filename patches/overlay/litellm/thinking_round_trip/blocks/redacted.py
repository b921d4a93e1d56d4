"""Redacted thinking: reasoning that Claude sealed, in the two forms that histories have it in (failure F21)."""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from typing import Optional


def native_data(data: str) -> str:
    """Claude's own `data` of a block.

    Bedrock wraps it in base64, and LiteLLM before 1.108 gave clients the wrapped form. Claude's data is base64 of bytes
    that are no base64 themselves, so what can be decoded twice is wrapped.
    """
    inner = _decoded(data)
    if inner is None or _decoded(inner, "latin-1") is None:
        return data
    return inner


def converse_content(data: str) -> str:
    """The `redactedContent` of Bedrock Converse for the data of a block (docs/providers.md#bedrock-converse)."""
    return b64encode(native_data(data).encode()).decode()


def _decoded(text: str, encoding: str = "ascii") -> Optional[str]:
    try:
        return b64decode(text, validate=True).decode(encoding) or None
    except (binascii.Error, ValueError):
        return None
