"""Azure OpenAI: docs/providers.md#azure-openai. The Responses endpoint and the older one for chat."""

from __future__ import annotations

from typing import ClassVar

from tests.backends import openai_rules as rules
from tests.backends.base import Violation
from tests.backends.openai_chat import OpenAIChat
from tests.backends.openai_responses import OpenAIResponses

HOST = "judge.openai.azure.com"


class AzureResponses(OpenAIResponses):
    """A deployment of a reasoning model of OpenAI: another account, so OpenAI's ids and seals mean nothing here."""

    name = "azure"
    section = "docs/providers.md#azure-openai"
    host = HOST
    path = r"/openai(/v1)?/responses"
    wording: ClassVar[rules.Wording] = rules.Wording(missing=400, names_item=False)


class AzureChat(OpenAIChat):
    """The same deployment behind the older API, which words an unknown parameter in its own way."""

    name = "azure-chat"
    section = "docs/providers.md#azure-openai"
    host = HOST
    path = r"/openai/deployments/[^/]+/chat/completions|/openai/v1/chat/completions"
    account: ClassVar[str] = "azure"

    def unknown_parameter(self, path: str) -> Violation:
        """docs/providers.md#azure-openai: `Unrecognized request argument supplied`, code null; nested ones are as in
        docs/providers.md#openai-chat-completions.
        """
        if "." in path:
            return super().unknown_parameter(path)
        return self._refusal(f"Unrecognized request argument supplied: {path}", path, None)
