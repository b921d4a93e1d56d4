"""docs/providers.md#claude-on-databricks, row by row: what Claude on Databricks takes and what it rejects."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from tests.backends import Databricks
from tests.conversations.loader import load
from tests.judges.chat_lies import THOUGHT, field, visible_lies
from tests.judges.honest import Body, Lie, events, truth
from tests.judges.honest_parts import HonestParts
from tests.judges.replays import replays, table, told


def client(*, lenient: bool = False, stream: bool = False) -> HonestParts:
    return HonestParts(Databricks, lenient=lenient, stream=stream).play(load("thinking-text-tool"))


def put(key: str, value: object) -> Lie:
    return field(key, lambda _: value)


def entry(change: Callable[[Body], object], turn: int = 1) -> Lie:
    """Change what the summary of a turn's reasoning holds."""
    return lambda body: change(body["messages"][turn]["content"][0]["summary"][0])


def envelope(message: str) -> Body:
    return {"error_code": "BAD_REQUEST", "message": json.dumps({"message": message})}


REJECTED: dict[str, tuple[Lie, str]] = {
    "thinking_blocks": (put("thinking_blocks", []), "messages.1.thinking_blocks: Extra inputs are not permitted"),
    "reasoning_content": (
        put("reasoning_content", THOUGHT),
        "messages.1.reasoning_content: Extra inputs are not permitted",
    ),
}


@table(REJECTED, "lie, message")
@pytest.mark.parametrize("lenient", [False, True])
def test_rejects(lie: Lie, message: str, lenient: bool) -> None:
    assert told(client(lenient=lenient).spoilt(lie)) == (400, envelope(message))


def trade(body: Body) -> None:
    one, other = (body["messages"][turn]["content"][0]["summary"][0] for turn in (1, 3))
    one["signature"], other["signature"] = other["signature"], one["signature"]


FORGED = "messages.1.content.0: Invalid `signature` in `thinking` block"
LOST = "encrypted content was lost"
FOREIGN = "foreign field on the wire"
# What follows from Claude's rules, but was not seen on this wire: the rejection, and what a lenient backend notes.
ASSUMED: dict[str, tuple[Lie, str, str]] = {
    "other-field": (
        put("provider_specific_fields", {}),
        "messages.1.provider_specific_fields: Extra inputs are not permitted",
        FOREIGN,
    ),
    "forged": (entry(lambda one: one.update(signature="EqQBforged")), FORGED, LOST),
    "placeholder": (entry(lambda one: one.update(signature="placeholder")), FORGED, LOST),
    "traded": (trade, FORGED, LOST),
    "other-text": (entry(lambda one: one.update(text=THOUGHT.upper())), FORGED, "reasoning was changed"),
    "unsigned": (
        entry(lambda one: one.pop("signature")),
        "messages.1.content.0.thinking.signature: Field required",
        LOST,
    ),
    "anthropic-block": (
        lambda body: body["messages"][1]["content"].insert(0, {"type": "thinking", "thinking": "x", "signature": "y"}),
        "messages.1.content.0: Input tag 'thinking' is not expected",
        "foreign content on the wire",
    ),
}


@table(ASSUMED, "lie, message, remains")
def test_rejects__assumed(lie: Lie, message: str, remains: str) -> None:
    assert told(client().spoilt(lie)) == (400, envelope(message))
    one = client(lenient=True)
    assert one.spoilt(lie).status == 200
    assert re.search(remains, "\n".join(map(str, one.backend.dialogue.losses)))


def keep_text(body: Body) -> None:
    message = body["messages"][1]
    message["content"] = message["content"][1]["text"]


CAUGHT: dict[str, tuple[Lie, str]] = {
    **visible_lies(),
    "dropped": (keep_text, "reasoning was dropped"),
    "signature-lost-too": (keep_text, LOST),
    "behind-the-text": (
        lambda body: body["messages"][1]["content"].reverse(),
        "reasoning stands behind what followed it",
    ),
    "twice": (
        lambda body: body["messages"][1]["content"].insert(0, body["messages"][1]["content"][0]),
        "reasoning came back twice",
    ),
    "as-text": (
        lambda body: body["messages"][1]["content"].insert(0, {"type": "text", "text": THOUGHT}),
        "thinking became visible text",
    ),
}


@table(CAUGHT, "lie, finding")
def test_catches(lie: Lie, finding: str) -> None:
    assert finding in client().caught(lie)


@replays()
def test_honest_replay(name: str, stream: bool) -> None:
    assert HonestParts(Databricks, stream=stream).play(load(name)).caught(truth) == ""


@pytest.mark.parametrize("name", ["thinking-text-tool", "interleaved", "two-thinking-blocks"])
def test_stream_is_the_whole_answer(name: str) -> None:
    whole, streamed = (HonestParts(Databricks, stream=stream).play(load(name)).history for stream in (False, True))
    assert streamed == whole


def test_carrier__whole() -> None:
    block, text = client().history[1]["content"]
    (summary,) = block["summary"]
    assert (block["type"], summary["type"], summary["text"]) == ("reasoning", "summary_text", THOUGHT)
    assert summary["signature"].startswith("Eq")
    assert text == {"type": "text", "text": "Let me look at the forecast."}


def test_carrier__streamed() -> None:
    one = client(stream=True)
    contents = [chunk["choices"][0]["delta"].get("content") for chunk in events(one.backend.dialogue.answers[0])]
    entries = [block["summary"][0] for content in contents if isinstance(content, list) for block in content]
    assert "".join(each["text"] for each in entries) == THOUGHT
    assert [bool(each["signature"]) for each in entries] == [False, False, False, True]


def test_signs_and_takes_no_thought_of_others() -> None:
    assert Databricks.signs
    assert Databricks.foreign_text == "refused"


@pytest.mark.parametrize("path", ["/serving-endpoints/chat/completions", "/serving-endpoints/claude/invocations"])
def test_stands_at(path: str) -> None:
    assert re.fullmatch(Databricks.path, path)
