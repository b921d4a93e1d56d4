"""System messages in the middle of a `/v1/messages` history, which LiteLLM's bridges leave out (failure N83).

They become text of the user's turn that they stand at: some templates reject a system message that is not the first,
and two turns of one role (docs/providers.md#vllm). What the tools gave stays in front, where its calls are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

Message = dict[str, Any]

_NOTE = "[System] "


def keeps_system_messages(prepare: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate what makes the request of a bridge of an Anthropic one: it takes `messages` by name."""

    @wraps(prepare)
    def prepared(*args: Any, **given: Any) -> Any:
        messages = given.get("messages")
        if isinstance(messages, list) and any(map(_is_system, messages)):
            given["messages"] = with_notes(messages)
        return prepare(*args, **given)

    return prepared


def with_notes(messages: Sequence[Any]) -> list[Any]:
    """The messages with the words of each system message in the user's turn behind it, else in the one before it."""
    out: list[Any] = []
    notes: list[Message] = []
    for message in messages:
        if _is_system(message):
            notes += _notes(message)
        elif notes and _is_of_user(message):
            out.append(_noted(message, notes))
            notes = []
        else:
            out += _settled(out, notes)
            notes = []
            out.append(message)
    return out + _settled(out, notes)


def _settled(out: list[Any], notes: list[Message]) -> list[Any]:
    """Notes with no turn of the user's behind them: they go to the one before, or are a turn by themselves."""
    if notes and out and _is_of_user(out[-1]):
        out[-1] = {**out[-1], "content": [*_blocks(out[-1]), *notes]}
        return []
    return [{"role": "user", "content": notes}] if notes else []


def _noted(message: Message, notes: Sequence[Message]) -> Message:
    blocks = _blocks(message)
    said = next((number for number, block in enumerate(blocks) if not _is_result(block)), len(blocks))
    return {**message, "content": [*blocks[:said], *notes, *blocks[said:]]}


def _blocks(message: Message) -> list[Any]:
    content = message.get("content")
    if isinstance(content, list):
        return content
    return [{"type": "text", "text": content}] if content else []


def _notes(message: Message) -> list[Message]:
    texts = (block.get("text") for block in _blocks(message) if isinstance(block, dict))
    return [{"type": "text", "text": f"{_NOTE}{text}"} for text in texts if isinstance(text, str) and text.strip()]


def _is_system(message: object) -> bool:
    return isinstance(message, dict) and message.get("role") == "system"


def _is_of_user(message: object) -> bool:
    return isinstance(message, dict) and message.get("role") == "user"


def _is_result(block: object) -> bool:
    return isinstance(block, dict) and block.get("type") == "tool_result"
