"""Judges that enforce: strict emulators of the providers, one module each.

    request -> violations -> the provider's own error, and nothing performed
            -> losses     -> noted, and answered all the same, as the provider would
            -> the next scripted assistant turn, whole or streamed, in the provider's wire form

Every rule names its source: a section of research/backends.md. Nothing here imports LiteLLM or mirrors its tables. A
provider with several endpoints has one backend for each; which of them a release of LiteLLM takes is its choice.
"""

from tests.backends.base import Backend, Dialogue
from tests.backends.moonshot import Moonshot
from tests.backends.openai_responses import OpenAIResponses
from tests.backends.openrouter import OpenRouter

BACKENDS: dict[str, tuple[type[Backend], ...]] = {
    "openai": (OpenAIResponses,),
    "moonshot": (Moonshot,),
    "openrouter": (OpenRouter,),
}

__all__ = ["BACKENDS", "Backend", "Dialogue", "Moonshot", "OpenAIResponses", "OpenRouter"]
