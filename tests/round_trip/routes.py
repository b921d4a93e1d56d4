"""How LiteLLM is told to reach each backend: the only place where its names for models and providers stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Arguments = Mapping[str, Any]


@dataclass(frozen=True)
class Route:
    """What a user of LiteLLM writes to reach a backend.

    `models` replaces `model` for an ingress (messages, chat, responses). `arguments` go with every call. `thinks` and
    `silent` are, by ingress, the arguments that switch thinking on and off; a model without them thinks by default and
    cannot be told. `settings` are attributes of the litellm module for the length of a case. `impossible` says, by
    ingress, why there is no such route.
    """

    model: str
    models: Mapping[str, str] = field(default_factory=dict)
    arguments: Arguments = field(default_factory=dict)
    thinks: Mapping[str, Arguments] = field(default_factory=dict)
    silent: Mapping[str, Arguments] = field(default_factory=dict)
    settings: Arguments = field(default_factory=dict)
    impossible: Mapping[str, str] = field(default_factory=dict)


ROUTES: dict[str, Route] = {
    "openai": Route("openai/gpt-5", models={"chat": "openai/responses/gpt-5"}),
    "moonshot": Route("moonshot/kimi-k2.5"),
    "openrouter": Route("openrouter/deepseek/deepseek-r1"),
}
