"""DeepSeek's endpoint for Anthropic's wire: docs/providers.md#deepseek, "Anthropic wire"."""

from __future__ import annotations

from collections.abc import Iterator

from tests.backends.anthropic_relatives import UnsignedMessages
from tests.backends.anthropic_wire import Fault, content, turns
from tests.backends.base import Violation
from tests.backends.deepseek import wrapped
from tests.backends.wire import Request


class DeepSeekMessages(UnsignedMessages):
    """A model of V4, which thinks unless told otherwise."""

    name = "deepseek_messages"
    account = "deepseek"
    section = "docs/providers.md#deepseek"
    host = "api.deepseek.com"
    path = "/anthropic/v1/messages"

    def faults(self, request: Request) -> Iterator[Fault]:
        """With tools in the request, the thinking of every turn has to come back, also of turns without a call.

        A turn in which the model did not think is spared. Whether an empty text passes for thinking is contradictory.
        """
        if not self.thinks(request) or not request.body.get("tools"):
            return
        runs = [run for role, run in turns(request.body) if role == "assistant"]
        for run, given in zip(runs, self.dialogue.given, strict=False):
            blocks = [block for _, message in run for block in content(message) if block["type"] == "thinking"]
            thought = any(part.kind == "reasoning" and part.value for part in given.parts)
            if thought and not any(block["thinking"] for block in blocks):
                message = "The `content[].thinking` in the thinking mode must be passed back to the API."
                yield Fault(message, f"messages.{run[0][0]}.content", assumed=bool(blocks))

    def error(self, message: str, path: str = "body") -> Violation:
        """DeepSeek's own envelope: of this endpoint only the text is quoted."""
        return wrapped(message, path)
