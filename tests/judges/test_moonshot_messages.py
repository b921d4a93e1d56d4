"""The judge of Moonshot's endpoint for Anthropic's wire against docs/providers.md#moonshot."""

from __future__ import annotations

from typing import Any

from tests.backends import MoonshotMessages
from tests.conversations import load
from tests.judges.asking import said
from tests.judges.chat_checks import THOUGHTLESS
from tests.judges.honest import Body, Lie, truth
from tests.judges.honest_messages import HonestMessages
from tests.judges.replays import replays, table, told

MISSING = "thinking is enabled but reasoning_content is missing in assistant tool call message at index {}"


def unthinking(message: int) -> Lie:
    """Take the thinking out of a message."""

    def lie(body: Body) -> None:
        blocks = body["messages"][message]["content"]
        body["messages"][message]["content"] = [block for block in blocks if block["type"] != "thinking"]

    return lie


def first_block(**fields: Any) -> Lie:
    return lambda body: body["messages"][1]["content"][0].update(fields)


def unsigned(body: Body) -> None:
    del body["messages"][1]["content"][0]["signature"]


def client(name: str = "tool-loop", **extra: Any) -> HonestMessages:
    return HonestMessages(MoonshotMessages, model="kimi-k2.5", **extra).play(load(name))


def envelope(message: str) -> Body:
    return {"error": {"type": "invalid_request_error", "message": message}, "type": "error"}


@table({str(index): index for index in (1, 3, 5)}, "index")
def test_rejects_a_call_without_thinking(index: int) -> None:
    assert told(client().spoilt(unthinking(index))) == (400, envelope(MISSING.format(index)))


def test_accepts_a_turn_without_a_call_and_without_thinking() -> None:
    honest = client("thinking-text-tool")
    assert honest.spoilt(unthinking(3)).status == 200
    assert "reasoning was dropped" in said(honest.backend)


def test_accepts_a_call_without_thinking_when_it_is_off() -> None:
    assert client(thinking={"type": "disabled"}).spoilt(unthinking(1)).status == 200


@table({"empty": "", "dot": "."}, "blank")
def test_accepts_a_blank_that_loses_the_thinking(blank: str) -> None:
    honest = client()
    assert honest.spoilt(first_block(thinking=blank)).status == 200
    assert "reasoning" in said(honest.backend)


@table({"none": unsigned, "empty": first_block(signature=""), "foreign": first_block(signature="RXFRQg==")}, "lie")
def test_takes_thinking_with_any_signature(lie: Lie) -> None:
    assert client().caught(lie) == ""


def test_rejects_a_call_that_nothing_was_thought_about_on_assumption() -> None:
    def play(lenient: bool) -> HonestMessages:
        return HonestMessages(MoonshotMessages, lenient=lenient).play(THOUGHTLESS)

    assert told(play(lenient=False).spoilt(truth)) == (400, envelope(MISSING.format(1)))
    assert play(lenient=True).caught(truth) == ""


@replays()
def test_an_honest_replay_leaves_a_clean_record(name: str, stream: bool) -> None:
    honest = client(name, stream=stream)
    assert honest.history == client(name).history
    assert honest.caught(truth) == ""
