"""What a conversation is made of: user turns, and assistant turns as ordered blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar


@dataclass(frozen=True)
class Thinking:
    """Reasoning that the model shows."""

    text: str


@dataclass(frozen=True)
class Redacted:
    """Reasoning that the model keeps to itself: `seed` is what a backend seals, never text on the wire."""

    seed: str


@dataclass(frozen=True)
class Text:
    """What the user sees."""

    text: str


@dataclass(frozen=True)
class ToolUse:
    """One call of a tool, with the result that the client will answer."""

    name: str
    input: Mapping[str, str]
    result: str


Block = Thinking | Redacted | Text | ToolUse
_B = TypeVar("_B", Thinking, Redacted, Text, ToolUse)


@dataclass(frozen=True)
class UserTurn:
    text: str


@dataclass(frozen=True)
class AssistantTurn:
    """One answer of the model. The results of its tools are the client's next message."""

    blocks: tuple[Block, ...]

    def of(self, kind: type[_B]) -> list[_B]:
        return [block for block in self.blocks if isinstance(block, kind)]


Turn = UserTurn | AssistantTurn


@dataclass(frozen=True)
class Conversation:
    name: str
    about: str
    turns: tuple[Turn, ...]

    @property
    def assistant_turns(self) -> tuple[AssistantTurn, ...]:
        return tuple(turn for turn in self.turns if isinstance(turn, AssistantTurn))

    @property
    def tools(self) -> dict[str, tuple[str, ...]]:
        """Name of each tool in use, with the names of its arguments (all of them strings)."""
        return {use.name: tuple(use.input) for use in self._tool_uses()}

    @property
    def redacts(self) -> bool:
        return any(turn.of(Redacted) for turn in self.assistant_turns)

    def _tool_uses(self) -> Iterator[ToolUse]:
        for turn in self.assistant_turns:
            yield from turn.of(ToolUse)
