"""Follow each reasoning block through the checkpoints of a conversation, and find where it changed first.

    backend out -> adapter out -> client in -> client out -> wire

The backend gives a block; LiteLLM hands it to the client; the SDK parses it; the client sends it back; LiteLLM sends it
to the provider. At each of them the block has a digest: of its text and its seal, or of whatever reasoning is there.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.backends import Dialogue
from tests.backends.history import NOTHING, Part
from tests.backends.wire import sse, strings

CHECKPOINTS = ("backend out", "adapter out", "client in", "client out", "wire")

# Where a client's form of a turn keeps reasoning: fields of blocks, messages and items.
_CARRIERS = {
    "thinking", "signature", "data", "reasoning_content", "reasoning", "reasoning_details", "encrypted_content",
    "thinking_blocks", "reasoning_items", "provider_specific_fields", "summary",
}  # fmt: skip


@dataclass
class Exchange:
    """One call of the client: what it sent, what LiteLLM gave, what the SDK made of it."""

    first_request: int
    sent: dict[str, Any]
    given: Any = None
    kept: Any = None


@dataclass
class Trace:
    """What the client and LiteLLM said to each other, by the number of the assistant turn (from one).

    `turn` is the one that the client asked for last.
    """

    dialogue: Dialogue
    exchanges: dict[int, Exchange] = field(default_factory=dict)
    turn: int = 0

    def sends(self, arguments: dict[str, Any]) -> None:
        """Note what the client sends to get the next turn."""
        self.turn = len(self.dialogue.given) + 1
        self.exchanges[self.turn] = Exchange(len(self.dialogue.requests) + 1, arguments)

    def adapted(self, answer: Any) -> None:
        """Note what LiteLLM gave."""
        self.exchanges[self.turn].given = answer

    def kept(self, answer: Any) -> None:
        """Note what the client keeps."""
        self.exchanges[self.turn].kept = answer

    @property
    def answered(self) -> int:
        """How many calls of the client should have made one request each: not one that failed before it was sent."""
        last = self.exchanges.get(self.turn)
        unsent = last is not None and last.given is None and last.first_request > len(self.dialogue.requests)
        return len(self.exchanges) - unsent

    def exchange_of(self, request: int) -> Exchange | None:
        """The call that made the provider see a request."""
        earlier = [one for one in self.exchanges.values() if one.first_request <= request]
        return earlier[-1] if earlier else None

    def digests(self, place: str, request: int) -> dict[str, str]:
        """The digest of a block at each checkpoint that it passed on its way into a request; `place` is its name."""
        found = self._part(place)
        if found is None:
            return {}
        turn, part = found
        own = digest([part.value, part.detail])
        passed = {"backend out": own}
        for checkpoint, carried in self._carried(turn, request):
            intact = all(any(value in one for one in carried) for value in (part.value, part.detail))
            passed[checkpoint] = own if intact else digest(carried)
        return passed

    def first_change(self, place: str, request: int) -> str:
        """The first checkpoint where a block is not what the backend gave; "" if there is none."""
        passed = self.digests(place, request)
        return next((name for name, value in passed.items() if value != passed["backend out"]), "")

    def first_loss(self, request: int) -> str:
        """The first checkpoint at which any block of an earlier turn changed, on its way into a request."""
        changes = {
            self.first_change(part.place, request) for given in self.dialogue.given for part in _thoughts(given.parts)
        }
        return next((name for name in CHECKPOINTS if name in changes), "")

    def _part(self, place: str) -> tuple[int, Part] | None:
        for turn, given in enumerate(self.dialogue.given, 1):
            for part in _thoughts(given.parts):
                if part.place == place:
                    return turn, part
        return None

    def _carried(self, turn: int, request: int) -> Iterator[tuple[str, list[str]]]:
        """The reasoning at each checkpoint. What the backend gave in the last answer of all was not sent back."""
        exchange = self.exchanges.get(turn)
        if exchange and exchange.given is not None:
            yield "adapter out", _reasoning(exchange.given)
        if exchange and exchange.kept is not None:
            yield "client in", _reasoning(exchange.kept)
        later = self.exchange_of(request)
        if later and later is not exchange:
            yield "client out", _reasoning(later.sent)
            yield "wire", self._wire(request)

    def _wire(self, request: int) -> list[str]:
        judge, body = self.dialogue.judges[request - 1], self.dialogue.requests[request - 1]
        parts = [part for turn in judge.replayed(body) for part in _thoughts(turn)]
        return [value for part in parts for value in (part.value, part.detail)]


def _thoughts(parts: Iterable[Part]) -> Iterator[Part]:
    return (part for part in parts if part.kind == "reasoning")


def digest(values: Iterable[str]) -> str:
    """A short digest of some texts; of nothing, the word for it."""
    told = [value for value in values if value]
    if not told:
        return NOTHING
    return hashlib.sha256("\n".join(told).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _reasoning(data: Any) -> list[str]:
    """Every string in a carrier of reasoning; the pieces of a stream are joined by the name of their field."""
    if not isinstance(data, list):
        return [value for path, value in strings(plain(data)) if _CARRIERS & set(_fields(path))]
    joined: dict[str, str] = defaultdict(str)
    for event in _events(data):
        for path, value in strings(event):
            joined[_fields(path)[-1]] += value
    return [value for name, value in joined.items() if name in _CARRIERS | {"delta", "text"}]


def _fields(path: str) -> list[str]:
    return [name.split("[")[0] for name in path.split(".")]


def plain(data: Any) -> Any:
    """An answer as JSON data, whatever type it has."""
    if hasattr(data, "model_dump"):
        return data.model_dump(mode="json", exclude_none=True, warnings=False)
    return [*_events(data)] if isinstance(data, list) else data


def _events(pieces: list[Any]) -> Iterator[Any]:
    texts = [piece for piece in pieces if isinstance(piece, (str, bytes))]
    whole = b"".join(text.encode() if isinstance(text, str) else text for text in texts)
    yield from (json.loads(data) for data in sse(whole) if data.startswith("{"))
    yield from (plain(piece) for piece in pieces if not isinstance(piece, (str, bytes)))
