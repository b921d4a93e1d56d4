"""DeepSeek's endpoint for the Responses wire: docs/providers.md#deepseek, "Responses wire"."""

from __future__ import annotations

from typing import Any

import pytest

from tests.backends.deepseek_responses import DeepSeekResponses
from tests.conversations import load
from tests.judges.asking import said
from tests.judges.honest import Body, Lie, truth
from tests.judges.honest_responses import HonestResponses
from tests.judges.replays import replays, table, told
from tests.judges.responses_lies import LATER_THOUGHT, THOUGHT, both, drop, item, part

NOT_BACK = "The `reasoning_text` in the thinking mode must be passed back to the API."


def client(name: str = "thinking-text-tool", **extra: Any) -> HonestResponses:
    return HonestResponses(DeepSeekResponses, **extra).play(load(name))


def as_summary(body: Body) -> None:
    """Write the reasoning as OpenAI does."""
    thought = body["input"][THOUGHT]
    thought["summary"] = [part("summary_text", thought.pop("content")[0]["text"])]


def without_tools(body: Body) -> None:
    del body["tools"]


EMPTY = item(THOUGHT, content=[part("reasoning_text", "")])
REJECTED: dict[str, Lie] = {
    "dropped": drop(THOUGHT),
    "later-dropped": drop(LATER_THOUGHT),
    "as-a-summary": as_summary,
    "no-content": item(THOUGHT, content=[]),
    "empty-text": EMPTY,
}


@table(REJECTED, "lie")
def test_rejects(lie: Lie) -> None:
    code = "invalid_request_error"
    error = {"message": NOT_BACK, "type": code, "param": None, "code": code}
    assert told(client().spoilt(lie)) == (400, {"error": error})


def test_an_empty_text_is_rejected_on_assumption() -> None:
    lenient = client(lenient=True)
    assert lenient.spoilt(EMPTY).status == 200
    assert "reasoning was dropped" in said(lenient.backend)


@table({"dropped": drop(THOUGHT), "as-a-summary": as_summary}, "lie")
def test_demands_nothing_without_tools(lie: Lie) -> None:
    one = client()
    assert one.spoilt(both(without_tools, lie)).status == 200
    assert "reasoning was dropped" in said(one.backend)


def test_reasoning_is_not_to_be_changed() -> None:
    changed = item(THOUGHT, content=[part("reasoning_text", "I have to ask.")])
    assert "reasoning was changed" in client().caught(changed)


@replays("two-thinking-blocks")
def test_an_honest_client_is_clean(name: str, stream: bool) -> None:
    assert client(name, stream=stream).caught(truth) == ""


@pytest.mark.parametrize("name", ["thinking-text-tool", "two-thinking-blocks", "interleaved"])
def test_a_stream_rebuilds_to_the_whole_answer(name: str) -> None:
    assert client(name, stream=True).history == client(name).history
