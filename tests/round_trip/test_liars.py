"""Requests that are wrong in one way each: the judges must catch every one, and say what is wrong.

A lie spoils the last request of an honest client. Its row names the backend, the lie, and what the judge must say.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests import conversations
from tests.backends import Backend, Moonshot, OpenAIResponses, OpenRouter
from tests.round_trip.honest import Honest, HonestChat, HonestResponses

Lie = Callable[[dict[str, Any]], object]

# What stands where in the requests of the conversation `thinking-text-tool`.
THOUGHT, MESSAGE, CALL, OUTPUT, LATER_THOUGHT = 1, 2, 3, 4, 5
TURN, LATER_TURN = 1, 3
SEALED = {"include": ["reasoning.encrypted_content"]}
UNSTORED = {**SEALED, "store": False}


def _first_thought() -> str:
    return "The forecast decides it; I have to ask for Oslo."


def caught(client: Honest, lie: Lie) -> str:
    """Tell the lie and return all that the judge says of it."""
    body = copy.deepcopy(client.body)
    lie(body)
    client.backend.answer(json.dumps(body).encode())
    return "\n".join([*client.backend.rejections, *client.backend.findings])


def honest(backend: type[Backend], name: str = "thinking-text-tool", **extra: Any) -> Honest:
    client = HonestResponses if backend is OpenAIResponses else HonestChat
    return client(backend, conversations.load(name), **extra)


@pytest.mark.parametrize("name", conversations.names())
@pytest.mark.parametrize("extra", [{}, SEALED, UNSTORED])
def test_the_truth_passes__responses(name: str, extra: dict[str, Any]) -> None:
    assert caught(honest(OpenAIResponses, name, **extra), lambda body: None) == ""


@pytest.mark.parametrize("name", [name for name in conversations.names() if not conversations.load(name).redacts])
@pytest.mark.parametrize("backend", [Moonshot, OpenRouter])
def test_the_truth_passes__chat(backend: type[Backend], name: str) -> None:
    assert caught(honest(backend, name), lambda body: None) == ""


# --- lies to OpenAI Responses ---


def item(index: int, **fields: Any) -> Lie:
    """Overwrite fields of an input item; None removes one."""

    def lie(body: dict[str, Any]) -> None:
        given = {**body["input"][index], **fields}
        body["input"][index] = {key: value for key, value in given.items() if value is not None}

    return lie


def summary(index: int, text: str) -> Lie:
    return item(index, summary=[part("summary_text", text)])


def part(kind: str, text: str) -> dict[str, str]:
    return {"type": kind, "text": text}


def both(*lies: Lie) -> Lie:
    return lambda body: [lie(body) for lie in lies]


def drop(index: int) -> Lie:
    return lambda body: body["input"].pop(index)


def swap(one: int, other: int) -> Lie:
    """Exchange two items that carry no ids, as LiteLLM sends them."""

    def lie(body: dict[str, Any]) -> None:
        given = body["input"]
        given[one], given[other] = given[other], given[one]
        for moved in given:
            moved.pop("id", None)

    return lie


def double(index: int) -> Lie:
    return lambda body: body["input"].insert(index, body["input"][index])


def to_text(body: dict[str, Any]) -> None:
    """What releases up to 1.99 do (F1)."""
    thought = body["input"].pop(THOUGHT)["summary"][0]["text"]
    body["input"][MESSAGE - 1]["content"].insert(0, part("output_text", thought))
    body["input"][CALL - 1].pop("id")


OPENAI_LIES = {
    "dropped": (both(item(CALL, id=None), drop(THOUGHT)), {}, "reasoning was dropped"),
    "dropped-before-call": (drop(THOUGHT), {}, "without its required 'reasoning' item: 'rs_"),
    "as-output-text": (to_text, {}, "thinking became visible text"),
    "as-user-text": (
        lambda body: body["input"].append({"role": "user", "content": _first_thought()}),
        {},
        "thinking became visible text",
    ),
    "empty-id": (item(THOUGHT, id=""), {}, "Expected an ID that contains letters"),
    "odd-id": (item(THOUGHT, id="rs_+/="), {}, "Expected an ID that contains letters"),
    "signature-as-id": (
        item(THOUGHT, id="x" * 65),
        {},
        "maximum length 64, but got a string with length 65",
    ),
    "foreign-prefix": (item(THOUGHT, id="item_1"), {}, "Expected an ID that begins with 'rs'"),
    "call-with-foreign-prefix": (
        item(CALL, id="call_1"),
        {},
        "Expected an ID that begins with 'fc'",
    ),
    "long-call-id": (
        item(CALL, call_id="c" * 65),
        {},
        "Invalid 'input[3].call_id': string too long",
    ),
    "unknown-id": (item(THOUGHT, id="rs_1"), {}, "Item with id 'rs_1' not found"),
    "not-stored": (item(THOUGHT, encrypted_content=None), UNSTORED, "Items are not persisted"),
    "no-follower": (
        lambda body: body["input"].__delitem__(slice(LATER_THOUGHT + 1, None)),
        {},
        "without its required following item",
    ),
    "no-summary": (
        item(THOUGHT, summary=None),
        {},
        "Missing required parameter: 'input[1].summary'",
    ),
    "with-content": (
        item(THOUGHT, content=[part("reasoning_text", "x")]),
        {},
        "Invalid 'input[1].content': array too long",
    ),
    "with-status": (item(THOUGHT, status="completed"), {}, "Unknown parameter: 'input[1].status'"),
    "anthropic-part": (
        item(MESSAGE, content=[part("thinking", "x")]),
        {},
        "Invalid value: 'thinking'",
    ),
    "unknown-parameter": (
        lambda body: body.update(thinking={"type": "enabled"}),
        {},
        "Unknown parameter: 'thinking'",
    ),
    "forged-seal": (
        item(THOUGHT, encrypted_content="gAAAforged=="),
        SEALED,
        "could not be verified",
    ),
    "forged-seal-without-id": (
        item(THOUGHT, encrypted_content="gAAAforged==", id=None),
        SEALED,
        "The encrypted content gAAA…ed== could not be verified",
    ),
    "seal-of-another-item": (
        lambda body: item(THOUGHT, encrypted_content=body["input"][LATER_THOUGHT]["encrypted_content"])(body),
        SEALED,
        "item_id did not match the target item id",
    ),
    "seal-dropped": (item(THOUGHT, encrypted_content=None), SEALED, "encrypted content was lost"),
    "changed": (summary(THOUGHT, "I have to ask."), {}, "reasoning was changed"),
    "placeholder": (summary(THOUGHT, " "), {}, "a placeholder stands in for the reasoning"),
    "behind-its-call": (swap(THOUGHT, CALL), {}, "reasoning stands behind what followed it"),
    "behind-its-text": (swap(THOUGHT, MESSAGE), {}, "reasoning stands behind what followed it"),
    "in-another-turn": (swap(THOUGHT, LATER_THOUGHT), {}, "reasoning was changed"),
    "doubled": (double(THOUGHT), {}, "reasoning came back twice"),
    "made-up": (
        lambda body: body["input"].insert(MESSAGE, {"type": "reasoning", "summary": []}),
        {},
        "empty reasoning was made up",
    ),
    "merged": (
        both(summary(THOUGHT, f"{_first_thought()} Rain from noon means yes."), drop(LATER_THOUGHT)),
        {},
        "reasoning was changed",
    ),
    "text-dropped": (drop(MESSAGE), {}, "visible text was changed"),
    "call-dropped": (drop(CALL), {}, "tool calls were changed"),
    "turn-dropped": (
        lambda body: body["input"].__delitem__(slice(LATER_THOUGHT, LATER_THOUGHT + 2)),
        {},
        "the number of assistant turns changed",
    ),
}


@pytest.mark.parametrize(("lie", "extra", "expected"), OPENAI_LIES.values(), ids=list(OPENAI_LIES))
def test_openai_catches(lie: Lie, extra: dict[str, Any], expected: str) -> None:
    assert expected in caught(honest(OpenAIResponses, **extra), lie)


def test_openai_catches_reasoning_out_of_order() -> None:
    assert "reasoning is out of order" in caught(honest(OpenAIResponses, "interleaved"), swap(1, 4))


# --- lies to chat-completions backends ---


def field(name: str, change: Callable[[str], object], turn: int = TURN) -> Lie:
    """Change one field of an assistant message by what it was."""

    def lie(body: dict[str, Any]) -> None:
        message = body["messages"][turn]
        message[name] = change(message.get(name, ""))

    return lie


def lose(name: str, turn: int = TURN) -> Lie:
    return lambda body: body["messages"][turn].pop(name)


def think_aloud(body: dict[str, Any]) -> None:
    message = body["messages"][TURN]
    message["content"] = f"<think>{_first_thought()}</think>{message['content']}"


def trade(name: str) -> Lie:
    """Exchange a field between the two assistant turns."""

    def lie(body: dict[str, Any]) -> None:
        one, other = body["messages"][TURN], body["messages"][LATER_TURN]
        one[name], other[name] = other[name], one[name]

    return lie


def common_lies(carrier: str) -> dict[str, tuple[Lie, str]]:
    return {
        "later-dropped": (lose(carrier, LATER_TURN), "reasoning was dropped"),
        "emptied": (field(carrier, lambda text: ""), "reasoning was dropped"),
        "placeholder": (
            field(carrier, lambda text: " "),
            "a placeholder stands in for the reasoning",
        ),
        "dot": (field(carrier, lambda text: "."), "a placeholder stands in for the reasoning"),
        "changed": (field(carrier, str.upper), "reasoning was changed"),
        "doubled": (field(carrier, lambda text: text + text), "reasoning came back twice"),
        "traded": (trade(carrier), "reasoning was changed"),
        "think-tags": (think_aloud, "thinking became visible text"),
        "unasked": (field(carrier, lambda text: f"{text}\nAnd more."), "reasoning was changed"),
        "foreign-field": (field("signature", lambda text: "c2ln"), "foreign field on the wire"),
        "text-dropped": (field("content", lambda text: None), "visible text was changed"),
        "turn-dropped": (
            lambda body: body["messages"].pop(LATER_TURN),
            "number of assistant turns changed",
        ),
    }


MISSING = "thinking is enabled but reasoning_content is missing in assistant tool call message at index 1"
MOONSHOT_LIES = {
    **common_lies("reasoning_content"),
    "dropped": (lose("reasoning_content"), MISSING),
    "null": (field("reasoning_content", lambda text: None), MISSING),
    "forced-tool": (
        lambda body: body.update(tool_choice="required"),
        "tool_choice 'required' is incompatible with thinking enabled",
    ),
    "named-tool": (
        lambda body: body.update(tool_choice={"type": "function", "function": {"name": "forecast"}}),
        "tool_choice 'specified' is incompatible with thinking enabled",
    ),
    "both-switches": (
        lambda body: body.update(thinking={"type": "enabled"}, reasoning_effort="low"),
        "cannot specify both 'thinking' and 'reasoning_effort'",
    ),
}
OPENROUTER_LIES = {
    **common_lies("reasoning"),
    "dropped": (lose("reasoning"), "reasoning was dropped"),
    "two-versions": (field("reasoning_content", lambda text: "Another."), "the carriers of reasoning disagree"),
    "only-thinking-blocks": (
        both(
            lose("reasoning"),
            field("thinking_blocks", lambda text: [{"thinking": _first_thought()}]),
        ),
        "reasoning was dropped",
    ),
}


@pytest.mark.parametrize(("lie", "expected"), MOONSHOT_LIES.values(), ids=list(MOONSHOT_LIES))
def test_moonshot_catches(lie: Lie, expected: str) -> None:
    assert expected in caught(honest(Moonshot), lie)


@pytest.mark.parametrize(("lie", "expected"), OPENROUTER_LIES.values(), ids=list(OPENROUTER_LIES))
def test_openrouter_catches(lie: Lie, expected: str) -> None:
    assert expected in caught(honest(OpenRouter), lie)


def test_a_finding_names_the_block_the_path_and_both_texts() -> None:
    said = caught(honest(OpenAIResponses), summary(THOUGHT, "I have to ask."))
    assert "assistant turn 1, block 0 (thinking)" in said
    assert "input[1].summary[0]" in said
    assert f"before: '{_first_thought()}'" in said
    assert "after:  'I have to ask.'" in said


@pytest.mark.parametrize("backend", [OpenAIResponses, Moonshot, OpenRouter])
def test_a_retry_is_noticed(backend: type[Backend]) -> None:
    """The script has one answer for each turn; who asks once more is told so."""
    client = honest(backend)
    client.backend.answer(json.dumps(client.body).encode())
    assert "no turn left" in caught(client, lambda body: None)


def test_a_rejection_wears_the_providers_envelope() -> None:
    client = honest(OpenAIResponses)
    item(THOUGHT, status="completed")(client.body)
    answer = client.backend.answer(json.dumps(client.body).encode())
    assert (answer.status, json.loads(answer.body)) == (
        400,
        {
            "error": {
                "message": "Unknown parameter: 'input[1].status'.",
                "type": "invalid_request_error",
                "param": "input[1].status",
                "code": "unknown_parameter",
            }
        },
    )
