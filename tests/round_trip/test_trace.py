"""A block is followed from the backend to the wire, and the first checkpoint at which it changed is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests import conversations
from tests.backends import Dialogue, Moonshot
from tests.backends.history import Finding
from tests.backends.wire import Request
from tests.round_trip.explain import failures_of
from tests.round_trip.failures import Failure
from tests.round_trip.trace import CHECKPOINTS, Trace

THOUGHT = "221 is 13 times 17, so it cannot be prime."
PLACE = "assistant turn 1, block 0 (thinking)"
QUESTION = {"role": "user", "content": "Is 221 a prime number?"}
TURN = {"role": "assistant", "content": "No: it is the product of two primes.", "reasoning_content": THOUGHT}


def played(spoiled: str, thought: object = None) -> tuple[Dialogue, Trace]:
    """Play one turn and its replay, with another thought (none: dropped) from a checkpoint on."""
    dialogue = Dialogue(conversations.load("one-thinking-turn").assistant_turns)
    backend, trace = Moonshot(dialogue), Trace(dialogue)
    changed = {key: value for key, value in {**TURN, "reasoning_content": thought}.items() if value is not None}
    start = CHECKPOINTS.index(spoiled) if spoiled else len(CHECKPOINTS)

    def turn_at(checkpoint: str) -> dict[str, Any]:
        return changed if CHECKPOINTS.index(checkpoint) >= start else TURN

    trace.sends({"messages": [QUESTION]})
    _send(backend, [QUESTION])
    trace.adapted({"choices": [{"message": turn_at("adapter out")}]})
    trace.kept({"choices": [{"message": turn_at("client in")}]})
    trace.sends({"messages": [QUESTION, turn_at("client out"), QUESTION]})
    _send(backend, [QUESTION, turn_at("wire"), QUESTION])
    return dialogue, trace


def _send(backend: Moonshot, messages: list[Any]) -> None:
    backend.answer(Request("/", json.dumps({"model": "m", "messages": messages}).encode()))


@pytest.mark.parametrize("spoiled", CHECKPOINTS[1:])
def test_the_first_change_is_where_it_happened(spoiled: str) -> None:
    dialogue, trace = played(spoiled)
    digests = trace.digests(PLACE, 2)
    assert list(digests) == list(CHECKPOINTS)
    assert trace.first_change(PLACE, 2) == spoiled
    assert trace.first_loss(2) == spoiled
    (failure,) = failures_of(dialogue, trace, sent=2)
    assert failure.changed == spoiled
    assert "reasoning was dropped" in failure.text
    assert f"{spoiled:<11}  <nothing>  <- changed first here" in str(failure)
    assert f"backend out  {digests['backend out']}\n" in str(failure)


def test_another_text_has_another_digest() -> None:
    digests = played("client in", "221 is prime.")[1].digests(PLACE, 2)
    assert len(set(digests.values())) == 2
    assert digests["adapter out"] == digests["backend out"] != digests["wire"] == digests["client in"]


def test_what_arrives_unchanged_is_no_failure() -> None:
    dialogue, trace = played("")
    assert trace.first_change(PLACE, 2) == ""
    assert list(failures_of(dialogue, trace, sent=2)) == []


def test_a_stream_is_read_by_the_names_of_its_fields() -> None:
    _, trace = played("")
    pieces = [{"choices": [{"delta": {"reasoning_content": half}}]} for half in (THOUGHT[:9], THOUGHT[9:])]
    trace.exchanges[1].given = pieces
    assert trace.first_change(PLACE, 2) == ""
    events = [f"data: {json.dumps({'delta': {'thinking': half}})}\n\n".encode() for half in (THOUGHT[:9], THOUGHT[9:])]
    trace.exchanges[1].given = [b"".join(events)[:40], b"".join(events)[40:]]
    assert trace.first_change(PLACE, 2) == ""


@pytest.mark.parametrize("sent", [1, 3])
def test_a_request_too_many_or_too_few_is_a_failure(sent: int) -> None:
    """The client asked twice."""
    dialogue, trace = played("")
    (failure,) = failures_of(dialogue, trace, sent=sent)
    assert failure == Failure(f"2 requests were expected, {sent} were sent")


def test_the_report_shows_both_bodies_and_the_providers_answer() -> None:
    """Here LiteLLM drops the reasoning of a call, and Moonshot says so."""
    dialogue = Dialogue(conversations.load("thinking-then-tool").assistant_turns)
    backend, trace = Moonshot(dialogue), Trace(dialogue)
    trace.sends({"messages": [QUESTION]})
    _send(backend, [QUESTION])
    message = json.loads(dialogue.answers[0].body)["choices"][0]["message"]
    trace.adapted({"choices": [{"message": message}]})
    trace.kept({"choices": [{"message": message}]})
    result = {"role": "tool", "tool_call_id": message["tool_calls"][0]["id"], "content": "?"}
    trace.sends({"messages": [QUESTION, message, result]})
    _send(backend, [QUESTION, {key: value for key, value in message.items() if key != "reasoning_content"}, result])
    (failure,) = failures_of(dialogue, trace, sent=2)
    assert failure.text.startswith("rejected: request 2, moonshot: messages[1].reasoning_content: thinking is enabled")
    assert failure.changed == "wire"
    assert 'the provider\'s answer (400): {"error": {"message": "thinking is enabled' in str(failure)
    assert "--- what the client sent" in str(failure)
    assert f'-   "reasoning_content": {json.dumps(message["reasoning_content"])}' in str(failure)


def test_a_very_long_text_is_told_by_its_ends() -> None:
    thought = "".join(f"step {number}, " for number in range(100_000))
    told = str(Finding("reasoning was changed", PLACE, "messages[1]", thought, "short"))
    assert len(told) < 1500
    assert "before: 'step 0, step 1, " in told
    assert f"({len(thought)} characters)" in told
    assert "step 99999, '" in told
    assert "after:  'short'" in told
