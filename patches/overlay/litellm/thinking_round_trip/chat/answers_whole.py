"""Thinking in a whole answer of a chat provider, for the client on `/v1/messages` (failures N1, N4, N24)."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from litellm.thinking_round_trip.blocks.own_fields import without_empty_field
from litellm.thinking_round_trip.blocks.sealed_details import sealed_blocks
from litellm.thinking_round_trip.chat.answers import claude_details, details_of, field, thinking_of

Translation = TypeVar("Translation", bound=Callable[..., Any])


def with_all_thinking(translate: Translation) -> Translation:
    """Decorate LiteLLM's method that makes an Anthropic answer of a chat answer: it meets all thinking where it looks.

    It reads `thinking_blocks` and `reasoning_content`; a plain `reasoning`, and the `reasoning_details` of a Claude
    behind OpenRouter, arrive under their own names (docs/providers.md#openrouter and docs/providers.md#groq). A text
    that is empty, as chat answers have it beside thinking or calls, is no block of the turn (N24), and an empty field
    of LiteLLM's own is none of a block (N82).
    """

    @wraps(translate)
    def translated(self: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        return _without_empties(translate(self, _with_carriers(response), *args, **kwargs))

    return translated  # type: ignore[return-value]  # of the same signature, which TypeVar cannot say


def with_reasoning_content(transform: Translation) -> Translation:
    """Decorate LiteLLM's method that makes its answer of Groq's: `reasoning` is also in `reasoning_content`.

    LiteLLM says so of Groq's streams, and of the whole answers of others that call it `reasoning`; a client of any
    ingress looks there. The field itself stays: it is the one that Groq takes back (docs/providers.md#groq).
    """

    @wraps(transform)
    def transformed(*args: Any, **kwargs: Any) -> Any:
        response = transform(*args, **kwargs)
        for choice in field(response, "choices") or []:
            message = field(choice, "message")
            blocks = [] if message is None or field(message, "reasoning_content") else thinking_of(message)
            if len(blocks) == 1 and field(message, "reasoning") == blocks[0].get("thinking"):
                message.reasoning_content = blocks[0]["thinking"]
        return response

    return transformed  # type: ignore[return-value]  # of the same signature, which TypeVar cannot say


def _with_carriers(response: Any) -> Any:
    """Return the response, or a copy if something has to be said in it; LiteLLM logs and caches the response itself."""
    choices = field(response, "choices")
    message = field(choices[0], "message") if isinstance(choices, list) and len(choices) == 1 else None
    if message is None or field(message, "thinking_blocks"):
        return response
    signed = [{key: value for key, value in block.items() if key != "index"} for block in claude_details(message)]
    signed = signed or sealed_blocks(details_of(message))
    plain = [] if signed or field(message, "reasoning_content") else thinking_of(message)
    if not signed and not plain:
        return response
    made = copy.copy(response)
    made.choices = [copy.copy(choices[0])]
    made.choices[0].message = copy.copy(message)
    if signed:
        made.choices[0].message.thinking_blocks = signed
    else:
        made.choices[0].message.reasoning_content = plain[0]["thinking"]
    return made


def _without_empties(answer: Any) -> Any:
    """Take the empty texts out of an answer that was just made, if it has other blocks, and LiteLLM's empty fields.

    Claude rejects both.
    """
    content = answer.get("content") if isinstance(answer, dict) else None
    if isinstance(content, list):
        kept = [block for block in content if field(block, "type") != "text" or field(block, "text") != ""]
        answer["content"] = [without_empty_field(block) for block in kept or content]
    return answer
