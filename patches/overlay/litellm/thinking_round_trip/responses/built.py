"""Streamed chunks of chat put together again: the reasoning items of a Responses backend stay with the answer (N29)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from litellm.thinking_round_trip.responses.events import field


def keeps_reasoning_items(build: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate LiteLLM's builder of a whole answer from its chunks, which it takes first.

    What the last chunk has of sealed reasoning is in the message, as it is where the answer was whole from the start.
    """

    @wraps(build)
    def build_with_items(*args: Any, **given: Any) -> Any:
        built = build(*args, **given)
        chunks = args[0] if args else given.get("chunks")
        items = [item for chunk in chunks or () for item in _items(chunk)]
        choices = field(built, "choices") if items else None
        message = field(choices[0], "message") if choices else None
        if message is not None and not field(message, "reasoning_items"):
            message.reasoning_items = items
        return built

    return build_with_items


def _items(chunk: object) -> Any:
    choices = field(chunk, "choices")
    return field(field(choices[0], "delta"), "reasoning_items") or () if choices else ()
