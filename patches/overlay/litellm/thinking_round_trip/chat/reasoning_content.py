"""Anthropic thinking blocks as the `reasoning_content` of a chat-completions message (failure F3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any


def add_reasoning_content(message: MutableMapping[str, Any], blocks: Iterable[Mapping[str, Any]]) -> None:
    """Set `reasoning_content` on an assistant message from the thinking blocks of the same turn.

    The texts keep their order and are joined by line breaks, as LiteLLM 1.100.0 and later join them, so that a
    provider's prompt cache outlives an upgrade. Redacted thinking has no text that a chat provider could read and
    contributes nothing; without any text the message is left alone. Providers that ask for the field:
    docs/providers.md#moonshot, docs/providers.md#deepseek, docs/providers.md#dashscope, docs/providers.md#zai.
    """
    texts = [text for block in blocks if isinstance(text := block.get("thinking"), str) and text]
    if texts:
        message["reasoning_content"] = "\n".join(texts)
