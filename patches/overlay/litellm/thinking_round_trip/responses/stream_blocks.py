"""Items of the Responses API as Anthropic content blocks, whole and as a stream's events (failures F2, N11, N28)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Optional

from litellm.thinking_round_trip.blocks.reasoning_items import MINTED_PREFIX, thinking_blocks
from litellm.thinking_round_trip.responses.events import field, thoughts
from litellm.thinking_round_trip.responses.origin import Origin, marked
from litellm.thinking_round_trip.responses.stream_items import Item

Block = dict[str, Any]
Event = dict[str, Any]


def item_blocks(item: object, origin: Origin) -> list[Block]:
    """The thinking blocks of a reasoning item: one for each of its texts, the last one with its content."""
    return thinking_blocks(thoughts(item), marked(field(item, "encrypted_content"), origin))


class Blocks:
    """The blocks of one streamed answer, one after the other, and none without something in it.

    The encrypted content comes when an item is done, so a block that another text of its item follows is closed with a
    bare mark. `called` tells whether there was a call.
    """

    def __init__(self, origin: Origin) -> None:
        self.called = False
        self._origin = origin
        self._open: Optional[int] = None
        self._part = 0

    def events(self, items: Iterable[Item], next_index: Callable[[], int]) -> list[Event]:
        """What is new in the items whose turn it is."""
        return [event for item in items for event in self._of(item, next_index)]

    def _of(self, item: Item, next_index: Callable[[], int]) -> Iterator[Event]:
        is_call = item.kind == "function_call"
        if is_call and not (item.ended or (item.name and item.call_id)):
            return  # who is called may be said only when the item is done
        if is_call and self._open is None:
            yield self._start(next_index(), _call(item))
            self.called = True
        for part, text in item.take():
            if self._open is not None and item.kind == "reasoning" and part != self._part:
                yield from self._close(MINTED_PREFIX)
            if self._open is None:
                yield self._start(next_index(), _hollow(item))
            self._part = part
            yield {"type": "content_block_delta", "index": self._open, "delta": _delta(item.kind, text)}
        if item.ended:
            yield from self._end(item, next_index)

    def _end(self, item: Item, next_index: Callable[[], int]) -> Iterator[Event]:
        seal = marked(item.content, self._origin) if item.kind == "reasoning" else None
        if self._open is None and seal is not None:
            yield self._start(next_index(), {"type": "redacted_thinking", "data": seal})
            seal = None
        yield from self._close(seal)

    def _start(self, index: int, block: Block) -> Event:
        self._open = index
        return {"type": "content_block_start", "index": index, "content_block": block}

    def _close(self, signature: Optional[str]) -> Iterator[Event]:
        index, self._open = self._open, None
        if index is None:
            return
        if signature is not None:
            delta = {"type": "signature_delta", "signature": signature}
            yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}


def _hollow(item: Item) -> Block:
    if item.kind == "reasoning":
        return {"type": "thinking", "thinking": "", "signature": ""}
    return {"type": "text", "text": ""}


def _call(item: Item) -> Block:
    return {"type": "tool_use", "id": item.call_id or item.ident, "name": item.name, "input": {}}


def _delta(kind: str, text: str) -> Block:
    if kind == "reasoning":
        return {"type": "thinking_delta", "thinking": text}
    if kind == "function_call":
        return {"type": "input_json_delta", "partial_json": text}
    return {"type": "text_delta", "text": text}
