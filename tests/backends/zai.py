"""Z.ai (GLM), chat completions: docs/providers.md#zai.

Its carrier is `reasoning_content`. The provider asks for it with tool results and rejects nothing that lacks it, so
what is lost is only a finding. `thinking.clear_thinking` says what the model reads of earlier turns, not what to send.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tests.backends.base import Violation
from tests.backends.chat_completions import ChatCompletions
from tests.backends.content_parts import foreign_parts
from tests.backends.demanding import thinking
from tests.backends.wire import Request, whole

KNOWN_PARTS = frozenset({"text", "image_url", "video_url", "file_url"})
# docs/providers.md#zai has the error, not the model; the efforts that it offers are those of the newest.
ALWAYS_THINKING = "glm-5.3"


class Zai(ChatCompletions):
    """The standard endpoint and that of the coding plan, which differ in what they read and not in what they take.

    The texts are quoted in the section; what brings them about is written down for one of them only, so all rules are
    assumed.
    """

    name = "zai"
    section = "docs/providers.md#zai"
    host = "api.z.ai"
    path = "/api/(coding/)?paas/v4/chat/completions"
    fields = ("reasoning_content",)
    switches = frozenset({"thinking"})

    def violations(self, request: Request) -> Iterator[Violation]:
        yield from self._cannot_be_disabled(request)
        yield from self._invalid_parameter(request)
        yield from self._illegal_messages(request)

    def _cannot_be_disabled(self, request: Request) -> Iterator[Violation]:
        """docs/providers.md#zai, "Error shape": 1210 with the reason."""
        model = str(request.body.get("model", ""))
        if thinking(request).get("type") == "disabled" and model.startswith(ALWAYS_THINKING):
            message = "This model always engages in thinking and cannot be disabled; please use low, high, or max"
            yield replace(self.error(message, "thinking.type"), assumed=True)

    def _invalid_parameter(self, request: Request) -> Iterator[Violation]:
        """docs/providers.md#zai, "Error shape": 1210, here for a value of `thinking` that does not exist."""
        given = thinking(request)
        kind, clear = given.get("type", "enabled"), given.get("clear_thinking", True)
        if kind not in ("enabled", "disabled") or not isinstance(clear, bool):
            message = "Invalid API parameter, please check the documentation."
            yield replace(self.error(message, "thinking"), assumed=True)

    def _illegal_messages(self, request: Request) -> Iterator[Violation]:
        """docs/providers.md#zai, "Error shape": 1214, here for a content part of another wire
        (docs/providers.md#foreign-carriers: not verified).
        """
        for index, position, _ in foreign_parts(enumerate(request.body["messages"]), KNOWN_PARTS):
            message = "The messages parameter is illegal. Please check the documentation."
            yield replace(self.error(message, f"messages[{index}].content[{position}]", "1214"), assumed=True)

    def error(self, message: str, path: str = "body", code: str = "1210") -> Violation:
        """docs/providers.md#zai, "Error shape"."""
        return Violation(message, path, whole({"error": {"code": code, "message": message}}, 400))
