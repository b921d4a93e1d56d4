"""docs/providers.md#vllm, row by row: what a vLLM server takes, and what it drops."""

from __future__ import annotations

import pytest

from tests.backends import VLLM, OlderVLLM, VLLMTags
from tests.conversations.loader import load
from tests.judges.chat_lies import THOUGHT, both, common_lies, field, lose
from tests.judges.honest import Body, Lie, truth
from tests.judges.honest_chat import HonestChat
from tests.judges.replays import replays, table


def client(*, lenient: bool = False, stream: bool = False) -> HonestChat:
    return HonestChat(VLLM, lenient=lenient, stream=stream).play(load("thinking-text-tool"))


def inline(**fields: object) -> Lie:
    """Put the thought into the content, and not into its field."""
    part = {"type": "thinking", "thinking": THOUGHT, **fields}
    return both(lose("reasoning"), field("content", lambda text: [part, {"type": "text", "text": text}]))


def rename(body: Body) -> None:
    """Send the reasoning in the field of older servers."""
    for message in body["messages"]:
        if "reasoning" in message:
            message["reasoning_content"] = message.pop("reasoning")


def repeat(body: Body) -> None:
    """Send it in both fields, for servers of any age."""
    for message in body["messages"]:
        if "reasoning" in message:
            message["reasoning_content"] = message["reasoning"]


ACCEPTED: dict[str, Lie] = {
    "part": inline(),
    "closed-part": inline(closed=True),
    "both-fields": repeat,
}


@table(ACCEPTED, "lie")
@pytest.mark.parametrize("lenient", [False, True])
def test_accepts(lie: Lie, lenient: bool) -> None:
    assert client(lenient=lenient).caught(lie) == ""


def test_drops_reasoning_content__unless_lenient() -> None:
    one = client()
    assert one.spoilt(rename).status == 200
    assert "reasoning was dropped" in "\n".join(map(str, one.backend.dialogue.losses))
    assert client(lenient=True).caught(rename) == ""


IGNORED = {
    "thinking_blocks": field("thinking_blocks", lambda _: []),
    "provider_specific_fields": field("provider_specific_fields", lambda _: {}),
}


@table(IGNORED, "lie")
def test_ignores(lie: Lie) -> None:
    one = client()
    assert one.spoilt(lie).status == 200
    assert "foreign field on the wire" in "\n".join(map(str, one.backend.dialogue.losses))


CAUGHT: dict[str, tuple[Lie, str]] = {
    **common_lies("reasoning"),
    "both-places": (
        lambda body: body["messages"][1].update(content=[{"type": "thinking", "thinking": THOUGHT}]),
        "reasoning came back twice",
    ),
    "changed-part": (inline(thinking=THOUGHT.upper()), "reasoning was changed"),
    "other-part": (
        field("content", lambda text: [{"type": "redacted_thinking", "data": "x"}, {"type": "text", "text": text}]),
        "foreign content on the wire",
    ),
}


@table(CAUGHT, "lie, finding")
def test_catches(lie: Lie, finding: str) -> None:
    assert finding in client().caught(lie)


@replays()
def test_honest_replay(name: str, stream: bool) -> None:
    assert HonestChat(VLLM, stream=stream).play(load(name)).caught(truth) == ""


def test_stream_is_the_whole_answer() -> None:
    assert client(stream=True).history == client().history


@pytest.mark.parametrize("stream", [False, True])
def test_carrier(stream: bool) -> None:
    message = client(stream=stream).history[1]
    assert set(message) == {"role", "content", "reasoning", "tool_calls"}
    assert message["reasoning"] == THOUGHT


def test_older__takes_reasoning_content_and_streams_reasoning_and_text_in_one_chunk() -> None:
    one = HonestChat(OlderVLLM, stream=True).play(load("thinking-text-tool"))
    assert one.caught(lambda body: None) == ""
    answer = one.backend.dialogue.answers[0].body.decode()
    mixed = [line for line in answer.splitlines() if "reasoning_content" in line and '"content": "L' in line]
    assert len(mixed) == 1


def test_older__rejects_a_thinking_part() -> None:
    one = HonestChat(OlderVLLM).play(load("thinking-text-tool"))
    answer = one.spoilt(field("content", lambda text: [{"type": "thinking", "thinking": THOUGHT}]))
    assert answer.status == 400
    assert "Input should be 'text'" in answer.body.decode()
    (rejection,) = one.backend.dialogue.rejections
    assert rejection.violation.path == "messages[1].content[0].type"


@replays()
def test_tags__take_an_honest_replay(name: str, stream: bool) -> None:
    assert HonestChat(VLLMTags, stream=stream).play(load(name)).caught(truth) == ""


def test_tags__a_field_is_none_of_theirs() -> None:
    one = HonestChat(VLLMTags).play(load("thinking-text-tool"))
    assert "foreign field on the wire" in one.caught(field("reasoning_content", lambda _: THOUGHT))


def test_tags__are_cut_in_a_stream() -> None:
    one = HonestChat(VLLMTags, stream=True).play(load("thinking-text-tool"))
    answer = one.backend.dialogue.answers[0].body.decode()
    assert "<think>" not in answer
    assert "</think>" not in answer
