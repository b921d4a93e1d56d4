"""OpenAI Responses against docs/providers.md#openai-responses: each row, whole and streamed, and silent losses."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests import conversations
from tests.backends import OpenAIResponses
from tests.backends.openai_rules import Wording
from tests.judges.honest import Body, Lie, events, truth
from tests.judges.honest_responses import SEALED, UNSTORED, HonestResponses, rebuilt
from tests.judges.responses_lies import (
    CALL,
    COMMON,
    FIRST,
    LATER_THOUGHT,
    MESSAGE,
    OUTPUT,
    SEAL_DROPPED,
    THOUGHT,
    anonymous,
    both,
    caught_of_adopted,
    drop,
    item,
    part,
    set_parameters,
    summary,
    swap,
)

STATES = pytest.mark.parametrize("extra", [{}, SEALED, UNSTORED], ids=["stored", "sealed", "unstored"])


def honest(name: str = "thinking-text-tool", lenient: bool = False, **extra: Any) -> HonestResponses:
    return HonestResponses(OpenAIResponses, lenient=lenient, **extra).play(conversations.load(name))


@STATES
@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("name", conversations.names())
def test_the_truth_passes(name: str, streamed: bool, extra: Body) -> None:
    assert honest(name, stream=streamed, **extra).caught(truth) == ""


@pytest.mark.parametrize("name", conversations.names())
def test_a_stream_rebuilds_to_the_whole_answer(name: str) -> None:
    assert honest(name, stream=True, **SEALED).history == honest(name, **SEALED).history


def test_a_stream_has_its_events_in_order() -> None:
    """docs/providers.md#openai-responses, "Streaming": the seal is in the finished item and not in its opening."""
    client = honest("one-thinking-turn", stream=True, **SEALED)
    stream = events(client.backend.dialogue.answers[0])
    kinds = [one["type"].removeprefix("response.") for one in stream]
    assert kinds[:4] == ["created", "in_progress", "output_item.added", "reasoning_summary_part.added"]
    assert [one["sequence_number"] for one in stream] == list(range(len(stream)))
    done = next(one["item"] for one in stream if one["type"] == "response.output_item.done")
    assert "encrypted_content" in done
    assert "encrypted_content" not in stream[2]["item"]
    assert stream[-1]["response"]["output"] == rebuilt(stream)


def test_a_stream_ends_each_summary_part_before_its_item() -> None:
    stream = events(honest("one-thinking-turn", stream=True).backend.dialogue.answers[0])
    kinds = list(dict.fromkeys(one["type"].removeprefix("response.") for one in stream))
    assert kinds[3:8] == [
        "reasoning_summary_part.added",
        "reasoning_summary_text.delta",
        "reasoning_summary_text.done",
        "reasoning_summary_part.done",
        "output_item.done",
    ]


def first_id(client: HonestResponses) -> str:
    return str(client.body["input"][THOUGHT]["id"])


def orphan_call(body: Body) -> None:
    body["input"].pop(THOUGHT)


def no_follower(body: Body) -> None:
    del body["input"][LATER_THOUGHT + 1 :]


def other_seal(body: Body) -> None:
    item(THOUGHT, encrypted_content=body["input"][LATER_THOUGHT]["encrypted_content"])(body)


LONG = "x" * 416
ODD = (
    "Expected an ID that contains letters, numbers, underscores, or dashes, "
    "but this value contained additional characters."
)
FOLLOWER = "Item '{later}' of type 'reasoning' was provided without its required following item."
ORPHAN = "Item '{call}' of type 'function_call' was provided without its required 'reasoning' item: '{first}'."
UNSAVED = (
    "Item with id '{first}' not found. Items are not persisted when `store` is set to false. "
    "Try again with `store` set to true, or remove this item from your input."
)
TOO_LONG = "Expected a string with maximum length 64, but got a string with length 416 instead."
UNDECODED = "Encrypted content could not be decrypted or parsed."
MISMATCH = "Encrypted content item_id did not match the target item id."
OUTPUTS, INPUTS = "'output_text', 'refusal'", "'input_text', 'input_image', 'input_file'"

# lie, extra of the requests, status, message, param, code; names in braces are ids of the honest request
Rejected = tuple[Lie, Body, int, str, str | None, str | None]
REJECTED: dict[str, Rejected] = {
    "no-follower": (no_follower, {}, 400, FOLLOWER, "input", None),
    "user-follows": (both(drop(CALL), drop(MESSAGE)), {}, 400, FOLLOWER.replace("later", "first"), "input", None),
    "call-without-reasoning": (orphan_call, {}, 400, ORPHAN, "input", None),
    "not-stored": (item(THOUGHT, encrypted_content=None), UNSTORED, 404, UNSAVED, "input", None),
    "never-stored": (
        both(item(THOUGHT, encrypted_content=None), set_parameters(store=True)),
        UNSTORED,
        404,
        "Item with id '{first}' not found",
        "input",
        None,
    ),
    "unknown-id": (item(THOUGHT, id="rs_1"), {}, 404, "Item with id 'rs_1' not found", "input", None),
    "forged-seal": (
        item(THOUGHT, encrypted_content="gAAAforged=="),
        SEALED,
        400,
        "The encrypted content for item {first} could not be verified. Reason: " + UNDECODED,
        None,
        "invalid_encrypted_content",
    ),
    "forged-seal-without-id": (
        item(THOUGHT, encrypted_content="gAAAforged==", id=None),
        SEALED,
        400,
        "The encrypted content gAAA…ed== could not be verified.",
        None,
        "invalid_encrypted_content",
    ),
    "seal-of-another-item": (
        other_seal,
        SEALED,
        400,
        "The encrypted content for item {first} could not be verified. Reason: " + MISMATCH,
        None,
        "invalid_encrypted_content",
    ),
    "id-changed": (
        item(THOUGHT, id="rs_1"),
        UNSTORED,
        400,
        "The encrypted content for item rs_1 could not be verified. Reason: " + MISMATCH,
        None,
        "invalid_encrypted_content",
    ),
    "foreign-prefix": (
        item(THOUGHT, id="item_1"),
        {},
        400,
        "Invalid 'input[1].id': 'item_1'. Expected an ID that begins with 'rs'.",
        "input[1].id",
        "invalid_value",
    ),
    "signature-as-id": (
        item(THOUGHT, id=LONG),
        {},
        400,
        f"Invalid 'input[1].id': string too long. {TOO_LONG}",
        "input[1].id",
        "string_above_max_length",
    ),
    "long-call-id": (
        item(CALL, call_id=LONG),
        {},
        400,
        f"Invalid 'input[3].call_id': string too long. {TOO_LONG}",
        "input[3].call_id",
        "string_above_max_length",
    ),
    "empty-id": (item(THOUGHT, id=""), {}, 400, f"Invalid 'input[1].id': ''. {ODD}", "input[1].id", "invalid_value"),
    "odd-id": (
        item(THOUGHT, id="rs_+/="),
        {},
        400,
        f"Invalid 'input[1].id': 'rs_+/='. {ODD}",
        "input[1].id",
        "invalid_value",
    ),
    "no-summary": (
        item(THOUGHT, summary=None),
        {},
        400,
        "Missing required parameter: 'input[1].summary'.",
        "input[1].summary",
        "missing_required_parameter",
    ),
    "with-content": (
        item(THOUGHT, content=[part("reasoning_text", "x")]),
        {},
        400,
        "Invalid 'input[1].content': array too long. Expected an array with maximum length 0, "
        "but got an array with length 1 instead.",
        "input[1].content",
        "array_above_max_length",
    ),
    "with-status": (
        item(THOUGHT, status="completed"),
        {},
        400,
        "Unknown parameter: 'input[1].status'.",
        "input[1].status",
        "unknown_parameter",
    ),
    "unknown-parameter": (
        set_parameters(thinking={"type": "enabled"}),
        {},
        400,
        "Unknown parameter: 'thinking'.",
        "thinking",
        "unknown_parameter",
    ),
    "unknown-parameter-of-reasoning": (
        set_parameters(reasoning={"effort": "low", "enabled": True}),
        {},
        400,
        "Unknown parameter: 'reasoning.enabled'.",
        "reasoning.enabled",
        "unknown_parameter",
    ),
    "unknown-field-of-a-tool": (
        lambda body: body["tools"][0].update(cache_control={"type": "ephemeral"}),
        {},
        400,
        "Unknown parameter: 'tools[0].cache_control'.",
        "tools[0].cache_control",
        "unknown_parameter",
    ),
    "unknown-field-of-a-part": (
        item(0, content=[{**part("input_text", "x"), "cache_control": {"type": "ephemeral"}}]),
        {},
        400,
        "Unknown parameter: 'input[0].content[0].cache_control'.",
        "input[0].content[0].cache_control",
        "unknown_parameter",
    ),
    "anthropic-part": (
        item(MESSAGE, content=[part("thinking", "x")]),
        {},
        400,
        f"Invalid value: 'thinking'. Supported values are: {OUTPUTS}.",
        "input[2].content[0]",
        "invalid_value",
    ),
    "anthropic-part-of-the-user": (
        item(0, content=[part("thinking", "x")]),
        {},
        400,
        f"Invalid value: 'thinking'. Supported values are: {INPUTS}.",
        "input[0].content[0]",
        "invalid_value",
    ),
    "anthropic-part-of-a-result": (
        item(OUTPUT, output=[part("text", "x")]),
        {},
        400,
        f"Invalid value: 'text'. Supported values are: {INPUTS}.",
        "input[4].output[0]",
        "invalid_value",
    ),
    "anthropic-block-as-item": (
        item(THOUGHT, type="thinking"),
        {},
        400,
        "Invalid value: 'thinking'. Supported values are: "
        "'reasoning', 'message', 'function_call', 'function_call_output'.",
        "input[1]",
        "invalid_value",
    ),
}


# Inferred from a neighbouring row, or quoted without its envelope.
ASSUMED: dict[str, Rejected] = {
    "message-with-foreign-prefix": (
        item(MESSAGE, id="chatcmpl-1"),
        {},
        400,
        "Invalid 'input[2].id': 'chatcmpl-1'. Expected an ID that begins with 'msg'.",
        "input[2].id",
        "invalid_value",
    ),
    "call-with-foreign-prefix": (
        item(CALL, id="call_1"),
        {},
        400,
        "Invalid 'input[3].id': 'call_1'. Expected an ID that begins with 'fc'.",
        "input[3].id",
        "invalid_value",
    ),
    "unknown-field-of-a-message": (
        item(MESSAGE, thinking_blocks=[]),
        {},
        400,
        "Unknown parameter: 'input[2].thinking_blocks'.",
        "input[2].thinking_blocks",
        "unknown_parameter",
    ),
    "sealed-without-reasoning": (
        set_parameters(model="gpt-4.1"),
        SEALED,
        400,
        "Encrypted content is not supported with this model.",
        "include",
        None,
    ),
}


@pytest.mark.parametrize("row", ASSUMED.values(), ids=list(ASSUMED))
def test_it_rejects_on_assumption(row: Rejected) -> None:
    lie, extra, *_ = row
    check_rejected(row, lenient=False)
    client = honest(lenient=True, **extra)
    assert client.spoilt(lie).status == 200
    assert not client.backend.dialogue.rejections


def test_a_lenient_one_notes_a_field_that_it_ignores() -> None:
    lie, *_ = ASSUMED["unknown-field-of-a-message"]
    assert "foreign field on the wire" in honest(lenient=True).caught(lie)


@pytest.mark.parametrize("lenient", [False, True])
@pytest.mark.parametrize("row", REJECTED.values(), ids=list(REJECTED))
def test_it_rejects(row: Rejected, lenient: bool) -> None:
    check_rejected(row, lenient=lenient)


def check_rejected(row: Rejected, *, lenient: bool) -> None:
    lie, extra, status, message, param, code = row
    client = honest(lenient=lenient, **extra)
    given = client.body["input"]
    names = {"first": given[THOUGHT]["id"], "later": given[LATER_THOUGHT]["id"], "call": given[CALL]["id"]}
    for key, value in names.items():
        message = message.replace(f"{{{key}}}", value)
    answer = client.spoilt(lie)
    error = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    assert (answer.status, json.loads(answer.body)) == (status, {"error": error})


def null_summary(body: Body) -> None:
    body["input"][THOUGHT]["summary"] = None


@pytest.mark.parametrize(("lenient", "expected"), [(False, "Missing required parameter"), (True, "was dropped")])
def test_a_null_summary_is_a_switch(lenient: bool, expected: str) -> None:
    assert expected in honest(lenient=lenient).caught(null_summary)


class Answers400(OpenAIResponses):
    """The other of the two statuses that are quoted for an item that is not there."""

    wording = Wording(missing=400)


def test_the_status_of_a_missing_item_is_a_switch() -> None:
    client = HonestResponses(Answers400).play(conversations.load("thinking-text-tool"))
    assert client.spoilt(item(THOUGHT, id="rs_1")).status == 400


# Two things are wrong in each; the first named is what is said.
ORDER: dict[str, tuple[Lie, Body, str]] = {
    "shape-before-lookup": (
        both(item(THOUGHT, id="rs_1"), item(LATER_THOUGHT, status="completed")),
        {},
        "Unknown parameter: 'input[5].status'.",
    ),
    "parameters-before-items": (
        both(item(THOUGHT, status="completed"), set_parameters(thinking={})),
        {},
        "Unknown parameter: 'thinking'.",
    ),
    "lookup-before-neighbours": (both(no_follower, item(THOUGHT, id="rs_1")), {}, "Item with id 'rs_1' not found"),
    "seal-before-neighbours": (
        both(no_follower, item(THOUGHT, encrypted_content="gAAAforged==")),
        SEALED,
        "could not be verified",
    ),
}


@pytest.mark.parametrize(("lie", "extra", "expected"), ORDER.values(), ids=list(ORDER))
def test_it_says_first_things_first(lie: Lie, extra: Body, expected: str) -> None:
    client = honest(**extra)
    assert expected in json.loads(client.spoilt(lie).body)["error"]["message"]


def call_without_id(body: Body) -> None:
    """laravel/ai#1052: `call_id` suffices, and then the reasoning is not asked for."""
    both(item(CALL, id=None), drop(THOUGHT))(body)


# Accepted, be it that the reasoning is lost by it: no rejection is noted.
ACCEPTED: dict[str, tuple[Lie, Body]] = {
    "no-ids": (anonymous, {}),
    "null-ids": (lambda body: [one.update(id=None) for one in body["input"]], {}),
    "no-ids-with-seals": (anonymous, UNSTORED),
    "empty-summary": (item(THOUGHT, summary=[]), {}),
    "empty-content": (item(THOUGHT, content=[]), {}),
    "call-without-id-and-reasoning": (call_without_id, {}),
    "null-seal": (lambda body: body["input"][THOUGHT].update(encrypted_content=None), {}),
    "seal-without-store": (set_parameters(store=False), SEALED),
    "bare-content": (item(0, content="Hello."), {}),
}


@pytest.mark.parametrize(("lie", "extra"), ACCEPTED.values(), ids=list(ACCEPTED))
def test_it_accepts(lie: Lie, extra: Body) -> None:
    client = honest(**extra)
    assert client.spoilt(lie).status == 200
    assert not client.backend.dialogue.rejections


LIES = {**COMMON, **SEAL_DROPPED}


@pytest.mark.parametrize(("lie", "extra", "expected"), LIES.values(), ids=list(LIES))
def test_it_catches(lie: Lie, extra: Body, expected: str) -> None:
    assert expected in honest(**extra).caught(lie)


# --- the reasoning itself, and not only its summary (F2) ---

BEHIND = "the reasoning itself stayed behind"
LOSSES: dict[str, tuple[Lie, Body, str, str]] = {
    "no-id-and-never-sealed": (item(THOUGHT, id=None), {}, "thinking-text-tool", BEHIND),
    "no-id-and-seal-dropped": (
        item(THOUGHT, id=None, encrypted_content=None), SEALED, "thinking-text-tool", BEHIND,
    ),
    "not-stored-and-never-sealed": (anonymous, {"store": False}, "thinking-text-tool", BEHIND),
    "several-parts": (item(THOUGHT, id=None), {}, "two-thinking-blocks", BEHIND),
    "nothing-but-an-id-to-lose": (drop(THOUGHT), {}, "redacted-thinking", "reasoning was dropped"),
}  # fmt: skip


@pytest.mark.parametrize(("lie", "extra", "name", "expected"), LOSSES.values(), ids=list(LOSSES))
def test_it_misses_the_reasoning_itself(lie: Lie, extra: Body, name: str, expected: str) -> None:
    client = HonestResponses(OpenAIResponses, **extra)
    _play(client, name, truth if extra.get("store", True) else anonymous)
    both(item(CALL, id=None), item(CALL - 1, id=None))(client.body)
    assert expected in client.caught(lie)


def _play(client: HonestResponses, name: str, each: Lie) -> None:
    """Play with every request changed: what was not stored is not to be named, in none of them."""
    script = conversations.load(name)
    client.backend.dialogue.script = script.assistant_turns
    for step in script.turns[:-1]:
        client.take(step)
        each(client.body)


def test_a_lost_item_is_named_with_its_block_and_path() -> None:
    client = honest()
    lost = first_id(client)
    assert client.caught(both(item(CALL, id=None), item(THOUGHT, id=None))) == (
        f"request 3, openai: {BEHIND}\n    block:  assistant turn 1, block 0 (thinking)\n"
        f"    path:   input[1].summary[0]\n    before: '{lost}'\n"
        "    after:  'a summary without id and encrypted content'"
    )


@pytest.mark.parametrize("extra", [SEALED, UNSTORED], ids=["stored", "unstored"])
def test_a_seal_is_enough_without_an_id(extra: Body) -> None:
    assert honest(**extra).caught(anonymous) == ""


def in_pieces(body: Body) -> None:
    """An item for each text, and only the last one has the seal."""
    whole = body["input"][THOUGHT]
    first, *rest = whole["summary"]
    body["input"].insert(THOUGHT, {"type": "reasoning", "summary": [first]})
    whole["summary"] = rest


def test_an_item_in_pieces_is_noticed() -> None:
    found = honest("two-thinking-blocks", **SEALED).caught(both(in_pieces, anonymous))
    assert "a reasoning item was taken apart" in found
    assert "input[1].summary[0], input[2].summary[0]" in found
    assert found.count("request ") == 1


def test_a_dropped_summary_is_reported_once() -> None:
    assert honest().caught(call_without_id).count("request 3") == 1


def test_openai_catches_reasoning_out_of_order() -> None:
    assert "reasoning is out of order" in honest("interleaved").caught(swap(1, 4))


# --- reasoning of another provider ---


@pytest.mark.parametrize(
    ("lie", "expected"),
    [
        (truth, ""),
        (item(THOUGHT, id="rs_1"), "Item with id 'rs_1' not found"),
        (item(THOUGHT, id="x" * 65), "string too long"),
        (item(THOUGHT, encrypted_content="c2ln"), "The encrypted content c2ln…c2ln could not be verified."),
        (drop(THOUGHT), "reasoning was dropped"),
        (summary(THOUGHT, "I have to ask."), "reasoning was changed"),
    ],
)
def test_foreign_reasoning_is_a_summary_without_id_and_seal(lie: Lie, expected: str) -> None:
    """Row "no id at all", litellm#37953: its summary is taken, and there is nothing that stayed behind."""
    found = caught_of_adopted(OpenAIResponses, lie)
    assert expected in found
    assert bool(expected) == bool(found)


def test_a_finding_names_the_block_the_path_and_both_texts() -> None:
    notes = honest().caught(summary(THOUGHT, "I have to ask."))
    assert "assistant turn 1, block 0 (thinking)" in notes
    assert "input[1].summary[0]" in notes
    assert f"before: '{FIRST}'" in notes
    assert "after:  'I have to ask.'" in notes


def test_a_retry_is_noticed() -> None:
    """The script has one answer for each turn; who asks once more is told so."""
    client = honest()
    client.send(client.body)
    assert "no turn left" in client.caught(truth)
