"""Moonshot's endpoint for Anthropic's wire: docs/providers.md#moonshot, where it says "Anthropic"."""

from __future__ import annotations

from collections.abc import Iterator

from tests.backends.anthropic_relatives import UnsignedMessages
from tests.backends.anthropic_wire import Fault, content, turns
from tests.backends.base import Violation
from tests.backends.demanding import is_thoughtless
from tests.backends.wire import Request, whole


class MoonshotMessages(UnsignedMessages):
    """A Kimi model, which thinks unless told otherwise. A blank text passes, as it does on the other wire."""

    name = "moonshot_messages"
    account = "moonshot"
    section = "docs/providers.md#moonshot"
    host = "api.moonshot.ai"
    path = "/anthropic/v1/messages"

    def faults(self, request: Request) -> Iterator[Fault]:
        """The first bullet: every message with calls has thinking. No source speaks of a turn that had none to give."""
        if not self.thinks(request):
            return
        runs = [run for role, run in turns(request.body) if role == "assistant"]
        for turn, run in enumerate(runs):
            for index, message in run:
                kinds = {block["type"] for block in content(message)}
                if "tool_use" in kinds and "thinking" not in kinds:
                    text = (
                        "thinking is enabled but reasoning_content is missing in assistant tool call message at index"
                    )
                    yield Fault(f"{text} {index}", f"messages.{index}.content", is_thoughtless(self.dialogue, turn))

    def error(self, message: str, path: str = "body") -> Violation:
        """The first bullet, "Anthropic wire"."""
        error = {"type": "invalid_request_error", "message": message}
        return Violation(message, path, whole({"error": error, "type": "error"}, 400))
