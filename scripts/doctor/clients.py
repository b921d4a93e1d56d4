"""A client's configuration with two providers for one proxy, so that each model is reached by its endpoint.

The form is that of opencode.json (`provider`: `npm`, `options`, `models`), whose packages are the AI SDK's. Both append
to the base address: `@ai-sdk/openai-compatible` (2.0.87) `/chat/completions`, `@ai-sdk/anthropic` (3.0.138)
`/messages`, and only Anthropic's own address gets a `/v1` that is missing. LiteLLM serves `/v1/messages`, so both
addresses end in `/v1`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from scripts.doctor.endpoints import Endpoint

ADDRESS = "http://localhost:4000/v1"
"""Where a LiteLLM proxy listens if it is told nothing else."""

KEY = "{env:LITELLM_API_KEY}"
PROVIDERS = {
    "chat": ("litellm", "@ai-sdk/openai-compatible"),
    "messages": ("litellm-anthropic", "@ai-sdk/anthropic"),
}


def configuration(endpoints: Iterable[Endpoint]) -> dict[str, Any]:
    """The configuration for the models that have a name; a pattern has none that a client could ask for."""
    chosen = [one for one in endpoints if not is_pattern(one)]
    return {
        "provider": {
            name: _provider(package, [one for one in chosen if one.ingress == ingress])
            for ingress, (name, package) in PROVIDERS.items()
        },
    }


def is_pattern(endpoint: Endpoint) -> bool:
    """Whether the name of a model stands for many, such as `anthropic/*`."""
    return "*" in endpoint.model


def _provider(package: str, endpoints: Iterable[Endpoint]) -> dict[str, Any]:
    return {
        "npm": package,
        "options": {"baseURL": ADDRESS, "apiKey": KEY},
        "models": {one.model: {"name": one.model} for one in endpoints},
    }
