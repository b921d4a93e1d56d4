"""docs/providers.md#cerebras, row by row: what Cerebras takes and what it rejects."""

from __future__ import annotations

import pytest

from tests.backends import Cerebras
from tests.conversations.loader import load
from tests.judges.chat_lies import LATER_TURN, THOUGHT, both, common_lies, field
from tests.judges.honest import Lie, truth
from tests.judges.honest_chat import HonestChat
from tests.judges.replays import replays, table, told


def client(*, lenient: bool = False, stream: bool = False) -> HonestChat:
    return HonestChat(Cerebras, lenient=lenient, stream=stream).play(load("thinking-text-tool"))


def unsupported(*places: str) -> str:
    names = [place.replace(".", ".assistant.", 1) for place in places]
    return "\n".join(f"messages.{name}: property 'messages.{name}' is unsupported" for name in names)


def put(key: str, turn: int = 1) -> Lie:
    return field(key, lambda _: THOUGHT, turn)


REJECTED: dict[str, tuple[Lie, str]] = {
    "reasoning_content": (put("reasoning_content"), unsupported("1.reasoning_content")),
    "thinking_blocks": (put("thinking_blocks"), unsupported("1.thinking_blocks")),
    "both": (
        both(put("thinking_blocks"), put("reasoning_content")),
        unsupported("1.reasoning_content", "1.thinking_blocks"),
    ),
    "both-turns": (
        both(put("reasoning_content"), put("reasoning_content", LATER_TURN)),
        unsupported("1.reasoning_content", "3.reasoning_content"),
    ),
}
PART = field("content", lambda text: [{"type": "thinking", "thinking": THOUGHT}, {"type": "text", "text": text}])


def envelope(message: str) -> dict[str, str]:
    kind = {"type": "invalid_request_error", "param": "validation_error", "code": "wrong_api_format"}
    return {"message": message, **kind}


@table(REJECTED, "lie, message")
def test_rejects(lie: Lie, message: str) -> None:
    assert told(client().spoilt(lie)) == (400, envelope(message))


def test_other_properties__assumed() -> None:
    """Of the two properties the lenient one names that which was seen."""
    alone, beside = REJECTED["thinking_blocks"][0], REJECTED["both"][0]
    assert "a rule that is not verified" in client().caught(alone)
    assert "foreign field on the wire" in client(lenient=True).caught(alone)
    assert told(client(lenient=True).spoilt(beside)) == (400, envelope(unsupported("1.reasoning_content")))
    assert "not verified" not in client().caught(beside)


def test_thinking_part__assumed() -> None:
    assert told(client().spoilt(PART)) == (400, envelope(unsupported("1.content.0.thinking")))
    assert "thinking became visible text" in client(lenient=True).caught(PART)


def test_takes_reasoning_as_text_parts() -> None:
    halves = [THOUGHT[:9], THOUGHT[9:]]
    listed = field("reasoning", lambda _: [{"type": "text", "text": half} for half in halves])
    assert client().caught(listed) == ""
    cut = field("reasoning", lambda _: [{"type": "text", "text": halves[0]}])
    assert "reasoning was changed" in client().caught(cut)


@table({**common_lies("reasoning"), "foreign-field": (put("signature"), unsupported("1.signature"))}, "lie, finding")
def test_catches(lie: Lie, finding: str) -> None:
    assert finding in client().caught(lie)


@replays()
def test_honest_replay(name: str, stream: bool) -> None:
    assert HonestChat(Cerebras, stream=stream).play(load(name)).caught(truth) == ""


def test_stream_is_the_whole_answer() -> None:
    assert client(stream=True).history == client().history


@pytest.mark.parametrize("stream", [False, True])
def test_carrier(stream: bool) -> None:
    message = client(stream=stream).history[1]
    assert set(message) == {"role", "content", "reasoning", "tool_calls"}
    assert message["reasoning"] == THOUGHT
