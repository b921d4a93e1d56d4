"""The loader reads every conversation, and refuses one that would prove less than it seems to."""

from __future__ import annotations

from typing import Any

import pytest

from tests import conversations
from tests.conversations.loader import BadConversation, parse
from tests.conversations.model import Thinking

USER = {"user": "Hello?"}
THINKING = {"thinking": "A greeting."}
REPLY = {"text": "Hello."}
CALL = {"tool": "wave", "input": {}, "result": "done"}


@pytest.mark.parametrize("name", conversations.names())
def test_every_conversation_says_what_it_is_about(name: str) -> None:
    conversation = conversations.load(name)
    assert conversation.about.endswith(".")
    assert any(turn.of(Thinking) for turn in conversation.assistant_turns)


def _turns(*turns: Any) -> dict[str, Any]:
    given = [turn if isinstance(turn, dict) else {"assistant": turn} for turn in turns]
    return {"about": "A test.", "turn": given}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (_turns(USER, [THINKING, REPLY], USER), "the last turn must be an assistant's plain text"),
        (_turns(USER, [THINKING, REPLY]), "the last turn must be an assistant's plain text"),
        (_turns(USER, [THINKING, CALL]), "the last turn must be an assistant's plain text"),
        (_turns(USER, USER, [REPLY]), "a turn out of order"),
        (_turns([REPLY]), "a turn out of order"),
        (_turns(USER, [THINKING, REPLY], [REPLY]), "a turn out of order"),
        (_turns(USER, [CALL], USER, [REPLY]), "a turn out of order"),
        (_turns(USER, [THINKING, {"text": "A greeting. Hello."}], USER, [REPLY]), "thinking is not unique"),
        (_turns(USER, [THINKING, THINKING, REPLY], USER, [REPLY]), "thinking is not unique"),
        (_turns(USER, [{"image": "x"}]), "a block of an unknown kind: ['image']"),
    ],
)
def test_a_conversation_that_proves_nothing_is_refused(data: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadConversation) as refusal:
        parse("made-up", data)
    assert f"conversation 'made-up': {reason}" in str(refusal.value)


def test_the_same_text_twice_is_fine_when_it_is_not_thinking() -> None:
    parse("made-up", _turns(USER, [THINKING, REPLY], USER, [REPLY]))
