"""The judge of Fireworks AI against docs/providers.md#fireworks."""

from __future__ import annotations

from typing import Any

import pytest

from tests.backends import Fireworks, FireworksTags
from tests.conversations import load
from tests.judges.chat_checks import (
    CALL,
    RESULT,
    TOOLS,
    USER,
    answered,
    asked,
    called,
    check_honest,
    spoke,
)
from tests.judges.chat_lies import THOUGHT, common_lies, field
from tests.judges.honest import Body, Lie
from tests.judges.honest_chat import HonestChat
from tests.judges.replays import replays, table

EXTRA = "Extra inputs are not permitted, field: '{}', value: {}"
PART = {"type": "thinking", "thinking": "I think."}
SIGNED_CALL = {**CALL, "extra_content": {"google": {"thought_signature": "c2ln"}}}

REJECTED: dict[str, tuple[Body, str]] = {
    "reasoning-details": (
        asked(USER, spoke(reasoning_details=[{"type": "reasoning.text"}]), USER),
        EXTRA.format("messages[1].reasoning_details", "[{'type': 'reasoning.text'}]"),
    ),
    "thinking-blocks": (
        asked(USER, called(thinking_blocks=[PART]), RESULT),
        EXTRA.format("messages[1].thinking_blocks", "[{'type': 'thinking', 'thinking': 'I think.'}]"),
    ),
    "reasoning": (asked(USER, spoke(reasoning="I."), USER), EXTRA.format("messages[1].reasoning", "'I.'")),
    "tool-name": (
        asked(USER, called(), {**RESULT, "tool_name": "forecast"}),
        EXTRA.format("messages[2].tool_name", "'forecast'"),
    ),
    "cache-control": (
        asked({**USER, "cache_control": {"type": "ephemeral"}}),
        EXTRA.format("messages[0].cache_control", "{'type': 'ephemeral'}"),
    ),
    "signed-call": (
        asked(USER, called(tool_calls=[SIGNED_CALL]), RESULT),
        EXTRA.format("messages[1].tool_calls[0].extra_content", "{'google': {'thought_signature': 'c2ln'}}"),
    ),
    "several": (
        asked(USER, spoke(reasoning="I.", thinking_blocks=[]), USER),
        "2 request validation errors: "
        + EXTRA.format("messages[1].reasoning", "'I.'")
        + "; "
        + EXTRA.format("messages[1].thinking_blocks", "[]"),
    ),
    "foreign-part": (
        asked({"role": "user", "content": [PART]}),
        "Input should be a valid string, field: 'messages[0].content.str', value: "
        "[{'type': 'thinking', 'thinking': 'I think.'}]",
    ),
    "two-switches": (
        asked(USER, thinking={"type": "enabled"}, reasoning_effort="low"),
        "thinking and reasoning_effort cannot be used together",
    ),
}

ASSUMED = {
    "reasoning-that-is-no-string": (
        asked(USER, called(reasoning_content=[]), RESULT),
        EXTRA.format("reasoning_content", "[]"),
    ),
    "unknown-history": (
        asked(USER, reasoning_history="all"),
        "Input should be 'disabled', 'interleaved' or 'preserved', field: 'reasoning_history', value: 'all'",
    ),
}

ACCEPTED: dict[str, Body] = {
    "reasoning-content": asked(USER, called(reasoning_content="I think."), RESULT, tools=TOOLS),
    "missing": asked(USER, called(), RESULT, tools=TOOLS),
    "text-part": asked({"role": "user", "content": [{"type": "text", "text": "Hi."}]}),
    "one-switch": asked(USER, thinking={"type": "enabled"}),
    "the-other-switch": asked(USER, reasoning_effort="low"),
    **{
        f"history-{word}": asked(USER, reasoning_history=word)
        for word in (None, "disabled", "interleaved", "preserved")
    },
}

COMMON = common_lies("reasoning_content")
LIES: dict[str, tuple[Lie, str]] = {
    **COMMON,
    "foreign-field": (COMMON["foreign-field"][0], EXTRA.format("messages[1].signature", "'c2ln'")),
    "blocks": (field("thinking_blocks", lambda text: []), EXTRA.format("messages[1].thinking_blocks", "[]")),
}


def envelope(message: str) -> dict[str, Any]:
    code = "invalid_request_error"
    return {"error": {"object": "error", "type": code, "code": code, "message": message}}


@table(REJECTED, "body, message")
@pytest.mark.parametrize("lenient", [False, True])
def test_rejects(body: Body, message: str, lenient: bool) -> None:
    assert answered(Fireworks, body, lenient=lenient) == (400, envelope(message))


@table(ASSUMED, "body, message")
def test_rejects_on_assumption(body: Body, message: str) -> None:
    assert answered(Fireworks, body) == (400, envelope(message))
    assert answered(Fireworks, body, lenient=True)[0] == 200


@table(ACCEPTED, "body")
def test_accepts(body: Body) -> None:
    assert answered(Fireworks, body)[0] == 200


@replays()
def test_an_honest_replay_leaves_a_clean_record(name: str, stream: bool) -> None:
    check_honest(Fireworks, name, stream)


@table(LIES, "lie, expected")
def test_catches(lie: Lie, expected: str) -> None:
    assert expected in HonestChat(Fireworks).play(load("thinking-text-tool")).caught(lie)


def to_the_field(body: Body) -> None:
    """Move the reasoning into the field that the documentation names."""
    message = body["messages"][1]
    message["content"], message["reasoning_content"] = message["content"].removeprefix(TAGGED), THOUGHT


TAGGED = f"\n<think>{THOUGHT}</think>"
TAG_LIES: dict[str, tuple[Lie, str]] = {
    "dropped": (field("content", lambda text: text.removeprefix(TAGGED)), "reasoning was dropped"),
    "untagged": (field("content", lambda text: THOUGHT + text.removeprefix(TAGGED)), "thinking became visible text"),
    "disagreeing": (field("reasoning_content", lambda _: "I think."), "the carriers of reasoning disagree"),
    "reasoning": (field("reasoning", lambda _: "I."), EXTRA.format("messages[1].reasoning", "'I.'")),
}


@replays()
def test_a_model_without_a_parser_takes_its_content_back(name: str, stream: bool) -> None:
    check_honest(FireworksTags, name, stream)


def test_it_takes_the_field_as_well() -> None:
    assert HonestChat(FireworksTags).play(load("thinking-text-tool")).caught(to_the_field) == ""


@table(TAG_LIES, "lie, expected")
def test_catches_where_there_is_no_parser(lie: Lie, expected: str) -> None:
    assert expected in HonestChat(FireworksTags).play(load("thinking-text-tool")).caught(lie)
