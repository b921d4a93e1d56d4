"""OpenRouter's `reasoning_details` of models that are not Claude: they come back unmodified, and go to nobody else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
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

TEXT = "First the list of directories."
SEAL = "gAAAAABsealed"
_GPT = {"format": "openai-responses-v1", "index": 0}
VENDORS: dict[str, tuple[str, list[Item]]] = {
    "gpt": (
        "openrouter/openai/gpt-5",
        [
            {"type": "reasoning.summary", "summary": TEXT, **_GPT},
            {"type": "reasoning.encrypted", "data": SEAL, "id": "rs_1", **_GPT},
        ],
    ),
    "gemini": (
        "openrouter/google/gemini-3-pro-preview",
        [
            {"type": "reasoning.text", "text": TEXT, "format": "google-gemini-v1", "index": 0},
            {"type": "reasoning.encrypted", "data": SEAL, "id": "call_1", "format": "google-gemini-v1", "index": 1},
        ],
    ),
    "grok": (
        "openrouter/x-ai/grok-4",
        [{"type": "reasoning.encrypted", "data": SEAL, "id": "rs_1", "format": "xai-responses-v1", "index": 0}],
    ),
}
"""docs/providers.md#openrouter: a model of each vendor that seals its reasoning, and the entries of an answer."""

CALL = {"id": "call_1", "type": "function", "function": {"name": "map", "arguments": "{}"}}
_TOP = {"id": "gen-1", "created": 1, "model": "model"}
_USAGE = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
QUESTION: Item = {"role": "user", "content": "How many?"}
_SCHEMA = {"type": "object", "properties": {}}


def _whole(entries: list[Item]) -> httpx.Response:
    text = {"reasoning": TEXT} if len(entries) > 1 else {}
    message = {"role": "assistant", "content": "Wait.", **text, "reasoning_details": entries, "tool_calls": [CALL]}
    choice = {"index": 0, "finish_reason": "tool_calls", "message": message}
    return httpx.Response(200, json={**_TOP, "object": "chat.completion", "choices": [choice], "usage": _USAGE})


def _deltas(entries: list[Item]) -> Iterator[Item]:
    """The text in pieces, then what is sealed in a chunk of its own."""
    yield {"role": "assistant", "content": ""}
    for entry in entries:
        name = "summary" if "summary" in entry else "text"
        if name in entry:
            for piece in (TEXT[:9], TEXT[9:]):
                yield {"reasoning": piece, "reasoning_details": [{**entry, name: piece}]}
        else:
            yield {"reasoning_details": [entry]}
    yield {"content": "Wait."}
    yield {"tool_calls": [{**CALL, "index": 0}]}


def _streamed(entries: list[Item]) -> httpx.Response:
    choices = [{"index": 0, "delta": delta, "finish_reason": None} for delta in _deltas(entries)]
    choices.append({"index": 0, "delta": {}, "finish_reason": "tool_calls"})
    chunks = [{**_TOP, "object": "chat.completion.chunk", "choices": [choice]} for choice in choices]
    chunks.append({**_TOP, "object": "chat.completion.chunk", "choices": [], "usage": _USAGE})
    body = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n"
    return httpx.Response(200, text=body, headers={"content-type": "text/event-stream"})


async def _sent(ingress: str, model: str, messages: list[Item], given: httpx.Response, **more: Any) -> tuple[Item, Any]:
    """The request to OpenRouter, and the answer to the client."""
    messages_api = ingress == "messages"
    bare = {"name": "map", "description": "map"}
    tool = {**bare, "input_schema": _SCHEMA} if messages_api else _function({**bare, "parameters": _SCHEMA})
    with respx.mock(using="httpx") as router:
        router.post().mock(return_value=given)
        answer = await call(
            litellm.anthropic.messages.acreate if messages_api else litellm.acompletion,
            synchronous=False,
            model=model,
            messages=messages,
            tools=[tool],
            api_key="sk-test",
            api_base="https://openrouter.ai/api/v1" if model.startswith("openrouter/") else None,
            max_tokens=4096,
            **more,
        )
        body: Item = json.loads(router.calls.last.request.content)
        return body, answer


def _function(tool: Item) -> Item:
    return {"type": "function", "function": tool}


def _history(ingress: str, answer: Any) -> list[Item]:
    if ingress == "messages":
        plain = sdk.message_stream(answer) if isinstance(answer, list) else dict(answer)
        result = {"type": "tool_result", "tool_use_id": "call_1", "content": "three"}
        content = json.loads(json.dumps(plain["content"]))
        return [QUESTION, {"role": "assistant", "content": content}, {"role": "user", "content": [result]}]
    message = answer.choices[0].message.model_dump(exclude_none=True)
    return [QUESTION, message, {"role": "tool", "tool_call_id": "call_1", "content": "three"}]


CASES = [(way, vendor) for way in ("messages", "chat", "messages-stream") for vendor in VENDORS]


def _ident(way: str, vendor: str) -> str:
    ingress, _, mode = way.partition("-")
    return f"sealed-details/{ingress}-openrouter-{vendor}{'-stream' if mode else ''}"


@pytest.mark.parametrize(("way", "vendor"), CASES, ids=[_ident(*case) for case in CASES])
async def test_sealed_details(way: str, vendor: str, record_property: Record) -> None:
    """The entries go back to the model as it gave them, and nothing sealed goes to another vendor's or elsewhere."""
    ingress, _, mode = way.partition("-")
    model, entries = VENDORS[vendor]
    given = _streamed(entries) if mode else _whole(entries)
    _, answer = await _sent(ingress, model, [QUESTION], given, **({"stream": True} if mode else {}))
    history = _history(ingress, answer)
    wrong = []
    body, _ = await _sent(ingress, model, history, _whole(entries))
    sent = body["messages"][1]
    if sent.get("reasoning_details") != entries:
        wrong.append(f"sent {sent}")
    for other in ("openrouter/anthropic/claude-sonnet-4.5", "openrouter/deepseek/deepseek-r1", "moonshot/kimi-k2.5"):
        body, _ = await _sent(ingress, other, history, _whole(entries))
        if SEAL in json.dumps(body) or "reasoning_details:" in json.dumps(body):
            wrong.append(f"sent to {other}: {body['messages'][1]}")
    if wrong:
        record_property("failures", "N84")
        pytest.fail("\n".join(["N84", *wrong]), pytrace=False)
