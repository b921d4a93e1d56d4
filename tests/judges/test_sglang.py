"""docs/providers.md#sglang, row by row: what an SGLang server takes and what it rejects."""

from __future__ import annotations

import pytest

from tests.backends import SGLang
from tests.conversations.loader import load
from tests.judges.chat_lies import THOUGHT, both, common_lies, field, lose
from tests.judges.honest import Body, Lie, truth
from tests.judges.honest_chat import HonestChat
from tests.judges.replays import replays, table, told


def client(*, stream: bool = False) -> HonestChat:
    return HonestChat(SGLang, stream=stream).play(load("thinking-text-tool"))


def inline(kind: str, **fields: object) -> Lie:
    """Put the thought into the content, and not into its field."""
    part = {"type": kind, **fields}
    return both(lose("reasoning_content"), field("content", lambda text: [part, {"type": "text", "text": text}]))


ONE_OF_TWO = "thinking parts require exactly one of 'thinking' or 'text'"
MISPLACED = "thinking content parts are only valid in assistant messages"
ASKED = {"type": "text", "text": "Thanks. And a coat?"}
REJECTED: dict[str, tuple[Lie, str]] = {
    "neither": (inline("thinking"), ONE_OF_TWO),
    "neither-reasoning": (inline("reasoning"), ONE_OF_TWO),
    "both": (inline("thinking", thinking=THOUGHT, text=THOUGHT), ONE_OF_TWO),
    "both-reasoning": (inline("reasoning", thinking=THOUGHT, text=THOUGHT), ONE_OF_TWO),
    "user": (
        field("content", lambda _: [{"type": "thinking", "thinking": "x"}, ASKED], 4),
        MISPLACED,
    ),
    "user-reasoning": (
        field("content", lambda _: [{"type": "reasoning", "text": "x"}, ASKED], 4),
        MISPLACED,
    ),
    "tool": (field("content", lambda _: [{"type": "thinking", "thinking": "x"}], 2), MISPLACED),
}


@table(REJECTED, "lie, message")
def test_rejects(lie: Lie, message: str) -> None:
    expected = {"object": "error", "message": message, "type": "BadRequestError", "param": None, "code": 400}
    assert told(client().spoilt(lie)) == (400, expected)


ACCEPTED: dict[str, Lie] = {
    "thinking": inline("thinking", thinking=THOUGHT),
    "thinking-text": inline("thinking", text=THOUGHT),
    "reasoning": inline("reasoning", thinking=THOUGHT),
    "reasoning-text": inline("reasoning", text=THOUGHT),
}


@table(ACCEPTED, "lie")
def test_accepts(lie: Lie) -> None:
    assert client().caught(lie) == ""


def rename(body: Body) -> None:
    message = body["messages"][1]
    message["reasoning"] = message.pop("reasoning_content")


CAUGHT: dict[str, tuple[Lie, str]] = {
    **common_lies("reasoning_content"),
    "field-of-vllm": (rename, "reasoning was dropped"),
    "thinking_blocks": (field("thinking_blocks", lambda _: []), "foreign field on the wire"),
    "changed-part": (inline("thinking", thinking=THOUGHT.upper()), "reasoning was changed"),
    "other-part": (inline("redacted_thinking", data="x"), "foreign content on the wire"),
}


@table(CAUGHT, "lie, finding")
def test_catches(lie: Lie, finding: str) -> None:
    assert finding in client().caught(lie)


@replays()
def test_honest_replay(name: str, stream: bool) -> None:
    assert HonestChat(SGLang, stream=stream).play(load(name)).caught(truth) == ""


def test_stream_is_the_whole_answer() -> None:
    assert client(stream=True).history == client().history


@pytest.mark.parametrize("stream", [False, True])
def test_carrier(stream: bool) -> None:
    message = client(stream=stream).history[1]
    assert set(message) == {"role", "content", "reasoning_content", "tool_calls"}
    assert message["reasoning_content"] == THOUGHT
