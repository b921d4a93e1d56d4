"""vLLM, chat completions: docs/providers.md#vllm.

Its carrier is `reasoning`, or a content part `thinking`; nothing demands it back, and unknown fields are ignored.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.backends.base import Violation
from tests.backends.chat_completions import ChatCompletions
from tests.backends.content_parts import Item, parts_of
from tests.backends.history import Part
from tests.backends.reasoning_parts import ReasoningParts
from tests.backends.think_tags import ThinkTags
from tests.backends.wire import Request, whole


class VLLM(ReasoningParts):
    """A server of the user's own; where it stands is invented.

    `reasoning_content` is what older servers called the carrier. It is taken and dropped; by other reports it is
    consumed, so a lenient backend reads it.
    """

    name = "vllm"
    section = "docs/providers.md#vllm"
    host = "vllm.test"
    path = "/v1/chat/completions"
    fields = ("reasoning",)
    other_carriers = frozenset({"reasoning_content"})
    carriers = frozenset({"thinking"})

    def reasoning(self, at: str, message: dict[str, Any]) -> Iterator[Part]:
        """docs/providers.md#vllm: the conflict about `reasoning_content`."""
        older = message.get("reasoning_content")
        if self.lenient and older and not message.get("reasoning"):
            yield Part("reasoning", older, f"{at}.reasoning_content")
        yield from super().reasoning(at, message)

    def thoughts(self, at: str, part: Item) -> Iterator[Part]:
        """docs/providers.md#vllm: `{"type": "thinking", "thinking": a string, "closed": a boolean}`."""
        yield Part("reasoning", part.get("thinking") or "", f"{at}.thinking")


class OlderVLLM(ChatCompletions):
    """A server from before `reasoning`: docs/providers.md#vllm, "older", and failure F7 (litellm#22997).

    Its carrier is `reasoning_content`, in which it streams as well, and one chunk may end the reasoning and begin the
    text. Of content parts it knows text; the envelope of its error is not in docs/providers.md beyond the words.
    """

    name = "vllm-older"
    section = "docs/providers.md#vllm"
    host = "older.vllm.test"
    path = "/v1/chat/completions"
    fields = ("reasoning_content",)
    mixes = True

    def violations(self, request: Request) -> Iterator[Violation]:
        for index, message in self.assistant_messages(request):
            for number, part in parts_of(message):
                if part.get("type") == "thinking":
                    path = f"messages[{index}].content[{number}].type"
                    yield self.error(f"Input should be 'text': {part}", path)

    def error(self, message: str, path: str = "body") -> Violation:
        body = {"object": "error", "message": message, "type": "BadRequestError", "param": None, "code": 400}
        return Violation(message, path, whole(body, 400))


class VLLMTags(ThinkTags):
    """A server that was started without a parser: docs/providers.md#vllm. Templates such as Qwen3's take a thought out
    of the content of earlier turns; what else stands in a message is ignored.
    """

    name = "vllm-tags"
    section = "docs/providers.md#vllm"
    host = "bare.vllm.test"
    path = "/v1/chat/completions"
    opening = ("<", "think>")
    closing = ("</th", "ink>")
