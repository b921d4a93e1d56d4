"""The client's half of the judgement: streams are joined as the SDKs do, and what a client missed is told."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.backends.history import Part
from tests.round_trip import accumulate, sdk
from tests.round_trip.seen import Seen, differences

GIVEN = [
    Part("reasoning", "I wonder.", "assistant turn 1, block 0 (thinking)"),
    Part("text", "Let me look.", "assistant turn 1, block 1 (text)"),
    Part("tool", "call_1", "assistant turn 1, block 2 (tool use)", '{"city": "Oslo"}', "forecast"),
]
CALL = ("call_1", "forecast", '{"city":"Oslo"}')


def test_the_whole_turn_is_no_difference() -> None:
    assert differences(GIVEN, Seen(["I wonder."], ["Let me ", "look."], [CALL]), 1) == []


def test_a_wire_without_call_ids_leaves_them_to_litellm() -> None:
    given = [replace(part, value="") if part.kind == "tool" else part for part in GIVEN]
    assert differences(given, Seen(["I wonder."], ["Let me look."], [CALL]), 1) == []
    (difference,) = differences(given, Seen(["I wonder."], ["Let me look."], [CALL, CALL]), 1)
    assert "other tool calls" in difference.text


@pytest.mark.parametrize(
    ("seen", "what"),
    [
        (Seen([], ["Let me look."], [CALL]), "other thinking"),
        (Seen(["I wonder.I wonder."], ["Let me look."], [CALL]), "other thinking"),
        (Seen(["I wonder."], ["I wonder.Let me look."], [CALL]), "other text"),
        (Seen(["I wonder."], ["Let me look"], [CALL]), "other text"),
        (Seen(["I wonder."], ["Let me look."], []), "other tool calls"),
        (Seen(["I wonder."], ["Let me look."], [("call_1", "forecast", "{}")]), "other tool calls"),
        (Seen(["I wonder."], ["Let me look."], [CALL, CALL]), "other tool calls"),
    ],
)
def test_a_difference_is_told(seen: Seen, what: str) -> None:
    (difference,) = differences(GIVEN, seen, 1)
    assert difference.text.startswith(f"the client saw {what}")
    assert difference.changed == "adapter out"


def _sse(*events: dict[str, Any]) -> list[bytes]:
    return [f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in events]


def _start(index: int, **block: Any) -> dict[str, Any]:
    return {"type": "content_block_start", "index": index, "content_block": block}


def _delta(index: int, **delta: Any) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": index, "delta": delta}


START = {
    "type": "message_start",
    "message": {
        "id": "msg_1", "type": "message", "role": "assistant", "content": [], "model": "m",
        "stop_reason": None, "usage": {"input_tokens": 1, "output_tokens": 1},
    },
}  # fmt: skip
STOP = {"type": "message_stop"}


def test_a_message_stream_is_joined_block_by_block() -> None:
    stream = _sse(
        START,
        _start(0, type="thinking", thinking="", signature=""),
        _delta(0, type="thinking_delta", thinking="I "),
        _delta(0, type="thinking_delta", thinking="wonder."),
        _delta(0, type="signature_delta", signature="c2ln"),
        _start(1, type="tool_use", id="call_1", name="forecast", input={}),
        _delta(1, type="input_json_delta", partial_json='{"city":'),
        _delta(1, type="input_json_delta", partial_json='"Oslo"}'),
        STOP,
    )
    assert sdk.message_stream(stream)["content"] == [
        {"type": "thinking", "thinking": "I wonder.", "signature": "c2ln"},
        {"type": "tool_use", "id": "call_1", "name": "forecast", "input": {"city": "Oslo"}},
    ]


def test_thinking_in_a_text_block_is_lost_as_the_sdk_loses_it() -> None:
    """Failure F16, as a client meets it."""
    wrong = _delta(0, type="thinking_delta", thinking="I wonder.")
    stream = _sse(START, _start(0, type="text", text=""), wrong, STOP)
    assert sdk.message_stream(stream)["content"] == [{"type": "text", "text": ""}]


def test_entries_with_an_index_are_joined() -> None:
    """What LiteLLM sends from 1.106 on; before, its entries have none."""
    first = {"type": "thinking", "thinking": "I ", "index": 0}
    entries = [first, {**first, "thinking": "wonder.", "signature": "s"}, {**first, "index": 1}]
    chunks = [{"choices": [{"delta": {"thinking_blocks": [entry]}}]} for entry in entries]
    (choice,) = accumulate.chat(chunks)["choices"]
    assert choice["message"]["thinking_blocks"] == [
        {"type": "thinking", "thinking": "I wonder.", "index": 0, "signature": "s"},
        {"type": "thinking", "thinking": "I ", "index": 1},
    ]


def test_entries_without_an_index_are_kept_one_by_one() -> None:
    """As a list is extended by whoever joins chunks himself; whether that can be replayed is the backend's verdict."""
    deltas = [
        {"reasoning_content": "I "},
        {"thinking_blocks": [{"thinking": "I "}]},
        {"thinking_blocks": [{"signature": "s"}]},
    ]
    chunks = [{"choices": [{"delta": delta}]} for delta in deltas]
    (choice,) = accumulate.chat(chunks)["choices"]
    assert choice["message"]["thinking_blocks"] == [{"thinking": "I "}, {"signature": "s"}]


@pytest.mark.parametrize(
    ("join", "stream", "last"),
    [
        (sdk.message_stream, _sse(START, _start(0, type="text", text="")), "content_block_start"),
        (accumulate.responses, [{"type": "response.created"}], "response.created"),
    ],
)
def test_a_stream_that_breaks_off_is_an_error(join: Any, stream: list[Any], last: str) -> None:
    with pytest.raises(ValueError, match=f"broke off after '{last}'"):
        join(stream)
