"""Thinking that LiteLLM makes of an effort stays within what Claude takes (N88; docs/providers.md#anthropic-errors).

A budget has to be below `max_tokens`, unless Claude may think between calls, and no tool may be forced while Claude
thinks. The effort, `max_tokens` and the forced tool are the caller's; the thinking is LiteLLM's, so that is what gives
way. Thinking that the caller has asked for in Claude's own words stays as it is, and the error is the caller's to see.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Optional

Parameters = Mapping[str, Any]

LEAST = 1024
"""Tokens of the smallest budget."""
_FORCED = ("any", "tool")
_BETWEEN_CALLS = "interleaved-thinking"


class Made(dict[str, Any]):
    """Thinking that was made of an effort, and of nothing that the caller wrote about thinking."""


def makes_thinking(translate: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a config's `map_openai_params`, which makes Claude's parameters of OpenAI's."""

    @wraps(translate)
    def translated(
        self: Any, non_default_params: Parameters, optional_params: Any, model: str, drop_params: bool, **others: Any
    ) -> Any:
        parameters = translate(
            self,
            non_default_params=non_default_params,
            optional_params=optional_params,
            model=model,
            drop_params=drop_params,
            **others,
        )
        made = non_default_params.get("reasoning_effort") is not None and non_default_params.get("thinking") is None
        if made and isinstance(parameters, dict) and isinstance(parameters.get("thinking"), dict):
            parameters["thinking"] = Made(parameters["thinking"])
        return parameters

    return translated


def gives_way(write: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate what writes Claude's request, and gets its parameters and headers by name."""

    @wraps(write)
    def written(self: Any, **given: Any) -> Any:
        parameters = given["optional_params"]
        if isinstance(parameters.get("thinking"), Made):
            thinking = within_limits(parameters, _may_think_between_calls(parameters, given.get("headers")))
            rest = {name: value for name, value in parameters.items() if name != "thinking"}
            given = {**given, "optional_params": {**rest, **({"thinking": thinking} if thinking else {})}}
        return write(self, **given)

    return written


def within_limits(parameters: Parameters, between_calls: bool) -> Optional[Parameters]:
    """The thinking that Claude takes beside the other parameters; None if it takes none."""
    thinking, choice = parameters["thinking"], parameters.get("tool_choice")
    if isinstance(choice, dict) and choice.get("type") in _FORCED and thinking.get("type") != "disabled":
        return None
    budget, limit = thinking.get("budget_tokens"), parameters.get("max_tokens") or parameters.get("maxTokens")
    if between_calls or not isinstance(budget, int) or not isinstance(limit, int) or budget < limit:
        return dict(thinking)
    return {**thinking, "budget_tokens": limit - 1} if limit > LEAST else None


def _may_think_between_calls(parameters: Parameters, headers: Any) -> bool:
    told = [parameters.get("anthropic_beta"), headers.get("anthropic-beta") if isinstance(headers, dict) else None]
    return any(_BETWEEN_CALLS in str(betas) for betas in told)
