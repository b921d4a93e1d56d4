"""Which provider of chat completions takes reasoning back, and in what: one row each, and the place to add one.

docs/providers.md#foreign-carriers has them side by side. A provider without a row speaks
OpenAI's wire as far as anybody knows, and gets the field that most of them read (`OTHERS`).
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any, NamedTuple, Optional
from urllib.parse import urlsplit

AS_IT_IS = "thinking_blocks"
"""Nothing is changed: LiteLLM's translation for the provider reads its own fields, `thinking_blocks` first."""
NONE = "none"
REASONING = "reasoning"
REASONING_CONTENT = "reasoning_content"
REASONING_DETAILS = "reasoning_details"
PLAIN_DETAILS = "plain_reasoning_details"
"""One entry with the text, as MiniMax has it with `reasoning_split`."""
THINKING_PARTS = "thinking_parts"
REASONING_PARTS = "reasoning_parts"
THINK_TAGS = "think_tags"

CARRIERS = frozenset(
    (
        AS_IT_IS,
        NONE,
        REASONING,
        REASONING_CONTENT,
        REASONING_DETAILS,
        PLAIN_DETAILS,
        THINKING_PARTS,
        REASONING_PARTS,
        THINK_TAGS,
    )
)


class Row(NamedTuple):
    """A provider's carrier and who says so.

    `models` are patterns, the first that is found in the model's name counts, before `carrier`. `hosts` are where the
    provider is, for requests that come to it under a name for any OpenAI-compatible server. `strict` ones reject fields
    that they do not know; to others a history without reasoning goes as it is. `in_text` is a pattern of the models
    whose answers may have the reasoning in the text, between tags.
    """

    carrier: str
    source: str
    models: tuple[tuple[str, str], ...] = ()
    hosts: tuple[str, ...] = ()
    strict: bool = False
    in_text: Optional[str] = None


_NATIVE = "LiteLLM's translation reads thinking_blocks"
_ANY = r""
_NO_REASONING_AT_GROQ = r"llama|gemma|allam|mistral|kimi-k2-instruct|qwen-2|compound"

ROWS: Mapping[str, Row] = {
    # translated by LiteLLM from its own fields
    "anthropic": Row(AS_IT_IS, _NATIVE),
    "anthropic_text": Row(AS_IT_IS, _NATIVE),
    "azure_ai": Row(
        NONE,
        "docs/providers.md#azure-openai (not verified); #33961: Foundry rejects unknown fields, but has Kimi and "
        "Fireworks' models too",
        ((r"claude", AS_IT_IS), (r"(^|/)kimi-|fireworks|(^|/)fw-", REASONING_CONTENT)),
        hosts=("services.ai.azure.com",),
        strict=True,
    ),
    "bedrock": Row(AS_IT_IS, _NATIVE),
    "bedrock_mantle": Row(REASONING_CONTENT, "as any server with OpenAI's wire", ((r"claude", AS_IT_IS),)),
    "gemini": Row(AS_IT_IS, _NATIVE),
    "opencode_go": Row(AS_IT_IS, "for some of its models " + _NATIVE),
    "snowflake": Row(AS_IT_IS, _NATIVE),
    "vertex_ai": Row(AS_IT_IS, _NATIVE),
    "vertex_ai_beta": Row(AS_IT_IS, _NATIVE),
    # another LiteLLM, which has to see the signatures
    "litellm_proxy": Row(AS_IT_IS, "the brief of this project: a LiteLLM behind this one"),
    # their own wires
    "azure": Row(
        NONE, "docs/providers.md#azure-openai", hosts=("openai.azure.com", "cognitiveservices.azure.com"), strict=True
    ),
    "cerebras": Row(REASONING, "docs/providers.md#cerebras", hosts=("api.cerebras.ai",), strict=True),
    "codestral": Row(
        NONE,
        "docs/providers.md#mistral: extras are forbidden, and Codestral does not reason",
        hosts=("codestral.mistral.ai",),
        strict=True,
    ),
    "dashscope": Row(REASONING_CONTENT, "docs/providers.md#dashscope", hosts=("aliyuncs.com",)),
    "databricks": Row(NONE, "docs/providers.md#claude-on-databricks", ((r"claude", REASONING_PARTS),), strict=True),
    "deepseek": Row(
        REASONING_CONTENT, "docs/providers.md#deepseek", ((r"deepseek-r1", NONE),), hosts=("api.deepseek.com",)
    ),
    "fireworks_ai": Row(
        REASONING_CONTENT, "docs/providers.md#fireworks", hosts=("api.fireworks.ai",), strict=True, in_text=_ANY
    ),
    "groq": Row(
        REASONING, "docs/providers.md#groq", ((_NO_REASONING_AT_GROQ, NONE),), hosts=("api.groq.com",), strict=True
    ),
    "hosted_vllm": Row(
        REASONING, "docs/providers.md#vllm; an older server reads reasoning_content, which its deployment has to say"
    ),
    "minimax": Row(THINK_TAGS, "docs/providers.md#minimax", hosts=("api.minimax.io", "api.minimaxi.com"), in_text=_ANY),
    "mistral": Row(
        NONE,
        "docs/providers.md#mistral",
        ((r"magistral|medium", THINKING_PARTS),),
        hosts=("api.mistral.ai",),
        strict=True,
    ),
    "moonshot": Row(REASONING_CONTENT, "docs/providers.md#moonshot", hosts=("api.moonshot.ai", "api.moonshot.cn")),
    "openai": Row(NONE, "docs/providers.md#openai-chat-completions", hosts=("api.openai.com",), strict=True),
    "openrouter": Row(
        REASONING_DETAILS, "docs/providers.md#openrouter; the text where nothing is sealed", hosts=("openrouter.ai",)
    ),
    "together_ai": Row(
        REASONING,
        "docs/providers.md#together",
        ((r"glm-5\.3", REASONING_CONTENT),),
        hosts=("api.together.xyz", "api.together.ai"),
    ),
    "vllm": Row(REASONING, "docs/providers.md#vllm"),
    "xai": Row(
        REASONING_CONTENT, "docs/providers.md#xai: a field of its messages that nobody reads", hosts=("api.x.ai",)
    ),
    "zai": Row(REASONING_CONTENT, "docs/providers.md#zai", hosts=("api.z.ai", "open.bigmodel.cn")),
}

OTHERS = Row(
    REASONING_CONTENT,
    "docs/providers.md#foreign-carriers: the field that most providers with OpenAI's wire take, and few reject",
)

# docs/providers.md#vllm: models whose template begins the thought in the prompt, where a server does not put it back.
_BEGINS_IN_PROMPT = re.compile(r"thinking-2507|deepseek-r1|qwq")

# LiteLLM's names for any server with OpenAI's wire; the address says which it is.
_ANY_SERVER = frozenset(("openai", "custom_openai", "openai_like", "aiohttp_openai"))
_OPENAI_BASES = ("OPENAI_BASE_URL", "OPENAI_API_BASE")


def is_strict(provider: str, api_base: Optional[str]) -> bool:
    """Whether a provider rejects a field that it does not know."""
    return _row(provider, api_base).strict


def is_known(provider: str, api_base: Optional[str], chosen: Any = None) -> bool:
    """Whether it is said what a provider reads: by a row, or by the deployment. Of others the client may know more."""
    return chosen is not None or _row(provider, api_base) is not OTHERS


def carrier_for(provider: str, model: str, api_base: Optional[str], chosen: Any = None) -> str:
    """The carrier for a request; `chosen` is the one that the deployment sets (`reasoning_carrier`)."""
    if chosen is not None:
        if chosen not in CARRIERS:
            raise ValueError(f"reasoning_carrier is {chosen!r}; it can be one of {', '.join(sorted(CARRIERS))}")
        return str(chosen)
    row = _row(provider, api_base)
    name = (model or "").lower()
    return next((carrier for pattern, carrier in row.models if re.search(pattern, name)), row.carrier)


def answers_in_tags(provider: str, model: str, api_base: Optional[str], chosen: Any = None) -> bool:
    """Whether an answer may have its reasoning in the text, between tags; a deployment can say so (`chosen`)."""
    pattern = _row(provider, api_base).in_text
    return chosen == THINK_TAGS or (pattern is not None and bool(re.search(pattern, model.lower())))


def begins_thinking(model: str, chosen: Any = None) -> bool:
    """Whether an answer begins within a thought, without a tag."""
    return chosen == THINK_TAGS and bool(_BEGINS_IN_PROMPT.search(model.lower()))


def _row(provider: str, api_base: Optional[str]) -> Row:
    if provider not in _ANY_SERVER:
        return ROWS.get(provider, OTHERS)
    address = api_base or next(filter(None, map(os.environ.get, _OPENAI_BASES)), "")
    if not address:
        return ROWS["openai"] if provider == "openai" else OTHERS
    host = (urlsplit(address).hostname or "").lower()
    return next((row for row in ROWS.values() if any(_is_at(host, one) for one in row.hosts)), OTHERS)


def _is_at(host: str, name: str) -> bool:
    return host == name or host.endswith(f".{name}")
