"""Calls on their way to Gemini, told apart by their ids (N71 of tests/round_trip/failures.toml).

LiteLLM's translator leaves out a call that a turn has already, and takes two for the same that say the same. The model
may ask one thing twice, and each asking has a result.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from litellm.thinking_round_trip.chat.answers import field


def told_apart_by_id(convert: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
    """Decorate what makes Gemini's parts of the calls of a chat message, its first argument."""

    @wraps(convert)
    def converted(message: Any, *args: Any, **kwargs: Any) -> list[Any]:
        parts = convert(message, *args, **kwargs)
        calls = field(message, "tool_calls") or []
        if len(calls) == len(parts):
            for number, part in enumerate(parts):
                ident = field(calls[number], "id")
                if ident and "function_call" in part:
                    part["function_call"] = _Call(ident, part["function_call"])
        return parts

    return converted


class _Call(dict[str, Any]):
    """A call as it goes on the wire; one that says the same under another id is another one."""

    def __init__(self, ident: str, call: dict[str, Any]) -> None:
        super().__init__(call)
        self.ident = ident

    __hash__ = dict.__hash__

    def __eq__(self, other: object) -> bool:
        return super().__eq__(other) and (not isinstance(other, _Call) or self.ident == other.ident)

    def __ne__(self, other: object) -> bool:
        return not self == other
