"""Streamed answers of the Responses API that LiteLLM makes itself of a whole one (failure N18).

For models that it does not know, older releases ask for a whole answer and stream that. Of its events there are only
those of the text and the last one: the items are not announced, and reasoning and calls are in the last event alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Event = Any


def field(source: object, name: str) -> Any:
    """A field of what may be a model or a mapping; None where it has no such field."""
    return source.get(name) if isinstance(source, dict) else getattr(source, name, None)


def event_kind(event: object) -> str:
    """The type of an event of a streamed answer, which may be an enumeration's."""
    kind = field(event, "type")
    return str(getattr(kind, "value", kind))


class Announced:
    """Gives the events of a stream, and for one that LiteLLM made the events that it should have had."""

    def __init__(self, stream: object) -> None:
        self._unannounced = type(stream).__name__ == "MockResponsesAPIStreamingIterator"

    def events(self, event: Event) -> Iterator[Event]:
        """Yield what an event stands for."""
        kind = event_kind(event)
        if kind == "response.output_item.added":
            self._unannounced = False
        if not self._unannounced:
            yield event
        elif kind in ("response.completed", "response.incomplete"):
            for number, item in enumerate(field(field(event, "response"), "output") or ()):
                yield from _of_item(item, field(item, "id") or f"item_{number}")
            yield event
        elif not kind.endswith((".delta", ".done")):
            yield event


def _of_item(item: object, ident: str) -> Iterator[Event]:
    plain = {name: field(item, name) for name in ("type", "call_id", "name", "summary", "encrypted_content")}
    plain = {**plain, "id": ident}
    yield {"type": "response.output_item.added", "item": plain}
    if plain["type"] == "message":
        for part in field(item, "content") or ():
            text = field(part, "text") or ""
            yield {"type": "response.output_text.delta", "item_id": ident, "delta": text}
    elif plain["type"] == "function_call":
        arguments = field(item, "arguments") or ""
        yield {"type": "response.function_call_arguments.delta", "item_id": ident, "delta": arguments}
    yield {"type": "response.output_item.done", "item": plain}
