"""The judges of DeepSeek's three ages against docs/providers.md#deepseek."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.backends import Backend, DeepSeekChat, DeepSeekR1, DeepSeekV32
from tests.conversations import load
from tests.conversations.model import ToolUse
from tests.judges.asking import said
from tests.judges.chat_checks import RESULT, THOUGHTLESS, TOOLS, USER, answered, asked, called, check_honest, spoke
from tests.judges.chat_lies import THOUGHT, common_lies, field, lose, visible_lies
from tests.judges.honest import Body, Lie, truth
from tests.judges.honest_chat import HonestChat
from tests.judges.replays import replays, table

AGES = [DeepSeekChat, DeepSeekV32, DeepSeekR1]
DISABLED = {"type": "disabled"}
PASS_BACK = "The `reasoning_content` in the thinking mode must be passed back to the API."
MISSING = (
    "Missing `reasoning_content` field in the assistant message at message index {}. For more information, please "
    "refer to https://api-docs.deepseek.com/guides/thinking_mode#tool-calls"
)
DISPLAY_ONLY = (
    "The reasoning_content is an intermediate result for display purposes only and will not be included in the context "
    "for inference. Please remove the reasoning_content from your message to reduce network traffic."
)
SUCCESSIVE = (
    "deepseek-reasoner does not support successive user or assistant messages (messages[{}] and messages[{}] in your "
    "input)."
)
DESERIALIZE = (
    "Failed to deserialize the JSON body into the target type: messages[1]: unknown variant `thinking`, expected one "
    "of `text`, `image_url`, `file`"
)
THINKING_PART = spoke(content=[{"type": "thinking", "thinking": "I think.", "signature": ""}], reasoning_content="I.")

REJECTED: dict[str, tuple[type[Backend], Body, str]] = {
    "v4-call": (DeepSeekChat, asked(USER, called(), RESULT, tools=TOOLS), PASS_BACK),
    "v4-turn-without-a-call": (DeepSeekChat, asked(USER, spoke(), USER, tools=TOOLS), PASS_BACK),
    "v4-null": (DeepSeekChat, asked(USER, spoke(reasoning_content=None), USER, tools=TOOLS), PASS_BACK),
    "v4-a-later-turn": (
        DeepSeekChat,
        asked(USER, called(reasoning_content="I think."), RESULT, spoke(), USER, tools=TOOLS),
        PASS_BACK,
    ),
    "v4-foreign-part": (DeepSeekChat, asked(USER, THINKING_PART, USER), DESERIALIZE),
    "v3.2-call": (DeepSeekV32, asked(USER, called(), RESULT, tools=TOOLS), MISSING.format(1)),
    "v3.2-later-call": (
        DeepSeekV32,
        asked(USER, called(reasoning_content="I think."), RESULT, called(), RESULT, tools=TOOLS),
        MISSING.format(3),
    ),
    "v3.2-foreign-part": (DeepSeekV32, asked(USER, THINKING_PART, USER), DESERIALIZE),
    "r1-reasoning": (DeepSeekR1, asked(USER, spoke(reasoning_content="I think."), USER), DISPLAY_ONLY),
    "r1-empty-reasoning": (DeepSeekR1, asked(USER, spoke(reasoning_content=""), USER), DISPLAY_ONLY),
    "r1-two-users": (DeepSeekR1, asked(USER, spoke(), USER, USER), SUCCESSIVE.format(2, 3)),
    "r1-two-assistants": (DeepSeekR1, asked(USER, spoke(), spoke(), USER), SUCCESSIVE.format(1, 2)),
}

ACCEPTED: dict[str, tuple[type[Backend], Body]] = {
    "v4-passed-back": (DeepSeekChat, asked(USER, called(reasoning_content="I."), RESULT, tools=TOOLS)),
    "v4-without-tools": (DeepSeekChat, asked(USER, spoke(), USER)),
    "v4-thinking-off": (DeepSeekChat, asked(USER, called(), RESULT, tools=TOOLS, thinking=DISABLED)),
    "v4-image": (DeepSeekChat, asked({"role": "user", "content": [{"type": "image_url"}, {"type": "file"}]})),
    "v4-foreign-field": (DeepSeekChat, asked(USER, spoke(thinking_blocks=[]), USER)),
    "v3.2-turn-without-a-call": (DeepSeekV32, asked(USER, spoke(), USER, tools=TOOLS)),
    "v3.2-thinking-off": (DeepSeekV32, asked(USER, called(), RESULT, tools=TOOLS, thinking=DISABLED)),
    "r1-without": (DeepSeekR1, asked(USER, spoke(), USER)),
    "r1-null": (DeepSeekR1, asked(USER, spoke(reasoning_content=None), USER)),
    "r1-results-in-a-row": (DeepSeekR1, asked(USER, called(), RESULT, RESULT)),
}

COMMON = common_lies("reasoning_content")
LIES: dict[str, tuple[type[Backend], Lie, str]] = {
    **{f"v3.2-{name}": (DeepSeekV32, *row) for name, row in COMMON.items() if name not in ("dropped", "null")},
    "v3.2-dropped": (DeepSeekV32, lose("reasoning_content"), MISSING.format(1)),
    "v3.2-null": (DeepSeekV32, field("reasoning_content", lambda text: None), MISSING.format(1)),
    **{f"v4-{name}": (DeepSeekChat, *row) for name, row in COMMON.items() if row[1] != "reasoning was dropped"},
    "v4-dropped": (DeepSeekChat, lose("reasoning_content"), PASS_BACK),
    "v4-later-dropped": (DeepSeekChat, lose("reasoning_content", 3), PASS_BACK),
    "v4-emptied": (DeepSeekChat, field("reasoning_content", lambda text: ""), "not verified"),
    **{f"r1-{name}": (DeepSeekR1, *row) for name, row in visible_lies().items() if name != "turn-dropped"},
    "r1-returned": (DeepSeekR1, field("reasoning_content", lambda text: "A thought of my own."), DISPLAY_ONLY),
    "r1-in-sight": (DeepSeekR1, field("content", lambda text: THOUGHT + text), "thinking became visible text"),
}


class HonestReasoner(HonestChat):
    """R1 wants its reasoning removed."""

    def keep(self, turn: Any, uses: list[ToolUse]) -> None:
        super().keep({key: value for key, value in turn.items() if key != "reasoning_content"}, uses)


def client(backend: type[Backend], **extra: Any) -> HonestChat:
    return (HonestReasoner if backend is DeepSeekR1 else HonestChat)(backend, **extra)


def envelope(message: str) -> Body:
    code = "invalid_request_error"
    return {"error": {"message": message, "type": code, "param": None, "code": code}}


@table(REJECTED, "backend, body, message")
@pytest.mark.parametrize("lenient", [False, True])
def test_rejects(backend: type[Backend], body: Body, message: str, lenient: bool) -> None:
    assert answered(backend, body, lenient=lenient) == (400, envelope(message))


@table(ACCEPTED, "backend, body")
def test_accepts(backend: type[Backend], body: Body) -> None:
    assert answered(backend, body)[0] == 200


@replays()
@pytest.mark.parametrize("backend", AGES)
def test_an_honest_replay_leaves_a_clean_record(backend: type[Backend], name: str, stream: bool) -> None:
    check_honest(backend, name, stream, client=client)


@table(LIES, "backend, lie, expected")
def test_catches(backend: type[Backend], lie: Lie, expected: str) -> None:
    assert expected in client(backend).play(load("thinking-text-tool")).caught(lie)


def test_an_emptied_field_passes_the_lenient_judge_but_is_a_loss() -> None:
    honest = HonestChat(DeepSeekChat, lenient=True).play(load("thinking-text-tool"))
    answer = honest.spoilt(field("reasoning_content", lambda text: ""))
    assert answer.status == 200
    assert "reasoning was dropped" in said(honest.backend)


@pytest.mark.parametrize("blank", ["", " "])
@pytest.mark.parametrize("backend", [DeepSeekChat, DeepSeekV32])
def test_a_blank_may_stand_for_what_was_never_thought(backend: type[Backend], blank: str) -> None:
    assert HonestChat(backend).play(THOUGHTLESS).caught(field("reasoning_content", lambda text: blank)) == ""


@pytest.mark.parametrize(("backend", "message"), [(DeepSeekChat, PASS_BACK), (DeepSeekV32, MISSING.format(1))])
def test_a_turn_without_a_thought_and_without_the_field_is_rejected_on_assumption(
    backend: type[Backend], message: str
) -> None:
    honest = HonestChat(backend).play(THOUGHTLESS)
    assert json.loads(honest.spoilt(truth).body) == envelope(message)
    assert "not verified" in said(honest.backend)
    assert HonestChat(backend, lenient=True).play(THOUGHTLESS).caught(truth) == ""


@pytest.mark.parametrize("backend", [DeepSeekChat, DeepSeekV32])
def test_reasoning_that_was_never_thought_is_foreign(backend: type[Backend]) -> None:
    made_up = field("reasoning_content", lambda text: "A forecast is needed.")
    assert "foreign reasoning" in HonestChat(backend).play(THOUGHTLESS).caught(made_up)


@pytest.mark.parametrize("backend", [DeepSeekChat, DeepSeekV32])
def test_reasoning_may_stay_away_while_thinking_is_off(backend: type[Backend]) -> None:
    honest = HonestChat(backend, thinking=DISABLED).play(load("thinking-text-tool"))
    assert honest.caught(lose("reasoning_content")) == ""
