"""Together AI, chat completions: docs/providers.md#together.

Nothing is rejected here: that fields it does not know are ignored is what the section advises to assume.
"""

from __future__ import annotations

from tests.backends.chat_completions import ChatCompletions


class Together(ChatCompletions):
    """Most models: the carrier is `reasoning`."""

    name = "together"
    section = "docs/providers.md#together"
    host = "api.together.xyz"
    path = "/v1/chat/completions"
    account = "together"
    fields = ("reasoning",)


class TogetherGLM(Together):
    """GLM-5.3: the carrier is `reasoning_content`."""

    name = "together-glm"
    fields = ("reasoning_content",)
