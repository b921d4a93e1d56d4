"""The items of a streamed Responses answer, whole and once, whatever events they come in (failures N18, N28).

OpenAI announces an item, tells it in deltas, and says what it was when it is done. Other servers leave out the first,
the second or both, number nothing, or say all in the last event alone. Each later event repeats what the earlier ones
said, so from each is taken what they did not say. (docs/providers.md#openai-responses.)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from litellm.thinking_round_trip.responses.events import event_kind, field, string, texts_of

KINDS = ("message", "function_call", "reasoning")
LAST = ("response.completed", "response.incomplete", "response.failed")

_TOLD = {
    "response.output_text": ("message", "text", "content_index"),
    "response.refusal": ("message", "refusal", "content_index"),
    "response.function_call_arguments": ("function_call", "arguments", ""),
    "response.reasoning_summary_text": ("reasoning", "text", "summary_index"),
    "response.reasoning_text": ("reasoning", "text", "content_index"),
}
"""What tells of an item, before `.delta` or `.done`: its kind, and the names of the whole text and of its number."""


class Item:
    """An item of an answer: what was told of it, part by part, and what of that waits for its turn."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.name = self.call_id = self.ident = ""
        self.content: object = None
        self.ended = False
        self._names: set[object] = set()
        self._source = ""
        self._told: dict[int, list[str]] = {}
        self._waiting: list[tuple[int, str]] = []

    def is_called(self, name: object) -> bool:
        """Whether an event or an item with this id or number may be about it."""
        return name in self._names

    def is_not(self, item: object) -> bool:
        """Whether it is another call that an event tells of; ids and numbers are less sure."""
        call_id = string(item, "call_id")
        return bool(call_id and self.call_id and call_id != self.call_id)

    def announce(self, item: object, index: object) -> None:
        """Note what an item says of itself. Its encrypted content may be incomplete until it is done."""
        self._names |= {name for name in (field(item, "id"), index) if name is not None}
        self.ident = self.ident or string(item, "id")
        self.name = self.name or string(item, "name")
        self.call_id = self.call_id or string(item, "call_id")

    def tell(self, source: str, part: object, text: object) -> None:
        """Add a delta. Where a summary and the reasoning itself are told, the first of the two counts."""
        self._source = self._source or source
        if isinstance(text, str) and text and self._source == source:
            self._add(part if isinstance(part, int) else max(self._told, default=0), text)

    def tell_whole(self, source: str, part: object, text: str) -> None:
        """Add what the deltas of a part left out."""
        told = "".join(self._told.get(part if isinstance(part, int) else max(self._told, default=0), ()))
        if text.startswith(told):
            self.tell(source, part, text[len(told) :])

    def end(self, item: object) -> None:
        """Add what was not told of the finished item: the rest of a part, and whole parts."""
        texts = texts_of(item)
        told = "".join(piece for pieces in self._told.values() for piece in pieces)
        begins = 0
        for text in texts if "".join(texts).startswith(told) else ():
            ends = begins + len(text)
            if ends > len(told):
                newest = max(self._told, default=-1)
                self._add(newest + 1 if begins >= len(told) else newest, text[max(0, len(told) - begins) :])
            begins = ends
        self.content = field(item, "encrypted_content")
        self.ended = True

    def _add(self, part: int, text: str) -> None:
        self._told.setdefault(part, []).append(text)
        self._waiting.append((part, text))

    def take(self) -> list[tuple[int, str]]:
        """Take what waits: the number of a part, and a piece of its text."""
        taken, self._waiting = self._waiting, []
        return taken


class Items:
    """The items of one streamed answer."""

    def __init__(self, stream: object) -> None:
        # For models that it does not know, older releases ask for a whole answer and stream that. Of its events there
        # are only those of the text and the last one, and the reasoning is in the last one alone.
        self._made_of_a_whole_one = type(stream).__name__ == "MockResponsesAPIStreamingIterator"
        self._all: list[Item] = []
        self._shown = 0
        self._parts = -1

    def read(self, event: object) -> bool:
        """Read an event; tell whether it was one of items, or the last one, which is not only that."""
        kind = event_kind(event)
        if kind in LAST:
            self._read_last(field(event, "response"))
            return False
        if kind in ("response.output_item.added", "response.output_item.done"):
            self._made_of_a_whole_one = False
            self._read_item(event, field(event, "item"), done=kind.endswith("done"))
            return True
        if kind == "response.reasoning_summary_part.added":
            self._parts += 1
        source, _, form = kind.rpartition(".")
        if source in _TOLD and form in ("delta", "done") and not self._made_of_a_whole_one:
            self._read_text(event, source, form)
        return source in _TOLD or source.endswith("_part")

    def current(self) -> Iterator[Item]:
        """The items that may be shown, that whose turn it is last: an item waits until those before it have ended."""
        while self._shown < len(self._all):
            item = self._all[self._shown]
            yield item
            if not item.ended:
                return
            self._shown += 1

    def _read_item(self, event: object, given: object, *, done: bool) -> None:
        kind, index = field(given, "type"), field(event, "output_index")
        if kind not in KINDS:
            return
        item = self._find(kind, index, field(given, "id"))
        if item is None or item.is_not(given) or (item.ended and not (done and item.is_called(field(given, "id")))):
            item = self._new(kind)
        item.announce(given, index)
        if done and not item.ended:
            item.end(given)

    def _read_text(self, event: object, source: str, form: str) -> None:
        kind, whole, number = _TOLD[source]
        index, ident = field(event, "output_index"), field(event, "item_id")
        item = self._find(kind, index, ident)
        if item is None or (item.ended and not item.is_called(ident)):
            item = self._new(kind)
        if item.ended:
            return
        item.announce({"id": ident, "name": field(event, "name")}, index)
        part = field(event, number)
        if source == "response.reasoning_summary_text" and not isinstance(part, int) and self._parts >= 0:
            part = self._parts
        if form == "delta":
            item.tell(source, part, field(event, "delta"))
        else:
            item.tell_whole(source, part, string(event, whole))

    def _read_last(self, response: object) -> None:
        seen: dict[object, int] = {}
        for given in field(response, "output") or ():
            kind = field(given, "type")
            if kind in KINDS:
                self._read_repeated(given, kind, seen.get(kind, 0))
                seen[kind] = seen.get(kind, 0) + 1
        for item in self._all:
            item.ended = True

    def _read_repeated(self, given: object, kind: str, number: int) -> None:
        """An item of the finished answer: the one with its id, or as many of its kind came before."""
        same = [item for item in self._all if item.kind == kind]
        named = [item for item in same if item.is_called(field(given, "id"))]
        item = named[0] if named else same[number] if number < len(same) else self._new(kind)
        item.announce(given, None)
        if not item.ended:
            item.end(given)

    def _find(self, kind: str, index: object, ident: object) -> Optional[Item]:
        """The item that an event is about: by its number or its id, or the one of its kind that has not ended.

        Some servers give all items the number 0, and others another id with each event.
        """
        same = sorted((item for item in self._all if item.kind == kind), key=lambda item: item.ended)
        for name in (ident, index):
            for item in same:
                if name is not None and item.is_called(name):
                    return item
        return same[0] if same and index is None and not same[0].ended else None

    def _new(self, kind: str) -> Item:
        item = Item(kind)
        self._all.append(item)
        return item
