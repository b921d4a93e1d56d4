"""Cerebras, chat completions: docs/providers.md#cerebras.

Its carrier is `reasoning`, a string or text parts, which nothing demands back. Every other property of an assistant
message is rejected, all of them in one error, which has no `error` object around it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tests.backends.base import Violation
from tests.backends.chat_completions import ChatCompletions
from tests.backends.history import Part
from tests.backends.wire import Request, whole


class Cerebras(ChatCompletions):
    """A model on Cerebras that reasons."""

    name = "cerebras"
    section = "docs/providers.md#cerebras"
    host = "api.cerebras.ai"
    path = "/v1/chat/completions"
    fields = ("reasoning",)

    def violations(self, request: Request) -> Iterator[Violation]:
        """docs/providers.md#cerebras: `reasoning_content` was seen. That other properties and parts are rejected alike
        is inferred.
        """
        unknown = [(index, key) for index, key, _ in self.unknown(request)]
        seen = [(index, key) for index, key in unknown if key == "reasoning_content"]
        named = seen if self.lenient else unknown
        if named:
            yield self._unsupported(named, assumed=not seen)
        strange = [(index, f"content.{place}.{part.get('type')}") for index, place, part in self.strange_parts(request)]
        if strange:
            yield self._unsupported(strange, assumed=True)

    def _unsupported(self, properties: list[tuple[int, str]], *, assumed: bool) -> Violation:
        """docs/providers.md#cerebras: one line for each property."""
        names = [f"messages.{index}.assistant.{key}" for index, key in properties]
        index, key = properties[0]
        message = "\n".join(f"{name}: property '{name}' is unsupported" for name in names)
        return replace(self.error(message, f"messages[{index}].{key}"), assumed=assumed)

    def reasoning(self, at: str, message: dict[str, Any]) -> Iterator[Part]:
        """docs/providers.md#cerebras: `reasoning` may be a list of text parts."""
        value = message.get("reasoning")
        if isinstance(value, list):
            value = "".join(part["text"] for part in value)
        if value:
            yield Part("reasoning", value, f"{at}.reasoning")

    def error(self, message: str, path: str = "body") -> Violation:
        """docs/providers.md#cerebras: no `error` object around it."""
        body = {
            "message": message,
            "type": "invalid_request_error",
            "param": "validation_error",
            "code": "wrong_api_format",
        }
        return Violation(message, path, whole(body, 400))
