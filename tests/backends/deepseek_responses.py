"""DeepSeek's endpoint for the Responses wire: docs/providers.md#deepseek, "Responses wire".

Its reasoning stands in the content of the reasoning item, which OpenAI wants empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from tests.backends.base import Violation
from tests.backends.deepseek import wrapped
from tests.backends.history import Part
from tests.backends.responses import Responses
from tests.backends.responses_items import Item, is_assistant, items, kind
from tests.backends.wire import Request


class DeepSeekResponses(Responses):
    """A model of V4, which thinks. That its address is that of the other endpoints is inferred."""

    name = "deepseek_responses"
    account = "deepseek"
    section = "docs/providers.md#deepseek"
    host = "api.deepseek.com"
    path = "(/v1)?/responses"
    seals = False

    def violations(self, request: Request) -> Iterator[Violation]:
        """With tools in the request, as on the other wires; that an empty text is rejected was seen at a gateway."""
        if not request.body.get("tools"):
            return
        runs = [list(run) for own, run in groupby(items(request.body), key=is_assistant) if own]
        for run, given in zip(runs, self.dialogue.given, strict=False):
            thought = any(part.kind == "reasoning" and part.value for part in given.parts)
            carriers = [part for item in run if kind(item) == "reasoning" for part in item.get("content") or []]
            if thought and not any(part.get("text") for part in carriers):
                message = "The `reasoning_text` in the thinking mode must be passed back to the API."
                yield replace(self.error(message), assumed=bool(carriers))

    def reasoning_item(self, ident: str, texts: list[str], seal: str) -> Item:
        content = [{"type": "reasoning_text", "text": text} for text in texts]
        return {"type": "reasoning", "id": ident, "summary": [], "content": content}

    def read_reasoning(self, at: str, item: Item) -> Iterator[Part]:
        for index, part in enumerate(item.get("content") or []):
            yield Part("reasoning", part.get("text") or "", f"{at}.content[{index}]")

    def error(self, message: str, path: str = "input") -> Violation:
        """DeepSeek's own envelope: of this endpoint only the text is quoted."""
        return wrapped(message, path)
