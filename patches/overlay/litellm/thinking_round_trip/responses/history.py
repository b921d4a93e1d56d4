"""The thinking of earlier turns as input items of a request to a Responses backend (failures F1, F10 and F24).

LiteLLM's translators see the turns without thinking. Where it stood, they see a message in its place, and what they
make of that is replaced by the reasoning items.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from typing import Any

from litellm.thinking_round_trip.blocks.call_ids import bare_ids
from litellm.thinking_round_trip.blocks.reasoning_items import is_thinking, reasoning_items
from litellm.thinking_round_trip.responses.marks import has_marks

Message = Mapping[str, Any]
Item = dict[str, Any]

STAND_IN = f"\x00thinking round trip: reasoning {secrets.token_hex(8)} "
"""How the text of a message begins that stands where reasoning items will be put; no history can have such a text."""


def with_reasoning_items(translate: Callable[..., list[Item]]) -> Callable[..., list[Item]]:
    """Decorate the adapter's method that makes input items of Anthropic messages: thinking becomes `reasoning` items.

    A history without thinking is left to the adapter as it is.
    """

    @wraps(translate)
    def translate_with_reasoning(adapter: object, messages: Sequence[Message]) -> list[Item]:
        if not has_thinking(messages):
            return translate(adapter, messages)
        reasoning: list[list[Item]] = []
        rest = [one for message in messages for one in _without_thinking(message, reasoning)]
        return with_items(translate(adapter, rest), reasoning)

    return translate_with_reasoning


def keeps_items_whole(translate: Callable[..., list[Item]]) -> Callable[..., list[Item]]:
    """Decorate the adapter's method that makes input items of Anthropic messages: what was one item is one again.

    From 1.102.0 on LiteLLM makes items of thinking itself, and does not know a bare mark: of a block that has one it
    makes an item of its own, which the provider never issued. A history without marks is left to the adapter.
    """
    with_items_of_marks = with_reasoning_items(translate)

    @wraps(translate)
    def translate_whole(adapter: object, messages: Sequence[Message]) -> list[Item]:
        return (with_items_of_marks if has_marks(messages) else translate)(adapter, messages)

    return translate_whole


def in_order(translate: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate the adapter's method that makes a Responses request of an Anthropic one: turns keep their order.

    The adapter puts the text of a message behind all else. So a turn goes to it in pieces, each of which ends in text.
    A request without thinking stays as it was, byte for byte.
    """

    @wraps(translate)
    def translate_in_order(adapter: object, anthropic_request: Mapping[str, Any], *args: Any, **more: Any) -> Any:
        given = anthropic_request.get("messages")
        messages = bare_ids(given)
        if messages is not given:
            anthropic_request = {**anthropic_request, "messages": messages}
        if isinstance(messages, list) and has_thinking(messages):
            pieces = [piece for message in messages for piece in _pieces(message)]
            anthropic_request = {**anthropic_request, "messages": pieces}
        return translate(adapter, anthropic_request, *args, **more)

    return translate_in_order


def has_thinking(messages: Iterable[Message]) -> bool:
    """Whether there is thinking in a history of Anthropic messages."""
    for message in messages:
        for block in _blocks(message):
            if is_thinking(block):
                return True
    return False


def stand_in(reasoning: list[list[Item]], items: list[Item]) -> str:
    """The text that stands for some items, which are added to `reasoning`."""
    reasoning.append(items)
    return f"{STAND_IN}{len(reasoning) - 1}"


def with_items(translated: Iterable[Any], reasoning: Sequence[list[Item]]) -> list[Any]:
    """Put the reasoning items where their stand-ins are."""
    items: list[Any] = []
    for item in translated:
        words = _words(item) if item.get("role") == "assistant" else None
        if isinstance(words, str) and words.startswith(STAND_IN):
            items += reasoning[int(words[len(STAND_IN) :])]
        else:
            items.append(item)
    return items


def _words(item: Item) -> Any:
    content = item.get("content")
    return content[0].get("text") if isinstance(content, list) and content else content


def _blocks(message: Message) -> Sequence[Any]:
    content = message.get("content") if message.get("role") == "assistant" else None
    return content if isinstance(content, list) else ()


def _without_thinking(message: Message, reasoning: list[list[Item]]) -> Iterable[Message]:
    blocks = _blocks(message)
    if not any(map(is_thinking, blocks)):
        return (message,)
    runs = _runs(blocks)
    contents = [_stand_in_block(reasoning, run) if is_thinking(run[0]) else run for run in runs]
    return [{**message, "content": content} for content in contents if content]


def _stand_in_block(reasoning: list[list[Item]], blocks: list[Any]) -> list[Any]:
    items = reasoning_items(blocks)
    return [{"type": "text", "text": stand_in(reasoning, items)}] if items else []


def _pieces(message: Message) -> Sequence[Message]:
    """Part a turn behind each text, unless it ends there: what is no text leaves a message before its text does."""
    blocks = _blocks(message)
    pieces: list[list[Any]] = []
    piece: list[Any] = []
    spoken = False
    for block in blocks:
        speaks = isinstance(block, dict) and block.get("type") == "text"
        if spoken and not speaks:
            pieces.append(piece)
            piece = []
        spoken = speaks
        piece.append(block)
    return [{**message, "content": one} for one in (*pieces, piece)] if pieces else (message,)


def _runs(blocks: Sequence[Any]) -> list[list[Any]]:
    """Neighbours of one kind; written out, because histories are long and `groupby` takes twice the time."""
    runs: list[list[Any]] = []
    last: object = None
    for block in blocks:
        kind = block.get("type") if isinstance(block, dict) else ""
        if kind == "redacted_thinking":
            kind = "thinking"
        if kind == last:
            runs[-1].append(block)
        else:
            runs.append([block])
            last = kind
    return runs
