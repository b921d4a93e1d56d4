"""OpenRouter, chat completions: docs/providers.md#openrouter.

Its carrier is `reasoning`, with `reasoning_content` as an alias, and `reasoning_details`, a list of typed entries,
beside it. Unknown fields of a message are silently lost. Models that do not sign their reasoning say in the details
nothing that the text does not, and the text is enough; Claude's details are its signed blocks, and only they will do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from tests.backends.base import Violation
from tests.backends.chat_completions import ChatCompletions
from tests.backends.claude_seals import FORGED, FORGED_DATA, UNCHANGED, UNSIGNED, ClaudeSeals, is_data
from tests.backends.history import Finding, Part
from tests.backends.wire import Request, split, whole
from tests.conversations.model import Block, Redacted

Detail = dict[str, Any]
CLAUDE = "anthropic-claude-v1"
TYPES = frozenset({"reasoning.text", "reasoning.summary", "reasoning.encrypted"})


def details_of(message: dict[str, Any]) -> list[Detail]:
    return message.get("reasoning_details") or []


def text_of(detail: Detail) -> str:
    """docs/providers.md#openrouter: a text may be null, and a summary has its text under another name."""
    return detail.get("text") or detail.get("summary") or ""


class OpenRouter(ChatCompletions):
    """A model behind OpenRouter that reasons in plain text; nothing about it is demanded back."""

    name = "openrouter"
    section = "docs/providers.md#openrouter"
    host = "openrouter.ai"
    path = "/api/v1/chat/completions"
    fields = ("reasoning", "reasoning_content")
    other_carriers = frozenset({"reasoning_details"})

    def reasoning(self, at: str, message: dict[str, Any]) -> Iterator[Part]:
        """The details are enough by themselves, too."""
        found = list(super().reasoning(at, message))
        text = "".join(map(text_of, details_of(message)))
        if text and not found:
            found = [Part("reasoning", text, f"{at}.reasoning_details")]
        yield from found

    def foreign(self, request: Request) -> Iterator[Finding]:
        yield from super().foreign(request)
        for index, message in self.assistant_messages(request):
            yield from self._contradiction(f"messages[{index}]", message)
            for place, detail in enumerate(details_of(message)):
                if not self.knows(detail):
                    path = f"messages[{index}].reasoning_details[{place}]"
                    yield Finding("foreign reasoning detail on the wire", path, path, after=str(detail))

    def knows(self, detail: Detail) -> bool:
        """docs/providers.md#openrouter: the types of entries that there are."""
        return detail.get("type") in TYPES

    def _contradiction(self, at: str, message: dict[str, Any]) -> Iterator[Finding]:
        """The text and the details may both be there, but not with different words."""
        plain = next((message[field] for field in self.fields if message.get(field)), "")
        detailed = "".join(map(text_of, details_of(message)))
        if plain and detailed and _bare(plain) != _bare(detailed):
            path = f"{at}.reasoning_details"
            yield Finding("the carriers of reasoning disagree", at, path, plain, detailed)

    def carry(self, reasoning: str) -> dict[str, Any]:
        if not reasoning:
            return {}
        detail = {"type": "reasoning.text", "text": reasoning, "format": "unknown", "index": 0}
        return {"reasoning": reasoning, "reasoning_details": [detail]}


class OpenRouterClaude(ClaudeSeals, OpenRouter):
    """Claude behind OpenRouter: the details are its thinking blocks, which come back as they were and in order.

    `reasoning` alone is taken without a word, but it has no signature, so Claude never sees it again.
    """

    name = "openrouter-claude"
    switches = frozenset({"thinking"})
    redacts = True
    foreign_text = "optional"

    def violations(self, request: Request) -> Iterator[Violation]:
        yield from super().violations(request)
        for index, message in self.assistant_messages(request):
            for place, detail in enumerate(details_of(message)):
                if self.knows(detail):
                    yield from self._bad_detail(index, place, detail)
        yield from self._modified(request)

    def knows(self, detail: Detail) -> bool:
        """docs/providers.md#openrouter: `format` may be left out; what has another one is some other model's."""
        return super().knows(detail) and detail.get("format") in (None, CLAUDE)

    def _bad_detail(self, index: int, place: int, detail: Detail) -> Iterator[Violation]:
        """docs/providers.md#openrouter: what the upstream rejects (the SDK's changelog, and the probe);
        docs/providers.md#anthropic-errors for its words.
        """
        at, path = f"messages.{index}.content.{place}", f"messages[{index}].reasoning_details[{place}]"
        if detail["type"] == "reasoning.encrypted":
            if not self.given_out(detail.get("data") or ""):
                yield self._upstream(f"{at}: {FORGED_DATA}", path)
        elif not detail.get("signature"):
            yield self._upstream(f"{at}.{UNSIGNED}", path)
        elif not self.genuine(text_of(detail), detail["signature"]):
            yield self._upstream(f"{at}: {FORGED}", path)

    def _modified(self, request: Request) -> Iterator[Violation]:
        """docs/providers.md#openrouter, the documentation: "cannot rearrange or modify";
        docs/providers.md#anthropic-errors: in the latest turn of the model.

        A turn that lost all of its details is no violation: a Claude that thinks adaptively takes it.
        """
        given = self.dialogue.given
        if not given or len(self.replayed(request)) != len(given):
            return
        *_, (index, message) = self.assistant_messages(request)
        seals = [_seal(detail) for detail in details_of(message) if self.knows(detail)]
        if seals and seals != [part.detail for part in _thoughts(given[-1].parts)]:
            yield self._upstream(f"messages.{index}.content.0: {UNCHANGED}", f"messages[{index}].reasoning_details")

    def _upstream(self, message: str, path: str) -> Violation:
        """docs/providers.md#openrouter: the upstream's own error, as a string within OpenRouter's."""
        upstream = {"type": "error", "error": {"type": "invalid_request_error", "message": message}}
        metadata = {"raw": json.dumps(upstream), "provider_name": "Anthropic"}
        error = {"message": "Provider returned error", "code": 400, "metadata": metadata}
        return Violation(message, path, whole({"error": error, "user_id": "user_1"}, 400))

    def replayed(self, request: Request) -> list[list[Part]]:
        """docs/providers.md#openrouter, the probe: assistant messages in a row are folded, and only the thinking of the
        first survives.
        """
        turns: list[list[Part]] = []
        last = -2
        for index, message in self.assistant_messages(request):
            parts = self.parts(index, message)
            if index == last + 1:
                turns[-1] += [part for part in parts if part.kind != "reasoning"]
            else:
                turns.append(parts)
            last = index
        return turns

    def reasoning(self, at: str, message: dict[str, Any]) -> Iterator[Part]:
        if not details_of(message):
            yield from super().reasoning(at, message)
        for place, detail in enumerate(details_of(message)):
            if self.knows(detail):
                yield Part("reasoning", text_of(detail), f"{at}.reasoning_details[{place}]", _seal(detail))

    def part(self, block: Block, number: int, index: int) -> Part:
        if isinstance(block, Redacted):
            return self.redacted(block.seed, number, index)
        return super().part(block, number, index)

    def message(self, parts: Sequence[Part]) -> dict[str, Any]:
        """docs/providers.md#openrouter: all reasoning stands at the head of the message, whatever it stood between."""
        message = super().message(parts)
        details = [_detail(index, part) for index, part in enumerate(_thoughts(parts))]
        return {**message, "reasoning_details": details} if details else message

    def deltas(self, parts: Sequence[Part]) -> Iterator[dict[str, Any]]:
        """docs/providers.md#openrouter: the signature comes late, in an entry without text."""
        for index, part in enumerate(_thoughts(parts)):
            detail = _detail(index, part)
            text, signature = detail.pop("text", None), detail.pop("signature", None)
            for piece in split(text or ""):
                yield {"reasoning": piece, "reasoning_details": [{**detail, "text": piece}]}
            late = {"signature": signature} if signature else {}
            yield {"reasoning_details": [{**detail, **late}]}
        yield from super().deltas([part for part in parts if part.kind != "reasoning"])


def _thoughts(parts: Sequence[Part]) -> list[Part]:
    return [part for part in parts if part.kind == "reasoning"]


def _detail(index: int, part: Part) -> Detail:
    """Write a thinking block as an entry; one of redacted thinking has data instead of a text and its signature."""
    if is_data(part.detail):
        return {"type": "reasoning.encrypted", "data": part.detail, "format": CLAUDE, "index": index}
    entry = {"type": "reasoning.text", "text": part.value, "signature": part.detail}
    return {**entry, "format": CLAUDE, "index": index}


def _seal(detail: Detail) -> str:
    return detail.get("signature") or detail.get("data") or ""


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)
