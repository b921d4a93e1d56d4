"""What a conversation is made of: user turns, and assistant turns as ordered blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

ELSEWHERE = "elsewhere"
"""The `by` of a turn that no backend of the suite performed: the client has it from somewhere else."""


@dataclass(frozen=True)
class Thinking:
    """Reasoning that the model shows. One without text is sealed all the same (display omitted).

    `signature` is what stands there in a turn from elsewhere ("" and None are what providers and older releases left
    behind); a backend mints its own.
    """

    text: str
    signature: str | None = None


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
    """One call of a tool, with the result that the client will answer; with a small image beside it if `image`."""

    name: str
    input: Mapping[str, str]
    result: str
    image: bool = False


Block = Thinking | Redacted | Text | ToolUse
_B = TypeVar("_B", Thinking, Redacted, Text, ToolUse)


@dataclass(frozen=True)
class UserTurn:
    """What the user says; `thinking` is whether the client asks for thinking from here on."""

    text: str
    thinking: bool = True


@dataclass(frozen=True)
class AssistantTurn:
    """One answer of the model. The results of its tools are the client's next message.

    `by` names the backend that gives it in a switch; "" is the backend of the case.
    """

    blocks: tuple[Block, ...]
    by: str = ""

    def of(self, kind: type[_B]) -> list[_B]:
        return [block for block in self.blocks if isinstance(block, kind)]


Turn = UserTurn | AssistantTurn
Scope = Literal["all", "unstreamed", "ways"]


@dataclass(frozen=True)
class Conversation:
    """A script with a name.

    `scope` says who plays it: every backend; every backend, but streamed only one for each wire form; or as many as it
    takes to go each of LiteLLM's ways of translating (`round_trip/grid.py`).

    `system` is a system prompt; `cached` marks it, the tools and the user's last words with `cache_control`.
    """

    name: str
    about: str
    turns: tuple[Turn, ...]
    scope: Scope = "all"
    system: str = ""
    cached: bool = False

    @property
    def assistant_turns(self) -> tuple[AssistantTurn, ...]:
        return tuple(turn for turn in self.turns if isinstance(turn, AssistantTurn))

    @property
    def visitors(self) -> tuple[str, ...]:
        """The other backends that give turns, in order."""
        return tuple(dict.fromkeys(turn.by for turn in self.assistant_turns if turn.by not in ("", ELSEWHERE)))

    @property
    def imported(self) -> bool:
        """Whether the client has some turn from elsewhere."""
        return any(turn.by == ELSEWHERE for turn in self.assistant_turns)

    @property
    def tools(self) -> dict[str, tuple[str, ...]]:
        """Name of each tool in use, with the names of its arguments (all of them strings)."""
        return {use.name: tuple(use.input) for use in self._tool_uses()}

    @property
    def redacts(self) -> bool:
        return any(turn.of(Redacted) for turn in self.assistant_turns)

    @property
    def hides(self) -> bool:
        """Whether some thinking is sealed and has no text (display omitted)."""
        return any(not block.text for turn in self.assistant_turns for block in turn.of(Thinking))

    def _tool_uses(self) -> Iterator[ToolUse]:
        for turn in self.assistant_turns:
            yield from turn.of(ToolUse)
