"""The content parts of chat-completions messages, and those of another wire form: each provider has its own words."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from typing import Any

Item = dict[str, Any]


def parts_of(message: Item) -> list[tuple[int, Item]]:
    """The parts of a message's content with their places; none if it is a string."""
    content = message.get("content")
    return list(enumerate(content)) if isinstance(content, list) else []


def foreign_parts(messages: Iterable[tuple[int, Item]], known: Container[str]) -> Iterator[tuple[int, int, Item]]:
    """Yield the number of the message, the number of the part, and the part, of each whose type is not `known`."""
    for index, message in messages:
        for place, part in parts_of(message):
            if part.get("type") not in known:
                yield index, place, part
