"""The chunks of a stream that LiteLLM takes for empty, although there is reasoning in them (failures N1, N4, N23)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from litellm.thinking_round_trip.blocks.sealed_details import is_sealed
from litellm.thinking_round_trip.chat.answers import details_of, field, thinking_of

Check = TypeVar("Check", bound=Callable[..., bool])


def keeping_details(is_chunk_non_empty: Check) -> Check:
    """Decorate LiteLLM's method that tells which chunks of a stream it may drop: those with reasoning stay.

    OpenRouter gives the signature late, in an entry of `reasoning_details` without text and with nothing else in the
    chunk (docs/providers.md#openrouter), another LiteLLM in a thinking block without text; and the oldest releases do
    not know the field `reasoning` (N1).
    """

    @wraps(is_chunk_non_empty)
    def checked(self: Any, completion_obj: Any, model_response: Any, response_obj: Any) -> bool:
        if is_chunk_non_empty(self, completion_obj, model_response, response_obj):
            return True
        choices = field(model_response, "choices")
        delta = field(choices[0], "delta") if choices else None
        return bool(thinking_of(delta) or any(map(is_sealed, details_of(delta))))

    return checked  # type: ignore[return-value]  # of the same signature, which TypeVar cannot say
