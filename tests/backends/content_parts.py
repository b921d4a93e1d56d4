"""Content parts of another wire form in chat-completions messages: several providers reject them, each in its words."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any

from tests.backends.wire import Request


def foreign_parts(request: Request, known: Container[str]) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Yield the index of the message, the index in its content, and the part, of each whose type is not `known`."""
    for index, message in enumerate(request.body["messages"]):
        content = message.get("content")
        for position, part in enumerate(content if isinstance(content, list) else []):
            if part.get("type") not in known:
                yield index, position, part
