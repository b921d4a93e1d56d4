"""Judges that enforce: strict emulators of the providers, one module each.

    request -> violations -> the provider's own error, and nothing performed
            -> losses     -> noted, and answered all the same, as the provider would
            -> the next scripted assistant turn, whole or streamed, in the provider's wire form

Every rule names its source: a section of research/backends.md. Nothing here imports LiteLLM or mirrors its tables. A
provider with several endpoints has one backend for each; which of them a release of LiteLLM takes is its choice.
"""

from tests.backends.base import Backend, Dialogue
from tests.backends.cerebras import Cerebras
from tests.backends.databricks import Databricks
from tests.backends.deepseek import DeepSeekChat, DeepSeekR1, DeepSeekV32
from tests.backends.fireworks import Fireworks
from tests.backends.groq import Groq
from tests.backends.minimax import MiniMaxChat
from tests.backends.mistral import Mistral
from tests.backends.moonshot import KimiCoding, Moonshot
from tests.backends.openai_responses import OpenAIResponses
from tests.backends.openrouter import OpenRouter, OpenRouterClaude
from tests.backends.sglang import SGLang
from tests.backends.together import Together, TogetherGLM
from tests.backends.vllm import VLLM
from tests.backends.zai import Zai

BACKENDS: dict[str, tuple[type[Backend], ...]] = {
    "openai": (OpenAIResponses,),
    "deepseek": (DeepSeekChat,),
    "deepseek-v3.2": (DeepSeekV32,),
    "deepseek-r1": (DeepSeekR1,),
    "fireworks": (Fireworks,),
    "minimax": (MiniMaxChat,),
    "moonshot": (Moonshot, KimiCoding),
    "together": (Together,),
    "together-glm": (TogetherGLM,),
    "zai": (Zai,),
    "openrouter": (OpenRouter,),
    "openrouter-claude": (OpenRouterClaude,),
    "cerebras": (Cerebras,),
    "databricks": (Databricks,),
    "groq": (Groq,),
    "mistral": (Mistral,),
    "sglang": (SGLang,),
    "vllm": (VLLM,),
}

__all__ = [
    "BACKENDS",
    "VLLM",
    "Backend",
    "Cerebras",
    "Databricks",
    "DeepSeekChat",
    "DeepSeekR1",
    "DeepSeekV32",
    "Dialogue",
    "Fireworks",
    "Groq",
    "KimiCoding",
    "MiniMaxChat",
    "Mistral",
    "Moonshot",
    "OpenAIResponses",
    "OpenRouter",
    "OpenRouterClaude",
    "SGLang",
    "Together",
    "TogetherGLM",
    "Zai",
]
