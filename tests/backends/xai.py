"""xAI (Grok): docs/providers.md#xai. The Responses endpoint, and the deprecated one for chat."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from tests.backends.base import Violation
from tests.backends.openai_rules import INPUT, OUTPUT
from tests.backends.responses import Responses
from tests.backends.responses_items import Item, is_assistant, items, kind
from tests.backends.silent_chat import SilentChat
from tests.backends.wire import Request, whole

HOST = "api.x.ai"


def error(message: str, path: str, code: str = "invalid-argument") -> Violation:
    """The envelope of docs/providers.md#xai, second bullet: the message is no object."""
    return Violation(message, path, whole({"code": code, "error": message}, 400))


class XAIResponses(Responses):
    """A Grok that reasons. What counts is the encrypted content; of ids nobody has written down a rule."""

    name = "xai"
    section = "docs/providers.md#xai"
    host = HOST
    path = "/v1/responses"
    redacts = True

    def mint(self, prefix: str, *seed: object) -> str:
        """docs/providers.md#xai, fourth bullet: the ids of reasoning are `rs_<uuid>`."""
        minted = super().mint(prefix, *seed)
        return prefix + str(uuid.UUID(minted[len(prefix) :][:32])) if prefix == "rs_" else minted

    def violations(self, request: Request) -> Iterator[Violation]:
        for index, item in enumerate(items(request.body)):
            yield from self._shape(f"input[{index}]", item)
        for index, item in enumerate(items(request.body)):
            if kind(item) == "reasoning":
                yield from self._seal(f"input[{index}]", item)

    def _shape(self, at: str, item: Item) -> Iterator[Violation]:
        """docs/providers.md#xai, first bullet. That an unknown content part is answered alike follows from the words: a
        guess.
        """
        if kind(item) == "reasoning" and item.get("content", ()) is None:
            yield _undeserialized(f"{at}.content")
        content = item.get("content")
        supported = (*OUTPUT, *INPUT) if is_assistant(item) else INPUT
        for index, part in enumerate(content if kind(item) == "message" and isinstance(content, list) else []):
            if part.get("type") not in supported:
                yield replace(_undeserialized(f"{at}.content[{index}]"), assumed=True)

    def _seal(self, at: str, item: Item) -> Iterator[Violation]:
        """docs/providers.md#xai, second and third bullet. Null is none."""
        seal = item.get("encrypted_content")
        if seal and item.get("summary") is None:
            yield error(
                "Could not decode the compaction blob. Ensure it is unmodified from the compact response.",
                f"{at}.summary",
            )
        elif seal and not self.minted.has_seal(seal):
            yield error(
                "Could not decrypt the provided encrypted_content. "
                "Ensure the value is the unmodified encrypted_content from a previous response.",
                f"{at}.encrypted_content",
            )

    def error(self, message: str, path: str = "input") -> Violation:
        return error(message, path)


def _undeserialized(path: str) -> Violation:
    message = (
        "Failed to deserialize the JSON body into the target type: "
        "data did not match any variant of untagged enum ModelInput"
    )
    return Violation(message, path, whole({"error": message}, 422))


class XAIChat(SilentChat):
    """The endpoint that carries no reasoning.

    What it does with unknown fields nobody has written down; here it ignores them, and they are a finding.
    `reasoning_content` is a field of its messages (xai-proto#2), though not one that this endpoint fills.
    """

    name = "xai-chat"
    section = "docs/providers.md#xai"
    host = HOST
    path = "/v1/chat/completions"
    account: ClassVar[str] = "xai"
    other_carriers = frozenset({"reasoning_content"})

    def error(self, message: str, path: str = "messages") -> Violation:
        return error(message, path)
