"""The answers of a Responses backend: `reasoning` items become Anthropic thinking blocks (failures F2, N11 and N28)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any

from litellm.thinking_round_trip.blocks.own_fields import without_empty_field
from litellm.thinking_round_trip.responses.events import event_kind, field, string
from litellm.thinking_round_trip.responses.origin import current_origin
from litellm.thinking_round_trip.responses.stream_blocks import Block, Blocks, item_blocks
from litellm.thinking_round_trip.responses.stream_ends import mend_end
from litellm.thinking_round_trip.responses.stream_items import Items

_STAND_IN = f"\x00thinking round trip: thinking {secrets.token_hex(8)} "


def with_thinking_blocks(translate: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate the adapter's method that makes an Anthropic answer of a Responses one.

    The adapter sees a message in the place of each reasoning item, and its text is replaced by the thinking blocks. An
    empty field of LiteLLM's own is none of a block (N82).
    """

    @wraps(translate)
    def translate_with_thinking(adapter: object, response: Any) -> Any:
        output = field(response, "output")
        if not isinstance(output, list) or not any(field(item, "type") == "reasoning" for item in output):
            return _bare(translate(adapter, response))
        thoughts: list[list[Block]] = []
        plain = response.model_copy(update={"output": [_plain(item, thoughts) for item in output]})
        answer = translate(adapter, plain)
        answer["content"] = [block for given in answer["content"] for block in _thinking(given, thoughts)]
        return _bare(answer)

    return translate_with_thinking


def _bare(answer: Any) -> Any:
    content = answer.get("content") if isinstance(answer, dict) else None
    if isinstance(content, list):
        answer["content"] = [without_empty_field(block) for block in content]
    return answer


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

    It never sees the events of items. It lends its queue of events and its count of blocks, and begins and ends the
    message.
    """
    begin, process = wrapper.__init__, wrapper._process_event

    @wraps(begin)
    def begin_with_items(self: Any, *args: Any, **more: Any) -> None:
        begin(self, *args, **more)
        self._items = Items(getattr(self, "responses_stream", None))
        self._blocks = Blocks(current_origin())

    @wraps(process)
    def process_with_items(self: Any, event: object) -> None:
        kind = event_kind(event)
        if kind == "response.created" and self._sent_message_start:
            return
        is_of_item = self._items.read(event)
        if kind == "response.refusal.delta" and hasattr(self, "_refusal_text"):
            self._refusal_text += string(event, "delta")  # LiteLLM tells the reason of the end by it
        self._chunk_queue.extend(self._blocks.events(self._items.current(), self._next_block_index))
        if not is_of_item:
            before = len(self._chunk_queue)
            process(self, event)
            mend_end(self._chunk_queue, before, event, called=self._blocks.called)

    wrapper.__init__, wrapper._process_event = begin_with_items, process_with_items
    return wrapper
