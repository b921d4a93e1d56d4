"""OpenAI, chat completions: docs/providers.md#openai-chat-completions.

There is no carrier of reasoning, and a field that could be one is an unknown parameter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from tests.backends.base import Violation
from tests.backends.chat_completions import KNOWN
from tests.backends.silent_chat import SilentChat
from tests.backends.wire import Request, whole

# The parameters and fields of the published schema (openai/openai-openapi); anything else is unknown.
PARAMETERS = frozenset({
    "audio", "frequency_penalty", "function_call", "functions", "logit_bias", "logprobs", "max_completion_tokens",
    "max_tokens", "messages", "metadata", "modalities", "model", "moderation", "n", "parallel_tool_calls",
    "prediction", "presence_penalty", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention",
    "reasoning_effort", "response_format", "safety_identifier", "seed", "service_tier", "stop", "store", "stream",
    "stream_options", "temperature", "tool_choice", "tools", "top_logprobs", "top_p", "user", "verbosity",
    "web_search_options",
})  # fmt: skip
FIELDS = {
    "assistant": KNOWN,
    "tool": frozenset({"role", "content", "tool_call_id"}),
    "function": frozenset({"role", "content", "name"}),
}
PLAIN = frozenset({"role", "content", "name"})
PARTS = {
    "text": frozenset({"type", "text"}),
    "image_url": frozenset({"type", "image_url"}),
    "input_audio": frozenset({"type", "input_audio"}),
    "file": frozenset({"type", "file"}),
    "refusal": frozenset({"type", "refusal"}),
}
CALL = frozenset({"id", "type", "function", "custom"})
TOOL = frozenset({"type", "function", "custom"})


class OpenAIChat(SilentChat):
    """A reasoning model of OpenAI behind its older API."""

    name = "openai-chat"
    section = "docs/providers.md#openai-chat-completions"
    host = "api.openai.com"
    path = "/v1/chat/completions"
    account: ClassVar[str] = "openai"

    def violations(self, request: Request) -> Iterator[Violation]:
        yield from self._unknown_in("", request.body, PARAMETERS)
        for index, tool in enumerate(request.body.get("tools") or []):
            yield from self._unknown_in(f"tools[{index}].", tool, TOOL)
        for index, message in enumerate(request.body["messages"]):
            yield from self._message(f"messages[{index}]", message)

    def _message(self, at: str, message: Mapping[str, Any]) -> Iterator[Violation]:
        """docs/providers.md#openai-chat-completions: nested checks are verified, except for the fields of an assistant
        message.
        """
        role = message["role"]
        for violation in self._unknown_in(f"{at}.", message, FIELDS.get(role, PLAIN)):
            yield replace(violation, assumed=role == "assistant")
        yield from self._parts(f"{at}.content", message.get("content"))
        for index, call in enumerate(message.get("tool_calls") or []):
            yield from self._unknown_in(f"{at}.tool_calls[{index}].", call, CALL)

    def _parts(self, at: str, content: object) -> Iterator[Violation]:
        """docs/providers.md#foreign-carriers: a thinking block is rejected; the words are those of
        docs/providers.md#openai-responses.
        """
        for index, part in enumerate(content if isinstance(content, list) else []):
            if part.get("type") in PARTS:
                yield from self._unknown_in(f"{at}[{index}].", part, PARTS[part["type"]])
            else:
                values = ", ".join(f"'{one}'" for one in PARTS)
                message = f"Invalid value: '{part.get('type')}'. Supported values are: {values}."
                yield self._refusal(message, f"{at}[{index}]", "invalid_value")

    def _unknown_in(self, prefix: str, given: Mapping[str, Any], known: Iterable[str]) -> Iterator[Violation]:
        for name in given:
            if name not in known:
                yield self.unknown_parameter(f"{prefix}{name}")

    def unknown_parameter(self, path: str) -> Violation:
        """docs/providers.md#openai-chat-completions, first bullet."""
        return self._refusal(f"Unknown parameter: '{path}'.", path, "unknown_parameter")

    def _refusal(self, message: str, path: str, code: str | None) -> Violation:
        error = {"message": message, "type": "invalid_request_error", "param": path, "code": code}
        return Violation(message, path, whole({"error": error}, 400))

    def error(self, message: str, path: str = "messages") -> Violation:
        return self._refusal(message, path, None)
