"""DeepSeek, chat completions: docs/providers.md#deepseek, a class for each of the three ages of its rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from tests.backends.base import Given, Violation
from tests.backends.content_parts import foreign_parts
from tests.backends.demanding import DemandsReasoning
from tests.backends.history import Part
from tests.backends.wire import Request, whole

KNOWN_PARTS = frozenset({"text", "image_url", "file"})


def wrapped(message: str, path: str) -> Violation:
    """docs/providers.md#deepseek: the envelope of V3.2 and of V4."""
    code = "invalid_request_error"
    error = {"message": message, "type": code, "param": None, "code": code}
    return Violation(message, path, whole({"error": error}, 400))


class DeepSeekChat(DemandsReasoning):
    """V4: thinking is on by default, and with tools every turn's reasoning must be passed back."""

    name = "deepseek"
    section = "docs/providers.md#deepseek"
    host = "api.deepseek.com"
    path = "(/v1|/beta)?/chat/completions"
    account = "deepseek"
    fields = ("reasoning_content",)

    def violations(self, request: Request) -> Iterator[Violation]:
        yield from self._foreign_parts(request)
        yield from self._rules_of_the_age(request)

    def _foreign_parts(self, request: Request) -> Iterator[Violation]:
        """docs/providers.md#deepseek: the body is read into types first, a content part of another wire has none."""
        for index, position, part in foreign_parts(enumerate(request.body["messages"]), KNOWN_PARTS):
            yield self.error(
                f"Failed to deserialize the JSON body into the target type: messages[{index}]: unknown variant "
                f"`{part.get('type')}`, expected one of `text`, `image_url`, `file`",
                f"messages[{index}].content[{position}].type",
            )

    def _rules_of_the_age(self, request: Request) -> Iterator[Violation]:
        """docs/providers.md#deepseek, "Current docs": for requests that carry tools, also for turns without a call;
        else ignored.
        """
        if not (self.thinks(request) and request.body.get("tools")):
            return
        for turn, index, _ in self.lacking(request):
            yield self._not_passed_back(index, assumed=self.thoughtless(turn))
        yield from self._emptied(request)

    def _emptied(self, request: Request) -> Iterator[Violation]:
        """docs/providers.md#deepseek, "Empty string": the sources contradict each other where there was something to
        pass back.
        """
        for turn, (index, message) in enumerate(self.assistant_messages(request)):
            if message.get("reasoning_content") == "" and not self.thoughtless(turn):
                yield self._not_passed_back(index, assumed=True)

    def _not_passed_back(self, index: int, assumed: bool) -> Violation:
        message = "The `reasoning_content` in the thinking mode must be passed back to the API."
        return replace(self.error(message, f"messages[{index}].reasoning_content"), assumed=assumed)

    def error(self, message: str, path: str = "body") -> Violation:
        return wrapped(message, path)


class DeepSeekV32(DeepSeekChat):
    """V3.2: the reasoning of a turn with tool calls must be passed back."""

    name = "deepseek-v3.2"

    def _rules_of_the_age(self, request: Request) -> Iterator[Violation]:
        """docs/providers.md#deepseek, second age; that turns without a tool call may lack it is what its link
        (#tool-calls) says.
        """
        if not self.thinks(request):
            return
        for turn, index, message in self.lacking(request):
            if message.get("tool_calls"):
                violation = self.error(
                    f"Missing `reasoning_content` field in the assistant message at message index {index}. For more "
                    "information, please refer to https://api-docs.deepseek.com/guides/thinking_mode#tool-calls",
                    f"messages[{index}].reasoning_content",
                )
                yield replace(violation, assumed=self.thoughtless(turn))


class DeepSeekR1(DeepSeekChat):
    """R1: reasoning is for display, and must not come back."""

    name = "deepseek-r1"
    foreign_text = "refused"

    def expected(self, given: Given, request: Request) -> list[Part]:
        """docs/providers.md#deepseek, first age: nothing is asked back but what was visible."""
        return [part for part in super().expected(given, request) if part.kind != "reasoning"]

    def _rules_of_the_age(self, request: Request) -> Iterator[Violation]:
        yield from self._returned(request)
        yield from self._successive(request)

    def _returned(self, request: Request) -> Iterator[Violation]:
        """docs/providers.md#deepseek, first age: the field in the input is a 400."""
        for index, message in self.assistant_messages(request):
            if message.get("reasoning_content") is not None:
                yield self.error(
                    "The reasoning_content is an intermediate result for display purposes only and will not be "
                    "included in the context for inference. Please remove the reasoning_content from your message to "
                    "reduce network traffic.",
                    f"messages[{index}].reasoning_content",
                )

    def _successive(self, request: Request) -> Iterator[Violation]:
        """docs/providers.md#deepseek, first age: roles alternate. The source leaves out how the message goes on."""
        roles = [message["role"] for message in request.body["messages"]]
        for index, (one, next_one) in enumerate(pairwise(roles)):
            if one == next_one and one in ("user", "assistant"):
                yield self.error(
                    "deepseek-reasoner does not support successive user or assistant messages "
                    f"(messages[{index}] and messages[{index + 1}] in your input).",
                    f"messages[{index + 1}]",
                )
