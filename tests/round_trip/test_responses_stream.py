"""Streams of a Responses backend on `/v1/messages` in which events are left out, or say less than OpenAI's (N28).

What is in an answer arrives whole and once, as the events of one Anthropic message.
"""

from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests import conversations
from tests.backends.respx_mount import Recut
from tests.backends.wire import SSE, Answer, event
from tests.round_trip import ingress
from tests.round_trip.explain import failures_of
from tests.round_trip.grid import STREAM, Case
from tests.round_trip.play import perform

# One loop for the whole session, as for the grid.
pytestmark = pytest.mark.asyncio(loop_scope="session")

Event = dict[str, Any]
Rewriter = Callable[[list[Event]], list[Event]]

FAMILY = "responses-stream"
SCRIPT = "thinking-text-tool"


def _without(*kinds: str) -> Rewriter:
    return lambda events: [one for one in events if not one["type"].removeprefix("response.").startswith(kinds)]


def _sealed_early(events: list[Event]) -> list[Event]:
    """Encrypted content where the item is announced, which is not all of it yet."""
    changed = copy.deepcopy(events)
    for one in changed:
        if one["type"] == "response.output_item.added" and one["item"]["type"] == "reasoning":
            one["item"]["encrypted_content"] = "gAAAAABnot-yet"
    return changed


def _not_repeated(events: list[Event]) -> list[Event]:
    last = events[-1]
    return [*events[:-1], {**last, "response": {**last["response"], "output": []}}]


FORMS: dict[str, Rewriter] = {
    "whole": lambda events: events,
    "arguments-in-done": _without("function_call_arguments.delta"),
    "arguments-in-the-item": _without("function_call_arguments"),
    "no-added": _without("output_item.added"),
    "items-alone": _without("function_call", "output_text", "content_part", "reasoning_summary"),
    "completed-alone": _without("function_call", "output_text", "content_part", "reasoning_summary", "output_item"),
    "sealed-early": _sealed_early,
    "not-repeated": _not_repeated,
}


def _events(answer: Answer) -> list[Event]:
    lines = answer.body.decode().split("\n")
    return [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]


def _recut(rewrite: Rewriter) -> Recut:
    def recut(answer: Answer) -> Answer:
        if answer.content_type != SSE:
            return answer
        pieces = tuple(event(one, one["type"]) for one in rewrite(_events(answer)))
        return dataclasses.replace(answer, pieces=pieces)

    return recut


def disorder(events: list[Event]) -> Iterator[str]:
    """What a strict client of Anthropic's would not take: blocks come one after the other, in one message."""
    kinds = [one["type"] for one in events]
    for kind in ("message_start", "message_delta", "message_stop"):
        if kinds.count(kind) != 1:
            yield f"{kinds.count(kind)} times {kind}"
    at, is_open = -1, False
    for one in events:
        if one["type"] == "content_block_start":
            at += 1
        if one["type"].startswith("content_block") and (
            one["index"] != at or is_open is (one["type"] == "content_block_start")
        ):
            yield f"out of order: {one}"
        is_open = one["type"] in ("content_block_start", "content_block_delta")


@pytest.mark.parametrize("form", FORMS, ids=f"{FAMILY}-{{}}/messages-openai-stream".format)
async def test_responses_stream(
    form: str, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    told: list[str] = []
    join = ingress.Messages.join

    def strictly(client: ingress.Messages, pieces: list[Any], mode: str) -> Any:
        data = b"".join(piece.encode() if isinstance(piece, str) else piece for piece in pieces).decode()
        lines = [line for line in data.split("\n") if line.startswith("data: ")]
        told.extend(disorder([json.loads(line.removeprefix("data: ")) for line in lines]))
        return join(client, pieces, mode)

    monkeypatch.setattr(ingress.Messages, "join", strictly)
    stage = await perform(
        Case(SCRIPT, "messages", "openai", STREAM), conversations.load(SCRIPT), recut=_recut(FORMS[form])
    )
    told += map(str, [*failures_of(stage.dialogue, stage.trace, stage.sent), *stage.failures])
    if told:
        record_property("failures", "N28")
        pytest.fail("\n".join(["N28", *told]), pytrace=False)
