"""OpenAI Responses: docs/providers.md#openai-responses. The wire is in `responses`, the rules are in `openai_rules`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from tests.backends import openai_rules as rules
from tests.backends.base import Violation
from tests.backends.responses import Responses
from tests.backends.wire import Request


class OpenAIResponses(Responses):
    """A reasoning model of OpenAI."""

    name = "openai"
    section = "docs/providers.md#openai-responses"
    host = "api.openai.com"
    path = "/v1/responses"
    redacts = True
    wording: ClassVar[rules.Wording] = rules.Wording()

    def violations(self, request: Request) -> Iterator[Violation]:
        yield from rules.violations(request.body, self.minted, self.wording)

    def error(self, message: str, path: str = "input") -> Violation:
        return rules.error(message, path)
