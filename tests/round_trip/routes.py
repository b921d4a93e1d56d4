"""How LiteLLM is told to reach each backend: the only place where its names for models and providers stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Arguments = Mapping[str, Any]


@dataclass(frozen=True)
class Route:
    """What a user of LiteLLM writes to reach a backend.

    `models` replaces `model` for an ingress (messages, chat, responses). `arguments` go with every call. `thinks` and
    `silent` are, by ingress, the arguments that switch thinking on and off; a model without them thinks by default and
    cannot be told. `told` is what a deployment tells the fixes, where they are in the release: LiteLLM alone would send
    it on. `account` names the module that makes credentials for it, if it takes any. `settings` are attributes
    of the litellm module for the length of a case. `impossible` says, by ingress, why there is no such route.
    """

    model: str
    models: Mapping[str, str] = field(default_factory=dict)
    arguments: Arguments = field(default_factory=dict)
    thinks: Mapping[str, Arguments] = field(default_factory=dict)
    silent: Mapping[str, Arguments] = field(default_factory=dict)
    told: Arguments = field(default_factory=dict)
    settings: Arguments = field(default_factory=dict)
    impossible: Mapping[str, str] = field(default_factory=dict)
    account: Literal["", "google"] = ""


_DEEPSEEK_OFF: Mapping[str, Arguments] = {
    "messages": {"thinking": {"type": "disabled"}},
    "chat": {"thinking": {"type": "disabled"}},
    "responses": {"reasoning": {"effort": "none"}},
}
# The host has two names, and which one LiteLLM takes depends on the release.
_TOGETHER: Arguments = {"api_base": "https://api.together.xyz/v1"}

_EFFORT: Mapping[str, Arguments] = {
    "messages": {"thinking": {"type": "enabled", "budget_tokens": 1024}},
    "chat": {"reasoning_effort": "low"},
    "responses": {"reasoning": {"effort": "low", "summary": "auto"}},
}
_SUMMARY: Mapping[str, Arguments] = {"responses": _EFFORT["responses"]}
_AZURE: Arguments = {"api_base": "https://judge.openai.azure.com", "api_version": "2025-04-01-preview"}
# The host has a twin in China, and which one LiteLLM takes depends on the release.
_DASHSCOPE: Arguments = {
    "api_base": "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
    "preserve_thinking": True,
    "enable_thinking": True,
}
_DASHSCOPE_RESPONSES: Arguments = {
    "api_base": "https://dashscope-intl.aliyuncs.com/api/v2/apps/protocols/compatible-mode/v1"
}
_OPENROUTER: Arguments = {"api_base": "https://openrouter.ai/api/v1"}

# Without interleaving, Claude 4.5 thinks only at the beginning of a turn, and not after a tool's result.
_INTERLEAVED: Arguments = {"extra_headers": {"anthropic-beta": "interleaved-thinking-2025-05-14"}}
_MANUAL: Arguments = {"thinking": {"type": "enabled", "budget_tokens": 1024}, "max_tokens": 4096}
_CLAUDE_THINKS: Mapping[str, Arguments] = {
    "messages": _MANUAL,
    "chat": _MANUAL,
    "responses": {"reasoning": {"effort": "low"}, "max_output_tokens": 4096},
}
_ADAPTIVE: Arguments = {"thinking": {"type": "adaptive"}, "max_tokens": 4096}
_TOOLS: Arguments = {"allowed_openai_params": ["tools"]}
_AWS: Arguments = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "aws_region_name": "us-east-1"}

ROUTES: dict[str, Route] = {
    "anthropic-adaptive": Route(
        "anthropic/claude-sonnet-4-6",
        thinks={"messages": _ADAPTIVE, "chat": _ADAPTIVE, "responses": _CLAUDE_THINKS["responses"]},
    ),
    "anthropic": Route("anthropic/claude-sonnet-4-5", arguments=_INTERLEAVED, thinks=_CLAUDE_THINKS),
    "vertex_anthropic": Route(
        "vertex_ai/claude-sonnet-4-5",
        arguments={**_INTERLEAVED, "vertex_location": "us-east5"},
        thinks=_CLAUDE_THINKS,
        account="google",
    ),
    "openai": Route("openai/gpt-5", models={"chat": "openai/responses/gpt-5"}, thinks=_EFFORT),
    # A thinking parameter on `messages` is a way to the Responses endpoint; the model thinks without it.
    "openai-chat": Route(
        "openai/gpt-5",
        models={"responses": "custom_openai/gpt-5"},
        arguments={"api_base": "https://api.openai.com/v1"},
        thinks={"chat": _EFFORT["chat"]},
        settings={"use_chat_completions_url_for_anthropic_messages": True},
    ),
    "azure": Route("azure/responses/gpt-5", models={"responses": "azure/gpt-5"}, arguments=_AZURE, thinks=_EFFORT),
    "azure-chat": Route(
        "azure/gpt-5",
        arguments=_AZURE,
        thinks=_EFFORT,
        impossible={"responses": "older releases take the Responses endpoint, and cannot be told otherwise"},
    ),
    # Without the word in the middle, `messages` and `chat` take the endpoint that carries no reasoning.
    "xai": Route("xai/responses/grok-4", models={"responses": "xai/grok-4"}, thinks=_SUMMARY),
    "xai-chat": Route("xai/grok-4", impossible={"responses": "it takes the Responses endpoint"}),
    "dashscope": Route("dashscope/qwen3-max", arguments=_DASHSCOPE),
    # Older releases refuse a model of that name the parameters for thinking, except on `responses`.
    "dashscope-responses": Route(
        "openai/qwen3-max",
        models={"chat": "openai/responses/qwen3-max"},
        arguments=_DASHSCOPE_RESPONSES,
        thinks=_SUMMARY,
    ),
    "deepseek": Route("deepseek/deepseek-v4-pro", silent=_DEEPSEEK_OFF),
    "deepseek-v3.2": Route(
        "deepseek/deepseek-reasoner",
        silent=_DEEPSEEK_OFF,
        impossible={"messages": "from 1.98.0 on this is DeepSeek's Anthropic endpoint, whose rules then are unknown"},
    ),
    "deepseek-r1": Route(
        "deepseek/deepseek-r1",
        impossible={"messages": "from 1.98.0 on this is DeepSeek's Anthropic endpoint, which never had R1"},
    ),
    "fireworks": Route(
        "fireworks_ai/accounts/fireworks/models/glm-4p7",
        # Otherwise newer releases take Fireworks' Responses endpoint, of which docs/providers.md has no rules.
        thinks={"responses": {"use_chat_completions_api": True}},
        silent={"responses": {"use_chat_completions_api": True}},
    ),
    # LiteLLM has no table that says which models have no parser.
    "fireworks-tags": Route(
        "fireworks_ai/accounts/fireworks/models/qwen3-235b-a22b-thinking-2507",
        thinks={"responses": {"use_chat_completions_api": True}},
        silent={"responses": {"use_chat_completions_api": True}},
    ),
    "minimax": Route("minimax/MiniMax-M2.5"),
    "moonshot": Route("moonshot/kimi-k2.5"),
    "moonshot-anthropic": Route("anthropic/kimi-k2.5", arguments={"api_base": "https://api.moonshot.ai/anthropic"}),
    "together": Route("together_ai/zai-org/GLM-4.6", arguments=_TOGETHER),
    # Older releases know no GLM-5.3, and refuse it tools unless told, which their `responses` does not pass on.
    "together-glm": Route(
        "together_ai/zai-org/GLM-5.3",
        models={"responses": "custom_openai/zai-org/GLM-5.3"},
        arguments={**_TOGETHER, **_TOOLS},
    ),
    "zai": Route("zai/glm-4.7"),
    # As `openrouter/`, LiteLLM takes OpenRouter's Responses endpoint, of which docs/providers.md has no rules.
    "openrouter": Route(
        "openrouter/deepseek/deepseek-r1",
        models={"responses": "custom_openai/deepseek/deepseek-r1"},
        arguments=_OPENROUTER,
    ),
    "openrouter-claude": Route(
        "openrouter/anthropic/claude-sonnet-4.5",
        models={"responses": "custom_openai/anthropic/claude-sonnet-4.5"},
        arguments=_OPENROUTER,
        thinks={
            "messages": {"thinking": {"type": "enabled", "budget_tokens": 1024}},
            "chat": {"reasoning_effort": "medium"},
            "responses": {"extra_body": {"reasoning": {"max_tokens": 1024}}},
        },
    ),
    "cerebras": Route("cerebras/gpt-oss-120b"),
    # Under a name of the user's own: newer releases take `messages` for Databricks' names to its Anthropic endpoint.
    "databricks": Route(
        "databricks/our-claude-sonnet-4-5",
        arguments={"api_base": "https://databricks.test/serving-endpoints"},
        thinks={
            "messages": {"thinking": {"type": "enabled", "budget_tokens": 1024}},
            "chat": {"thinking": {"type": "enabled", "budget_tokens": 1024}},
            "responses": {"reasoning": {"effort": "medium"}},
        },
    ),
    "groq": Route("groq/openai/gpt-oss-120b"),
    "mistral": Route("mistral/magistral-medium-latest"),
    # LiteLLM has no name for SGLang; this one is for any server with OpenAI's wire, and keeps all ingresses on it.
    "sglang": Route("custom_openai/Qwen/Qwen3-32B", arguments={"api_base": "http://sglang.test/v1"}),
    # As `hosted_vllm/`, LiteLLM takes the server's own Responses endpoint, of which docs/providers.md has few rules.
    "vllm": Route(
        "hosted_vllm/Qwen/Qwen3-32B",
        models={"responses": "custom_openai/Qwen/Qwen3-32B"},
        arguments={"api_base": "http://vllm.test/v1"},
    ),
    "vllm-older": Route(
        "hosted_vllm/Qwen/Qwen3-32B",
        models={"responses": "custom_openai/Qwen/Qwen3-32B"},
        arguments={"api_base": "http://older.vllm.test/v1"},
        # Both servers have one name; this one still reads the field that vLLM has renamed since.
        told={"reasoning_carrier": "reasoning_content"},
    ),
    "vllm-tags": Route(
        "hosted_vllm/Qwen/Qwen3-32B",
        models={"responses": "custom_openai/Qwen/Qwen3-32B"},
        arguments={"api_base": "http://bare.vllm.test/v1"},
        told={"reasoning_carrier": "think_tags"},
    ),
    # Without `converse/` LiteLLM takes another endpoint of Bedrock for /v1/messages; the header that switches on
    # interleaving reaches this one in some releases only.
    "bedrock": Route(
        "bedrock/converse/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        arguments={**_AWS, "anthropic_beta": ["interleaved-thinking-2025-05-14"]},
        thinks=_CLAUDE_THINKS,
    ),
    "bedrock-nova": Route("bedrock/converse/us.amazon.nova-2-lite-v1:0", arguments=_AWS, thinks=_EFFORT),
    # Older releases know neither, and refuse them tools unless told.
    "bedrock-kimi": Route("bedrock/converse/global.moonshotai.kimi-k3", arguments={**_AWS, **_TOOLS}),
    "bedrock-minimax": Route("bedrock/converse/minimax.minimax-m2", arguments={**_AWS, **_TOOLS}),
    "bedrock-gpt-oss": Route("bedrock/converse/openai.gpt-oss-120b-1:0", arguments=_AWS),
    "bedrock-deepseek": Route("bedrock/converse/deepseek.v3-v1:0", arguments=_AWS),
    "gemini": Route("gemini/gemini-3.1-pro-preview", thinks=_EFFORT),
    "vertex_gemini": Route(
        "vertex_ai/gemini-3.1-pro-preview",
        arguments={"vertex_location": "us-central1"},
        thinks=_EFFORT,
        account="google",
    ),
}
