"""xAI against docs/providers.md#xai: its Responses endpoint, and the one for chat."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests import conversations
from tests.backends import XAIChat, XAIResponses
from tests.judges.asking import said
from tests.judges.chat_lies import THOUGHT as THOUGHT_TEXT
from tests.judges.chat_lies import TURN, field, foreign_part, visible_lies
from tests.judges.honest import Body, Lie, truth
from tests.judges.honest_chat import HonestChat
from tests.judges.honest_responses import SEALED, UNSTORED, HonestResponses
from tests.judges.responses_lies import (
    CALL,
    COMMON,
    LATER_THOUGHT,
    MESSAGE,
    SEAL_DROPPED,
    THOUGHT,
    anonymous,
    both,
    caught_of_adopted,
    item,
    part,
)


def honest(name: str = "thinking-text-tool", lenient: bool = False, **extra: Any) -> HonestResponses:
    return HonestResponses(XAIResponses, lenient=lenient, **extra).play(conversations.load(name))


def chat(name: str = "thinking-text-tool", **extra: Any) -> HonestChat:
    return HonestChat(XAIChat, **extra).play(conversations.load(name))


@pytest.mark.parametrize("extra", [{}, SEALED, UNSTORED], ids=["stored", "sealed", "unstored"])
@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("name", conversations.names())
def test_the_truth_passes(name: str, streamed: bool, extra: Body) -> None:
    assert honest(name, stream=streamed, **extra).caught(truth) == ""


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("name", conversations.names())
def test_the_truth_passes__chat(name: str, streamed: bool) -> None:
    assert chat(name, stream=streamed).caught(truth) == ""


@pytest.mark.parametrize("name", conversations.names())
def test_a_stream_rebuilds_to_the_whole_answer(name: str) -> None:
    assert honest(name, stream=True, **SEALED).history == honest(name, **SEALED).history
    assert chat(name, stream=True).history == chat(name).history


def test_reasoning_has_a_uuid() -> None:
    ident = honest().body["input"][THOUGHT]["id"]
    assert re.fullmatch(r"rs_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", ident)


def null(name: str) -> Lie:
    return lambda body: body["input"][THOUGHT].update({name: None})


def other_seal(body: Body) -> None:
    item(THOUGHT, encrypted_content=body["input"][LATER_THOUGHT]["encrypted_content"])(body)


SHAPE = {
    "error": "Failed to deserialize the JSON body into the target type: "
    "data did not match any variant of untagged enum ModelInput"
}
DECRYPT = (
    "Could not decrypt the provided encrypted_content. "
    "Ensure the value is the unmodified encrypted_content from a previous response."
)
BLOB = "Could not decode the compaction blob. Ensure it is unmodified from the compact response."


def refusal(message: str) -> Body:
    return {"code": "invalid-argument", "error": message}


REJECTED: dict[str, tuple[Lie, int, Body]] = {
    "null-content": (null("content"), 422, SHAPE),
    "bad-seal": (item(THOUGHT, encrypted_content="c2ln"), 400, refusal(DECRYPT)),
    "bad-seal-without-id": (both(anonymous, item(THOUGHT, encrypted_content="c2ln")), 400, refusal(DECRYPT)),
    "seal-without-summary": (item(THOUGHT, summary=None), 400, refusal(BLOB)),
    "seal-with-null-summary": (null("summary"), 400, refusal(BLOB)),
}


@pytest.mark.parametrize("lenient", [False, True])
@pytest.mark.parametrize(("lie", "status", "expected"), REJECTED.values(), ids=list(REJECTED))
def test_it_rejects(lie: Lie, status: int, expected: Body, lenient: bool) -> None:
    answer = honest(lenient=lenient, **SEALED).spoilt(lie)
    assert (answer.status, json.loads(answer.body)) == (status, expected)


@pytest.mark.parametrize(("lenient", "status"), [(False, 422), (True, 200)])
def test_an_anthropic_block_is_a_switch(lenient: bool, status: int) -> None:
    lie = item(MESSAGE, content=[part("thinking", "x")])
    assert honest(lenient=lenient).spoilt(lie).status == status


@pytest.mark.parametrize(
    "lie", [truth, null("encrypted_content"), anonymous, item(THOUGHT, summary=[]), item(THOUGHT, id="rs_1")]
)
def test_it_accepts(lie: Lie) -> None:
    client = honest(**SEALED)
    assert client.spoilt(lie).status == 200


LIES = {
    **COMMON,
    **SEAL_DROPPED,
    "null-seal": (null("encrypted_content"), SEALED, "encrypted content was lost"),
    "seals-exchanged": (other_seal, SEALED, "encrypted content was lost"),
    "only-a-summary": (item(THOUGHT, id=None), {}, "the reasoning itself stayed behind"),
    "foreign-id": (both(item(CALL, id=None), item(THOUGHT, id="rs_1")), {}, "the reasoning itself stayed behind"),
}


@pytest.mark.parametrize(("lie", "extra", "expected"), LIES.values(), ids=list(LIES))
def test_it_catches(lie: Lie, extra: Body, expected: str) -> None:
    assert expected in honest(**extra).caught(lie)


@pytest.mark.parametrize(
    ("lie", "expected"), [(truth, ""), (item(THOUGHT, summary=[part("summary_text", "No.")]), "reasoning was changed")]
)
def test_foreign_reasoning_is_a_summary(lie: Lie, expected: str) -> None:
    found = caught_of_adopted(XAIResponses, lie)
    assert expected in found
    assert bool(expected) == bool(found)


@pytest.mark.parametrize("streamed", [False, True])
def test_no_reasoning_comes_out_of_chat(streamed: bool) -> None:
    answers = chat(stream=streamed).backend.dialogue.answers
    assert THOUGHT_TEXT not in "".join(answer.body.decode() for answer in answers)


CHAT_LIES = {
    **visible_lies(),
    "thinking-blocks": (field("thinking_blocks", lambda old: []), "foreign field on the wire"),
    "foreign-part": (foreign_part, "foreign content on the wire"),
    "think-tags": (field("content", lambda text: f"<think>{THOUGHT_TEXT}</think>{text}"), "visible text was changed"),
}


@pytest.mark.parametrize(("lie", "expected"), CHAT_LIES.values(), ids=list(CHAT_LIES))
def test_its_chat_catches(lie: Lie, expected: str) -> None:
    client = chat()
    assert expected in client.caught(lie)


def test_its_chat_knows_the_field_of_its_protocol() -> None:
    assert chat().caught(field("reasoning_content", lambda old: "I see.", TURN)) == ""


def test_both_endpoints_are_one_account() -> None:
    """What the Responses endpoint gave is lost where chat is asked next."""
    script = conversations.load("one-thinking-turn")
    client = HonestResponses(XAIResponses).play(script)
    replies = [{"role": "user", "content": one["content"]} for one in client.history if one.get("role") == "user"]
    texts = [one["content"][0]["text"] for one in client.history if one.get("role") == "assistant"]
    replies.insert(1, {"role": "assistant", "content": texts[0]})
    client.turn_to(XAIChat)
    client.send({"messages": replies})
    assert "reasoning was dropped" in said(client.backend)
