"""Gemini on Google AI Studio, `generateContent`: docs/providers.md#gemini.

The carriers are parts with `thought: true`, which nobody asks back, and `thoughtSignature` on the first call of each
step, or on the text that ends a turn.
"""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, ClassVar

from tests.backends.base import Backend, Dialogue, Violation, block_name
from tests.backends.gemini_wire import (
    SIGNATURE,
    Item,
    Unknown,
    camel,
    chunks,
    current_turn,
    plain,
    read,
    steps,
    unknown,
)
from tests.backends.history import Finding, Part
from tests.backends.wire import SSE, Answer, Request, event, whole
from tests.conversations.model import AssistantTurn, Block, Redacted, Text, Thinking


def spelled(*words: str) -> frozenset[str]:
    """Dummies as they may be written: the field is of bytes, so in JSON they may be encoded or not."""
    return frozenset(words) | {base64.b64encode(word.encode()).decode() for word in words}


class Gemini(Backend):
    """A model of Gemini 3. It always thinks; that it says what, is for the request to ask (`includeThoughts`).

    A signature is asked back as reasoning without text, which stands right before the part that bore it. That of a
    call is demanded; thoughts, and the signature of a text, may stay away ("text parts not enforced"). Nothing in a
    stream tells where one thought ends and the next one begins, so several may come back as one.

    `dummies` are what the validator lets pass in place of a signature.
    """

    name = "gemini"
    section = "docs/providers.md#gemini"
    host = "generativelanguage.googleapis.com"
    path = r"/v1(alpha|beta)/models/[^/:]+:(generateContent|streamGenerateContent)"
    foreign_text = "optional"
    ordered = True
    dummies: ClassVar[frozenset[str]] = spelled(
        "skip_thought_signature_validator", "context_engineering_is_the_way_to_go"
    )

    def __init__(self, dialogue: Dialogue, *, lenient: bool = False) -> None:
        super().__init__(dialogue, lenient=lenient)
        self._parts: list[Item] = []

    def violations(self, request: Request) -> Iterator[Violation]:
        for one in unknown(request.body):
            yield self._unknown(one)
        yield from self._corrupted(request)
        yield from self._unsigned(request)

    def _unknown(self, one: Unknown) -> Violation:
        """docs/providers.md#gemini, "Unknown JSON names": seen at the root, and not verified in a message."""
        at = f" at '{one.at}'" if one.at else ""
        message = f'Invalid JSON payload received. Unknown name "{one.name}"{at}: Cannot find field.'
        fault = {"field": one.at, "description": message} if one.at else {"description": message}
        details = [{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [fault]}]
        return replace(_invalid(message, one.path, details=details), assumed=bool(one.at))

    def _corrupted(self, request: Request) -> Iterator[Violation]:
        """docs/providers.md#gemini, "Bad": wherever it stands, because nobody can read it."""
        known = self.dummies | set(self._seals())
        for place in [place for step in steps(request.body) for place in step]:
            if place.signature and place.signature not in known:
                yield self.error(self.corrupted_words(), f"{place.path}.{SIGNATURE}")

    def _unsigned(self, request: Request) -> Iterator[Violation]:
        """docs/providers.md#gemini, "Missing": the first call of each step of the current turn."""
        for step in steps(request.body, current_turn(request.body)):
            call = next((place for place in step if place.kind == "tool"), None)
            if call is not None and not call.signature:
                name = call.part["functionCall"]["name"]
                yield self.error(self.missing_words(name, call.content + 1), call.path)

    def corrupted_words(self) -> str:
        """docs/providers.md#gemini, "Bad"."""
        return "Corrupted thought signature."

    def missing_words(self, name: str, position: int) -> str:
        """docs/providers.md#gemini, "Missing": the name of the call, and the number of its content, from one on."""
        return (
            "Function call is missing a thought_signature in functionCall parts. This is required for tools to work "
            "correctly, and missing thought_signature may lead to degraded model performance. Additional data, "
            f"function call `default_api:{name}` , position {position}. Please refer to "
            "https://ai.google.dev/gemini-api/docs/thought-signatures for more details."
        )

    def foreign(self, request: Request) -> Iterator[Finding]:
        """Unknown names, if lenient; and a signature on another kind of part than the one that it was given on."""
        for one in unknown(request.body):
            yield Finding("foreign field on the wire", one.path, one.path, after=str(one.parent[one.name]))
        seals = self._seals()
        for place in [place for step in steps(request.body) for place in step]:
            bearer = seals.get(place.signature)
            if bearer is not None and bearer.kind != place.kind:
                path = f"{place.path}.{SIGNATURE}"
                yield Finding("a signature stands on another part", bearer.place, path, bearer.kind, place.kind)

    def _seals(self) -> dict[str, Part]:
        """The signatures that this account gave, each with the part that bore it."""
        own = [given.parts for given in self.dialogue.given if given.account == self.name]
        pairs = [pair for parts in own for pair in pairwise(parts)]
        return {seal.detail: bearer for seal, bearer in pairs if seal.kind == "reasoning" and seal.detail}

    def replayed(self, request: Request) -> list[list[Part]]:
        return [[part for place in step for part in read(place, self.dummies)] for step in steps(request.body)]

    def without_carriers(self, request: Request) -> object:
        """Unknown names are blanked as well: they are a finding of their own."""
        body = copy.deepcopy(request.body)
        for one in list(unknown(body)):
            one.parent[one.name] = None
        for content in body["contents"]:
            content["parts"] = [_blanked(part) for part in content["parts"]]
        return body

    def give(self, turn: AssistantTurn, number: int, request: Request) -> list[Part]:
        """Write the parts of a turn, and say what of it may and what must come back."""
        self._parts = []
        shows = _shows(request)
        parts: list[Part] = []
        for index, block in enumerate(turn.blocks):
            if shows or not isinstance(block, Thinking):
                parts += self._give(block, number, index)
        if turn.of(Thinking):
            self._seal_text(parts, number)
        return parts

    def _give(self, block: Block, number: int, index: int) -> Iterator[Part]:
        if isinstance(block, Thinking):
            self._parts.append({"text": block.text, "thought": True})
            yield Part("reasoning", block.text, block_name(number, index, "thinking"), optional=True)
        elif isinstance(block, Text):
            self._parts.append({"text": block.text})
            yield Part("text", block.text, block_name(number, index, "text"))
        elif isinstance(block, Redacted):
            raise self.no_form(block)
        else:
            call: Item = {"functionCall": {"name": block.name, "args": dict(block.input)}}
            place = block_name(number, index, "tool use")
            if not any("functionCall" in part for part in self._parts):
                call[SIGNATURE] = self._mint_seal(number, index)
                yield Part("reasoning", "", place, call[SIGNATURE])
            self._parts.append(call)
            yield Part("tool", "", place, json.dumps(dict(block.input), ensure_ascii=False), block.name)

    def _seal_text(self, parts: list[Part], number: int) -> None:
        """A turn without calls bears its signature on the text that ends it."""
        last = len(parts) - 1
        if last >= 0 and parts[last].kind == "text" and not any(part.kind == "tool" for part in parts):
            seal = self._mint_seal(number, last)
            self._parts[-1][SIGNATURE] = seal
            parts.insert(last, Part("reasoning", "", parts[last].place, seal, optional=True))

    def _mint_seal(self, *seed: object) -> str:
        return base64.b64encode(self.mint("", *seed).encode()).decode()

    def perform(self, parts: Sequence[Part], request: Request) -> Answer:
        if request.path.endswith(":streamGenerateContent"):
            return Answer(200, SSE, tuple(self._stream(request)))
        return whole(self._response(self._parts, request, last=True))

    def _stream(self, request: Request) -> Iterator[bytes]:
        pieces = list(chunks(self._parts))
        for number, piece in enumerate(pieces, 1):
            yield event(self._response([piece], request, last=number == len(pieces)))

    def _response(self, parts: list[Item], request: Request, *, last: bool) -> dict[str, Any]:
        candidate = {"content": {"parts": parts, "role": "model"}, "index": 0}
        return {
            "candidates": [{**candidate, "finishReason": "STOP"} if last else candidate],
            "usageMetadata": _USAGE,
            "modelVersion": request.path.rpartition("/")[2].partition(":")[0],
            "responseId": self.mint("", len(self.dialogue.given))[:22],
        }

    def error(self, message: str, path: str = "body") -> Violation:
        return _invalid(message, path)


def _invalid(message: str, path: str, **further: Any) -> Violation:
    """Google's envelope, as docs/providers.md#gemini quotes it."""
    error = {"code": 400, "message": message, "status": "INVALID_ARGUMENT", **further}
    return Violation(message, path, whole({"error": error}, 400))


def _shows(request: Request) -> bool:
    config = plain(plain(request.body).get("generationConfig") or {}).get("thinkingConfig") or {}
    return bool(plain(config).get("includeThoughts"))


def _blanked(part: Item) -> Item | None:
    if plain(part).get("thought"):
        return None
    return {name: None if camel(name) == SIGNATURE else value for name, value in part.items()}


_USAGE = {"promptTokenCount": 1, "candidatesTokenCount": 1, "thoughtsTokenCount": 1, "totalTokenCount": 3}
