"""docs/providers.md#groq, row by row: what Groq takes and what it rejects."""

from __future__ import annotations

import pytest

from tests.backends import Groq
from tests.conversations.loader import load
from tests.judges.chat_lies import THOUGHT, both, common_lies, field, update
from tests.judges.honest import Lie, truth
from tests.judges.honest_chat import HonestChat
from tests.judges.replays import replays, table, told


def client(*, lenient: bool = False, stream: bool = False) -> HonestChat:
    return HonestChat(Groq, lenient=lenient, stream=stream).play(load("thinking-text-tool"))


def unsupported(key: str) -> str:
    return (
        "'messages.1' : for 'role:assistant' the following must be satisfied"
        f"[('messages.1' : property '{key}' is unsupported)]"
    )


def part(kind: str) -> Lie:
    """Put a foreign part before the text."""
    return field("content", lambda text: [{"type": kind, kind: THOUGHT}, {"type": "text", "text": text}])


REJECTED: dict[str, tuple[Lie, str]] = {
    "reasoning_content": (field("reasoning_content", lambda _: THOUGHT), unsupported("reasoning_content")),
    "empty": (field("reasoning_content", lambda _: ""), unsupported("reasoning_content")),
    "thinking_blocks": (field("thinking_blocks", lambda _: []), unsupported("thinking_blocks")),
    "no-reasoner": (
        update(model="llama-3.3-70b-versatile"),
        "messages[1].reasoning: reasoning is not supported with this model",
    ),
}


# Properties with which nobody has seen it.
ASSUMED = ("provider_specific_fields", "reasoning_details")


def envelope(message: str) -> dict[str, dict[str, str]]:
    return {"error": {"message": message, "type": "invalid_request_error"}}


@table(REJECTED, "lie, message")
@pytest.mark.parametrize("lenient", [False, True])
def test_rejects(lie: Lie, message: str, lenient: bool) -> None:
    assert told(client(lenient=lenient).spoilt(lie)) == (400, envelope(message))


@pytest.mark.parametrize("name", ASSUMED)
def test_other_properties__assumed(name: str) -> None:
    lie = field(name, lambda _: {})
    assert told(client().spoilt(lie)) == (400, envelope(unsupported(name)))
    assert "foreign field on the wire" in client(lenient=True).caught(lie)


def test_says_nothing_of_reasoning_that_a_llama_is_not_sent() -> None:
    silent = both(update(model="llama-3.3-70b-versatile"), _without_reasoning)
    assert client().spoilt(silent).status == 200


def _without_reasoning(body: dict[str, list[dict[str, object]]]) -> None:
    for message in body["messages"]:
        message.pop("reasoning", None)


def test_thinking_part__assumed() -> None:
    assert told(client().spoilt(part("thinking"))) == (400, envelope(unsupported("content.0.thinking")))
    assert "thinking became visible text" in client(lenient=True).caught(part("thinking"))


@table(
    {**common_lies("reasoning"), "foreign-field": (field("signature", lambda _: ""), unsupported("signature"))},
    "lie, finding",
)
def test_catches(lie: Lie, finding: str) -> None:
    assert finding in client().caught(lie)


@replays()
def test_honest_replay(name: str, stream: bool) -> None:
    assert HonestChat(Groq, stream=stream).play(load(name)).caught(truth) == ""


def test_stream_is_the_whole_answer() -> None:
    assert client(stream=True).history == client().history


@pytest.mark.parametrize("stream", [False, True])
def test_names_the_tier_of_service(stream: bool) -> None:
    first = client(stream=stream).backend.dialogue.answers[0]
    assert b'"service_tier": "on_demand"' in first.pieces[0]


@pytest.mark.parametrize("stream", [False, True])
def test_carrier(stream: bool) -> None:
    message = client(stream=stream).history[1]
    assert set(message) == {"role", "content", "reasoning", "tool_calls"}
    assert message["reasoning"] == THOUGHT
