"""The judge of MiniMax' chat completions against docs/providers.md#minimax."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.backends import MiniMaxChat
from tests.conversations import load
from tests.judges.asking import said
from tests.judges.chat_checks import RESULT, TOOLS, USER, answered, asked, called, check_honest, spoke
from tests.judges.chat_lies import THOUGHT, field, foreign_part, visible_lies
from tests.judges.honest import Body, Lie, truth
from tests.judges.honest_chat import HonestChat
from tests.judges.replays import replays, table

LOST_ID = "invalid params, tool result's tool id({}) not found (2013)"
THINKING = 'invalid thinking.type: "enabled" (allowed: adaptive, disabled) (2013)'
THOUGHTS = f"<think>{THOUGHT}</think>"
DETAIL = {"type": "reasoning.text", "text": "I think."}

REJECTED: dict[str, tuple[Body, str]] = {
    "unknown-id": (asked(USER, called(), {**RESULT, "tool_call_id": "call_2"}), LOST_ID.format("call_2")),
    "result-before-its-call": (asked(USER, RESULT, called()), LOST_ID.format("call_1")),
    "enabled": (asked(USER, model="MiniMax-M3", thinking={"type": "enabled"}), THINKING),
}

ASSUMED: dict[str, tuple[Body, str]] = {
    "enabled-on-another-model": (asked(USER, model="MiniMax-M2.5", thinking={"type": "enabled"}), THINKING),
}

ACCEPTED: dict[str, Body] = {
    "in-content": asked(USER, called(content="<think>I think.</think>Let me look."), RESULT, tools=TOOLS),
    "details": asked(USER, called(reasoning_details=[DETAIL]), RESULT, tools=TOOLS, reasoning_split=True),
    "missing": asked(USER, called(), RESULT, tools=TOOLS),
    "reasoning-content": asked(USER, spoke(reasoning_content="I think."), USER),
    "foreign-field": asked(USER, spoke(thinking_blocks=[]), USER),
    "adaptive": asked(USER, model="MiniMax-M3", thinking={"type": "adaptive"}),
    "disabled": asked(USER, model="MiniMax-M3", thinking={"type": "disabled"}),
}


def unthink(text: str) -> str:
    return text.removeprefix(THOUGHTS)


def move(name: str) -> Lie:
    """Take the reasoning out of the content, and put it into another field."""

    def lie(body: Body) -> None:
        message = body["messages"][1]
        message["content"] = unthink(message["content"])
        message[name] = [{"type": "reasoning.text", "text": THOUGHT}] if name == "reasoning_details" else THOUGHT

    return lie


def as_parts(body: Body) -> None:
    """Write the content as parts, which says the same."""
    message = body["messages"][1]
    message["content"] = [{"type": "text", "text": message["content"]}]


LIES: dict[str, tuple[Lie, str]] = {
    **visible_lies(),
    "calls-dropped": (visible_lies()["calls-dropped"][0], "tool result's tool id"),
    "dropped": (field("content", unthink), "reasoning was dropped"),
    "moved-to-an-unread-field": (move("reasoning_content"), "reasoning was dropped"),
    "placeholder": (field("content", lambda text: f"<think> </think>{unthink(text)}"), "a placeholder stands in"),
    "changed": (field("content", lambda text: text.replace("Oslo", "Lima")), "reasoning was changed"),
    "untagged": (field("content", lambda text: THOUGHT + unthink(text)), "thinking became visible text"),
    "behind-the-text": (field("content", lambda text: unthink(text) + THOUGHTS), "thinking became visible text"),
    "twice": (field("content", lambda text: THOUGHTS + text), "reasoning came back twice"),
    "also-said-aloud": (field("content", lambda text: text + THOUGHT), "thinking became visible text"),
    "disagreeing": (field("reasoning_details", lambda _: [DETAIL]), "the carriers of reasoning disagree"),
    "foreign-field": (field("thinking_blocks", lambda _: []), "foreign field on the wire"),
    "foreign-part": (foreign_part, "foreign content on the wire"),
}

SAME: dict[str, Lie] = {"truth": truth, "details": move("reasoning_details"), "parts": as_parts}


def check_envelope(answer: tuple[int, Any], message: str) -> None:
    status, body = answer
    assert body.pop("request_id")
    error = {"type": "bad_request_error", "message": message, "http_code": "400"}
    assert (status, body) == (400, {"type": "error", "error": error})


@table(REJECTED, "body, message")
@pytest.mark.parametrize("lenient", [False, True])
def test_rejects(body: Body, message: str, lenient: bool) -> None:
    check_envelope(answered(MiniMaxChat, body, lenient=lenient), message)


@table(ASSUMED, "body, message")
def test_rejects_on_assumption(body: Body, message: str) -> None:
    check_envelope(answered(MiniMaxChat, body), message)
    assert answered(MiniMaxChat, body, lenient=True)[0] == 200


@table(ACCEPTED, "body")
def test_accepts(body: Body) -> None:
    assert answered(MiniMaxChat, body)[0] == 200


@pytest.mark.parametrize("split", [{}, {"reasoning_split": True}])
@replays()
def test_an_honest_replay_leaves_a_clean_record(name: str, stream: bool, split: dict[str, Any]) -> None:
    check_honest(MiniMaxChat, name, stream, **split)


@table(LIES, "lie, expected")
def test_catches(lie: Lie, expected: str) -> None:
    assert expected in HonestChat(MiniMaxChat).play(load("thinking-text-tool")).caught(lie)


@table(SAME, "form")
def test_either_carrier_will_do(form: Lie) -> None:
    assert HonestChat(MiniMaxChat).play(load("thinking-text-tool")).caught(form) == ""


def test_the_lenient_judge_reads_reasoning_content_as_well() -> None:
    honest = HonestChat(MiniMaxChat, lenient=True).play(load("thinking-text-tool"))
    assert honest.caught(move("reasoning_content")) == ""


@pytest.mark.parametrize(
    ("split", "message"),
    [
        ({}, {"content": f"{THOUGHTS}Let me look at the forecast."}),
        (
            {"reasoning_split": True},
            {
                "content": "Let me look at the forecast.",
                "reasoning_content": THOUGHT,
                "reasoning_details": [{"type": "reasoning.text", "index": 0, "text": THOUGHT}],
            },
        ),
    ],
)
def test_performs_in_the_form_that_was_asked_for(split: dict[str, Any], message: dict[str, Any]) -> None:
    first = HonestChat(MiniMaxChat, **split).play(load("thinking-text-tool")).history[1]
    assert {key: value for key, value in first.items() if key not in ("role", "tool_calls")} == message


def test_rejections_are_on_record() -> None:
    honest = HonestChat(MiniMaxChat).play(load("thinking-text-tool"))
    answer = honest.spoilt(lambda body: body["messages"][1].pop("tool_calls"))
    assert json.loads(answer.body)["error"]["message"] in said(honest.backend)
