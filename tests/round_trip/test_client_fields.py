"""What clients send back in fields that another provider gave them: `reasoning`, `reasoning_details`, those of calls.

A client that replays what it got does not know that the next request goes elsewhere. Where a provider reads
reasoning is its own rule (docs/providers.md#foreign-carriers), whichever field the history has it in.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import httpx
import litellm
import pytest
import respx

from tests.round_trip.calls import call

# One loop for the whole session, as for the grid.
pytestmark = pytest.mark.asyncio(loop_scope="session")

Item = dict[str, Any]
Record = Callable[[str, object], None]

THOUGHT = "First the list of directories."
GPTS = [
    {"type": "reasoning.summary", "summary": THOUGHT, "format": "openai-responses-v1", "index": 0},
    {"type": "reasoning.encrypted", "data": "gAAAAABsealed", "format": "openai-responses-v1", "id": "rs_1", "index": 0},
]
TURN: Item = {"role": "assistant", "content": "There are three.", "reasoning": THOUGHT, "reasoning_details": GPTS}
COMPLETION: Item = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "model",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Done."}}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    "service_tier": "default",
}
_BARE: Item = {"role": "assistant", "content": "There are three."}
_THINKING = {"type": "thinking", "thinking": [{"type": "text", "text": THOUGHT}]}
_IN_CONTENT: Item = {**_BARE, "reasoning_content": THOUGHT}
_NAMED: Item = {**_BARE, "reasoning": THOUGHT}

WANTED: dict[str, tuple[Item, Item]] = {
    "mistral": (
        {"model": "mistral/magistral-medium-latest"},
        {"role": "assistant", "content": [_THINKING, {"type": "text", "text": _BARE["content"]}]},
    ),
    "fireworks": ({"model": "fireworks_ai/accounts/fireworks/models/glm-4p7"}, _IN_CONTENT),
    "moonshot": ({"model": "moonshot/kimi-k2.5"}, _IN_CONTENT),
    "deepseek": ({"model": "deepseek/deepseek-v4-pro"}, _IN_CONTENT),
    "zai": ({"model": "zai/glm-4.7"}, _IN_CONTENT),
    "groq": ({"model": "groq/openai/gpt-oss-120b"}, _NAMED),
    "cerebras": ({"model": "cerebras/gpt-oss-120b"}, _NAMED),
    "openai-chat": ({"model": "openai/gpt-4.1", "api_base": "https://api.openai.com/v1"}, _BARE),
    "vllm": ({"model": "hosted_vllm/Qwen/Qwen3-32B", "api_base": "http://vllm.test/v1"}, _NAMED),
}
"""By backend: what the caller says, and the turn that goes to it (docs/providers.md#foreign-carriers)."""


def _judge(wrong: Sequence[object], failures: str, record_property: Record) -> None:
    if wrong:
        record_property("failures", failures)
        pytest.fail("\n".join([failures, *map(str, wrong)]), pytrace=False)


async def _wire(entry: Any, answer: Item, **arguments: Any) -> Item:
    """What goes to the provider, which gives the answer."""
    with respx.mock(using="httpx") as router:
        router.post().mock(return_value=httpx.Response(200, json=answer))
        await call(entry, synchronous=False, api_key="sk-test", max_tokens=4096, **arguments)
        assert router.calls.call_count == 1
        body: Item = json.loads(router.calls.last.request.content)
        return body


@pytest.mark.parametrize("backend", WANTED, ids="client-fields/chat-{}".format)
async def test_client_fields(backend: str, record_property: Record) -> None:
    """A turn that another provider gave goes in the field that this one reads, and in no other."""
    arguments, wanted = WANTED[backend]
    messages = [{"role": "user", "content": "How many?"}, TURN, {"role": "user", "content": "And now?"}]
    body = await _wire(litellm.acompletion, COMPLETION, messages=messages, **arguments)
    sent = body["messages"][1]
    _judge([] if sent == wanted else [f"sent {sent}", f"for  {wanted}"], "N80", record_property)


_OWN = {"provider_specific_fields": {"thought_signature": "c2lnbmF0dXJl"}}
_SIGNED = {"provider_specific_fields": {"signature": "c2lnbmF0dXJl"}}
_CALLING: dict[str, list[Item]] = {
    "messages": [
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": THOUGHT, "signature": "litellm_signed_by:gemini:c2lnbmF0dXJl"},
                {"type": "tool_use", "id": "call_1", "name": "map", "input": {}, **_SIGNED},
            ],
        },
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "call_1", "content": "here"}]},
    ],
    "chat": [
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"id": "call_1", "type": "function", "function": {"name": "map", "arguments": "{}", **_OWN}, **_OWN}
            ],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": "here"},
    ],
}
_TOOLS: dict[str, Item] = {
    "messages": {"name": "map", "description": "map", "input_schema": {"type": "object", "properties": {}}},
    "chat": {"type": "function", "function": {"name": "map", "parameters": {"type": "object", "properties": {}}}},
}


@pytest.mark.parametrize("ingress", _CALLING, ids="call-fields/{}-openrouter-claude".format)
async def test_call_fields(ingress: str, record_property: Record) -> None:
    """A call that Gemini signed goes on without LiteLLM's own field, also where no thinking is left."""
    body = await _wire(
        litellm.anthropic.messages.acreate if ingress == "messages" else litellm.acompletion,
        COMPLETION,
        model="openrouter/anthropic/claude-sonnet-4.5",
        messages=[{"role": "user", "content": "Where?"}, *_CALLING[ingress]],
        tools=[_TOOLS[ingress]],
    )
    sent = json.dumps(body["messages"])
    _judge([f"sent {sent}"] if "provider_specific_fields" in sent else [], "F5", record_property)
