"""The judge of Moonshot against docs/providers.md#moonshot."""

from __future__ import annotations

from typing import Any

import pytest

from tests.backends import Backend, KimiCoding, Moonshot
from tests.conversations import load
from tests.judges.chat_checks import RESULT, TOOLS, USER, answered, asked, called, check_honest, spoke
from tests.judges.chat_lies import common_lies, field, foreign_part, lose
from tests.judges.honest import Lie
from tests.judges.honest_chat import HonestChat
from tests.judges.replays import replays, table

ENABLED, DISABLED = {"type": "enabled"}, {"type": "disabled"}
NAMED = {"type": "function", "function": {"name": "forecast"}}
MISSING = "thinking is enabled but reasoning_content is missing in assistant tool call message at index"
ONLY_ENABLED = "invalid thinking: only type=enabled is allowed for this model"

REJECTED: dict[str, tuple[type[Backend], dict[str, Any], str]] = {
    "missing": (Moonshot, asked(USER, called(), RESULT), f"{MISSING} 1"),
    "null": (Moonshot, asked(USER, called(reasoning_content=None), RESULT), f"{MISSING} 1"),
    "missing-in-a-later-call": (
        Moonshot,
        asked(USER, called(reasoning_content="I think."), RESULT, called(), RESULT),
        f"{MISSING} 3",
    ),
    "missing-with-thinking-said": (Moonshot, asked(USER, called(), RESULT, thinking=ENABLED), f"{MISSING} 1"),
    "missing-before-a-kept-history": (
        Moonshot,
        asked(USER, called(), RESULT, thinking={"type": "enabled", "keep": "all"}),
        f"{MISSING} 1",
    ),
    "forced-tool": (
        Moonshot,
        asked(USER, tools=TOOLS, tool_choice=NAMED),
        "tool_choice 'specified' is incompatible with thinking enabled",
    ),
    "required-tool": (
        Moonshot,
        asked(USER, tools=TOOLS, tool_choice="required"),
        "tool_choice 'required' is incompatible with thinking enabled",
    ),
    "both-switches": (
        Moonshot,
        asked(USER, thinking=ENABLED, reasoning_effort="low"),
        "cannot specify both 'thinking' and 'reasoning_effort'",
    ),
    "details-on-the-coding-endpoint": (
        KimiCoding,
        asked(USER, spoke(reasoning_details=[{"type": "reasoning.text", "text": "I think."}]), USER),
        "the reasoning_details at position 1 entry 0 has an invalid type",
    ),
    "missing-on-the-coding-endpoint": (KimiCoding, asked(USER, called(), RESULT), f"{MISSING} 1"),
}

ASSUMED = {
    "k2.7-code-cannot-stop": asked(USER, model="kimi-k2.7-code", thinking=DISABLED),
    "k3-knows-no-adaptive": asked(USER, model="kimi-k3", thinking={"type": "adaptive"}),
}

ACCEPTED: dict[str, tuple[type[Backend], dict[str, Any]]] = {
    "reasoning": (Moonshot, asked(USER, called(reasoning_content="I think."), RESULT)),
    "empty": (Moonshot, asked(USER, called(reasoning_content=""), RESULT)),
    "dot": (Moonshot, asked(USER, called(reasoning_content="."), RESULT)),
    "no-call": (Moonshot, asked(USER, spoke(), USER)),
    "thinking-off": (Moonshot, asked(USER, called(), RESULT, thinking=DISABLED)),
    "forced-with-thinking-off": (
        Moonshot,
        asked(USER, tools=TOOLS, tool_choice="required", thinking=DISABLED),
    ),
    "auto-tool": (Moonshot, asked(USER, tools=TOOLS, tool_choice="auto")),
    "one-switch": (Moonshot, asked(USER, reasoning_effort="low")),
    "keep-null": (Moonshot, asked(USER, model="kimi-k2.6", thinking={"type": "enabled", "keep": None})),
    "keep-all": (Moonshot, asked(USER, model="kimi-k2.6", thinking={"type": "enabled", "keep": "all"})),
    "k3-enabled": (Moonshot, asked(USER, model="kimi-k3", thinking=ENABLED)),
    "details-elsewhere": (Moonshot, asked(USER, spoke(reasoning_details=[{"type": "reasoning.text"}]), USER)),
    "foreign-field": (Moonshot, asked(USER, spoke(thinking_blocks=[]), USER)),
}

LIES: dict[str, tuple[Lie, str]] = {
    **common_lies("reasoning_content"),
    "dropped": (lose("reasoning_content"), f"{MISSING} 1"),
    "null": (field("reasoning_content", lambda text: None), f"{MISSING} 1"),
    "blocks": (field("thinking_blocks", lambda text: []), "foreign field on the wire"),
    "foreign-part": (foreign_part, "foreign content on the wire"),
}


def envelope(message: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error"}}


@table(REJECTED, "backend, body, message")
@pytest.mark.parametrize("lenient", [False, True])
def test_rejects(backend: type[Backend], body: dict[str, Any], message: str, lenient: bool) -> None:
    assert answered(backend, body, lenient=lenient) == (400, envelope(message))


@table(ASSUMED, "body")
def test_rejects_on_assumption(body: dict[str, Any]) -> None:
    assert answered(Moonshot, body) == (400, envelope(ONLY_ENABLED))
    assert answered(Moonshot, body, lenient=True)[0] == 200


@table(ACCEPTED, "backend, body")
def test_accepts(backend: type[Backend], body: dict[str, Any]) -> None:
    assert answered(backend, body)[0] == 200


@replays()
@pytest.mark.parametrize("backend", [Moonshot, KimiCoding])
def test_an_honest_replay_leaves_a_clean_record(backend: type[Backend], name: str, stream: bool) -> None:
    check_honest(backend, name, stream)


@table(LIES, "lie, expected")
def test_catches(lie: Lie, expected: str) -> None:
    assert expected in HonestChat(Moonshot).play(load("thinking-text-tool")).caught(lie)
