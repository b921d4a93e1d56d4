"""Fireworks AI, chat completions: docs/providers.md#fireworks.

Its carrier is `reasoning_content`, which may be left out. Its message type forbids extras, and it lists all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.backends.base import Violation
from tests.backends.chat_completions import KNOWN, ChatCompletions
from tests.backends.content_parts import foreign_parts
from tests.backends.think_tags import ThinkTags
from tests.backends.wire import Request, whole

KNOWN_PARTS = frozenset({"text", "image_url", "video_url"})
# What a message has beside the fields of an assistant's, and what a call and a part of its content have.
OF_OTHER_ROLES = frozenset({"tool_call_id"})
OF_A_CALL = frozenset({"id", "type", "index", "function"})
HISTORY = (None, "disabled", "interleaved", "preserved")


@dataclass(frozen=True)
class _Error:
    """One error of the validator."""

    what: str
    field: str
    value: object
    assumed: bool = False

    def __str__(self) -> str:
        return f"{self.what}, field: '{self.field}', value: {self.value!r}"


class Fireworks(ChatCompletions):
    """A strict validator of messages: all that it objects to comes in one answer."""

    name = "fireworks"
    section = "docs/providers.md#fireworks"
    host = "api.fireworks.ai"
    path = "/inference/v1/chat/completions"
    fields = ("reasoning_content",)
    switches = frozenset({"thinking"})

    def violations(self, request: Request) -> Iterator[Violation]:
        errors = [one for one in self._errors(request) if not (one.assumed and self.lenient)]
        if errors:
            count = f"{len(errors)} request validation errors: " if len(errors) > 1 else ""
            violation = self.error(count + "; ".join(map(str, errors)), ", ".join(one.field for one in errors))
            assumed = all(one.assumed for one in errors)
            yield Violation(violation.message, violation.path, violation.answer, assumed)
        yield from self._both_switches(request)

    def _errors(self, request: Request) -> Iterator[_Error]:
        for index, message in enumerate(request.body["messages"]):
            yield from _extras(f"messages[{index}]", message, KNOWN | OF_OTHER_ROLES | set(self.fields))
            for number, call in enumerate(message.get("tool_calls") or []):
                yield from _extras(f"messages[{index}].tool_calls[{number}]", call, OF_A_CALL)
        yield from _unstrung(request)
        yield from _foreign_content(request)
        yield from _history(request)

    def _both_switches(self, request: Request) -> Iterator[Violation]:
        """docs/providers.md#fireworks: `thinking` and `reasoning_effort` exclude each other. It does not have the
        words.
        """
        if request.body.get("thinking") is not None and request.body.get("reasoning_effort") is not None:
            yield self.error("thinking and reasoning_effort cannot be used together", "thinking")

    def error(self, message: str, path: str = "body") -> Violation:
        """docs/providers.md#fireworks, first block."""
        code = "invalid_request_error"
        error = {"object": "error", "type": code, "code": code, "message": message}
        return Violation(message, path, whole({"error": error}, 400))


class FireworksTags(ThinkTags, Fireworks):
    """A model without a parser: docs/providers.md#fireworks, "the reasoning content may instead be included directly in
    the content". The same validator; `reasoning_content` is safe to send to every model, the documentation says.
    """

    name = "fireworks-tags"
    opening = ("\n<th", "ink>")
    closing = ("</", "think", ">")


def _extras(at: str, data: Mapping[str, Any], known: frozenset[str]) -> Iterator[_Error]:
    """docs/providers.md#fireworks: extras are forbidden, in a message of any role and in a tool call."""
    for key in sorted(set(data) - known):
        yield _Error("Extra inputs are not permitted", f"{at}.{key}", data[key])


def _unstrung(request: Request) -> Iterator[_Error]:
    """docs/providers.md#fireworks, "Oddity": reasoning that is no string, seen through another gateway: assumed."""
    for message in request.body["messages"]:
        value = message.get("reasoning_content")
        if not isinstance(value, str | None):
            yield _Error("Extra inputs are not permitted", "reasoning_content", value, assumed=True)


def _foreign_content(request: Request) -> Iterator[_Error]:
    """docs/providers.md#fireworks: content with a part of a foreign type is no string, and so says the validator."""
    for index in sorted({index for index, _, _ in foreign_parts(enumerate(request.body["messages"]), KNOWN_PARTS)}):
        content = request.body["messages"][index]["content"]
        yield _Error("Input should be a valid string", f"messages[{index}].content.str", content)


def _history(request: Request) -> Iterator[_Error]:
    """docs/providers.md#fireworks: the values of `reasoning_history`. The words for another one are the validator's
    usual: assumed.
    """
    value = request.body.get("reasoning_history")
    if value not in HISTORY:
        words = "Input should be 'disabled', 'interleaved' or 'preserved'"
        yield _Error(words, "reasoning_history", value, assumed=True)
