"""What a client is asked to do, and what came of it: the same for every library, in whatever language it is written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from tests.conversations.model import ELSEWHERE, AssistantTurn, Conversation, ToolUse, UserTurn
from tests.round_trip.seen import Seen

Item = dict[str, Any]
Endpoint = Literal["messages", "chat"]
MAX_TOKENS = 16_000
"""More than the budget for thinking that the proxy's configuration gives to Claude (8000)."""


@dataclass(frozen=True)
class Job:
    """One conversation, as a client is to have it.

    `turns` are, in order, what the user says, `{"user": text}`, and answers of the model, `{"model": name, "results":
    [text, ...]}`: its calls of tools get these results. `tools` has the names of each tool's arguments, all of them
    texts. `history` are messages that stand before the first turn, in the library's own form. `effort` asks for
    thinking, in the library's own words: not needed where the model thinks unasked, or the configuration asks.
    """

    endpoint: Endpoint
    url: str
    key: str
    streamed: bool
    turns: Sequence[Item]
    tools: Mapping[str, Sequence[str]] = field(default_factory=dict)
    system: str = ""
    history: Sequence[Item] = ()
    effort: bool = False

    def to_json(self, **further: object) -> str:
        """What the drivers in other languages read; `further` is what they need besides."""
        return json.dumps({**asdict(self), "max_tokens": MAX_TOKENS, **further})


@dataclass(frozen=True)
class Error:
    """What ended a conversation: the HTTP status (0 without one), the API's own words, and the turn, from one."""

    status: int
    message: str
    turn: int


@dataclass
class Outcome:
    """What the client saw: each answer of the model, with the headers (in lower case) that it came with."""

    turns: list[Seen] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    error: Error | None = None


def turns(conversation: Conversation, model: str, visitors: Mapping[str, str]) -> list[Item]:
    """The turns of a conversation with `model`; `visitors` are the models that give some of them in a switch.

    Raises ValueError for a turn from elsewhere: a client of these tests begins its history itself.
    """
    return [_turn(turn, model, visitors) for turn in conversation.turns]


def _turn(turn: UserTurn | AssistantTurn, model: str, visitors: Mapping[str, str]) -> Item:
    if isinstance(turn, UserTurn):
        return {"user": turn.text}
    if turn.by == ELSEWHERE:
        raise ValueError("a turn from elsewhere is no turn of a client")
    return {"model": visitors[turn.by] if turn.by else model, "results": [use.result for use in turn.of(ToolUse)]}
