"""Kimi and DeepSeek think by default, and reject a turn without the field of their reasoning (failures F32 and F33).

LiteLLM fills it in where its table of models says that a model reasons, and for DeepSeek only if the request switches
thinking on. New models are not in the table, and nobody has to switch on what is on by default. So the rule here is the
provider's own: a request thinks unless it says otherwise (docs/providers.md#moonshot and docs/providers.md#deepseek).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from operator import is_
from typing import Any, NamedTuple

from litellm.thinking_round_trip.chat.carriers import thoughts_of

Message = dict[str, Any]

PLACEHOLDER = " "
"""What LiteLLM sends where there was no reasoning: both providers take a blank."""


class Gate(NamedTuple):
    """Which of a provider's models do not think by default, and which turns of which requests must have the field."""

    silent: str
    needs_tools: bool
    demanded: Callable[[Message], bool]


def _called(message: Message) -> bool:
    return bool(message.get("tool_calls"))


def _any(message: Message) -> bool:
    return True


GATES: Mapping[str, Gate] = {
    "deepseek": Gate(r"deepseek-(chat|coder|r1)", True, _any),
    "moonshot": Gate(r"moonshot-v1|kimi-latest|kimi-k2-(\d{4}|turbo|instruct)", False, _called),
}


def filled(messages: Any, provider: Any, model: Any, params: Mapping[str, Any]) -> Any:
    """Give each turn of which the provider demands it its `reasoning_content`, a blank where it had no reasoning.

    `params` are those of the request to the provider. The same list is returned if nothing has to change.
    """
    gate = GATES.get(provider) if isinstance(provider, str) else None
    if gate is None or not isinstance(messages, list) or re.search(gate.silent, str(model).lower()):
        return messages
    if _switched_off(params) or (gate.needs_tools and not params.get("tools")):
        return messages
    full = [_full(message, gate) for message in messages]
    return messages if all(map(is_, full, messages)) else full


def _switched_off(params: Mapping[str, Any]) -> bool:
    extra = params.get("extra_body")
    places = (params, extra) if isinstance(extra, dict) else (params,)
    choices = [place.get("thinking") for place in places]
    return any(isinstance(choice, dict) and choice.get("type") == "disabled" for choice in choices)


def _full(message: Any, gate: Gate) -> Any:
    if not isinstance(message, dict) or message.get("role") != "assistant" or message.get("reasoning_content"):
        return message
    if not gate.demanded(message):
        return message
    return {**message, "reasoning_content": thoughts_of(message).text or PLACEHOLDER}
