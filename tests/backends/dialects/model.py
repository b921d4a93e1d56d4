"""What a dialect is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Event = dict[str, Any]
Rewriter = Callable[[list[Event]], list[Event]]
Whole = Callable[[Event], Event]
Raw = Callable[[tuple[bytes, ...]], tuple[bytes, ...]]

Wire = Literal["chat", "anthropic", "responses", "gemini", "converse", "sse"]

# What of an answer a dialect may be about, in the order in which several of them are spoken: what the events are comes
# before what is in each of them, and that before the bytes.
PARTS = (
    "calls", "joint", "blocks", "carriers", "start", "finish", "naming", "index", "usage", "filling", "extras",
    "events", "lines",
)  # fmt: skip


@dataclass(frozen=True)
class Dialect:
    """A form in which servers send an answer: the same turn, said otherwise than the backends of this suite say it.

    - `wire`: whose answers it is a form of; `sse` for the streams of all wires that are server-sent events;
    - `form`: its name there. An id begins with both: `dialect-chat-call-whole/...`;
    - `part`: what of an answer it is about (one of `PARTS`). Two about the same part exclude each other, and so do two
      of which one names the other under `against`, because together they would say two turns alike;
    - `says`: what is otherwise, and `spoken`: by whom;
    - `sources`: headings of docs/providers.md, threads, or pages of a provider;
    - `stream`, `whole`, `raw`: what rewrites the events of a stream, a whole answer, and the bytes of a stream, a piece
      for each event. None where the form does not exist.
    """

    wire: Wire
    form: str
    part: str
    says: str
    spoken: str
    sources: tuple[str, ...]
    stream: Rewriter | None = None
    whole: Whole | None = None
    raw: Raw | None = None
    against: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        return f"{self.wire}-{self.form}"

    @property
    def streams(self) -> bool:
        """Whether it is a form of streamed answers."""
        return self.stream is not None or self.raw is not None

    def excludes(self, other: Dialect) -> bool:
        """Whether no server could speak both at once."""
        return self.part == other.part or self.name in other.against or other.name in self.against
