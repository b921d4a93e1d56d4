"""The model that a stream of the proxy names (`claude/answered_model.py`)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from importlib import import_module
from typing import Any

import pytest

pytestmark = pytest.mark.usefixtures("overlay")

ASKED = {"_litellm_client_requested_model": "my-claude", "model": "claude"}
START = (
    b"event: message_start\r\n"
    b'data:{"type":"message_start","message":{"id":"m","model" : "claude","usage":{"model":"claude"}}}\n\n'
)
RIGHT = START.replace(b'"model" : "claude"', b'"model" : "my-claude"')
REST = b'data: {"type":"content_block_delta","delta":{"text":"\\"model\\": \\"claude\\""}}\n\n'


def _streamed(chunks: Sequence[Any], request: Any = ASKED) -> list[Any]:
    naming = import_module("litellm.thinking_round_trip.claude.answered_model").naming_what_was_asked_for

    @naming
    async def generate(response: Sequence[Any], request_data: Any) -> AsyncIterator[Any]:
        for chunk in response:
            yield chunk

    async def read() -> list[Any]:
        return [chunk async for chunk in generate(chunks, request_data=request)]

    return asyncio.run(read())


@pytest.mark.parametrize("size", [1, 7, 64, 4096])
def test_one_value_changes_however_the_stream_is_cut(size: int) -> None:
    stream = b': keep-alive\n\nevent: ping\ndata: {"type": "ping"}\n\n' + START + REST
    chunks = [stream[at : at + size] for at in range(0, len(stream), size)]
    assert b"".join(_streamed(chunks)) == stream.replace(START, RIGHT)


def test_text_stays_text() -> None:
    assert "".join(_streamed([START.decode(), REST.decode()])) == (RIGHT + REST).decode()


@pytest.mark.parametrize("model", [{}, {"model": None}])
def test_a_message_without_a_model_gets_one(model: dict[str, Any]) -> None:
    event = {"type": "message_start", "message": {"id": "m", **model}}
    [out] = _streamed([f"data: {json.dumps(event)}\n\n"])
    assert json.loads(out.removeprefix("data: "))["message"] == {"id": "m", "model": "my-claude"}


@pytest.mark.parametrize(
    "stream",
    [
        b"data: [DONE]\n\n",
        b'data: {"error": {}}\n\n' + START,
        b"data: " + b"x" * 70_000,
        b"event: message_start",
        REST + START,
    ],
)
def test_any_other_stream_stays_as_it_is(stream: bytes) -> None:
    assert b"".join(_streamed([stream])) == stream


@pytest.mark.parametrize(
    "request_data",
    [None, {}, {"model": "my-claude"}, {**ASKED, "metadata": {"_complexity_router_return_raw_model_name": True}}],
)
def test_what_nobody_asked_for_is_not_put_in(request_data: Any) -> None:
    assert _streamed([START], request_data) == [START]
