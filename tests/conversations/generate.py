"""Conversations made by Hypothesis, and the way to keep one that failed: as a file beside the others.

What is made can be played to every backend: a turn that calls tools thinks first and ends with its calls, no turn ends
in a thought, and a tool has the same arguments in each of its uses.
"""

from __future__ import annotations

import json
from itertools import count
from typing import Any, Final

import tomli_w
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

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
"""The profile of the suite: the same examples in every run, with nothing kept from one run to the next."""

_OPEN, _CLOSE = "\u2039", "\u203a"
_TOOLS: Final = {"look": ("place",), "mix": ("first", "second"), "wait": ()}

# Text that every wire can carry. Each thinking text bears a number of its own between the two marks, which no other
# text holds, so it is never a part of another one.
_CHARACTERS = st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters=_OPEN + _CLOSE)
_WORDS = st.text(_CHARACTERS | st.sampled_from("\n\t"), min_size=1, max_size=40).filter(lambda text: bool(text.strip()))


@st.composite
def conversations(draw: DrawFn, *, redacted: bool = True) -> Conversation:
    """Make a conversation that the loader would accept; without `redacted`, one for wires that cannot seal reasoning."""
    numbers = count(1)
    exchanges = draw(st.lists(_exchange(redacted), min_size=1, max_size=3))
    last = [UserTurn(draw(_WORDS))] if draw(st.booleans()) or not _is_open(exchanges[-1]) else []
    turns = [_numbered(turn, numbers) for exchange in exchanges for turn in exchange]
    return Conversation("generated", "Made by Hypothesis.", (*turns, *last, AssistantTurn((Text(draw(_WORDS)),))))


def as_toml(conversation: Conversation) -> str:
    """Write a conversation as the text of its file, which `loader.from_toml` reads as the same one."""
    data: dict[str, Any] = {"about": conversation.about}
    for key, default in (("scope", "all"), ("system", ""), ("cached", False)):
        if getattr(conversation, key) != default:
            data[key] = getattr(conversation, key)
    return tomli_w.dumps({**data, "turn": [_turn(turn) for turn in conversation.turns]})
