"""How LiteLLM calls `thinking_compat`: by which entries, anew for each attempt, and that no caller's object changes.

Nobody judges here: the provider's answer is a recorded one, and the request that it got is what is looked at.
"""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import litellm
import pytest
import respx

from tests.round_trip.calls import NoSuchEntry, call
from tests.round_trip.compat import COMPAT, registered, said
from tests.round_trip.test_self_heal import ANSWER
from tests.round_trip.test_small_ones import COMPLETION

# One loop for the whole session, as for the grid.
pytestmark = pytest.mark.asyncio(loop_scope="session")

Item = dict[str, Any]

FIREWORKS = "fireworks_ai/accounts/fireworks/models/glm-4p7"
CLAUDE = "anthropic/claude-sonnet-4-6"
FIREWORKS_HOST, CLAUDE_HOST = "api.fireworks.ai", "api.anthropic.com"
THOUGHT = "Let me analyze..."
SIGNED: Item = {"type": "thinking", "thinking": THOUGHT, "signature": "EqQBc2lnbmVk"}
REDACTED: Item = {"type": "redacted_thinking", "data": "EmYK"}
QUESTION: Item = {"role": "user", "content": "And then?"}
CALL: Item = {"id": "toolu_1", "type": "function", "function": {"name": "do", "arguments": "{}"}}
TOOLS: Item = {
    "chat": [{"type": "function", "function": {"name": "do", "parameters": {"type": "object", "properties": {}}}}],
    "messages": [{"name": "do", "input_schema": {"type": "object", "properties": {}}}],
}
HISTORY: dict[str, list[Item]] = {
    "chat": [
        {"role": "user", "content": "Go."},
        {
            "role": "assistant",
            "content": "This.",
            "thinking_blocks": [SIGNED, REDACTED],
            "reasoning_content": THOUGHT,
            "provider_specific_fields": {"citations": None, "thinking_blocks": [SIGNED, REDACTED]},
            "tool_calls": [CALL],
        },
        {"role": "tool", "tool_call_id": "toolu_1", "content": "done"},
        QUESTION,
    ],
    "messages": [
        {"role": "user", "content": "Go."},
        {
            "role": "assistant",
            "content": [
                SIGNED,
                REDACTED,
                {"type": "text", "text": "This."},
                {"type": "tool_use", "id": "toolu_1", "name": "do", "input": {}},
            ],
        },
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": "done"}]},
        QUESTION,
    ],
}
SAID = f"[Reasoning] {THOUGHT}\n\nThis."
ENTRIES: dict[str, Callable[[], tuple[Any, str, bool]]] = {
    "acompletion": lambda: (litellm.acompletion, "chat", False),
    "completion": lambda: (litellm.completion, "chat", True),
    "messages.acreate": lambda: (litellm.anthropic.messages.acreate, "messages", False),
    "messages.create": lambda: (litellm.anthropic.messages.create, "messages", True),
}


@pytest.fixture
def nothing(tmp_path: Path) -> Any:
    """The callback of a user for whom Fireworks takes nothing."""
    return COMPAT.ThinkingCompat("text", said(tmp_path / "mine", {"fireworks_ai": "none"}))


@pytest.fixture
def wire() -> Iterator[respx.MockRouter]:
    """Both providers; each answers well, and notes what it was asked."""
    with respx.mock(using="httpx", assert_all_called=False) as router:
        router.post(host=FIREWORKS_HOST, name="fireworks").mock(side_effect=_completed)
        router.post(host=CLAUDE_HOST, name="claude").mock(return_value=httpx.Response(200, json=ANSWER))
        yield router


def _completed(request: httpx.Request) -> httpx.Response:
    if not json.loads(request.content).get("stream"):
        return httpx.Response(200, json=COMPLETION)
    delta = {"index": 0, "delta": {"role": "assistant", "content": "Done."}, "finish_reason": "stop"}
    chunk = {**COMPLETION, "object": "chat.completion.chunk", "choices": [delta]}
    body = f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n"
    return httpx.Response(200, headers={"content-type": "text/event-stream"}, content=body.encode())


def _turn(router: respx.MockRouter, provider: str) -> Item:
    """Claude's turn as it reached a provider in the only request to it."""
    assert router[provider].call_count == 1
    body = json.loads(router[provider].calls.last.request.content)
    turn: Item = next(message for message in body["messages"] if message["role"] == "assistant")
    return turn


def _visible(turn: Item) -> str:
    content = turn["content"]
    return content if isinstance(content, str) else "\n\n".join(part["text"] for part in content)


def _arguments(kind: str, **changed: Any) -> Item:
    history = copy.deepcopy(HISTORY[kind])
    common = {"model": FIREWORKS, "messages": history, "tools": TOOLS[kind], "max_tokens": 4096, "api_key": "sk-test"}
    return {**common, **changed}


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("name", ["acompletion", "messages.acreate"])
async def test_it_is_called_before_an_asynchronous_request(
    name: str, stream: bool, nothing: Any, wire: respx.MockRouter
) -> None:
    entry, kind, _ = ENTRIES[name]()
    with registered(nothing):
        await call(entry, synchronous=False, stream=stream, **_arguments(kind))
    turn = _turn(wire, "fireworks")
    assert _visible(turn) == SAID
    assert not {"thinking_blocks", "reasoning_content", "provider_specific_fields"} & set(turn)
    assert [one["id"] for one in turn["tool_calls"]] == ["toolu_1"]


@pytest.mark.parametrize("name", ["completion", "messages.create"])
async def test_nobody_calls_it_before_a_synchronous_request(name: str, nothing: Any, wire: respx.MockRouter) -> None:
    """On every release: LiteLLM has no hook there that may change the messages. So `compatible` is called by hand."""
    entry, kind, _ = ENTRIES[name]()
    with registered(nothing):
        try:
            await call(entry, synchronous=True, **_arguments(kind))
        except NoSuchEntry as missing:
            pytest.skip(str(missing))
    assert "[Reasoning]" not in json.dumps(_turn(wire, "fireworks"))


async def test_messages_by_position_do_not_reach_it(nothing: Any, wire: respx.MockRouter) -> None:
    arguments = _arguments("chat")
    model, messages = arguments.pop("model"), arguments.pop("messages")
    with registered(nothing):
        await litellm.acompletion(model, messages, **arguments)
    assert "[Reasoning]" not in json.dumps(_turn(wire, "fireworks"))


async def test_compatible_serves_a_synchronous_request(nothing: Any, wire: respx.MockRouter) -> None:
    arguments = _arguments("chat")
    arguments["messages"] = nothing.compatible(arguments["messages"], FIREWORKS)
    await call(litellm.completion, synchronous=True, **arguments)
    assert _visible(_turn(wire, "fireworks")) == SAID


async def test_an_answer_of_litellm_s_may_stand_in_the_history(nothing: Any, wire: respx.MockRouter) -> None:
    """Users append `response.choices[0].message`, which is an object."""
    arguments = _arguments("chat")
    arguments["messages"][1] = litellm.Message(**arguments["messages"][1])
    with registered(nothing):
        await litellm.acompletion(**arguments)
    turn = _turn(wire, "fireworks")
    assert _visible(turn) == SAID
    assert [one["id"] for one in turn["tool_calls"]] == ["toolu_1"]


def _claude_then(fallback: str, **changed: Any) -> litellm.Router:
    models = {"claude": CLAUDE, "fireworks": FIREWORKS}
    first = "fireworks" if fallback == "claude" else "claude"
    return litellm.Router(
        model_list=[
            {"model_name": name, "litellm_params": {"model": model, "api_key": "sk-test"}}
            for name, model in models.items()
        ],
        fallbacks=[{first: [fallback]}],
        num_retries=0,
        **changed,
    )


@pytest.mark.parametrize("kind", ["chat", "messages"])
@pytest.mark.parametrize(("first", "fallback"), [("claude", "fireworks"), ("fireworks", "claude")])
async def test_each_attempt_of_a_router_begins_with_the_caller_s_history(
    kind: str, first: str, fallback: str, nothing: Any, wire: respx.MockRouter
) -> None:
    wire[first].mock(return_value=httpx.Response(500, json={"error": {"message": "overloaded"}}))
    router = _claude_then(fallback)
    arguments = _arguments(kind, model=first)
    del arguments["api_key"]
    with registered(nothing):
        await (router.acompletion if kind == "chat" else router.aanthropic_messages)(**arguments)
    assert _visible(_turn(wire, "fireworks")) == SAID
    content = _turn(wire, "claude")["content"]
    assert [block for block in content if block["type"].endswith("thinking")] == [SIGNED, REDACTED]
    assert "[Reasoning]" not in json.dumps(content)


def _objects(value: Any) -> list[int]:
    """The identities of all that can be changed in a value."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [id(value), *(one for part in inner for one in _objects(part))]


@pytest.mark.parametrize("status", [200, 500], ids=["answered", "failed"])
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("kind", ["chat", "messages"])
async def test_the_caller_s_messages_stay_as_they_are(
    kind: str, stream: bool, status: int, nothing: Any, wire: respx.MockRouter
) -> None:
    if status != 200:
        wire["fireworks"].mock(return_value=httpx.Response(status, json={"error": {"message": "overloaded"}}))
    arguments = _arguments(kind, stream=stream, num_retries=0, max_retries=0)
    before, objects = copy.deepcopy(arguments["messages"]), _objects(arguments["messages"])
    entry = litellm.acompletion if kind == "chat" else litellm.anthropic.messages.acreate
    failed = False
    with registered(nothing):
        try:
            await call(entry, synchronous=False, **arguments)
        except Exception:
            failed = True
    assert failed is (status != 200)
    assert wire["fireworks"].call_count == 1
    assert arguments["messages"] == before
    assert _objects(arguments["messages"]) == objects


async def test_what_need_not_change_is_handed_on_as_it_is(nothing: Any) -> None:
    messages = _arguments("chat")["messages"]
    kwargs = {"model": FIREWORKS, "messages": messages, "temperature": 1}
    objects = _objects(kwargs)
    new = await nothing.async_pre_call_deployment_hook(kwargs, "acompletion")
    assert _objects(kwargs) == objects
    assert [one is other for one, other in zip(new["messages"], messages, strict=True)] == [True, False, True, True]
    assert await nothing.async_pre_call_deployment_hook(new, "acompletion") is None


async def test_ten_requests_at_once_do_not_mix(nothing: Any, wire: respx.MockRouter) -> None:
    with registered(nothing):
        models = [FIREWORKS, CLAUDE] * 5
        await asyncio.gather(*(litellm.acompletion(**_arguments("chat", model=model)) for model in models))
    told = [json.loads(one.request.content)["messages"][1] for one in wire["fireworks"].calls]
    assert [_visible(turn) for turn in told] == [SAID] * 5
    asked = [json.loads(one.request.content)["messages"][1]["content"][0] for one in wire["claude"].calls]
    assert asked == [SIGNED] * 5
