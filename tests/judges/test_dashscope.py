"""DashScope against docs/providers.md#dashscope: its endpoint for chat, and the one for Responses."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests import conversations
from tests.backends import DashScope, DashScopeResponses
from tests.judges.asking import said
from tests.judges.chat_lies import THOUGHT as THOUGHT_TEXT
from tests.judges.chat_lies import TURN, common_lies, field, lose
from tests.judges.honest import Body, Lie, truth
from tests.judges.honest_chat import HonestChat
from tests.judges.honest_responses import SEALED, HonestResponses
from tests.judges.responses_lies import COMMON, THOUGHT, anonymous, caught_of_adopted, item

# What none of its wires can carry: reasoning without a text.
NAMES = [name for name in conversations.names() if not conversations.load(name).redacts]
CARRIER = "reasoning_content"


def honest(name: str = "thinking-text-tool", *, preserve: bool = True, **extra: Any) -> HonestChat:
    return HonestChat(DashScope, preserve_thinking=preserve, **extra).play(conversations.load(name))


def responses(name: str = "thinking-text-tool", **extra: Any) -> HonestResponses:
    return HonestResponses(DashScopeResponses, **extra).play(conversations.load(name))


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("preserve", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_the_truth_passes(name: str, preserve: bool, streamed: bool) -> None:
    assert honest(name, preserve=preserve, stream=streamed).caught(truth) == ""


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_the_truth_passes__responses(name: str, streamed: bool) -> None:
    assert responses(name, stream=streamed).caught(truth) == ""


@pytest.mark.parametrize("name", NAMES)
def test_a_stream_rebuilds_to_the_whole_answer(name: str) -> None:
    assert honest(name, stream=True).history == honest(name).history
    assert responses(name, stream=True).history == responses(name).history


def test_a_stream_carries_reasoning_in_its_own_field() -> None:
    answer = honest(stream=True).backend.dialogue.answers[0]
    assert b'"delta": {"reasoning_content": ' in answer.body


def blocks(turn: int, kind: str) -> Lie:
    return field("content", lambda text: [{"type": kind, "text": "x"}], turn)


WORDS = (
    "<400> InternalError.Algo.InvalidParameter: The provided messages input is invalid. "
    "The error info is [Unexpected item type in content.]"
)


@pytest.mark.parametrize("turn", [0, TURN])
@pytest.mark.parametrize("kind", ["thinking", "redacted_thinking", "tool_use"])
def test_it_rejects_parts_of_others(turn: int, kind: str) -> None:
    answer = honest().spoilt(blocks(turn, kind))
    body = json.loads(answer.body)
    error = {"code": "invalid_parameter_error", "param": None, "message": WORDS, "type": "invalid_request_error"}
    assert (answer.status, body["error"]) == (400, error)
    assert body["id"].startswith("chatcmpl-")
    assert set(body) == {"error", "id", "request_id"}


ACCEPTED = {
    "absent": lose(CARRIER),
    "null": field(CARRIER, lambda text: None),
    "empty": field(CARRIER, lambda text: ""),
    "text-part": field("content", lambda text: [{"type": "text", "text": text}]),
    "unknown-field": field("thinking_blocks", lambda old: []),
}


@pytest.mark.parametrize("lie", ACCEPTED.values(), ids=list(ACCEPTED))
def test_it_accepts(lie: Lie) -> None:
    client = honest()
    assert client.spoilt(lie).status == 200
    assert not client.backend.dialogue.rejections


@pytest.mark.parametrize(("lie", "expected"), common_lies(CARRIER).values(), ids=list(common_lies(CARRIER)))
def test_it_catches(lie: Lie, expected: str) -> None:
    assert expected in honest().caught(lie)


@pytest.mark.parametrize(("preserve", "expected"), [(True, "reasoning was dropped"), (False, "")])
def test_reasoning_is_asked_back_where_it_is_preserved(preserve: bool, expected: str) -> None:
    client = honest(preserve=preserve)
    assert expected in client.caught(lose(CARRIER))
    assert bool(expected) == bool(said(client.backend))


def test_reasoning_that_is_not_preserved_is_not_to_be_changed_either() -> None:
    assert "reasoning" in honest(preserve=False).caught(field(CARRIER, str.upper))


# --- the Responses endpoint ---


def summary(value: object) -> Lie:
    return lambda body: body["input"][THOUGHT].update(summary=value)


@pytest.mark.parametrize("lie", [item(THOUGHT, summary=None), summary(None), summary(THOUGHT_TEXT)])
def test_a_summary_has_to_be_a_list(lie: Lie) -> None:
    answer = responses().spoilt(lie)
    message = "Invalid 'summary': summary is required and must be a list for reasoning."
    error = {"message": message, "type": "InvalidParameter", "param": "", "code": None}
    assert (answer.status, json.loads(answer.body)) == (400, {"error": error})


@pytest.mark.parametrize("lie", [summary([]), anonymous, item(THOUGHT, id="rs_1"), item(THOUGHT, id="")])
def test_its_responses_accept(lie: Lie) -> None:
    assert responses().spoilt(lie).status == 200


def test_it_seals_nothing() -> None:
    assert "encrypted_content" not in responses(**SEALED).body["input"][THOUGHT]


def test_a_summary_is_all_there_is() -> None:
    assert responses().caught(anonymous) == ""


@pytest.mark.parametrize(("lie", "extra", "expected"), COMMON.values(), ids=list(COMMON))
def test_its_responses_catch(lie: Lie, extra: Body, expected: str) -> None:
    assert expected in responses(**extra).caught(lie)


@pytest.mark.parametrize(("lie", "expected"), [(truth, ""), (summary([]), "reasoning was dropped")])
def test_foreign_reasoning_is_a_summary(lie: Lie, expected: str) -> None:
    found = caught_of_adopted(DashScopeResponses, lie)
    assert expected in found
    assert bool(expected) == bool(found)
