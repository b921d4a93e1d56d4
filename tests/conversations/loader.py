"""Read a conversation from its TOML file, and refuse one that would prove less than it seems to."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from tests.conversations.model import (
    AssistantTurn,
    Block,
    Conversation,
    Redacted,
    Text,
    Thinking,
    ToolUse,
    Turn,
    UserTurn,
)

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_FOLDER = Path(__file__).parent


class BadConversation(ValueError):
    """A conversation file says something that cannot be played."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name, reason)
        self.name, self.reason = name, reason

    def __str__(self) -> str:
        return f"conversation {self.name!r}: {self.reason}"


def names() -> list[str]:
    return sorted(path.stem for path in _FOLDER.glob("*.toml"))


def load(name: str) -> Conversation:
    """Read one conversation by name. Raises `BadConversation`."""
    data = tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    return parse(name, data)


def parse(name: str, data: dict[str, Any]) -> Conversation:
    """Build a conversation from the data of its file. Raises `BadConversation`."""
    turns = tuple(_turn(name, turn) for turn in data["turn"])
    conversation = Conversation(name, data["about"], turns)
    _check_alternation(conversation)
    _check_ending(conversation)
    _check_distinct(conversation)
    return conversation


def _turn(name: str, data: dict[str, Any]) -> Turn:
    if "user" in data:
        return UserTurn(data["user"])
    return AssistantTurn(tuple(_block(name, block) for block in data["assistant"]))


def _block(name: str, data: dict[str, Any]) -> Block:
    if "thinking" in data:
        return Thinking(data["thinking"])
    if "redacted" in data:
        return Redacted(data["redacted"])
    if "text" in data:
        return Text(data["text"])
    if "tool" in data:
        return ToolUse(data["tool"], data["input"], data["result"])
    raise BadConversation(name, f"a block of an unknown kind: {sorted(data)}")


def _check_alternation(conversation: Conversation) -> None:
    """A user speaks first and after every plain reply; after tool calls their results do, which are no turn here."""
    expected: type[Turn] = UserTurn
    for turn in conversation.turns:
        if not isinstance(turn, expected):
            raise BadConversation(conversation.name, f"a turn out of order: {turn}")
        calls = isinstance(turn, AssistantTurn) and turn.of(ToolUse)
        expected = AssistantTurn if calls or isinstance(turn, UserTurn) else UserTurn


def _check_ending(conversation: Conversation) -> None:
    """The last reply is plain text: what nobody replays cannot be judged, so it must not look as if it were."""
    last = conversation.turns[-1]
    if not (isinstance(last, AssistantTurn) and len(last.of(Text)) == len(last.blocks)):
        raise BadConversation(conversation.name, "the last turn must be an assistant's plain text")


def _check_distinct(conversation: Conversation) -> None:
    """A thinking text that also occurs elsewhere would make a leak or a doubling undecidable."""
    blocks = [block for turn in conversation.assistant_turns for block in turn.blocks]
    texts = [block.text for block in blocks if isinstance(block, (Thinking, Text))]
    for block in blocks:
        if isinstance(block, Thinking) and sum(block.text in text for text in texts) != 1:
            raise BadConversation(conversation.name, f"thinking is not unique: {block.text!r}")
