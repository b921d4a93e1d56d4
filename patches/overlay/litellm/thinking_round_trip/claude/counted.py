"""The histories whose tokens a provider is asked to count: what would be sent, and no marks of LiteLLM's (failure N76).

`counting_what_goes_out` decorates the base class of LiteLLM's counters, one for each provider that counts. A counter
gives None where it cannot count, and LiteLLM then counts by itself.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

from litellm.thinking_round_trip.blocks.call_ids import bare_ids
from litellm.thinking_round_trip.blocks.call_signatures import on_their_calls
from litellm.thinking_round_trip.blocks.claude_family import Target
from litellm.thinking_round_trip.claude.unsigned_hooks import VERIFYING, without_own_fields
from litellm.thinking_round_trip.claude.unsigned_thinking import SETTING, as_text, signed_only, without_marks

Base = TypeVar("Base", bound=type)
Count = Callable[..., Awaitable[Any]]

_OWN_BLOCKS = frozenset(("thinking", "redacted_thinking", "tool_use", "tool_result"))


def counting_what_goes_out(base: Base) -> Base:
    """Decorate LiteLLM's `BaseTokenCounter`: `count_tokens` of each class behind it gets what may be sent."""

    counters: Any = base

    def __init_subclass__(cls: Any, /, **kwargs: Any) -> None:
        super(counters, cls).__init_subclass__(**kwargs)
        if "count_tokens" in vars(cls):
            cls.count_tokens = _counted(vars(cls)["count_tokens"])

    counters.__init_subclass__ = classmethod(__init_subclass__)
    return base


def _counted(count: Count) -> Count:
    taken = inspect.signature(count)

    @functools.wraps(count)
    async def counted(*args: Any, **kwargs: Any) -> Any:
        call = taken.bind(*args, **kwargs)
        messages = call.arguments.get("messages")
        if not isinstance(messages, list):
            return await count(*args, **kwargs)
        params = (call.arguments.get("deployment") or {}).get("litellm_params") or {}
        target = _target(params, call.arguments.get("model_to_use"))
        if "messages_format" not in taken.parameters and not _takes(target, messages, call.arguments.get("contents")):
            return None
        call.arguments["messages"] = list(_sent(messages, target, params.get(SETTING)))
        try:
            return await count(*call.args, **call.kwargs)
        except ImportError:  # Gemini's needs a package of Google's that a base install lacks
            return None

    return counted


def _target(params: Mapping[str, Any], model: object) -> Target:
    return Target(str(params.get("model") or model), params.get("custom_llm_provider"), params.get("api_base"))


def _takes(target: Target, messages: Sequence[Any], contents: object) -> bool:
    """Whether a counter of before 1.104.9 can ask: it knows one form of messages, OpenAI's, and Gemini's knows none."""
    if "gemini" in target.model and target.provider in VERIFYING:
        return bool(contents)
    if target.provider in ("openai", "") and not target.is_claude:
        return not any(
            isinstance(block, dict) and block.get("type") in _OWN_BLOCKS
            for message in messages
            if isinstance(message, dict) and isinstance(message.get("content"), list)
            for block in message["content"]
        )
    return True


def _sent(messages: Sequence[Any], target: Target, setting: object) -> Sequence[Any]:
    if target.is_claude:
        sent: Sequence[Any] = without_own_fields(signed_only(bare_ids(messages), text=as_text(setting)).messages)
        return sent
    verifies = target.provider in VERIFYING
    messages = on_their_calls(messages, target.issuer, verifies=verifies)
    verifies = verifies or target.is_converse
    return without_marks(messages, target.issuer, verifies=verifies, native=target.provider == "anthropic")
