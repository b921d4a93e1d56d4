"""Conversations made by Hypothesis, and the way to keep one that failed: as a file beside the others.

What is made can be played to every backend: a turn that calls tools thinks first and ends with its calls, no turn ends
in a thought, and a tool has the same arguments in each of its uses.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import chain, count
from typing import Any, Final

import tomli_w
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

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

DETERMINISTIC: Final = settings(derandomize=True, database=None, deadline=None, max_examples=30)
"""The profile of the suite: the same examples in every run, and nothing kept from one run for the next."""

_OPEN, _CLOSE = "\u2039", "\u203a"
_TOOLS: Final[dict[str, tuple[str, ...]]] = {"look": ("place",), "mix": ("first", "second"), "wait": ()}

_Blocks = SearchStrategy[list[Block]]


def conversations(*, redacted: bool = True) -> SearchStrategy[Conversation]:
    """Make conversations that the loader takes; without `redacted`, such as need no wire that seals reasoning."""
    step = _joined(_reasoning(redacted), _few(_TEXT, 0, 1), _few(_USE, 1, 2))
    remark = _joined(_reasoning(redacted), _few(_TEXT, 1, 1))
    loop = st.lists(_turn_of(step), max_size=2)
    closing = _turn_of(remark) | _PLAIN
    exchange = st.tuples(_USER, loop, closing)
    return st.builds(_conversation, st.lists(exchange, max_size=2), st.tuples(_USER, loop, _PLAIN)).filter(_thinks)


def _few(blocks: SearchStrategy[Any], least: int, most: int) -> _Blocks:
    return st.lists(blocks, min_size=least, max_size=most)


def _reasoning(redacted: bool) -> _Blocks:
    return _few(_THINKING | _REDACTED if redacted else _THINKING, 1, 3)


def _joined(*runs: _Blocks) -> _Blocks:
    return st.tuples(*runs).map(lambda drawn: list(chain(*drawn)))


def _turn_of(run: _Blocks) -> SearchStrategy[AssistantTurn]:
    """A turn of one run of blocks or, interleaved, of two."""
    return st.lists(run, min_size=1, max_size=2).map(lambda runs: AssistantTurn(tuple(chain(*runs))))


def _use(name: str) -> SearchStrategy[ToolUse]:
    arguments = st.fixed_dictionaries(dict.fromkeys(_TOOLS[name], _WORDS))
    return st.builds(ToolUse, st.just(name), arguments, _WORDS)


# Text that every wire can carry, and the two marks between which each thinking text has a number of its own, so that it
# is a part of no other text.
_CHARACTERS = st.characters(
    codec="utf-8", exclude_categories=["Cc"], include_characters="\n\t", exclude_characters=_OPEN + _CLOSE
)
_WORDS = st.text(_CHARACTERS, min_size=1, max_size=40).filter(lambda text: bool(text.strip()))
_THINKING = st.builds(Thinking, _WORDS)
_REDACTED = st.builds(Redacted, _WORDS)
_TEXT = st.builds(Text, _WORDS)
# Built once: a strategy that is made at each draw takes longer to make than to draw from.
_USE = st.one_of(*map(_use, sorted(_TOOLS)))
_USER = st.builds(UserTurn, _WORDS)
_PLAIN = _TEXT.map(lambda text: AssistantTurn((text,)))

_Exchange = tuple[UserTurn, list[AssistantTurn], AssistantTurn]


def _conversation(exchanges: Iterable[_Exchange], last: _Exchange) -> Conversation:
    turns: list[Turn] = []
    for user, loop, closing in [*exchanges, last]:
        turns += [user, *loop, closing]
    return Conversation("generated", "Made by Hypothesis.", tuple(_numbered(turns)))


def _numbered(turns: Iterable[Turn]) -> Iterator[Turn]:
    numbers = count(1)
    for turn in turns:
        if isinstance(turn, UserTurn):
            yield turn
        else:
            yield AssistantTurn(tuple(_marked(block, numbers) for block in turn.blocks))


def _marked(block: Block, numbers: Iterator[int]) -> Block:
    return Thinking(f"{_OPEN}{next(numbers)}{_CLOSE}{block.text}") if isinstance(block, Thinking) else block


def _thinks(conversation: Conversation) -> bool:
    return conversation.redacts or any(turn.of(Thinking) for turn in conversation.assistant_turns)


def as_toml(conversation: Conversation) -> str:
    """Write a conversation as the text of its file, which `loader.from_toml` reads as the same one."""
    settings = {"scope": conversation.scope, "system": conversation.system, "cached": conversation.cached}
    unset = {"scope": "all", "system": "", "cached": False}
    turns = [_turn_table(turn) for turn in conversation.turns]
    return tomli_w.dumps({"about": conversation.about, **_without(unset, settings), "turn": turns})


def _without(unset: dict[str, Any], table: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if value != unset[key]}


def _turn_table(turn: Turn) -> dict[str, Any]:
    if isinstance(turn, UserTurn):
        return {"user": turn.text, **_without({"thinking": True}, {"thinking": turn.thinking})}
    blocks = [_block_table(block) for block in turn.blocks]
    return {**_without({"by": ""}, {"by": turn.by}), "assistant": blocks}


def _block_table(block: Block) -> dict[str, Any]:
    if isinstance(block, Thinking):
        return {**_text_table("thinking", block.text), **_without({"signature": None}, {"signature": block.signature})}
    if isinstance(block, Text):
        return _text_table("text", block.text)
    if isinstance(block, Redacted):
        return {"redacted": block.seed}
    table = {"tool": block.name, "input": dict(block.input), "result": block.result}
    return {**table, **_without({"image": False}, {"image": block.image})}


def _text_table(key: str, text: str) -> dict[str, Any]:
    """TOML has no escape for half a surrogate pair; JSON has."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return {key: json.dumps(text), "json": True}
    return {key: text}
