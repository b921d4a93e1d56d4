"""Read a conversation from its TOML file, and refuse one that would prove less than it seems to."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, get_args

from tests.conversations.model import (
    ELSEWHERE,
    AssistantTurn,
    Block,
    Conversation,
    Redacted,
    Scope,
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
_Keys = Mapping[str, type]

# What each table of a file has to hold, and what it may hold.
_TOP: _Keys = {"about": str, "turn": list}
_SETTINGS: _Keys = {"scope": str, "system": str, "cached": bool}
_TURNS: dict[str, tuple[_Keys, _Keys]] = {
    "user": ({"user": str}, {"thinking": bool}),
    "assistant": ({"assistant": list}, {"by": str}),
}
_LONG: _Keys = {"json": bool, "times": int}
_BLOCKS: dict[str, tuple[_Keys, _Keys]] = {
    "thinking": ({"thinking": str}, {"signature": str, **_LONG}),
    "redacted": ({"redacted": str}, {}),
    "text": ({"text": str}, _LONG),
    "tool": ({"tool": str, "input": dict, "result": str}, {"image": bool}),
}
_WORDS = {str: "a string", bool: "true or false", int: "a whole number", list: "a list", dict: "a table"}


class BadConversation(ValueError):
    """A conversation file says something that cannot be played."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name, reason)
        self.name, self.reason = name, reason

    def __str__(self) -> str:
        return f"conversation {self.name!r}: {self.reason}"


def names() -> list[str]:
    return sorted(path.stem for path in _FOLDER.glob("*.toml"))


@cache
def load(name: str) -> Conversation:
    """Read one conversation by name. Raises `BadConversation`."""
    return from_toml(name, (_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def from_toml(name: str, text: str) -> Conversation:
    """Read a conversation from the text of its file. Raises `BadConversation`."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadConversation(name, f"not TOML: {error}") from error
    return parse(name, data)


def parse(name: str, data: dict[str, Any]) -> Conversation:
    """Build a conversation from the data of its file. Raises `BadConversation`."""
    conversation = _Reader(name).conversation(data)
    _check_alternation(conversation)
    _check_ending(conversation)
    _check_distinct(conversation)
    _check_thinking_is_on(conversation)
    _check_signatures(conversation)
    _check_tools(conversation)
    return conversation


class _Reader:
    """Turns tables into turns and blocks, and names the table that is not as it has to be."""

    def __init__(self, name: str) -> None:
        self._name = name

    def conversation(self, data: dict[str, Any]) -> Conversation:
        self._check("the file", data, _TOP, _SETTINGS)
        if data.get("scope", "all") not in get_args(Scope):
            raise self._bad(f"scope is one of {', '.join(get_args(Scope))}: {data['scope']!r}")
        turns = tuple(self._turn(f"turn {number}", turn) for number, turn in enumerate(data["turn"], 1))
        settings = {key: data[key] for key in _SETTINGS if key in data}
        return Conversation(self._name, data["about"], turns, **settings)

    def _turn(self, place: str, data: Any) -> Turn:
        if self._kind(place, data, _TURNS, "a turn") == "user":
            return UserTurn(data["user"], data.get("thinking", True))
        blocks = tuple(self._block(f"{place}, block {index}", block) for index, block in enumerate(data["assistant"]))
        return AssistantTurn(blocks, data.get("by", ""))

    def _block(self, place: str, data: Any) -> Block:
        kind = self._kind(place, data, _BLOCKS, "a block")
        if kind == "thinking":
            return Thinking(self._text(place, data["thinking"], data), data.get("signature"))
        if kind == "redacted":
            return Redacted(data["redacted"])
        if kind == "text":
            return Text(self._text(place, data["text"], data))
        for argument, value in data["input"].items():
            self._expect(f"{place}: input.{argument}", value, str)
        return ToolUse(data["tool"], data["input"], data["result"], data.get("image", False))

    def _text(self, place: str, value: str, data: dict[str, Any]) -> str:
        """A text as it is; or, with `json`, the JSON string in it; and `times` numbered copies, to make it long."""
        text = self._json(place, value) if data.get("json") else value
        return "".join(f"{number}: {text}" for number in range(data["times"])) if "times" in data else text

    def _json(self, place: str, value: str) -> str:
        try:
            text = json.loads(value)
        except ValueError as error:
            raise self._bad(f"{place}: not JSON: {error}") from error
        if not isinstance(text, str):
            raise self._bad(f"{place}: the JSON has to be a string: {value!r}")
        return text

    def _kind(self, place: str, data: Any, kinds: Mapping[str, tuple[_Keys, _Keys]], what: str) -> str:
        """Tell the kind of a table by the key that names it, and check its other keys."""
        self._expect(place, data, dict)
        kind = next((kind for kind in kinds if kind in data), None)
        if kind is None:
            raise self._bad(f"{place}: {what} of an unknown kind: {sorted(data)}")
        self._check(place, data, *kinds[kind])
        return kind

    def _check(self, place: str, data: dict[str, Any], must: _Keys, may: _Keys) -> None:
        known = {**must, **may}
        for key, value in data.items():
            if key not in known:
                raise self._bad(f"{place}: unknown key {key!r}; known are {', '.join(known)}")
            self._expect(f"{place}: {key}", value, known[key])
        for key in must:
            if key not in data:
                raise self._bad(f"{place}: {key!r} is missing")

    def _expect(self, place: str, value: Any, kind: type) -> None:
        """Refuse a value of another type; `True` is no number here."""
        if type(value) is not kind:
            raise self._bad(f"{place} has to be {_WORDS[kind]}: {value!r}")

    def _bad(self, reason: str) -> BadConversation:
        return BadConversation(self._name, reason)


def _check_alternation(conversation: Conversation) -> None:
    """A user speaks first and after every plain reply; after tool calls their results do, which are no turn here."""
    expected: type[Turn] = UserTurn
    for turn in conversation.turns:
        if not isinstance(turn, expected):
            raise BadConversation(conversation.name, f"a turn out of order: {turn}")
        if isinstance(turn, AssistantTurn) and not turn.blocks:
            raise BadConversation(conversation.name, "an assistant's turn of nothing")
        calls = isinstance(turn, AssistantTurn) and turn.of(ToolUse)
        expected = AssistantTurn if calls or isinstance(turn, UserTurn) else UserTurn


def _check_ending(conversation: Conversation) -> None:
    """The last reply is plain text: what nobody replays cannot be judged, so it must not look as if it were.

    And a backend gives it: after a turn from elsewhere nobody would be asked anything.
    """
    last = conversation.turns[-1] if conversation.turns else None
    if not (isinstance(last, AssistantTurn) and len(last.of(Text)) == len(last.blocks)):
        raise BadConversation(conversation.name, "the last turn must be an assistant's plain text")
    if last.by == ELSEWHERE:
        raise BadConversation(conversation.name, "the last turn must be given by a backend")


def _check_distinct(conversation: Conversation) -> None:
    """A thinking text that also occurs elsewhere would make a leak or a doubling undecidable."""
    strings = list(_strings(conversation))
    for turn in conversation.assistant_turns:
        for block in turn.of(Thinking):
            if block.text and sum(block.text in string for string in strings) != 1:
                raise BadConversation(conversation.name, f"thinking is not unique: {block.text!r}")


def _strings(conversation: Conversation) -> Iterator[str]:
    """Every string of a conversation that a request may hold."""
    yield conversation.system
    for turn in conversation.turns:
        if isinstance(turn, UserTurn):
            yield turn.text
            continue
        for block in turn.blocks:
            if isinstance(block, (Thinking, Text)):
                yield block.text
            elif isinstance(block, ToolUse):
                yield from (block.name, block.result, *block.input, *block.input.values())


def _check_thinking_is_on(conversation: Conversation) -> None:
    """A backend that was told not to think and does would be at fault itself."""
    thinks = True
    for turn in conversation.turns:
        if isinstance(turn, UserTurn):
            thinks = turn.thinking
        elif not thinks and any(isinstance(block, (Thinking, Redacted)) for block in turn.blocks):
            raise BadConversation(conversation.name, f"thinking is off in this turn: {turn}")


def _check_signatures(conversation: Conversation) -> None:
    """A backend mints its own signatures: one that is written here would be read by nobody."""
    for turn in conversation.assistant_turns:
        if turn.by != ELSEWHERE and any(block.signature is not None for block in turn.of(Thinking)):
            raise BadConversation(conversation.name, f"a signature in a turn that is not from {ELSEWHERE!r}: {turn}")


def _check_tools(conversation: Conversation) -> None:
    """A tool is declared once, so each of its uses has the same arguments."""
    declared = conversation.tools
    for turn in conversation.assistant_turns:
        for use in turn.of(ToolUse):
            if set(use.input) != set(declared[use.name]):
                raise BadConversation(conversation.name, f"the tool {use.name!r} is used with different arguments")
