"""What LiteLLM's `stream_chunk_builder` makes of a stream, whole (N43 of tests/round_trip/failures.toml)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from litellm.thinking_round_trip.chat.answers import field


def keeping_reasoning_items(build: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate the function that joins `chunks`, which it takes first: the message has their reasoning items.

    Each chunk bears whole items, in their order; a message that has items already is left as it is.
    """

    @wraps(build)
    def built(chunks: Any, *args: Any, **kwargs: Any) -> Any:
        # Joining may sort or change the list; the items are read before.
        items = list(_items(chunks))
        answer = build(chunks, *args, **kwargs)
        message = _message(answer) if items else None
        if message is not None and not field(message, "reasoning_items"):
            message.reasoning_items = items
        return answer

    return built


def _items(chunks: Any) -> Iterable[Any]:
    for chunk in chunks if isinstance(chunks, list) else ():
        delta = field(_first_choice(chunk), "delta")
        items = field(delta, "reasoning_items")
        yield from items if isinstance(items, list) else ()


def _message(answer: Any) -> Any:
    return field(_first_choice(answer), "message")


def _first_choice(answer: Any) -> Any:
    choices = field(answer, "choices")
    return choices[0] if choices else None
