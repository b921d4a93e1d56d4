"""Which model an answer of the proxy's /v1/messages names: the one that the client asked for, whole and streamed (N75).

Claude Code compares the two, and leaves signed thinking of any other model out of its next request.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import httpx
import pytest
import respx

from tests.round_trip.proxy_endpoint import ADDRESS, NoEndpoint, serving

# One loop for the whole session, as for the grid.
pytestmark = pytest.mark.asyncio(loop_scope="session")

Item = dict[str, Any]
Record = Callable[[str, object], None]

ALIAS = "claude-sonnet-4-5"
DATED = "claude-sonnet-4-5-20250929"
_MESSAGE = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": DATED,
    "content": [],
    "stop_reason": None,
    "stop_sequence": None,
    "usage": {"input_tokens": 1, "output_tokens": 1},
}
# The text has the model's name in it as well, and the words of a field.
_TEXT = f'I am "model": "{DATED}".'
_ANTHROPIC: list[Item] = [
    {"type": "message_start", "message": _MESSAGE},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "ping"},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": _TEXT}},
    {"type": "content_block_stop", "index": 0},
    {
        "type": "message_delta",
        "delta": {"stop_reason": "end_turn", "stop_sequence": None},
        "usage": {"output_tokens": 2},
    },
    {"type": "message_stop"},
]
_CHUNK = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "kimi-k2.5-0127"}
_CHAT: list[Item] = [
    {**_CHUNK, "choices": [{"index": 0, "delta": {"role": "assistant", "content": _TEXT}, "finish_reason": None}]},
    {**_CHUNK, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
]
_RESPONSE: Item = {
    "id": "resp_1",
    "object": "response",
    "created_at": 1,
    "status": "completed",
    "model": "gpt-5-2025-08-07",
    "output": [
        {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "status": "completed",
            "content": [{"type": "output_text", "text": _TEXT, "annotations": []}],
        }
    ],
    "parallel_tool_calls": True,
    "tool_choice": "auto",
    "tools": [],
    "usage": {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2},
}
_WORDS = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
_RESPONSES: list[Item] = [
    {"type": "response.created", "response": {**_RESPONSE, "output": [], "status": "in_progress"}},
    {"type": "response.output_item.added", "output_index": 0, "item": {**_RESPONSE["output"][0], "content": []}},
    {"type": "response.output_text.delta", **_WORDS, "delta": _TEXT},
    {"type": "response.output_item.done", "output_index": 0, "item": _RESPONSE["output"][0]},
    {"type": "response.completed", "response": _RESPONSE},
]


def _sse(events: Sequence[Item], *, named: bool = True) -> bytes:
    frames = [
        f"event: {one['type']}\ndata: {json.dumps(one)}\n\n" if named else f"data: {json.dumps(one)}\n\n"
        for one in events
    ]
    return "".join(frames).encode() + (b"" if named else b"data: [DONE]\n\n")


_STREAM = _sse(_ANTHROPIC)
_COMPLETION = {
    **_CHUNK,
    "object": "chat.completion",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": _TEXT}}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
}
_WHOLE = {**_MESSAGE, "content": [{"type": "text", "text": _TEXT}], "stop_reason": "end_turn"}
ANSWERS: dict[str, tuple[str, Item, bytes]] = {
    "anthropic": (f"anthropic/{DATED}", _WHOLE, _STREAM),
    "moonshot": ("moonshot/kimi-k2.5", _COMPLETION, _sse(_CHAT, named=False)),
    "openai": ("openai/gpt-5", _RESPONSE, _sse(_RESPONSES)),
}
CASES = [
    pytest.param(backend, streamed, id=f"answered-model/messages-{backend}{'-stream' * streamed}")
    for backend in ANSWERS
    for streamed in (False, True)
]


@pytest.mark.parametrize(("backend", "streamed"), CASES)
async def test_answered_model(backend: str, streamed: bool, record_property: Record) -> None:
    """A client asks the proxy for an alias, and hears of no other model."""
    try:
        answer = await _asked(backend, streamed=streamed)
    except NoEndpoint as why:
        pytest.skip(str(why))
    model = _of_stream(answer) if streamed else json.loads(answer)["model"]
    wrong = [] if model == ALIAS else [f"asked for {ALIAS}, and {model} has answered"]
    if streamed and backend == "anthropic":
        wrong += _otherwise_changed(answer)
    if wrong:
        record_property("failures", "N75")
        pytest.fail("\n".join(["N75", *wrong]), pytrace=False)


async def _asked(backend: str, *, streamed: bool) -> bytes:
    """What the proxy answers to a client, to the byte."""
    model, whole, stream = ANSWERS[backend]
    given = (
        httpx.Response(200, headers={"content-type": "text/event-stream"}, content=stream)
        if streamed
        else httpx.Response(200, json=whole)
    )
    body = {"model": ALIAS, "max_tokens": 64, "messages": [{"role": "user", "content": "Who?"}], "stream": streamed}
    with serving({ALIAS: {"model": model, "api_key": "sk-test"}}) as client, respx.mock(using="httpx") as router:
        router.route(url__startswith=ADDRESS).pass_through()
        provider = router.post().mock(return_value=given)
        answer = await client.post("/v1/messages", json=body)
        assert provider.call_count == 1
    assert answer.status_code == 200, answer.text
    return answer.content


def _of_stream(answer: bytes) -> str:
    events = [json.loads(line[len(b"data:") :]) for line in answer.splitlines() if line.startswith(b"data:")]
    return str(next(event for event in events if event["type"] == "message_start")["message"]["model"])


def _otherwise_changed(answer: bytes) -> list[str]:
    """What the provider streamed in other words: nothing but the model's name in `message_start` may be."""
    lines = list(zip(_STREAM.splitlines(), answer.splitlines(), strict=False))
    changed = [there for here, there in lines if here != there and b"message_start" not in here]
    same = not changed and len(lines) == len(_STREAM.splitlines()) == len(answer.splitlines())
    return [] if same else [f"the stream was changed otherwise: {changed}"]
