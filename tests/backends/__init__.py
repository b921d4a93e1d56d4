"""Judges that enforce: strict emulators of the providers, one module each.

    request -> violations -> the provider's own error, and nothing performed
            -> losses     -> noted, and answered all the same, as the provider would
            -> the next scripted assistant turn, whole or streamed, in the provider's wire form

Every rule names its source: a section of docs/providers.md. Nothing here imports LiteLLM or mirrors its tables. A
provider with several endpoints has one backend for each; which of them a release of LiteLLM takes is its choice.
"""

from tests.backends.anthropic_messages import AnthropicMessages
from tests.backends.azure_openai import AzureChat, AzureResponses
from tests.backends.base import Backend, Dialogue
from tests.backends.bedrock_converse import (
    BedrockConverse,
    BedrockDeepSeek,
    BedrockGptOss,
    BedrockKimi,
    BedrockMiniMax,
    BedrockNova,
)
from tests.backends.cerebras import Cerebras
from tests.backends.dashscope import DashScope, DashScopeResponses
from tests.backends.databricks import Databricks
from tests.backends.deepseek import DeepSeekChat, DeepSeekR1, DeepSeekV32
from tests.backends.deepseek_messages import DeepSeekMessages
from tests.backends.fireworks import Fireworks, FireworksTags
from tests.backends.gemini import Gemini
from tests.backends.groq import Groq
from tests.backends.minimax import MiniMaxChat
from tests.backends.minimax_messages import MiniMaxMessages
from tests.backends.mistral import Mistral
from tests.backends.moonshot import KimiCoding, Moonshot
from tests.backends.moonshot_messages import MoonshotMessages
from tests.backends.openai_chat import OpenAIChat
from tests.backends.openai_responses import OpenAIResponses
from tests.backends.openrouter import OpenRouter, OpenRouterClaude
from tests.backends.sglang import SGLang
from tests.backends.together import Together, TogetherGLM
from tests.backends.vertex_anthropic import VertexAnthropic
from tests.backends.vertex_gemini import VertexGemini
from tests.backends.vllm import VLLM, OlderVLLM, VLLMTags
from tests.backends.xai import XAIChat, XAIResponses
from tests.backends.zai import Zai

# The cells of the grid by the headings of docs/providers.md, and the endpoints of each.
BACKENDS: dict[str, tuple[type[Backend], ...]] = {
    "anthropic": (AnthropicMessages,),
    "anthropic-adaptive": (AnthropicMessages,),
    "openai": (OpenAIResponses,),
    "openai-chat": (OpenAIChat,),
    "moonshot": (Moonshot, KimiCoding),
    "moonshot-anthropic": (MoonshotMessages,),
    "deepseek": (DeepSeekChat, DeepSeekMessages),
    "deepseek-v3.2": (DeepSeekV32,),
    "deepseek-r1": (DeepSeekR1,),
    "dashscope": (DashScope,),
    "dashscope-responses": (DashScopeResponses,),
    "zai": (Zai,),
    "minimax": (MiniMaxChat, MiniMaxMessages),
    "openrouter": (OpenRouter,),
    "openrouter-claude": (OpenRouterClaude,),
    "fireworks": (Fireworks,),
    "fireworks-tags": (FireworksTags,),
    "together": (Together,),
    "together-glm": (TogetherGLM,),
    "groq": (Groq,),
    "cerebras": (Cerebras,),
    "mistral": (Mistral,),
    "xai": (XAIResponses, XAIChat),
    "xai-chat": (XAIChat,),
    "gemini": (Gemini,),
    "vertex_gemini": (VertexGemini,),
    "vertex_anthropic": (VertexAnthropic,),
    "bedrock": (BedrockConverse,),
    "bedrock-nova": (BedrockNova,),
    "bedrock-kimi": (BedrockKimi,),
    "bedrock-minimax": (BedrockMiniMax,),
    "bedrock-gpt-oss": (BedrockGptOss,),
    "bedrock-deepseek": (BedrockDeepSeek,),
    "databricks": (Databricks,),
    "vllm": (VLLM,),
    "vllm-older": (OlderVLLM,),
    "vllm-tags": (VLLMTags,),
    "sglang": (SGLang,),
    "azure": (AzureResponses,),
    "azure-chat": (AzureChat,),
}

__all__ = [
    "BACKENDS",
    "VLLM",
    "AnthropicMessages",
    "AzureChat",
    "AzureResponses",
    "Backend",
    "BedrockConverse",
    "BedrockDeepSeek",
    "BedrockGptOss",
    "BedrockKimi",
    "BedrockMiniMax",
    "BedrockNova",
    "Cerebras",
    "DashScope",
    "DashScopeResponses",
    "Databricks",
    "DeepSeekChat",
    "DeepSeekMessages",
    "DeepSeekR1",
    "DeepSeekV32",
    "Dialogue",
    "Fireworks",
    "FireworksTags",
    "Gemini",
    "Groq",
    "KimiCoding",
    "MiniMaxChat",
    "MiniMaxMessages",
    "Mistral",
    "Moonshot",
    "MoonshotMessages",
    "OlderVLLM",
    "OpenAIChat",
    "OpenAIResponses",
    "OpenRouter",
    "OpenRouterClaude",
    "SGLang",
    "Together",
    "TogetherGLM",
    "VLLMTags",
    "VertexAnthropic",
    "VertexGemini",
    "XAIChat",
    "XAIResponses",
    "Zai",
]
