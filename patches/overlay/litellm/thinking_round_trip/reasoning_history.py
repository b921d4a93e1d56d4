"""The thinking of earlier turns as input items of a request to a Responses backend (failures F1, F10 and F24).

LiteLLM's translators see the turns without thinking. Where it stood, they see a message in its place, and what they
make of that is replaced by the reasoning items.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from itertools import groupby
from typing import Any

from litellm.thinking_round_trip.reasoning_items import is_thinking, reasoning_items

Message = Mapping[str, Any]
Item = dict[str, Any]

STAND_IN = "\x00thinking round trip: reasoning "
"""How the text of a message begins that stands where reasoning items will be put."""


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


def in_order(translate: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate the adapter's method that makes a Responses request of an Anthropic one: turns keep their order.

    The adapter puts the text of a message behind its calls. So a turn goes to it in pieces, one message for each run of
    blocks of one type. A request without thinking stays as it was, byte for byte.
    """

    @wraps(translate)
    def translate_in_order(adapter: object, anthropic_request: Mapping[str, Any], *args: Any, **more: Any) -> Any:
        messages = anthropic_request.get("messages")
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
        number = _stands_for(item)
        items += [item] if number is None else reasoning[number]
    return items


def _stands_for(item: object) -> Any:
    content = item.get("content") if isinstance(item, dict) and item.get("role") == "assistant" else None
    if isinstance(content, list) and content and isinstance(content[0], dict):
        content = content[0].get("text")
    return int(content[len(STAND_IN) :]) if isinstance(content, str) and content.startswith(STAND_IN) else None


def _blocks(message: Message) -> Sequence[Any]:
    content = message.get("content") if message.get("role") == "assistant" else None
    return content if isinstance(content, list) else ()


def _without_thinking(message: Message, reasoning: list[list[Item]]) -> Iterable[Message]:
    blocks = _blocks(message)
    if not any(map(is_thinking, blocks)):
        yield message
        return
    for thinks, run in groupby(blocks, is_thinking):
        content = list(run)
        if thinks:
            items = reasoning_items(content)
            content = [{"type": "text", "text": stand_in(reasoning, items)}] if items else []
        if content:
            yield {**message, "content": content}


def _pieces(message: Message) -> Iterable[Message]:
    runs = [list(run) for _, run in groupby(_blocks(message), _kind)]
    if len(runs) < 2:
        return [message]
    return [{**message, "content": run} for run in runs]


def _kind(block: Any) -> Any:
    return "thinking" if is_thinking(block) else block.get("type") if isinstance(block, dict) else None
