"""The models that the proxy offers, as a user's configuration has them, and the emulator behind each.

What a deployment says to LiteLLM is what `tests/round_trip/routes.py` says for the same backend in the suite; here it
stands in the proxy's configuration, and the provider's address is that of its emulator.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.backends import BACKENDS, Backend, OpenAIChat
from tests.round_trip.routes import ROUTES

CLAUDE = "anthropic/claude-sonnet-4-5-20250929"
KIMI = "moonshot/kimi-k2.5"
FIREWORKS = "fireworks_ai/accounts/fireworks/models/glm-4p7"
TOGETHER = "together_ai/zai-org/GLM-4.6"
GPT = "openai/gpt-5"
GEMINI = "gemini/gemini-3.1-pro-preview"


@dataclass(frozen=True)
class Deployment:
    """A model of the configuration.

    `cell` is the backend's name in the suite; `path` is what stands behind the emulator's address in `api_base`;
    `endpoints` are the provider's, if there are more than the suite has in that cell; `says` is what the deployment
    says besides. `effort` is whether the client has to ask the model to think.
    """

    cell: str
    path: str
    endpoints: Sequence[type[Backend]] = ()
    says: Mapping[str, Any] = field(default_factory=dict)
    effort: bool = False

    @property
    def backends(self) -> tuple[type[Backend], ...]:
        return (*BACKENDS[self.cell], *self.endpoints)

    def params(self, model: str, address: str) -> dict[str, Any]:
        """The `litellm_params` of a model whose emulator is at `address`."""
        says = {**ROUTES[self.cell].arguments, **self.says}
        return {"model": model, "api_key": "os.environ/PROVIDER_KEY", **says, "api_base": f"{address}{self.path}"}


DEPLOYMENTS: dict[str, Deployment] = {
    CLAUDE: Deployment("anthropic", "", says={"thinking": {"type": "enabled", "budget_tokens": 8000}}),
    GPT: Deployment("openai", "/v1", endpoints=(OpenAIChat,), effort=True),
    GEMINI: Deployment("gemini", "/v1beta", effort=True),
    "xai/grok-4": Deployment("xai", "/v1"),
    KIMI: Deployment("moonshot", "/v1"),
    "dashscope/qwen3-max": Deployment("dashscope", "/compatible-mode/v1"),
    "deepseek/deepseek-v4-pro": Deployment("deepseek", ""),
    FIREWORKS: Deployment("fireworks", "/inference/v1"),
    TOGETHER: Deployment("together", "/v1"),
}
OTHERS = [model for model in DEPLOYMENTS if model != CLAUDE]
VISITORS = {"anthropic-adaptive": CLAUDE, "anthropic": CLAUDE, "moonshot": KIMI, "openai": GPT}
"""Who gives the turns that a conversation has somebody else give."""
