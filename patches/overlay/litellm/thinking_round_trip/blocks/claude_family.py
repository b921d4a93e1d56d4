"""Which endpoints serve Claude, and what the others are called in the marks of `signatures`."""

from __future__ import annotations

import os
import re
from typing import Optional
from urllib.parse import urlsplit

from litellm.thinking_round_trip.blocks import bedrock_models

_HOSTS = ("anthropic.com", "claude.com")
# Claude under its name: at clouds and aggregators, and behind another LiteLLM, which cannot ask who signed what.
_PLATFORMS = frozenset(
    (
        "azure_ai",
        "bedrock",
        "bedrock_converse",
        "bedrock_mantle",
        "databricks",
        "edenai",
        "github_copilot",
        "litellm_proxy",
        "openrouter",
        "snowflake",
        "vertex_ai",
    )
)
_BASES = ("ANTHROPIC_API_BASE", "ANTHROPIC_BASE_URL")
# The name of the model is not in these; on /v1/messages they are profiles of Claude.
_OPAQUE_ARN = re.compile(r"arn:aws[^/]*:bedrock:.*(application-inference-profile|provisioned-model)/")


class Target:
    """An endpoint: LiteLLM's name for its provider, the model, and the address where it is not the provider's own."""

    def __init__(self, model: str, provider: Optional[str] = None, api_base: Optional[str] = None) -> None:
        prefix, slash, _ = model.partition("/")
        self.provider = (provider or (prefix if slash else "")).replace("vertex_ai_beta", "vertex_ai")
        self.model = model.lower()
        self._api_base = api_base

    @property
    def is_claude(self) -> bool:
        """Whether thinking that goes there is verified by Claude.

        Anthropic's wire has many speakers: an address that is not Anthropic's, with a model that is not called Claude,
        is somebody else's.
        """
        if self.provider == "anthropic":
            return "claude" in self.model or self._host.endswith(_HOSTS)
        if self.provider == "bedrock" and _OPAQUE_ARN.search(self.model):
            return True
        return "claude" in self.model and (self.provider in _PLATFORMS or not self.provider)

    @property
    def is_converse(self) -> bool:
        """Whether it is Bedrock Converse, and a model that is not Claude."""
        return self.provider in bedrock_models.PROVIDERS and not self.is_claude and bedrock_models.converses(self.model)

    @property
    def issuer(self) -> Optional[str]:
        """Whose signatures come from there; None if they may be Claude's, which are never marked."""
        if self.is_claude or "claude" in self.model:
            return None
        if self.provider in bedrock_models.PROVIDERS:
            return bedrock_models.issuer(self.model)
        return (self._host if self.provider == "anthropic" else self.provider) or None

    @property
    def _host(self) -> str:
        base = self._api_base or next((os.environ[name] for name in _BASES if os.environ.get(name)), "")
        if not base:
            return _HOSTS[0]
        return (urlsplit(base if "//" in base else f"//{base}").hostname or "").lower()
