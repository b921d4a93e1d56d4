"""Marked thinking on its way through the adapter from Anthropic messages to chat messages (failures N7 and N8).

From 1.102.0 on LiteLLM leaves out there what a Responses backend has sealed, text and all. So the bridge back to such a
backend never sees it, and another provider gets nothing of what was thought. What a provider of chat completions may
have of it, `carriers` decides, and the translators for Claude, Bedrock and Gemini leave out what they cannot verify.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any

from litellm.thinking_round_trip.blocks.reasoning_items import MINTED_PREFIX, is_thinking
from litellm.thinking_round_trip.blocks.signatures import seals

_HIDDEN_PREFIX = "thinking_round_trip_reasoning:"


def keeps_marked_thinking(translate: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
    """Decorate the adapter's method that makes chat messages of Anthropic ones: it does not see the marks.

    A history without marks is left as it is.
    """

    @wraps(translate)
    def translate_marked(adapter: object, messages: Sequence[Any], *args: Any, **more: Any) -> list[Any]:
        if not has_marks(messages):
            return translate(adapter, messages, *args, **more)
        hidden = [_with_blocks(message, "content", _hidden) for message in messages]
        translated = translate(adapter, hidden, *args, **more)
        return [_with_blocks(message, "thinking_blocks", _shown) for message in translated]

    return translate_marked


def has_marks(messages: Sequence[Any]) -> bool:
    """Whether a history of Anthropic messages has thinking of a Responses backend in it."""
    return any(isinstance(seal, str) and seal.startswith(MINTED_PREFIX) for seal in seals(messages))


def _blocks(message: Any, key: str) -> Sequence[Any]:
    blocks = message.get(key) if isinstance(message, dict) and message.get("role") == "assistant" else None
    return blocks if isinstance(blocks, list) else ()


def _with_blocks(message: Any, key: str, change: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> Any:
    blocks = _blocks(message, key)
    if not any(map(is_thinking, blocks)):
        return message
    return {**message, key: [change(block) if is_thinking(block) else block for block in blocks]}


def _hidden(block: Mapping[str, Any]) -> Mapping[str, Any]:
    return _renamed(block, MINTED_PREFIX, _HIDDEN_PREFIX)


def _shown(block: Mapping[str, Any]) -> Mapping[str, Any]:
    return _renamed(block, _HIDDEN_PREFIX, MINTED_PREFIX)


def _renamed(block: Mapping[str, Any], prefix: str, other: str) -> Mapping[str, Any]:
    for name in ("signature", "data"):
        value = block.get(name)
        if isinstance(value, str) and value.startswith(prefix):
            return {**block, name: other + value[len(prefix) :]}
    return block
