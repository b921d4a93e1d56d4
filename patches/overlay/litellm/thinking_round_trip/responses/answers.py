"""The answers of a Responses backend: `reasoning` items become Anthropic thinking blocks (failures F2 and N11)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any, Optional

from litellm.thinking_round_trip.blocks.reasoning_items import MINTED_PREFIX, thinking_blocks
from litellm.thinking_round_trip.responses.fake_stream import Announced, event_kind, field
from litellm.thinking_round_trip.responses.origin import Origin, current_origin, marked

Block = dict[str, Any]

_STAND_IN = f"\x00thinking round trip: thinking {secrets.token_hex(8)} "


def item_blocks(item: object, origin: Origin) -> list[Block]:
    """The thinking blocks of a reasoning item: one for each text of its summary, the last one with its content."""
    texts = [field(part, "text") for part in field(item, "summary") or ()]
    return thinking_blocks(texts, marked(field(item, "encrypted_content"), origin))


def with_thinking_blocks(translate: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate the adapter's method that makes an Anthropic answer of a Responses one.

    The adapter sees a message in the place of each reasoning item, and its text is replaced by the thinking blocks.
    """

    @wraps(translate)
    def translate_with_thinking(adapter: object, response: Any) -> Any:
        output = field(response, "output")
        if not isinstance(output, list) or not any(field(item, "type") == "reasoning" for item in output):
            return translate(adapter, response)
        thoughts: list[list[Block]] = []
        plain = response.model_copy(update={"output": [_plain(item, thoughts) for item in output]})
        answer = translate(adapter, plain)
        answer["content"] = [block for given in answer["content"] for block in _thinking(given, thoughts)]
        return answer

    return translate_with_thinking


def _plain(item: object, thoughts: list[list[Block]]) -> object:
    if field(item, "type") != "reasoning":
        return item
    thoughts.append(item_blocks(item, current_origin()))
    text = {"type": "output_text", "text": f"{_STAND_IN}{len(thoughts) - 1}"}
    return {"type": "message", "role": "assistant", "content": [text]}


def _thinking(block: Any, thoughts: list[list[Block]]) -> list[Any]:
    text = field(block, "text")
    if isinstance(text, str) and text.startswith(_STAND_IN):
        return list(thoughts[int(text[len(_STAND_IN) :])])
    return [block]


def streams_thinking_blocks(wrapper: type[Any]) -> type[Any]:
    """Decorate the adapter's class that makes an Anthropic stream of a Responses one.

    It never sees the events of reasoning. It lends its queue of events and its count of blocks.
    """
    begin, process = wrapper.__init__, wrapper._process_event

    @wraps(begin)
    def begin_with_thinking(self: Any, *args: Any, **more: Any) -> None:
        begin(self, *args, **more)
        self._announced = Announced(getattr(self, "responses_stream", None))
        self._streamed_reasoning = _StreamedReasoning(self._next_block_index, current_origin())

    @wraps(process)
    def process_with_thinking(self: Any, event: object) -> None:
        for one in self._announced.events(event):
            events = self._streamed_reasoning.events(one)
            if events is None:
                process(self, one)
            else:
                self._chunk_queue.extend(events)

    wrapper.__init__, wrapper._process_event = begin_with_thinking, process_with_thinking
    return wrapper


class _StreamedReasoning:
    """The reasoning items of one stream, as the events of thinking blocks.

    The encrypted content comes when an item is done, so a block that another text of its item follows is closed with a
    bare mark.
    """

    def __init__(self, next_index: Callable[[], int], origin: Origin) -> None:
        self._next_index = next_index
        self._origin = origin
        self._open: Optional[int] = None
        self._part: object = None
        self._told = False

    def events(self, event: object) -> Optional[list[dict[str, Any]]]:
        """The Anthropic events that an event becomes; None where it is not one of reasoning."""
        kind = event_kind(event)
        if kind == "response.reasoning_summary_text.delta":
            return list(self._text(event))
        if kind in ("response.output_item.added", "response.output_item.done"):
            item = field(event, "item")
            if field(item, "type") == "reasoning":
                return list(self._finish(item)) if kind.endswith("done") else []
        return [] if kind.startswith("response.reasoning_") else None

    def _text(self, event: object) -> Iterator[dict[str, Any]]:
        text, part = field(event, "delta"), field(event, "summary_index")
        if not text:
            return
        if self._open is not None and part != self._part:
            yield from self._close(MINTED_PREFIX)
        if self._open is None:
            self._open, self._part, self._told = self._next_index(), part, True
            yield _start(self._open, {"type": "thinking", "thinking": "", "signature": ""})
        yield _delta(self._open, {"type": "thinking_delta", "thinking": text})

    def _finish(self, item: object) -> Iterator[dict[str, Any]]:
        if self._told:
            yield from self._close(marked(field(item, "encrypted_content"), self._origin))
        else:
            yield from self._whole(item_blocks(item, self._origin))
        self._told = False

    def _close(self, signature: Optional[str]) -> Iterator[dict[str, Any]]:
        index, self._open = self._open, None
        if index is None:
            return
        if signature is not None:
            yield _delta(index, {"type": "signature_delta", "signature": signature})
        yield {"type": "content_block_stop", "index": index}

    def _whole(self, blocks: Iterable[Block]) -> Iterator[dict[str, Any]]:
        """An item whose texts were not streamed, or that has none."""
        for block in blocks:
            self._open = self._next_index()
            if block["type"] == "redacted_thinking":
                yield _start(self._open, block)
            else:
                yield _start(self._open, {"type": "thinking", "thinking": "", "signature": ""})
                yield _delta(self._open, {"type": "thinking_delta", "thinking": block["thinking"]})
            yield from self._close(block.get("signature"))


def _start(index: int, block: Block) -> dict[str, Any]:
    return {"type": "content_block_start", "index": index, "content_block": block}


def _delta(index: int, delta: Block) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": index, "delta": delta}
