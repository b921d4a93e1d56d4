"""Requests that cannot think: manual mode, and a tool turn that does not begin with thinking (failure N13).

With `thinking.type` "enabled", the turn whose tools are answered has to begin with thinking
(docs/providers.md#which-turns-need-thinking). One that another model gave has none that Claude takes; then this request
alone goes without `thinking`. Adaptive mode asks for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Optional

THINKING = ("thinking", "redacted_thinking")
"""The types of the blocks that Claude thinks in."""

CLEAR_THINKING = "clear_thinking_"
"""What the edits of `context_management` are called that demand thinking to be on (failure F13)."""


class Silent(NamedTuple):
    """The parts of a request that goes without thinking."""

    messages: Sequence[Any]
    context_management: Optional[Any]


def turn_start(messages: Sequence[Any]) -> Optional[int]:
    """The first message of the turn whose tools the last message answers; None if it answers none."""
    if not messages or not _answers_tools(messages[-1]):
        return None
    start = turn_of(messages, len(messages) - 1)
    return start if _role(messages[start]) == "assistant" else None


def turn_of(messages: Sequence[Any], number: int) -> int:
    """The first message of the turn that a message belongs to: the model's own, and the tools' answers between them."""
    while number and (_role(messages[number - 1]) == "assistant" or _answers_tools(messages[number - 1])):
        number -= 1
    return number


def forbids_thinking(messages: Sequence[Any], thinking: Any, before: Optional[Sequence[Any]] = None) -> bool:
    """Tell a request that manual thinking gets rejected.

    `before` are the messages as they were before thinking was taken out of them. Claude goes on in the middle of a turn
    without thinking and takes that back; but not the message whose tools are answered without the thinking that it had.
    """
    if not isinstance(thinking, dict) or thinking.get("type") != "enabled":
        return False
    start = turn_start(messages)
    if start is None:
        return False
    return not _begins(messages[start]) or (
        before is not None and _begins(_latest(before)) and not _begins(_latest(messages))
    )


def silent(messages: Sequence[Any], context_management: Any) -> Silent:
    """The request without thinking: none in the turn that goes on, no edits that clear it; the rest is untouched.

    Claude rejects thinking in the final turn of a request that does not think, and ignores it elsewhere (1.1).
    """
    start = turn_start(messages)
    kept = list(messages)
    if start is not None:
        kept[start:] = [one for message in messages[start:] for one in without_thinking(message)]
    return Silent(kept, without_clearing(context_management))


def without_thinking(message: Any) -> Sequence[Any]:
    """A message without its thinking, in a list; in an empty one if nothing remains."""
    blocks = _blocks(message)
    if _role(message) != "assistant" or not any(map(_thinks, blocks)):
        return [message]
    kept = [block for block in blocks if not _thinks(block)]
    return [{**message, "content": kept}] if kept else []


def without_clearing(context_management: Any) -> Optional[Any]:
    """Context management without the edits that clear thinking; None if there is no edit left."""
    if not isinstance(context_management, dict):
        return context_management
    edits = context_management.get("edits")
    if not isinstance(edits, list) or not any(map(_clears, edits)):
        return context_management
    kept = [edit for edit in edits if not _clears(edit)]
    return {**context_management, "edits": kept} if kept else None


def _latest(messages: Sequence[Any]) -> Any:
    return next((message for message in reversed(messages) if _role(message) == "assistant"), None)


def _begins(message: Any) -> bool:
    return _thinks(next(iter(_blocks(message)), None))


def _clears(edit: Any) -> bool:
    return isinstance(edit, dict) and str(edit.get("type")).startswith(CLEAR_THINKING)


def _role(message: Any) -> Any:
    return message.get("role") if isinstance(message, dict) else None


def _blocks(message: Any) -> Sequence[Any]:
    content = message.get("content") if isinstance(message, dict) else None
    return content if isinstance(content, list) else ()


def _thinks(block: Any) -> bool:
    return isinstance(block, dict) and block.get("type") in THINKING


def _answers_tools(message: Any) -> bool:
    blocks = _blocks(message)
    return _role(message) == "user" and any(
        isinstance(block, dict) and block.get("type") == "tool_result" for block in blocks
    )
