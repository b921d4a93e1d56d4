"""Streamed answers of the Responses API: the same blocks, in whatever events a server tells of its items."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from typing import Any

import pytest

from tests.tooling.overlay.responses_wrapper import Wrapper, decorated

Item = dict[str, Any]
Events = list[Item]

MARK = "litellm_encrypted_reasoning:"
ARGUMENTS = '{"to": "Rome"}'

pytestmark = pytest.mark.usefixtures("overlay")


def _text(kind: str, words: str) -> Item:
    return {"type": kind, "text": words}


THOUGHT = {
    "type": "reasoning", "id": "rs_1", "encrypted_content": "gAAA==",
    "summary": [_text("summary_text", "First."), _text("summary_text", "Second.")],
}  # fmt: skip
SPOKEN = {"type": "message", "id": "msg_1", "content": [_text("output_text", "Let me see.")]}
CALLED = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "map", "arguments": ARGUMENTS}
OUTPUT = [THOUGHT, SPOKEN, CALLED, {**CALLED, "id": "fc_2", "call_id": "call_2"}]
SHOWN = [
    {"type": "thinking", "thinking": "First.", "signature": MARK},
    {"type": "thinking", "thinking": "Second.", "signature": f"{MARK}gAAA=="},
    {"type": "text", "text": "Let me see."},
    {"type": "tool_use", "id": "call_1", "name": "map", "input": ARGUMENTS},
    {"type": "tool_use", "id": "call_2", "name": "map", "input": ARGUMENTS},
]


def _told(item: Item) -> Events:
    if item["type"] == "function_call":
        return [*_deltas("function_call_arguments", item["arguments"], "arguments")]
    if item["type"] == "message":
        return [{**one, "content_index": 0} for one in _deltas("output_text", item["content"][0]["text"], "text")]
    parts = enumerate(part["text"] for part in item["summary"])
    return [{**one, "summary_index": index} for index, text in parts for one in _summary(text)]


def _summary(text: str) -> Events:
    return [{"type": "response.reasoning_summary_part.added"}, *_deltas("reasoning_summary_text", text, "text")]


def _deltas(source: str, whole: str, name: str) -> Events:
    pieces = (whole[:3], whole[3:])
    deltas = [{"type": f"response.{source}.delta", "delta": piece} for piece in pieces]
    return [*deltas, {"type": f"response.{source}.done", name: whole}]


def _begun(item: Item) -> Item:
    hollow = {"summary": [], "content": [], "arguments": "", "encrypted_content": "gAA"}
    return {name: hollow.get(name, value) for name, value in item.items()}


def tidy() -> Events:
    """All events, as OpenAI sends them."""
    events: Events = [{"type": "response.created"}]
    for index, item in enumerate(OUTPUT):
        events.append({"type": "response.output_item.added", "output_index": index, "item": _begun(item)})
        events += [{**one, "output_index": index, "item_id": item["id"]} for one in _told(item)]
        events.append({"type": "response.output_item.done", "output_index": index, "item": item})
    return [*events, {"type": "response.completed", "response": {"output": OUTPUT}}]


class Ending(Wrapper):
    """It ends a message, and its own events of items must not be there."""

    def _process_event(self, event: Item) -> None:
        if event["type"] in ("response.completed", "response.incomplete", "response.failed"):
            delta = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {}}
            self._chunk_queue += [delta, {"type": "message_stop"}]
        elif event["type"] != "response.in_progress":
            self._chunk_queue.append(event)


def wrapped() -> Any:
    return decorated(Ending)


def streamed(events: Events) -> Events:
    wrapper = wrapped()
    for event in events:
        wrapper._process_event(event)
    return list(wrapper._chunk_queue)


def blocks_of(chunks: Events) -> Events:
    """Put the blocks together as the strictest client does: one after the other, each begun, told and ended."""
    blocks: Events = []
    is_open = False
    for chunk in chunks:
        if chunk["type"] == "content_block_start":
            assert not is_open
            assert chunk["index"] == len(blocks)
            blocks.append(dict(chunk["content_block"]))
        elif chunk["type"] == "content_block_delta":
            assert is_open
            assert chunk["index"] == len(blocks) - 1
            _extend(blocks[-1], chunk["delta"])
        elif chunk["type"] == "content_block_stop":
            assert is_open
            assert chunk["index"] == len(blocks) - 1
        is_open = chunk["type"] in ("content_block_start", "content_block_delta")
    assert not is_open
    return blocks


def _extend(block: Item, delta: Item) -> None:
    (piece,) = [value for name, value in delta.items() if name != "type"]
    assert piece
    if "partial_json" in delta:
        block["input"] = (block["input"] or "") + piece
    else:
        name = "signature" if "signature" in delta else "thinking" if "thinking" in delta else "text"
        block[name] += piece


def _without(*kinds: str) -> Callable[[Events], Events]:
    return lambda events: [one for one in events if not one["type"].removeprefix("response.").startswith(kinds)]


def _unfielded(*names: str) -> Callable[[Events], Events]:
    return lambda events: [{name: value for name, value in one.items() if name not in names} for one in events]


def _one_number(events: Events) -> Events:
    return [{**one, "output_index": 0} if "output_index" in one else one for one in events]


def _new_ids(events: Events) -> Events:
    """Another id with each event, as GitHub Copilot gives them."""
    changed = [{**one, "item_id": f"id_{place}"} if "item_id" in one else one for place, one in enumerate(events)]
    return [
        {**one, "item": {**one["item"], "id": f"id_{place}"}} if "item" in one else one
        for place, one in enumerate(changed)
    ]


def _nothing_repeated(events: Events) -> Events:
    return [*events[:-1], {"type": "response.completed", "response": {"output": []}}]


def _raw_too(events: Events) -> Events:
    """The reasoning itself behind each piece of its summary."""
    raw = {"response.reasoning_summary_text.delta": "response.reasoning_text.delta"}
    return [new for one in events for new in (one, {**one, "type": raw.get(one["type"], "response.in_progress")})]


def _in_turns(events: Events) -> Events:
    """The two calls are told in turns."""
    calls = [one for one in events if one.get("output_index") in (2, 3)]
    half = len(calls) // 2
    mixed = [one for pair in zip(calls[:half], calls[half:], strict=True) for one in pair]
    return [*(one for one in events if one not in calls)][:-1] + mixed + events[-1:]


FORMS: dict[str, Callable[[Events], Events]] = {
    "tidy": lambda events: events,
    "arguments-in-done": _without("function_call_arguments.delta"),
    "arguments-in-the-item": _without("function_call_arguments"),
    "no-added": _without("output_item.added"),
    "no-added-no-done": _without("output_item"),
    "no-done": _without("output_item.done"),
    "no-deltas": _without("function_call_arguments.delta", "output_text.delta", "reasoning_summary_text.delta"),
    "items-alone": _without("function_call", "output_text", "reasoning_summary"),
    "done-items-alone": _without("function_call", "output_text", "reasoning_summary", "output_item.added"),
    "completed-alone": _without("function_call", "output_text", "reasoning_summary", "output_item"),
    "nothing-repeated": _nothing_repeated,
    "no-numbers": _unfielded("summary_index", "content_index", "output_index"),
    "no-numbers-no-parts": lambda events: _without("reasoning_summary_part")(_unfielded("summary_index")(events)),
    "no-ids": _unfielded("item_id"),
    "no-numbers-no-ids": _unfielded("output_index", "item_id"),
    "one-number": _one_number,
    "new-ids": _new_ids,
    "raw-too": _raw_too,
    "twice-created": lambda events: [*events[:1], *events],
    "in-turns": _in_turns,
    "in-turns-one-number": lambda events: _one_number(_in_turns(events)),
    "in-turns-no-numbers": lambda events: _unfielded("output_index", "summary_index")(_in_turns(events)),
    "done-items-alone-one-number": lambda events: _one_number(FORMS["done-items-alone"](events)),
    "no-done-one-number": lambda events: _one_number(_without("output_item.done")(events)),
    "no-added-no-numbers": lambda events: _without("output_item.added")(FORMS["no-numbers"](events)),
}
# The seal is in the finished item, which these have in the last event; the parts of a summary may have run together.
IN_ONE = [{**SHOWN[1], "thinking": "First.Second."}, *SHOWN[2:]]


@pytest.mark.parametrize("form", FORMS)
def test_a_stream_gives_the_same_blocks_in_every_form(form: str) -> None:
    chunks = streamed(FORMS[form](tidy()))
    assert blocks_of(chunks) == (IN_ONE if form == "no-numbers-no-parts" else SHOWN)
    assert [one["type"] for one in chunks if not one["type"].startswith("content_block")] == [
        "message_delta", "message_stop"
    ]  # fmt: skip
    assert chunks[-2]["delta"]["stop_reason"] == "tool_use"


def test_a_text_is_told_while_it_comes() -> None:
    wrapper = wrapped()
    for event in tidy()[:4]:
        wrapper._process_event(event)
    assert wrapper._chunk_queue[-1]["delta"] == {"type": "thinking_delta", "thinking": "Fir"}


def test_reasoning_without_a_summary_is_shown() -> None:
    item = {"type": "reasoning", "id": "rs_1", "summary": [], "content": [_text("reasoning_text", "Open.")]}
    told = _deltas("reasoning_text", "Open.", "text")
    last = {"type": "response.completed", "response": {"output": [item]}}
    shown = [{"type": "thinking", "thinking": "Open.", "signature": ""}]
    assert blocks_of(streamed([*told, last])) == blocks_of(streamed([last])) == shown


@pytest.mark.parametrize("item", [{**SPOKEN, "content": []}, {**SPOKEN, "content": [_text("output_text", "")]}])
def test_there_is_no_block_without_something_in_it(item: Item) -> None:
    done = {"type": "response.output_item.done", "item": item}
    added = {"type": "response.output_item.added", "item": item}
    assert blocks_of(streamed([added, done, {"type": "response.completed", "response": {"output": [item]}}])) == []


def test_a_refusal_is_text() -> None:
    item = {**SPOKEN, "content": [{"type": "refusal", "refusal": "I can not."}]}
    events = [*_deltas("refusal", "I can not.", "refusal"), {"type": "response.output_item.done", "item": item}]
    assert blocks_of(streamed(events)) == [{"type": "text", "text": "I can not."}]


def test_litellm_hears_of_a_refusal_that_no_later_event_repeats() -> None:
    wrapper = wrapped()
    wrapper._refusal_text = ""
    for event in _deltas("refusal", "I can not.", "refusal"):
        wrapper._process_event(event)
    assert wrapper._refusal_text == "I can not."


def test_a_call_without_arguments_is_a_call() -> None:
    done = {"type": "response.output_item.done", "item": {**CALLED, "arguments": ""}}
    assert blocks_of(streamed([done])) == [{**SHOWN[3], "input": {}}]


def test_an_answer_that_is_cut_off_ends_in_order() -> None:
    last = {"type": "response.incomplete", "response": {"output": []}}
    chunks = streamed([*tidy()[:4], last])
    assert blocks_of(chunks) == [{"type": "thinking", "thinking": "Fir", "signature": ""}]
    assert chunks[-2]["delta"]["stop_reason"] == "max_tokens"


def test_an_answer_that_failed_ends_in_an_error() -> None:
    last = {"type": "response.failed", "response": {"output": [], "error": {"code": "x", "message": "Overloaded."}}}
    chunks = streamed([*tidy()[:4], last])
    assert blocks_of(chunks) == [{"type": "thinking", "thinking": "Fir", "signature": ""}]
    assert chunks[-1] == {"type": "error", "error": {"type": "api_error", "message": "Overloaded."}}
    assert not any(one["type"].startswith("message") for one in chunks)


def test_a_stream_that_is_dropped_is_gone_at_once() -> None:
    """Otherwise the collector ends it some time, and the provider goes on until then."""
    gc.disable()
    try:
        wrapper = wrapped()
        for event in tidy()[:4]:
            wrapper._process_event(event)
        gone = weakref.ref(wrapper)
        del wrapper
        assert gone() is None
    finally:
        gc.enable()
