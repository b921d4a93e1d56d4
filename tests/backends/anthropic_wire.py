"""The wire of `/v1/messages` as Anthropic and its relatives share it: content blocks in, content blocks out.

Each provider is a subclass: it says what a block looks like when it gives one, and which requests it rejects.
"""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from tests.backends.anthropic_stream import stream
from tests.backends.base import Backend, Body, Dialogue, Given, Violation, block_name
from tests.backends.history import Finding, Part
from tests.backends.wire import SSE, Answer, Request, whole
from tests.conversations.model import AssistantTurn, Block, Redacted, Text, Thinking

Item = dict[str, Any]
THOUGHTS = ("thinking", "redacted_thinking")


@dataclass(frozen=True)
class Fault:
    """A broken rule before its provider has wrapped it: the text, where it is, and whether the rule is assumed."""

    message: str
    path: str
    assumed: bool = False


@dataclass(frozen=True)
class Place:
    """A content block and where it stands: the message, the block in it, and the message in which its turn began."""

    message: int
    index: int
    start: int
    role: str
    block: Item

    @property
    def path(self) -> str:
        """The address as error texts of this wire spell it."""
        return f"messages.{self.message}.content.{self.index}"

    @property
    def type(self) -> str:
        return str(self.block.get("type"))

    @property
    def thinks(self) -> bool:
        return self.type in THOUGHTS


def content(message: Mapping[str, Any]) -> list[Item]:
    """The blocks of a message; a string is one text block, and an empty one is none."""
    given = message.get("content") or []
    return [{"type": "text", "text": given}] if isinstance(given, str) else given


def turns(body: Body) -> Iterator[tuple[str, list[tuple[int, Item]]]]:
    """Runs of messages of one role, numbered: two in a row are one turn (docs/providers.md#anthropic-errors, "Legal:
    u|u, a|a").
    """
    for role, run in groupby(enumerate(body["messages"]), key=lambda pair: str(pair[1]["role"])):
        yield role, list(run)


def places(body: Body) -> Iterator[Place]:
    """Every content block of a request, in order."""
    for role, run in turns(body):
        for number, message in run:
            for index, block in enumerate(content(message)):
                yield Place(number, index, run[0][0], role, block)


def last_turn(body: Body) -> list[Place]:
    """The blocks of the latest assistant turn."""
    own = [place for place in places(body) if place.role == "assistant"]
    return [place for place in own if place.start == own[-1].start]


class MessagesWire(Backend):
    """A provider of `/v1/messages`."""

    ordered = True
    joins = False

    def __init__(self, dialogue: Dialogue, *, lenient: bool = False) -> None:
        super().__init__(dialogue, lenient=lenient)
        self._blocks: list[Item] = []

    @abstractmethod
    def faults(self, request: Request) -> Iterator[Fault]:
        """Yield what the provider rejects, first things first."""

    @abstractmethod
    def thinks(self, request: Request) -> bool:
        """Tell whether the model thinks in answer to a request."""

    @abstractmethod
    def thought(self, block: Thinking | Redacted, number: int, index: int, request: Request) -> tuple[Item, Part]:
        """Write reasoning as a content block, and say what of it must come back."""

    def violations(self, request: Request) -> Iterator[Violation]:
        for fault in self.faults(request):
            yield replace(self.error(fault.message, fault.path), assumed=fault.assumed)

    def foreign(self, request: Request) -> Iterator[Finding]:
        """A message has a role and content, and nothing else."""
        for number, message in enumerate(request.body["messages"]):
            for key in sorted(set(message) - {"role", "content"}):
                path = f"messages[{number}].{key}"
                yield Finding("foreign field on the wire", path, path, after=str(message[key]))

    def expected(self, given: Given, request: Request) -> list[Part]:
        """Without thinking, reasoning in the history is accepted and ignored, so it may stay away
        (docs/providers.md#anthropic-errors).
        """
        parts = super().expected(given, request)
        if self.thinks(request):
            return parts
        return [replace(part, optional=True) if part.kind == "reasoning" else part for part in parts]

    def replayed(self, request: Request) -> list[list[Part]]:
        return [
            [part for number, message in run for part in self._read(number, message)]
            for role, run in turns(request.body)
            if role == "assistant"
        ]

    def _read(self, number: int, message: Item) -> Iterator[Part]:
        for index, block in enumerate(content(message)):
            yield from self.read(f"messages[{number}].content[{index}]", block)

    def read(self, at: str, block: Item) -> Iterator[Part]:
        """Read one content block of an assistant message; of an unknown kind there is nothing to say."""
        if block["type"] == "thinking":
            yield Part("reasoning", block["thinking"], at, block.get("signature") or "")
        elif block["type"] == "redacted_thinking":
            yield Part("reasoning", "", at, block["data"])
        elif block["type"] == "text":
            yield Part("text", block["text"], at)
        elif block["type"] == "tool_use":
            yield Part("tool", block["id"], at, json.dumps(block["input"]), block["name"])

    def without_carriers(self, request: Request) -> object:
        """Fields that are no part of a message are blanked as well: they are a finding of their own."""
        return {**request.body, "messages": [_blanked(message) for message in request.body["messages"]]}

    def give(self, turn: AssistantTurn, number: int, request: Request) -> list[Part]:
        """Write the blocks of a turn; a client that did not ask for thinking gets none."""
        self._blocks = []
        parts: list[Part] = []
        for index, block in self.shown(turn, request):
            written, part = self._give_block(block, number, index, request)
            self._blocks.append(written)
            parts.append(part)
        return parts

    def shown(self, turn: AssistantTurn, request: Request) -> Iterator[tuple[int, Block]]:
        """The blocks of a scripted turn that this request gets to see."""
        for index, block in enumerate(turn.blocks):
            if self.thinks(request) or not isinstance(block, (Thinking, Redacted)):
                yield index, block

    def _give_block(self, block: Block, number: int, index: int, request: Request) -> tuple[Item, Part]:
        if isinstance(block, (Thinking, Redacted)):
            return self.thought(block, number, index, request)
        if isinstance(block, Text):
            part = Part("text", block.text, block_name(number, index, "text"))
            return {"type": "text", "text": block.text}, part
        call, arguments = self.mint("toolu_01", number, index)[:30], dict(block.input)
        part = Part("tool", call, block_name(number, index, "tool use"), json.dumps(arguments), block.name)
        return {"type": "tool_use", "id": call, "name": block.name, "input": arguments}, part

    def perform(self, parts: Sequence[Part], request: Request) -> Answer:
        message = self._message(request)
        if request.body.get("stream"):
            return Answer(200, SSE, tuple(stream(message)))
        return whole(message)

    def _message(self, request: Request) -> Item:
        calls = any(block["type"] == "tool_use" for block in self._blocks)
        return {
            "id": self.mint("msg_01", len(self.dialogue.given))[:28],
            "type": "message",
            "role": "assistant",
            "model": self.model(request),
            "content": self._blocks,
            "stop_reason": "tool_use" if calls else "end_turn",
            "stop_sequence": None,
            "usage": {"input_tokens": 1, "output_tokens": 1},
        }

    def model(self, request: Request) -> str:
        """The model that a request names."""
        return str(request.body.get("model", ""))


def _blanked(message: Item) -> Item:
    fields = {key: value if key in ("role", "content") else None for key, value in message.items()}
    if not isinstance(message.get("content"), list):
        return fields
    return {**fields, "content": [None if block.get("type") in THOUGHTS else block for block in message["content"]]}
