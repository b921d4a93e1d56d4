"""System messages in the middle of a history, without LiteLLM."""

from __future__ import annotations

import copy
from importlib import import_module
from typing import Any

import pytest

pytestmark = pytest.mark.usefixtures("overlay")

Item = dict[str, Any]
SYSTEM = {"role": "system", "content": "S"}
NOTE = {"type": "text", "text": "[System] S"}
SAID = {"type": "text", "text": "q"}
RESULT = {"type": "tool_result", "tool_use_id": "c", "content": "r"}
ANSWER = {"role": "assistant", "content": "a"}


def user(*blocks: Any) -> Item:
    return {"role": "user", "content": list(blocks)}


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ([SYSTEM, {"role": "user", "content": "q"}], [user(NOTE, SAID)]),
        ([ANSWER, SYSTEM, user(RESULT)], [ANSWER, user(RESULT, NOTE)]),
        ([ANSWER, SYSTEM, user(RESULT, SAID)], [ANSWER, user(RESULT, NOTE, SAID)]),
        ([user(SAID), SYSTEM, ANSWER], [user(SAID, NOTE), ANSWER]),
        ([user(SAID), SYSTEM], [user(SAID, NOTE)]),
        ([ANSWER, SYSTEM, SYSTEM, ANSWER], [ANSWER, user(NOTE, NOTE), ANSWER]),
        ([ANSWER, {"role": "system", "content": [{"type": "text", "text": " "}, None]}, "odd"], [ANSWER, "odd"]),
    ],
)
def test_the_words_are_in_the_turn_of_the_user(messages: list[Any], expected: list[Any]) -> None:
    before = copy.deepcopy(messages)
    module = import_module("litellm.thinking_round_trip.chat.system_notes")
    prepared = module.keeps_system_messages(lambda *, messages: messages)
    assert prepared(messages=messages) == expected
    assert messages == before


def test_a_history_without_any_is_left_alone() -> None:
    module = import_module("litellm.thinking_round_trip.chat.system_notes")
    messages = [user(SAID), ANSWER]
    assert module.keeps_system_messages(lambda *, messages: messages)(messages=messages) is messages
