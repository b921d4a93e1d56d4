"""The signature of thinking that nobody signed: a mark, which no client takes for none (N78; docs/clients.md).

What the mark says of a block on its way back is what an empty signature said: the requests are the same, to all.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Sequence
from typing import Any

import httpx
import litellm
import pytest
import respx

from tests.round_trip import sdk
from tests.round_trip.calls import call

# One loop for the whole session, as for the grid.
pytestmark = pytest.mark.asyncio(loop_scope="session")

Item = dict[str, Any]
Record = Callable[[str, object], None]

THOUGHT, REPLY = "First the map.", "The market is near."
QUESTION = {"role": "user", "content": "Where is the market?"}
_DELTAS: list[Item] = [{"role": "assistant", "reasoning_content": THOUGHT}, {"content": REPLY}, {}]
_CHUNK = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
_CHUNKS = [
    {**_CHUNK, "choices": [{"index": 0, "delta": delta, "finish_reason": None if delta else "stop"}]}
    for delta in _DELTAS
]
_COMPLETION = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [
        {
            "index": 0,
            "finish_reason": "stop",
            "message": {"role": "assistant", "content": REPLY, "reasoning_content": THOUGHT},
        }
    ],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
}
_THINKING, _TEXT = {"type": "thinking", "thinking": THOUGHT}, {"type": "text", "text": REPLY}
_MESSAGE = {"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "stop_sequence": None}
_USAGE = {"input_tokens": 1, "output_tokens": 1}
_WHOLE = {**_MESSAGE, "content": [_THINKING, _TEXT], "stop_reason": "end_turn", "usage": _USAGE}
_EVENTS: list[Item] = [
    {"type": "message_start", "message": {**_MESSAGE, "content": [], "stop_reason": None, "usage": _USAGE}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": THOUGHT}},
    {"type": "content_block_stop", "index": 0},
    {"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": REPLY}},
    {"type": "content_block_stop", "index": 1},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None}, "usage": _USAGE},
    {"type": "message_stop"},
]
_KEY = {"api_key": "sk-test", "max_tokens": 4096}
_CHAT = (_COMPLETION, "".join(f"data: {json.dumps(one)}\n\n" for one in _CHUNKS).encode() + b"data: [DONE]\n\n")
_ANTHROPIC = (_WHOLE, "".join(f"event: {one['type']}\ndata: {json.dumps(one)}\n\n" for one in _EVENTS).encode())
PLACES: dict[str, tuple[Item, Item, bytes]] = {
    "dashscope": ({"model": "dashscope/qwen3-max", **_KEY}, *_CHAT),
    "moonshot": ({"model": "moonshot/kimi-k2.5", **_KEY}, *_CHAT),
    "moonshot_anthropic": (
        {"model": "anthropic/kimi-k2.5", "api_base": "https://api.moonshot.ai/anthropic", **_KEY},
        *_ANTHROPIC,
    ),
    "vllm": ({"model": "hosted_vllm/Qwen/Qwen3-32B", "api_base": "http://vllm.test/v1", **_KEY}, *_CHAT),
    "zai": ({"model": "zai/glm-4.7", **_KEY}, *_CHAT),
}
CLAUDE = {"model": "anthropic/claude-sonnet-4-5", **_KEY}
CASES = [
    pytest.param(place, streamed, id=f"unsigned-marked/messages-{place}{'-stream' * streamed}")
    for place in PLACES
    for streamed in (False, True)
]


@pytest.mark.parametrize(("place", "streamed"), CASES)
async def test_unsigned_marked(place: str, streamed: bool, record_property: Record) -> None:
    arguments, whole, stream = PLACES[place]
    given = (
        httpx.Response(200, headers={"content-type": "text/event-stream"}, content=stream)
        if streamed
        else httpx.Response(200, json=whole)
    )
    answer, _ = await _asked(arguments, given, [QUESTION], stream=streamed)
    content = _seen(answer, streamed=streamed)
    signature = content[0].get("signature")
    wrong = [] if signature else [f"a client sees thinking with the signature {signature!r}"]
    if [block["type"] for block in content] != ["thinking", "text"] or content[0]["thinking"] != THOUGHT:
        wrong.append(f"the client saw another turn: {content}")
    empty = [{**block, "signature": ""} if block["type"] == "thinking" else block for block in content]
    for who, reply in ((arguments, whole), (CLAUDE, _WHOLE)):
        bodies = [await _replayed(who, reply, blocks) for blocks in (content, empty)]
        wrong += [] if bodies[0] == bodies[1] else [f"{who['model']} is sent {bodies[0]} and not {bodies[1]}"]
        has = THOUGHT in json.dumps(bodies[0])
        wrong += [] if has != (who is CLAUDE) else [f"{who['model']} has the thought: {has}"]
    if wrong:
        record_property("failures", "N78")
        pytest.fail("\n".join(["N78", *wrong]), pytrace=False)


async def _asked(
    arguments: Item, given: httpx.Response, messages: Sequence[Item], *, stream: bool = False
) -> tuple[Any, Any]:
    """The answer, and the body that went out."""
    with respx.mock(using="httpx") as router:
        router.post().mock(return_value=given)
        entry = litellm.anthropic.messages.acreate
        answer = await call(entry, synchronous=False, messages=list(messages), stream=stream, **arguments)
        return answer, json.loads(router.calls.last.request.content)


async def _replayed(arguments: Item, reply: Item, content: Sequence[Item]) -> Any:
    history = [QUESTION, {"role": "assistant", "content": copy.deepcopy(list(content))}, QUESTION]
    return (await _asked(arguments, httpx.Response(200, json=reply), history))[1]


def _seen(answer: Any, *, streamed: bool) -> list[Item]:
    """The blocks as Anthropic's SDK has them."""
    if streamed:
        pieces = [one if isinstance(one, bytes) else f"data: {json.dumps(one)}\n\n".encode() for one in answer]
        blocks: list[Item] = sdk.message_stream(pieces)["content"]
        return blocks
    data = answer if isinstance(answer, dict) else answer.model_dump()
    return list(sdk.message(data)["content"])
