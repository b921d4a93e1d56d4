"""docs/providers.md#mistral, row by row: what Mistral takes and what it rejects."""

from __future__ import annotations

from typing import Any

import pytest

from tests.backends import Mistral
from tests.backends.mistral import OldMistral
from tests.conversations.loader import load
from tests.judges.chat_lies import LATER_TURN, THOUGHT, both, field, think_aloud, visible_lies
from tests.judges.honest import Body, Lie, events, truth
from tests.judges.honest_parts import HonestParts
from tests.judges.replays import replays, table, told


def client(*, lenient: bool = False, stream: bool = False, backend: type[Mistral] = Mistral) -> HonestParts:
    return HonestParts(backend, lenient=lenient, stream=stream).play(load("thinking-text-tool"))


def extra(key: str, value: Any, index: int = 1) -> Body:
    where = ["body", "messages", index, "assistant", key]
    return {"type": "extra_forbidden", "loc": where, "msg": "Extra inputs are not permitted", "input": value}


def put(key: str, value: Any, turn: int = 1) -> Lie:
    return field(key, lambda _: value, turn)


def thought(change: Any) -> Lie:
    """Change the thinking chunk of the first turn."""
    return lambda body: change(body["messages"][1]["content"][0])


def new(*detail: Body) -> Body:
    twice = {"detail": [*detail], "message": [*detail]}
    return {"object": "Error", **twice, "type": "invalid_request_error", "code": 3001}


REJECTED: dict[str, tuple[Lie, list[Body]]] = {
    "reasoning_content": (put("reasoning_content", THOUGHT), [extra("reasoning_content", THOUGHT)]),
    "thinking_blocks": (put("thinking_blocks", []), [extra("thinking_blocks", [])]),
    "provider_specific_fields": (put("provider_specific_fields", {}), [extra("provider_specific_fields", {})]),
    "both-turns": (
        both(put("reasoning_content", "a"), put("reasoning_content", "b", LATER_TURN)),
        [extra("reasoning_content", "a"), extra("reasoning_content", "b", LATER_TURN)],
    ),
}


@table(REJECTED, "lie, detail")
def test_rejects(lie: Lie, detail: list[Body]) -> None:
    assert told(client().spoilt(lie)) == (422, new(*detail))


@table(REJECTED, "lie, detail")
def test_rejects__old_envelope(lie: Lie, detail: list[Body]) -> None:
    kind = {"type": "invalid_request_error", "param": None, "code": None}
    expected = {"object": "error", "message": {"detail": detail}, **kind}
    assert told(client(backend=OldMistral).spoilt(lie)) == (422, expected)


def test_other_fields__assumed() -> None:
    """Of two fields the lenient one names that which was seen."""
    alone = REJECTED["thinking_blocks"][0]
    beside = both(alone, put("reasoning_content", "a"))
    assert "a rule that is not verified" in client().caught(alone)
    assert "foreign field on the wire" in client(lenient=True).caught(alone)
    assert told(client(lenient=True).spoilt(beside)) == (422, new(extra("reasoning_content", "a")))
    assert "not verified" not in client().caught(beside)


def test_string_for_a_thought__assumed() -> None:
    string = thought(lambda chunk: chunk.update(thinking=THOUGHT))
    where = ["body", "messages", 1, "assistant", "content", 0, "thinking", "thinking"]
    detail = {"type": "list_type", "loc": where, "msg": "Input should be a valid list", "input": THOUGHT}
    assert told(client().spoilt(string)) == (422, new(detail))
    assert client(lenient=True).caught(string) == ""


def test_redacted_chunk__assumed() -> None:
    def strange(body: Body) -> None:
        body["messages"][1]["content"].insert(0, {"type": "redacted_thinking", "data": "x"})

    assert client().spoilt(strange).status == 422
    assert "foreign content on the wire" in client(lenient=True).caught(strange)


ACCEPTED: dict[str, Lie] = {
    "closed": thought(lambda chunk: chunk.update(closed=True)),
    "signature": thought(lambda chunk: chunk.update(signature="s")),
    "two-texts": thought(
        lambda chunk: chunk.update(thinking=[{"type": "text", "text": one} for one in (THOUGHT[:9], THOUGHT[9:])])
    ),
}


@table(ACCEPTED, "lie")
def test_accepts(lie: Lie) -> None:
    assert client().caught(lie) == ""


def test_thinking_is_not_required() -> None:
    assert client().spoilt(_keep_text).status == 200


def _keep_text(body: Body) -> None:
    message = body["messages"][1]
    message["content"] = message["content"][1]["text"]


def say(text: str) -> Lie:
    return thought(lambda chunk: chunk["thinking"][0].update(text=text))


CAUGHT: dict[str, tuple[Lie, str]] = {
    **visible_lies(),
    "dropped": (_keep_text, "reasoning was dropped"),
    "emptied": (say(""), "reasoning was dropped"),
    "no-chunks": (thought(lambda chunk: chunk.update(thinking=[])), "reasoning was dropped"),
    "changed": (say(THOUGHT.upper()), "reasoning was changed"),
    "placeholder": (say("."), "a placeholder stands in for the reasoning"),
    "doubled": (say(THOUGHT + THOUGHT), "reasoning came back twice"),
    "behind-the-text": (
        lambda body: body["messages"][1]["content"].reverse(),
        "reasoning stands behind what followed it",
    ),
    "as-text": (
        lambda body: body["messages"][1]["content"].insert(0, {"type": "text", "text": THOUGHT}),
        "thinking became visible text",
    ),
    "said-by-the-user": (
        lambda body: body["messages"][0].update(content=[body["messages"][1]["content"][0]]),
        "thinking became visible text",
    ),
}


@table(CAUGHT, "lie, finding")
def test_catches(lie: Lie, finding: str) -> None:
    assert finding in client().caught(lie)


def test_catches_thinking_aloud() -> None:
    assert "thinking became visible text" in client().caught(both(_keep_text, think_aloud))


@replays()
def test_honest_replay(name: str, stream: bool) -> None:
    assert HonestParts(Mistral, stream=stream).play(load(name)).caught(truth) == ""


@pytest.mark.parametrize("name", ["thinking-text-tool", "interleaved"])
def test_stream_is_the_whole_answer(name: str) -> None:
    whole, streamed = (HonestParts(Mistral, stream=stream).play(load(name)).history for stream in (False, True))
    assert streamed == whole


def test_carrier__whole() -> None:
    chunk, text = client().history[1]["content"]
    assert chunk == {"type": "thinking", "thinking": [{"type": "text", "text": THOUGHT}]}
    assert text == {"type": "text", "text": "Let me look at the forecast."}


def test_carrier__streamed() -> None:
    one = client(stream=True)
    one.spoilt(truth)
    answer = one.backend.dialogue.answers[0]
    contents = [chunk["choices"][0]["delta"].get("content") for chunk in events(answer)]
    kinds = [type(content) for content in contents if content]
    assert kinds == [list] * 3 + [str] * 3


def test_a_turn_without_reasoning_has_a_string() -> None:
    assert HonestParts(Mistral).play(load("pause-in-thinking")).history[3]["content"] == "You are welcome."
