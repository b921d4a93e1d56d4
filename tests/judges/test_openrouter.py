"""docs/providers.md#openrouter, row by row: what OpenRouter takes, and what the Claude behind it rejects."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.backends import OpenRouter, OpenRouterClaude
from tests.conversations.loader import load
from tests.judges.chat_lies import THOUGHT, both, common_lies, field, foreign_part, lose, visible_lies
from tests.judges.honest import Body, Lie, events, truth
from tests.judges.honest_chat import HonestChat
from tests.judges.replays import replays, table, told

CLAUDE = "anthropic-claude-v1"


def plain(*, stream: bool = False) -> HonestChat:
    return HonestChat(OpenRouter, stream=stream).play(load("thinking-text-tool"))


def claude(name: str = "thinking-text-tool", *, stream: bool = False) -> HonestChat:
    return HonestChat(OpenRouterClaude, stream=stream).play(load(name))


def alias(body: Body) -> None:
    for message in body["messages"]:
        if "reasoning" in message:
            message["reasoning_content"] = message.pop("reasoning")


TAKEN: dict[str, Lie] = {
    "without-details": lose("reasoning_details"),
    "no-details": field("reasoning_details", lambda _: []),
    "only-details": lose("reasoning"),
    "alias": alias,
    "summary": both(
        lose("reasoning"),
        field("reasoning_details", lambda _: [{"type": "reasoning.summary", "summary": THOUGHT, "id": None}]),
    ),
}


@table(TAKEN, "lie")
def test_plain__takes(lie: Lie) -> None:
    assert plain().caught(lie) == ""


# Details that are left say the same as the text, so lies about the text have to take them away.
CAUGHT: dict[str, tuple[Lie, str]] = {
    "foreign-part": (foreign_part, "foreign content on the wire"),
    **{
        name: (both(_lie, lose("reasoning_details")), finding)
        for name, (_lie, finding) in common_lies("reasoning").items()
    },
    "later-dropped": (
        both(lose("reasoning", 3), lose("reasoning_details", 3)),
        "reasoning was dropped",
    ),
    "thinking_blocks": (field("thinking_blocks", lambda _: []), "foreign field on the wire"),
    "text-changed": (field("reasoning", str.upper), "the carriers of reasoning disagree"),
    "details-changed": (
        field("reasoning_details", lambda _: [{"type": "reasoning.text", "text": "Another thought."}]),
        "the carriers of reasoning disagree",
    ),
    "alias-changed": (field("reasoning_content", lambda _: "Another."), "the carriers of reasoning disagree"),
    "no-such-detail": (
        field("reasoning_details", lambda details: [*details, {"type": "thinking", "thinking": "x"}]),
        "foreign reasoning detail on the wire",
    ),
}


@table(CAUGHT, "lie, finding")
def test_plain__catches(lie: Lie, finding: str) -> None:
    one = plain()
    assert one.spoilt(lie).status == 200
    assert finding in "\n".join(map(str, one.backend.dialogue.losses))


@replays()
def test_plain__honest_replay(name: str, stream: bool) -> None:
    assert HonestChat(OpenRouter, stream=stream).play(load(name)).caught(truth) == ""


def detail(change: Callable[[Body], object], turn: int = 1, place: int = 0) -> Lie:
    return lambda body: change(body["messages"][turn]["reasoning_details"][place])


def trade(body: Body) -> None:
    one, other = (body["messages"][turn]["reasoning_details"][0] for turn in (1, 3))
    one["signature"], other["signature"] = other["signature"], one["signature"]


def upstream(message: str) -> Body:
    raw = json.dumps({"type": "error", "error": {"type": "invalid_request_error", "message": message}})
    metadata = {"raw": raw, "provider_name": "Anthropic"}
    return {"error": {"message": "Provider returned error", "code": 400, "metadata": metadata}, "user_id": "user_1"}


FORGED = "messages.1.content.0: Invalid `signature` in `thinking` block"
UNSIGNED = "messages.1.content.0.thinking.signature: Field required"
MODIFIED = (
    "messages.3.content.0: `thinking` or `redacted_thinking` blocks in the latest assistant message "
    "cannot be modified. "
    "These blocks must remain as they were in the original response."
)
REJECTED: dict[str, tuple[Lie, str]] = {
    "forged": (detail(lambda one: one.update(signature="EqQBforged")), FORGED),
    "placeholder": (detail(lambda one: one.update(signature="placeholder")), FORGED),
    "traded": (trade, FORGED),
    "text-changed": (detail(lambda one: one.update(text=THOUGHT.upper())), FORGED),
    "text-emptied": (detail(lambda one: one.update(text="")), FORGED),
    "unsigned": (detail(lambda one: one.pop("signature")), UNSIGNED),
    "null-signature": (detail(lambda one: one.update(signature=None)), UNSIGNED),
    "unsigned-without-format": (detail(lambda one: [one.pop("signature"), one.pop("format")]), UNSIGNED),
    "forged-data": (
        field("reasoning_details", lambda _: [{"type": "reasoning.encrypted", "data": "x", "format": CLAUDE}]),
        "messages.1.content.0: Invalid `data` in `redacted_thinking` block",
    ),
}


@table(REJECTED, "lie, message")
def test_claude__rejects(lie: Lie, message: str) -> None:
    assert told(claude().spoilt(lie)) == (400, upstream(message))


def reorder(change: Callable[[list[Any]], object]) -> Lie:
    return lambda body: change(body["messages"][3]["reasoning_details"])


MODIFYING: dict[str, Lie] = {
    "reversed": reorder(lambda details: details.reverse()),
    "first-dropped": reorder(lambda details: details.pop(0)),
    "last-dropped": reorder(lambda details: details.pop()),
    "twice": reorder(lambda details: details.append(details[0])),
}


@table(MODIFYING, "lie")
@pytest.mark.parametrize("name", ["two-thinking-blocks", "redacted-thinking"])
def test_claude__rejects_a_latest_turn_that_was_modified(lie: Lie, name: str) -> None:
    assert told(claude(name).spoilt(lie)) == (400, upstream(MODIFIED))


def reasoning_only(body: Body) -> None:
    body["messages"][1].pop("reasoning_details")


LOST = "encrypted content was lost"
CLAUDE_CAUGHT: dict[str, tuple[Lie, str]] = {
    **visible_lies(),
    "signature-lost": (reasoning_only, LOST),
    "details-emptied": (field("reasoning_details", lambda _: []), LOST),
    "dropped": (both(reasoning_only, lose("reasoning")), "reasoning was dropped"),
    "other-format": (detail(lambda one: one.update(format="google-gemini-v1")), "foreign reasoning detail on the wire"),
    "other-format-lost": (detail(lambda one: one.update(format="unknown")), LOST),
    "text-disagrees": (field("reasoning", str.upper), "the carriers of reasoning disagree"),
    "thinking_blocks": (field("thinking_blocks", lambda _: []), "foreign field on the wire"),
}


@table(CLAUDE_CAUGHT, "lie, finding")
def test_claude__catches(lie: Lie, finding: str) -> None:
    one = claude()
    assert one.spoilt(lie).status == 200
    assert finding in "\n".join(map(str, one.backend.dialogue.losses))


def test_claude__has_room_for_a_text_without_its_signature() -> None:
    noted = claude().caught(reasoning_only)
    assert LOST in noted
    assert "reasoning was dropped" not in noted


def test_claude__joins_no_thoughts() -> None:
    """Two in one text are neither of them."""
    assert "reasoning is out of order" in claude("two-thinking-blocks").caught(reasoning_only)


def test_claude__does_not_demand_the_latest_thinking() -> None:
    one = claude()
    assert one.spoilt(field("reasoning_details", lambda _: [], 3)).status == 200
    assert LOST in "\n".join(map(str, one.backend.dialogue.losses))


def without_reasoning(body: Body) -> None:
    for message in body["messages"]:
        for name in ("reasoning", "reasoning_details"):
            message.pop(name, None)


def test_claude__knows_no_seals_of_other_models() -> None:
    """Nor does it want any text that came without one."""
    one = plain()
    one.turn_to(OpenRouterClaude)
    noted = one.caught(lambda body: [message.pop("reasoning_details", None) for message in body["messages"]])
    assert noted == ""
    bare = plain()
    bare.turn_to(OpenRouterClaude)
    assert bare.caught(without_reasoning) == ""


def test_claude__seals() -> None:
    assert (OpenRouterClaude.redacts, OpenRouterClaude.signs) == (True, True)
    assert (OpenRouter.redacts, OpenRouter.signs) == (False, False)


def test_claude__loses_the_thinking_of_the_second_of_two_messages() -> None:
    def halve(body: Body) -> None:
        message = body["messages"][1]
        first = {"role": "assistant", "content": "", "reasoning_details": [message["reasoning_details"].pop(0)]}
        body["messages"].insert(1, first)

    noted = claude("two-thinking-blocks").caught(halve)
    assert "reasoning was dropped" in noted
    assert "number of assistant turns" not in noted


CLAUDE_TAKEN: dict[str, Lie] = {
    "only-details": lose("reasoning"),
    "without-format": detail(lambda one: one.pop("format")),
    "null-id": detail(lambda one: one.update(id=None)),
    "without-index": detail(lambda one: one.pop("index")),
}


@table(CLAUDE_TAKEN, "lie")
def test_claude__takes(lie: Lie) -> None:
    assert claude().caught(lie) == ""


@replays("redacted-thinking")
def test_claude__honest_replay(name: str, stream: bool) -> None:
    assert claude(name, stream=stream).caught(truth) == ""


@pytest.mark.parametrize("client", [plain, claude])
def test_stream_is_the_whole_answer(client: Callable[..., HonestChat]) -> None:
    assert client(stream=True).history == client().history


def test_plain__carrier() -> None:
    message = plain().history[1]
    assert message["reasoning"] == THOUGHT
    assert [entry["type"] for entry in message["reasoning_details"]] == ["reasoning.text"]


def test_claude__carrier() -> None:
    entries = claude("redacted-thinking").history[3]["reasoning_details"]
    assert [entry["type"] for entry in entries] == ["reasoning.encrypted", "reasoning.text"]
    assert {entry["format"] for entry in entries} == {CLAUDE}


def test_claude__signature_comes_late() -> None:
    deltas = [chunk["choices"][0]["delta"] for chunk in events(claude(stream=True).backend.dialogue.answers[0])]
    entries = [entry for delta in deltas for entry in delta.get("reasoning_details", [])]
    assert "".join(delta.get("reasoning", "") for delta in deltas) == THOUGHT
    assert [sorted(entry.keys() & {"text", "signature"}) for entry in entries] == [["text"]] * 3 + [["signature"]]
