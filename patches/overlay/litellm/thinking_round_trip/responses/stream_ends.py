"""How a streamed message ends on the way from a Responses backend to an Anthropic client (failure N28)."""

from __future__ import annotations

from collections.abc import MutableSequence
from typing import Any

from litellm.thinking_round_trip.responses.events import event_kind, field, string

Event = dict[str, Any]


def mend_end(queue: MutableSequence[Event], before: int, event: object, *, called: bool) -> None:
    """Mend what LiteLLM has put behind the first `before` events of its queue, because of `event`.

    Older releases end an answer that failed as one that is complete, and look for calls in the last event alone, which
    may not repeat them; and one that was cut off in a call they call a complete one.
    """
    added = [queue.pop() for _ in range(len(queue) - before)][::-1]
    kind = event_kind(event)
    if kind == "response.failed" and not any(one.get("type") == "error" for one in added):
        added = [_error(field(event, "response"))]
    queue.extend(_with_reason(one, kind, called=called) for one in added)


def _error(response: object) -> Event:
    message = string(field(response, "error"), "message") or "The provider's answer failed."
    return {"type": "error", "error": {"type": "api_error", "message": message}}


def _with_reason(end: Event, kind: str, *, called: bool) -> Event:
    if end.get("type") != "message_delta":
        return end
    reason = end["delta"]["stop_reason"]
    if kind == "response.incomplete":
        reason = "max_tokens"
    elif called and reason == "end_turn":
        reason = "tool_use"
    return {**end, "delta": {**end["delta"], "stop_reason": reason}}
