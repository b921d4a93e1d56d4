"""OpenAI Responses: research/backends.md section 2. What a turn looks like, whole; the rules are in `openai_rules`.

The carrier is an input item of type `reasoning`: summary texts, and encrypted content if the request asked for it with
`include`. Thinking blocks in a row are one item with several summary parts; redacted thinking is one without any.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from tests.backends import openai_rules as rules
from tests.backends.base import Backend, Body, Violation, block_name
from tests.backends.history import Finding, Part
from tests.backends.openai_stream import stream
from tests.backends.wire import SSE, Answer, whole
from tests.conversations.model import AssistantTurn, Block, Redacted, Text, Thinking

Item = dict[str, Any]
ENCRYPTED = "reasoning.encrypted_content"


class OpenAIResponses(Backend):
    """A reasoning model of OpenAI."""

    name = "openai"
    model = "openai/gpt-5"
    url = "https://api.openai.com/v1/responses"
    redacts = True

    def __init__(self, turns: Sequence[AssistantTurn]) -> None:
        super().__init__(turns)
        self._minted = rules.Minted()
        self._items: list[Item] = []

    def violations(self, request: Body) -> Iterator[Violation]:
        yield from rules.violations(request, self._minted)

    def foreign(self, request: Body) -> Iterator[Finding]:
        """Nothing: this API answers an unknown parameter with an error, which is a violation already."""
        return iter(())

    def replayed(self, request: Body) -> list[list[Part]]:
        numbered = list(enumerate(rules.items(request)))
        runs = groupby(numbered, key=lambda pair: rules.is_assistant(pair[1]))
        return [[part for index, item in run for part in _read(index, item)] for assistant, run in runs if assistant]

    def without_carriers(self, request: Body) -> object:
        blanked = [None if item.get("type") == "reasoning" else item for item in rules.items(request)]
        return {**request, "input": blanked}

    def give(self, turn: AssistantTurn, number: int, request: Body) -> list[Part]:
        """Write the items of a turn, remember what was minted, and say what of it must come back."""
        self._items = []
        parts: list[Part] = []
        sealing = ENCRYPTED in (request.get("include") or [])
        for _, run in groupby(enumerate(turn.blocks), key=_item_of):
            parts += self._give_item(list(run), number, sealing)
        return parts

    def _give_item(self, blocks: list[tuple[int, Block]], number: int, sealing: bool) -> list[Part]:
        index, first = blocks[0]
        if isinstance(first, (Thinking, Redacted)):
            return self._give_reasoning(blocks, number, sealing)
        if isinstance(first, Text):
            self._items.append(_message(self.mint("msg_", number, index), first.text))
            return [Part("text", first.text, block_name(number, index, "text"))]
        ident, call = self.mint("fc_", number, index), self.mint("call_", number, index)[:29]
        arguments = json.dumps(dict(first.input), ensure_ascii=False)
        self._items.append(_call(ident, call, first.name, arguments))
        self._minted.calls[ident] = self._last_reasoning()
        return [Part("tool", call, block_name(number, index, "tool use"), arguments, first.name)]

    def _last_reasoning(self) -> str:
        return next((item["id"] for item in reversed(self._items) if item["type"] == "reasoning"), "")

    def _give_reasoning(self, blocks: list[tuple[int, Block]], number: int, sealing: bool) -> list[Part]:
        """The seal belongs to the item, so it is asked back once, of the item's first block."""
        index = blocks[0][0]
        ident = self.mint("rs_", number, index)
        seal = self.mint("gAAAAAB", number, index, blocks[0][1]) + "==" if sealing else ""
        texts = [block.text for _, block in blocks if isinstance(block, Thinking)]
        self._items.append(_reasoning(ident, texts, seal))
        self._minted.reasoning[ident] = seal
        kind = "thinking" if texts else "redacted thinking"
        return [
            Part("reasoning", text, block_name(number, index + offset, kind), "" if offset else seal)
            for offset, text in enumerate(texts or [""])
        ]

    def perform(self, parts: Sequence[Part], request: Body) -> Answer:
        response = self._response(self._items)
        if request.get("stream"):
            return Answer(200, SSE, tuple(stream(self._response([]), response)))
        return whole(response)

    def _response(self, output: list[Item]) -> dict[str, Any]:
        ident = self.mint("resp_", len(self.given))
        return {**_RESPONSE, "id": ident, "model": "gpt-5", "output": output}

    def exhausted(self) -> Answer:
        return rules.error("No turn is scripted for this request.", "input").answer


def _item_of(numbered: tuple[int, Block]) -> int:
    """Name the item that a block is part of: its own, but thinking blocks in a row share one."""
    index, block = numbered
    return -1 if isinstance(block, Thinking) else index


def _reasoning(ident: str, texts: list[str], seal: str) -> Item:
    summary = [{"type": "summary_text", "text": text} for text in texts]
    item = {"type": "reasoning", "id": ident, "summary": summary}
    return {**item, "encrypted_content": seal} if seal else item


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


def _read(index: int, item: Item) -> Iterator[Part]:
    at = f"input[{index}]"
    if item.get("type") == "reasoning":
        yield from _read_reasoning(at, item)
    elif item.get("type") == "function_call":
        yield Part("tool", item["call_id"], at, item["arguments"], item["name"])
    else:
        yield from _read_message(at, item)


def _read_reasoning(at: str, item: Item) -> Iterator[Part]:
    seal = item.get("encrypted_content") or ""
    texts = [part["text"] for part in item["summary"]]
    for offset, text in enumerate(texts or [""]):
        yield Part("reasoning", text, f"{at}.summary[{offset}]", "" if offset else seal)


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
