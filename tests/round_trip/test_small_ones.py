"""Failures that no conversation of the grid shows: what nobody asked thinking blocks to carry, and who is not told."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

import httpx
import litellm
import pytest
import respx
from litellm.integrations.custom_logger import CustomLogger

from tests.round_trip.calls import call
from tests.round_trip.routes import ROUTES

# One loop for the whole session, as for the grid.
pytestmark = pytest.mark.asyncio(loop_scope="session")

Item = dict[str, Any]
Record = Callable[[str, object], None]

PROXY = "http://litellm.test/v1"
ARGUMENTS: Item = {"api_key": "sk-test", "max_tokens": 4096}
QUESTION = {"role": "user", "content": "And then?"}
HISTORY: list[Item] = [
    {"role": "user", "content": "What next?"},
    {
        "role": "assistant",
        "content": [
            {"type": "thinking", "thinking": "This first.", "signature": "EqQBc2lnbmVk"},
            {"type": "text", "text": "This."},
        ],
    },
    QUESTION,
]
_USAGE = {"input_tokens": 1, "output_tokens": 1}
_MESSAGE = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude", "stop_sequence": None}
UNSIGNED: Item = {
    **_MESSAGE,
    "content": [{"type": "thinking", "thinking": "Unsigned.", "signature": None}, {"type": "text", "text": "Done."}],
    "stop_reason": "end_turn",
    "usage": _USAGE,
}
COMPLETION: Item = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "claude",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Done."}}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
}


def _judge(wrong: Sequence[object], failures: str, record_property: Record) -> None:
    if wrong:
        record_property("failures", failures)
        pytest.fail("\n".join([failures, *map(str, wrong)]), pytrace=False)


async def _wire(entry: Any, answer: Item, **arguments: Any) -> Item:
    """What goes to the provider, which gives the answer."""
    with respx.mock(using="httpx") as router:
        router.post().mock(return_value=httpx.Response(200, json=answer))
        await call(entry, synchronous=False, **ARGUMENTS, **arguments)
        assert router.calls.call_count == 1
        body: Item = json.loads(router.calls.last.request.content)
        return body


@pytest.mark.parametrize("case", ["thinking-cache-control/messages-litellm_proxy"])
async def test_cache_control_behind_another_litellm(case: str, record_property: Record) -> None:
    """`/v1/messages` goes to a LiteLLM in front of Claude as chat completions, and from there to Claude."""
    first = await _wire(
        litellm.anthropic.messages.acreate,
        COMPLETION,
        model="litellm_proxy/claude-sonnet-4-5",
        api_base=PROXY,
        messages=HISTORY,
    )
    second = await _wire(
        litellm.acompletion,
        UNSIGNED | {"content": [{"type": "text", "text": "Done."}]},
        model="anthropic/claude-sonnet-4-5",
        messages=first["messages"],
        thinking={"type": "enabled", "budget_tokens": 1024},
    )
    blocks = [block for message in second["messages"] for block in message["content"] if isinstance(block, dict)]
    marked = [block for block in blocks if block["type"] == "thinking" and "cache_control" in block]
    _judge([f"thinking.cache_control: Extra inputs are not permitted: {one}" for one in marked], "F37", record_property)


class Told(CustomLogger):
    """Hears of answers."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: set[str] = set()

    async def async_log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        if kwargs.get("standard_logging_object"):
            self.calls.add(str(kwargs.get("litellm_call_id")))


@pytest.mark.parametrize("ingress", ["messages", "chat"], ids="null-signature-logging/{}-anthropic".format)
async def test_null_signature_is_logged(ingress: str, record_property: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever listens hears of an answer whose thinking has null for a signature, and the client gets it."""
    told = Told()
    monkeypatch.setattr(litellm, "_async_success_callback", [told])
    entry = litellm.anthropic.messages.acreate if ingress == "messages" else litellm.acompletion
    ident = str(uuid4())
    wrong: list[str] = []
    try:
        await _wire(entry, UNSIGNED, model="anthropic/claude-sonnet-4-5", messages=[QUESTION], litellm_call_id=ident)
    except Exception as error:  # what the user would see
        wrong.append(f"raised {type(error).__name__}: {error}")
    for _ in range(100):
        if ident in told.calls or wrong:
            break
        await asyncio.sleep(0.02)
    else:
        wrong.append("nobody was told of the answer")
    _judge(wrong, "F38", record_property)


UNSIGNED_TURN: list[Item] = [
    {"role": "user", "content": "What next?"},
    {
        "role": "assistant",
        "content": [
            {"type": "thinking", "thinking": "This first.", "signature": None},
            {"type": "text", "text": "This."},
        ],
    },
    QUESTION,
]
SETTINGS = {"deployment": {"unsigned_thinking": "text"}, "process": {}, "default": {}}


@pytest.mark.parametrize("setting", SETTINGS, ids="unsigned-setting-{}/messages-anthropic".format)
async def test_unsigned_thinking_as_text(
    setting: str, record_property: Record, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What Claude did not sign is left out or becomes text, as a deployment or the process says, and is logged once."""
    if setting == "process":
        monkeypatch.setenv("LITELLM_UNSIGNED_THINKING", "text")
    logger = logging.getLogger("LiteLLM")
    logger.addHandler(caplog.handler)
    try:
        with caplog.at_level(logging.INFO, "LiteLLM"):
            body = await _wire(
                litellm.anthropic.messages.acreate,
                UNSIGNED,
                model="anthropic/claude-sonnet-4-5",
                messages=UNSIGNED_TURN,
                **SETTINGS[setting],
            )
    finally:
        logger.removeHandler(caplog.handler)
    text = [] if setting == "default" else [{"type": "text", "text": "[Reasoning] This first."}]
    wanted = [*text, {"type": "text", "text": "This."}]
    told = {id(one) for one in caplog.records if "messages.1.content.0" in one.getMessage()}
    wrong = [] if body["messages"][1]["content"] == wanted else [body["messages"][1]["content"]]
    wrong += [] if len(told) == 1 else [f"{len(told)} messages in the log"]
    wrong += ["the setting was sent"] if "unsigned_thinking" in body else []
    _judge(wrong, "F11", record_property)


@pytest.mark.parametrize("ingress", ["messages", "chat"], ids="unsigned-kept/{}-moonshot".format)
async def test_the_setting_stays_here(ingress: str, record_property: Record) -> None:
    """A deployment's setting is no parameter of the model behind a bridge."""
    messages = ingress == "messages"
    body = await _wire(
        litellm.anthropic.messages.acreate if messages else litellm.acompletion,
        COMPLETION,
        model="moonshot/kimi-k2.5",
        messages=[QUESTION],
        unsigned_thinking="text",
    )
    _judge(["the setting was sent"] if "unsigned_thinking" in body else [], "F11", record_property)


_SIGNED_CALL = "call_0123456789abcdef0123456789ab__thought__" + "c2lnbmF0dXJl+/" * 8
_RESPONSE: Item = {
    "id": "resp_1",
    "object": "response",
    "created_at": 1,
    "status": "completed",
    "model": "gpt-5",
    "output": [
        {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "status": "completed",
            "content": [{"type": "output_text", "text": "Done.", "annotations": []}],
        }
    ],
    "parallel_tool_calls": True,
    "tool_choice": "auto",
    "tools": [],
    "usage": {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2},
}
_CALLED = {
    "anthropic": ("anthropic/claude-sonnet-4-5", UNSIGNED),
    "moonshot": ("moonshot/kimi-k2.5", COMPLETION),
    "openai": ("openai/gpt-5", _RESPONSE),
}


@pytest.mark.parametrize("backend", _CALLED, ids="call-ids/messages-{}".format)
async def test_ids_of_geminis_calls(backend: str, record_property: Record) -> None:
    """A call that Gemini made, and its result, go on to another provider by an id that this one takes."""
    model, answer = _CALLED[backend]
    tool = {"name": "map", "description": "map", "input_schema": {"type": "object", "properties": {}}}
    body = await _wire(
        litellm.anthropic.messages.acreate,
        answer,
        model=model,
        tools=[tool],
        messages=[
            QUESTION,
            {"role": "assistant", "content": [{"type": "tool_use", "id": _SIGNED_CALL, "name": "map", "input": {}}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": _SIGNED_CALL, "content": "here"}]},
        ],
    )
    sent = json.dumps(body)
    wrong = ["the signature went along"] if "__thought__" in sent else []
    wrong += (
        [] if sent.count('"call_0123456789abcdef0123456789ab"') == 2 else ["the call and its result have other ids"]
    )
    _judge(wrong, "N35", record_property)


CONVERSED: Item = {
    "output": {"message": {"role": "assistant", "content": [{"text": "Done."}]}},
    "stopReason": "end_turn",
    "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2},
    "metrics": {"latencyMs": 1},
}
CALLED: list[Item] = [
    {"role": "user", "content": "Read it."},
    {
        "role": "assistant",
        "content": [
            {"type": "thinking", "thinking": "Open it.", "signature": ""},
            {"type": "tool_use", "id": "call_1", "name": "read", "input": {"path": "a"}},
        ],
    },
    {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "call_1", "content": "page"}]},
]
READ: Item = {"name": "read", "description": "Reads.", "input_schema": {"type": "object", "properties": {}}}


@pytest.mark.parametrize("case", ["tools-known/messages-bedrock-kimi"])
async def test_tools_of_an_unknown_model(case: str, record_property: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    """An agent's tools stay, where a proxy drops what LiteLLM takes for unsupported (field report 18)."""
    monkeypatch.setattr(litellm, "drop_params", True)
    try:
        body = await _wire(
            litellm.anthropic.messages.acreate,
            CONVERSED,
            model="bedrock/converse/moonshot.kimi-k2-thinking",
            messages=CALLED,
            tools=[READ],
            **ROUTES["bedrock-gpt-oss"].arguments,
        )
    except Exception as error:  # what the user would see
        wrong = [f"raised {type(error).__name__}: {error}"]
    else:
        tools = (body.get("toolConfig") or {}).get("tools") or []
        wrong = [] if [tool["toolSpec"]["name"] for tool in tools] == ["read"] else [f"the tools became {tools}"]
    _judge(wrong, "N86", record_property)
