"""A rejected request without the thinking that it was rejected for (failures F12 and F13).

One more attempt is all there is, so what goes has to be enough, and no more than that goes:

* a turn's thinking stands or falls together, since Claude rejects the latest turn with a part of it;
* what stands before the block that is named has been verified, and stays. What stands after it may be as bad, and
  without it there would be a gap, which Claude rejects where thinking is bound to its conversation
  (docs/providers.md#prefix-binding); so it goes as well;
* thinking that is bound to another conversation goes altogether: the change that broke it stands before most of it;
* `thinking` stays in the request unless the mode is manual and the turn that goes on no longer begins with any.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Optional

from litellm.thinking_round_trip.claude.heal_errors import BOUND, MISSING, UNSIGNED, Complaint, wants_errors
from litellm.thinking_round_trip.claude.manual_thinking import (
    THINKING,
    forbids_thinking,
    silent,
    turn_of,
    without_clearing,
    without_thinking,
)
from litellm.thinking_round_trip.claude.unsigned_thinking import is_unsigned, signed_only


class Healed(NamedTuple):
    """What to send instead: new messages, and whether and with which context management thinking is left out."""

    messages: Sequence[Any]
    removed: Sequence[str]
    silent: bool
    context_management: Optional[Any]

    def apply(self, body: dict[str, Any]) -> None:
        """Change a request."""
        body["messages"] = list(self.messages)
        if not self.silent:
            return
        body.pop("thinking", None)
        if self.context_management is not None:
            body["context_management"] = self.context_management
        else:
            body.pop("context_management", None)


def heal(body: Mapping[str, Any], found: Complaint) -> Optional[Healed]:
    """What may be accepted instead; None if there is nothing to take out, or the caller wants the error."""
    if wants_errors(body, found):
        return None
    messages: Sequence[Any] = body.get("messages") or ()
    thinking, management = body.get("thinking"), body.get("context_management")
    kept = _kept(messages, found)
    stops = forbids_thinking(kept, thinking, messages) if found.reason != MISSING else bool(thinking)
    if kept is messages and not stops:
        return None
    if stops:
        kept, management = silent(kept, management)
    left = {id(block) for block in _thoughts(kept)}
    removed = [path for block, path in _paths(messages) if id(block) not in left]
    return Healed(kept, removed, stops, management)


def clear(body: dict[str, Any]) -> None:
    """Take the edits that clear thinking out of a request that somebody else has made one without `thinking` (F13)."""
    if "thinking" not in body and "context_management" in body:
        management = without_clearing(body["context_management"])
        if management is None:
            del body["context_management"]
        else:
            body["context_management"] = management


def _kept(messages: Sequence[Any], found: Complaint) -> Sequence[Any]:
    if found.reason == MISSING:
        return messages
    if found.reason == UNSIGNED:
        return signed_only(messages, text=False).messages
    start = 0 if found.reason == BOUND else _start(messages, found.place)
    if not _thoughts(messages[start:]) and not any(map(is_unsigned, _thoughts(messages[:start]))):
        return messages
    before = signed_only(messages[:start], text=False).messages
    return [*before, *(one for message in messages[start:] for one in without_thinking(message))]


def _start(messages: Sequence[Any], place: Optional[tuple[int, int]]) -> int:
    """The beginning of the turn of the block that was named; that of the conversation if it has no thinking."""
    if place is None or place[0] >= len(messages) or not _thoughts([messages[place[0]]]):
        return 0
    return turn_of(messages, place[0])


def _paths(messages: Sequence[Any]) -> list[tuple[Any, str]]:
    return [
        (block, f"messages.{number}.content.{index}")
        for number, message in enumerate(messages)
        for index, block in enumerate(_content(message))
        if _is_thought(block)
    ]


def _thoughts(messages: Sequence[Any]) -> list[Any]:
    return [block for message in messages for block in _content(message) if _is_thought(block)]


def _content(message: Any) -> Sequence[Any]:
    if not isinstance(message, dict) or message.get("role") != "assistant":
        return ()
    content = message.get("content")
    return content if isinstance(content, list) else ()


def _is_thought(block: Any) -> bool:
    return isinstance(block, dict) and block.get("type") in THINKING
