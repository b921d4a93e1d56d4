"""Thinking on its way to Gemini (failures F30 and F31; docs/providers.md#gemini).

A thought goes as a part with `thought: true`, whoever thought it. Only what Gemini itself gave may be called its
signature, and it stands on the call that bore it: LiteLLM keeps it there, and nothing is to be taken from a thinking
block, where Claude's would be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from typing import Any


def thinks_in_parts(convert: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate the translator of chat messages into Gemini's contents, which takes `messages` first."""

    @wraps(convert)
    def converted(messages: Any, *args: Any, **kwargs: Any) -> Any:
        return convert(as_thoughts(messages), *args, **kwargs)

    return converted


def as_thoughts(messages: Sequence[Any]) -> Sequence[Any]:
    """The messages with their thinking where LiteLLM makes thought parts of it; the same list if there is none."""
    if not any(_thinks(message) for message in messages):
        return messages
    return [_thought(_fields(message)) if _thinks(message) else message for message in messages]


def _thinks(message: Any) -> bool:
    return message["role"] == "assistant" and bool(message.get("thinking_blocks"))


def _fields(message: Any) -> Mapping[str, Any]:
    """A message as a mapping: LiteLLM's own class becomes one here, as it does in its translator."""
    return message if isinstance(message, dict) else dict(message.model_dump())


def _thought(message: Mapping[str, Any]) -> Mapping[str, Any]:
    """One message with the text of its thinking blocks as `reasoning_content`, as LiteLLM 1.106 and later write it."""
    text = "\n".join(_texts(message["thinking_blocks"])) or message.get("reasoning_content")
    rest = {key: value for key, value in message.items() if key not in ("thinking_blocks", "reasoning_content")}
    return {**rest, "reasoning_content": text} if text else rest


def _texts(blocks: Iterable[Mapping[str, Any]]) -> list[str]:
    texts = (block.get("thinking") for block in blocks)
    return [text for text in texts if isinstance(text, str) and text]
