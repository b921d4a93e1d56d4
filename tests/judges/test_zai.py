"""The judge of Z.ai against docs/providers.md#zai."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.backends import Zai
from tests.conversations import load
from tests.judges.chat_checks import RESULT, TOOLS, USER, answered, asked, called, check_honest, spoke
from tests.judges.chat_lies import common_lies, field
from tests.judges.honest import Body, Lie
from tests.judges.honest_chat import HonestChat
from tests.judges.replays import replays, table

INVALID = "Invalid API parameter, please check the documentation."
ILLEGAL = "The messages parameter is illegal. Please check the documentation."
ALWAYS = "This model always engages in thinking and cannot be disabled; please use low, high, or max"

REJECTED: dict[str, tuple[Body, str, str]] = {
    "cannot-stop": (asked(USER, model="glm-5.3", thinking={"type": "disabled"}), "1210", ALWAYS),
    "adaptive": (asked(USER, thinking={"type": "adaptive"}), "1210", INVALID),
    "clear-what": (asked(USER, thinking={"type": "enabled", "clear_thinking": "all"}), "1210", INVALID),
    "foreign-part": (asked(USER, spoke(content=[{"type": "thinking", "thinking": "I."}]), USER), "1214", ILLEGAL),
}

ACCEPTED: dict[str, Body] = {
    "reasoning": asked(USER, called(reasoning_content="I think."), RESULT, tools=TOOLS),
    "missing": asked(USER, called(), RESULT, tools=TOOLS),
    "missing-in-a-kept-history": asked(USER, spoke(), USER, thinking={"type": "enabled", "clear_thinking": False}),
    "cleared": asked(USER, spoke(), USER, thinking={"clear_thinking": True}),
    "disabled": asked(USER, model="glm-4.7", thinking={"type": "disabled"}),
    "text-part": asked({"role": "user", "content": [{"type": "text", "text": "Hi."}]}),
    "foreign-field": asked(USER, spoke(thinking_blocks=[]), USER),
}

LIES: dict[str, tuple[Lie, str]] = {
    **common_lies("reasoning_content"),
    "blocks": (field("thinking_blocks", lambda text: []), "foreign field on the wire"),
}


@table(REJECTED, "body, code, message")
def test_rejects_on_assumption(body: Body, code: str, message: str) -> None:
    assert answered(Zai, body) == (400, {"error": {"code": code, "message": message}})
    assert answered(Zai, body, lenient=True)[0] == 200


@table(ACCEPTED, "body")
def test_accepts(body: Body) -> None:
    assert answered(Zai, body)[0] == 200


@pytest.mark.parametrize("keep", [{}, {"thinking": {"type": "enabled", "clear_thinking": False}}])
@replays()
def test_an_honest_replay_leaves_a_clean_record(name: str, stream: bool, keep: dict[str, Any]) -> None:
    check_honest(Zai, name, stream, **keep)


@table(LIES, "lie, expected")
def test_catches(lie: Lie, expected: str) -> None:
    assert expected in HonestChat(Zai).play(load("thinking-text-tool")).caught(lie)


@pytest.mark.parametrize("plan", ["", "coding/"])
def test_both_endpoints_are_its_own(plan: str) -> None:
    assert re.fullmatch(Zai.path, f"/api/{plan}paas/v4/chat/completions")
