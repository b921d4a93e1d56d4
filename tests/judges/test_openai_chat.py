"""OpenAI's chat completions against docs/providers.md#openai-chat-completions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests import conversations
from tests.backends import OpenAIChat
from tests.judges.asking import ask, said
from tests.judges.chat_lies import THOUGHT, TURN, field, think_aloud, update, visible_lies
from tests.judges.honest import Body, Lie, events, truth
from tests.judges.honest_chat import HonestChat
from tests.judges.responses_lies import adopted_dialogue

TOOL = 2
MARK = {"type": "ephemeral"}


def honest(name: str = "thinking-text-tool", lenient: bool = False, **extra: Any) -> HonestChat:
    return HonestChat(OpenAIChat, lenient=lenient, **extra).play(conversations.load(name))


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("name", conversations.names())
def test_the_truth_passes(name: str, streamed: bool) -> None:
    assert honest(name, stream=streamed).caught(truth) == ""


@pytest.mark.parametrize("name", conversations.names())
def test_a_stream_rebuilds_to_the_whole_answer(name: str) -> None:
    assert honest(name, stream=True).history == honest(name).history


@pytest.mark.parametrize("streamed", [False, True])
def test_no_reasoning_comes_out(streamed: bool) -> None:
    """Third bullet: its tokens are counted, and that is all."""
    client = honest(stream=streamed, stream_options={"include_usage": True})
    answers = client.backend.dialogue.answers
    assert THOUGHT not in "".join(answer.body.decode() for answer in answers)
    last = events(answers[0])[-1] if streamed else json.loads(answers[0].body)
    assert last["usage"]["completion_tokens_details"] == {"reasoning_tokens": 64}


def test_a_stream_tells_no_usage_unless_asked() -> None:
    assert all("usage" not in chunk for chunk in events(honest(stream=True).backend.dialogue.answers[0]))


def nested(turn: int, carrier: str, **fields: Any) -> Lie:
    return lambda body: body["messages"][turn][carrier][0].update(fields)


def parts(turn: int, **fields: Any) -> Lie:
    return field("content", lambda text: [{"type": "text", "text": text, **fields}], turn)


def own(turn: int, **fields: Any) -> Lie:
    return lambda body: body["messages"][turn].update(fields)


# lie, path of the unknown parameter
UNKNOWN: dict[str, tuple[Lie, str]] = {
    "thinking": (update(thinking={"type": "enabled"}), "thinking"),
    "reasoning": (update(reasoning={"effort": "low"}), "reasoning"),
    "part": (parts(0, cache_control=MARK), "messages[0].content[0].cache_control"),
    "part-of-the-assistant": (parts(TURN, signature="c2ln"), "messages[1].content[0].signature"),
    "call": (nested(TURN, "tool_calls", index=0), "messages[1].tool_calls[0].index"),
    "wrong-role": (own(0, tool_calls=[]), "messages[0].tool_calls"),
    "tool-message": (own(TOOL, cache_control=MARK), "messages[2].cache_control"),
    "tool": (lambda body: body["tools"][0].update(cache_control=MARK), "tools[0].cache_control"),
}
UNVERIFIED: dict[str, tuple[Lie, str]] = {
    name: (own(TURN, **{name: value}), f"messages[1].{name}")
    for name, value in {
        "thinking_blocks": [{"type": "thinking", "thinking": THOUGHT}],
        "reasoning_content": THOUGHT,
        "reasoning_signature": "c2ln",
        "provider_specific_fields": {},
    }.items()
}


def envelope(path: str) -> Body:
    error = {"message": f"Unknown parameter: '{path}'.", "type": "invalid_request_error"}
    return {"error": {**error, "param": path, "code": "unknown_parameter"}}


@pytest.mark.parametrize(("lie", "path"), [*UNKNOWN.values(), *UNVERIFIED.values()], ids=[*UNKNOWN, *UNVERIFIED])
def test_it_rejects_what_it_does_not_know(lie: Lie, path: str) -> None:
    answer = honest().spoilt(lie)
    assert (answer.status, json.loads(answer.body)) == (400, envelope(path))


@pytest.mark.parametrize(("lie", "path"), UNKNOWN.values(), ids=list(UNKNOWN))
def test_a_lenient_one_rejects_what_is_verified(lie: Lie, path: str) -> None:
    assert json.loads(honest(lenient=True).spoilt(lie).body) == envelope(path)


@pytest.mark.parametrize(("lie", "path"), UNVERIFIED.values(), ids=list(UNVERIFIED))
def test_a_lenient_one_ignores_what_is_not_verified(lie: Lie, path: str) -> None:
    """The field has no place on this wire all the same."""
    client = honest(lenient=True)
    assert client.spoilt(lie).status == 200
    assert "foreign field on the wire" in said(client.backend)
    assert path in said(client.backend)


def test_a_rejection_that_is_not_verified_says_so() -> None:
    assert "a rule that is not verified" in honest().caught(UNVERIFIED["thinking_blocks"][0])
    assert "a rule that is not verified" not in honest().caught(UNKNOWN["wrong-role"][0])


@pytest.mark.parametrize("turn", [0, TURN])
@pytest.mark.parametrize("kind", ["thinking", "redacted_thinking"])
def test_it_rejects_anthropic_blocks(turn: int, kind: str) -> None:
    answer = honest().spoilt(field("content", lambda text: [{"type": kind}], turn))
    error = json.loads(answer.body)["error"]
    assert (answer.status, error["param"]) == (400, f"messages[{turn}].content[0]")
    assert error["message"].startswith(f"Invalid value: '{kind}'. Supported values are: 'text', ")


@pytest.mark.parametrize(
    "lie",
    [
        own(TURN, refusal=None, audio=None, function_call=None, name="model"),
        own(TURN, content=None),
        parts(TURN),
        parts(0),
        update(reasoning_effort="low", stream_options=None, max_completion_tokens=9, store=False),
    ],
)
def test_it_accepts(lie: Lie) -> None:
    client = honest()
    assert client.spoilt(lie).status == 200
    assert not client.backend.dialogue.rejections


LIES = {**visible_lies(), "calls-emptied": (own(TURN, tool_calls=[]), "tool calls were changed")}


@pytest.mark.parametrize(("lie", "expected"), LIES.values(), ids=list(LIES))
def test_it_catches(lie: Lie, expected: str) -> None:
    assert expected in honest().caught(lie)


@pytest.mark.parametrize(("lie", "expected"), [(truth, ""), (think_aloud, "thinking became visible text")])
def test_the_reasoning_of_others_has_to_stay_away(lie: Lie, expected: str) -> None:
    dialogue = adopted_dialogue()
    given = json.loads(dialogue.answers[0].body)["choices"][0]["message"]
    del given["reasoning_content"]
    call = given["tool_calls"][0]["id"]
    result = {"role": "tool", "tool_call_id": call, "content": "rain from noon"}
    body = {"model": "m", "messages": [{"role": "user", "content": "Do I need an umbrella?"}, given, result]}
    lie(body)
    backend = OpenAIChat(dialogue)
    assert ask(backend, body).status == 200
    assert expected in said(backend)
    assert bool(expected) == bool(said(backend))
