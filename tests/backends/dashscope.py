"""Alibaba DashScope (Qwen): docs/providers.md#dashscope. The endpoint for chat, and the one for Responses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tests.backends.base import Given, Violation
from tests.backends.chat_completions import ChatCompletions
from tests.backends.content_parts import foreign_parts
from tests.backends.history import Part
from tests.backends.responses import Responses
from tests.backends.responses_items import items, kind
from tests.backends.wire import Request, whole

HOST = "dashscope-intl.aliyuncs.com"
KNOWN_PARTS = frozenset({"text", "image_url", "input_audio", "video", "video_url"})


class DashScope(ChatCompletions):
    """A Qwen that thinks. It takes its reasoning back if it is told to preserve it; otherwise it ignores it."""

    name = "dashscope"
    section = "docs/providers.md#dashscope"
    host = HOST
    path = "/compatible-mode/v1/chat/completions"
    fields = ("reasoning_content",)

    def violations(self, request: Request) -> Iterator[Violation]:
        """docs/providers.md#dashscope: parts of a kind that is not known; everything about reasoning is accepted."""
        for index, place, _ in foreign_parts(enumerate(request.body["messages"]), KNOWN_PARTS):
            yield self.error(
                "The provided messages input is invalid. The error info is [Unexpected item type in content.]",
                f"messages[{index}].content[{place}]",
            )

    def expected(self, given: Given, request: Request) -> list[Part]:
        """docs/providers.md#dashscope: without `preserve_thinking` it does not matter whether reasoning comes back."""
        parts = super().expected(given, request)
        if request.body.get("preserve_thinking"):
            return parts
        return [replace(part, optional=True) if part.kind == "reasoning" else part for part in parts]

    def error(self, message: str, path: str = "messages") -> Violation:
        """docs/providers.md#dashscope: the shape of agno#5317."""
        words = f"<400> InternalError.Algo.InvalidParameter: {message}"
        error = {"code": "invalid_parameter_error", "param": None, "message": words, "type": "invalid_request_error"}
        number = len(self.dialogue.requests)
        ids = {"id": self.mint("chatcmpl-", "error", number), "request_id": self.mint("", "error", number)}
        return Violation(words, path, whole({"error": error, **ids}, 400))


class DashScopeResponses(Responses):
    """The endpoint whose summary is all there is of the reasoning; nobody has written down a rule for ids."""

    name = "dashscope-responses"
    section = "docs/providers.md#dashscope"
    host = HOST
    path = "/api/v2/apps/protocols/compatible-mode/v1/responses"
    account = "dashscope"
    seals = False

    def violations(self, request: Request) -> Iterator[Violation]:
        """docs/providers.md#dashscope, third bullet."""
        for index, item in enumerate(items(request.body)):
            if kind(item) == "reasoning" and not isinstance(item.get("summary"), list):
                path = f"input[{index}].summary"
                yield self.error("Invalid 'summary': summary is required and must be a list for reasoning.", path)

    def error(self, message: str, path: str = "input") -> Violation:
        """Reasonix#9337, seen through a gateway whose envelope it may be."""
        error = {"message": message, "type": "InvalidParameter", "param": "", "code": None}
        return Violation(message, path, whole({"error": error}, 400))
