"""The Responses wire as the providers share it: what a turn looks like, whole, and how it is read back.

The carrier is an input item of type `reasoning`: summary texts, and encrypted content if the request asked for it with
`include`. Thinking blocks in a row are one item with several summary parts; redacted thinking is one without any.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, ClassVar

from tests.backends.base import Backend, Dialogue, block_name
from tests.backends.history import Finding, Part
from tests.backends.openai_rules import ENCRYPTED, FIELDS
from tests.backends.openai_stream import stream
from tests.backends.responses_items import Issued, Item, Minted, is_assistant, items, kind
from tests.backends.wire import SSE, Answer, Request, whole
from tests.conversations.model import AssistantTurn, Block, Redacted, Text, Thinking


class Responses(Backend):
    """A provider of `/responses`.

    `seals` says whether it can encrypt its reasoning. One that can has more of it than the summary tells, and takes it
    back by id or by encrypted content; one that cannot reads the summary.
    """

    seals: ClassVar[bool] = True
    ordered = True
    joins = False

    def __init__(self, dialogue: Dialogue, *, lenient: bool = False) -> None:
        super().__init__(dialogue, lenient=lenient)
        self.minted = Minted()
        self._items: list[Item] = []

    def foreign(self, request: Request) -> Iterator[Finding]:
        """A field that no such item has, where it is no error; an item in pieces; a summary without what is behind."""
        for path, item, name in _unknown(request):
            yield Finding("foreign field on the wire", path, path, after=str(item[name]))
        yield from self.minted.taken_apart(items(request.body))
        if self.seals:
            yield from self.minted.left_behind(items(request.body))

    def replayed(self, request: Request) -> list[list[Part]]:
        numbered = list(enumerate(items(request.body)))
        runs = groupby(numbered, key=lambda pair: is_assistant(pair[1]))
        return [
            [part for index, item in run for part in self._read(index, item)] for assistant, run in runs if assistant
        ]

    def _read(self, index: int, item: Item) -> Iterator[Part]:
        at = f"input[{index}]"
        if kind(item) == "reasoning":
            yield from self.read_reasoning(at, item)
        elif kind(item) == "function_call":
            yield Part("tool", item["call_id"], at, item["arguments"], item["name"])
        else:
            yield from _read_message(at, item)

    def read_reasoning(self, at: str, item: Item) -> Iterator[Part]:
        """Read a reasoning item: its texts, the first one with the seal."""
        seal = item.get("encrypted_content") or ""
        texts = [part["text"] for part in item.get("summary") or []]
        for offset, text in enumerate(texts or [""]):
            yield Part("reasoning", text, f"{at}.summary[{offset}]", "" if offset else seal)

    def without_carriers(self, request: Request) -> object:
        """Unknown fields are blanked as well: they are a finding of their own."""
        unknown = {path for path, _, _ in _unknown(request)}
        blanked = [
            None
            if kind(item) == "reasoning"
            else {name: None if f"input[{index}].{name}" in unknown else value for name, value in item.items()}
            for index, item in enumerate(items(request.body))
        ]
        return {**request.body, "input": blanked}

    def give(self, turn: AssistantTurn, number: int, request: Request) -> list[Part]:
        """Write the items of a turn, remember what was minted, and say what of it must come back."""
        self._items = []
        parts: list[Part] = []
        for _, run in groupby(enumerate(turn.blocks), key=_item_of):
            parts += self._give_item(list(run), number, request.body)
        return parts

    def _give_item(self, blocks: list[tuple[int, Block]], number: int, asked: dict[str, Any]) -> list[Part]:
        index, first = blocks[0]
        if isinstance(first, (Thinking, Redacted)):
            return self._give_reasoning(blocks, number, asked)
        if isinstance(first, Text):
            self._items.append(_message(self.mint("msg_", number, index), first.text))
            return [Part("text", first.text, block_name(number, index, "text"))]
        ident, call = self.mint("fc_", number, index), self.mint("call_", number, index)[:29]
        arguments = json.dumps(dict(first.input), ensure_ascii=False)
        self._items.append(_call(ident, call, first.name, arguments))
        self.minted.calls[ident] = self._last_reasoning()
        return [Part("tool", call, block_name(number, index, "tool use"), arguments, first.name)]

    def _last_reasoning(self) -> str:
        return next((item["id"] for item in reversed(self._items) if item["type"] == "reasoning"), "")

    def _give_reasoning(self, blocks: list[tuple[int, Block]], number: int, asked: dict[str, Any]) -> list[Part]:
        """The seal belongs to the item, so it is asked back once, of the item's first block."""
        index, first = blocks[0]
        ident = self.mint("rs_", number, index)
        sealing = self.seals and ENCRYPTED in (asked.get("include") or [])
        seal = self.mint("gAAAAAB", number, index, first) + "==" if sealing else ""
        told = [(at, block.text) for at, block in blocks if isinstance(block, Thinking) and block.text]
        name = "thinking" if isinstance(first, Thinking) else "redacted thinking"
        parts = [
            Part("reasoning", text, block_name(number, at, name), "" if offset else seal)
            for offset, (at, text) in enumerate(told or [(index, "")])
        ]
        self._items.append(self.reasoning_item(ident, [text for _, text in told], seal))
        self.minted.reasoning[ident] = Issued(ident, seal, asked.get("store") is not False, parts)
        return parts

    def reasoning_item(self, ident: str, texts: list[str], seal: str) -> Item:
        """Write a reasoning item."""
        summary = [{"type": "summary_text", "text": text} for text in texts]
        item = {"type": "reasoning", "id": ident, "summary": summary}
        return {**item, "encrypted_content": seal} if seal else item

    def perform(self, parts: Sequence[Part], request: Request) -> Answer:
        response = self._response(self._items, request)
        if request.body.get("stream"):
            return Answer(200, SSE, tuple(stream(self._response([], request), response)))
        return whole(response)

    def _response(self, output: list[Item], request: Request) -> dict[str, Any]:
        ident = self.mint("resp_", len(self.dialogue.given))
        return {**_RESPONSE, "id": ident, "model": request.body.get("model", ""), "output": output}


def _unknown(request: Request) -> Iterator[tuple[str, Item, str]]:
    """The fields that items of their kind do not have: the path to each, the item, and the field's name."""
    for index, item in enumerate(items(request.body)):
        for name in sorted(set(item) - FIELDS.get(kind(item), frozenset(item))):
            yield f"input[{index}].{name}", item, name


def _item_of(numbered: tuple[int, Block]) -> int:
    """Name the item that a block is part of: its own, but thinking blocks in a row share one."""
    index, block = numbered
    return -1 if isinstance(block, Thinking) else index


def _message(ident: str, text: str) -> Item:
    part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
    return {
        "type": "message", "id": ident, "role": "assistant", "status": "completed", "content": [part]
    }  # fmt: skip


def _call(ident: str, call: str, name: str, arguments: str) -> Item:
    return {
        "type": "function_call", "id": ident, "call_id": call, "name": name,
        "arguments": arguments, "status": "completed",
    }  # fmt: skip


def _read_message(at: str, item: Item) -> Iterator[Part]:
    content = item["content"]
    if isinstance(content, str):
        content = [{"text": content}]
    for index, part in enumerate(content):
        yield Part("text", part.get("text", ""), f"{at}.content[{index}]")


_RESPONSE = {
    "object": "response",
    "created_at": 1,
    "status": "completed",
    "error": None,
    "incomplete_details": None,
    "instructions": None,
    "metadata": {},
    "parallel_tool_calls": True,
    "temperature": 1.0,
    "tool_choice": "auto",
    "tools": [],
    "top_p": 1.0,
    "usage": {
        "input_tokens": 1,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": 1,
        "output_tokens_details": {"reasoning_tokens": 1},
        "total_tokens": 2,
    },
}
