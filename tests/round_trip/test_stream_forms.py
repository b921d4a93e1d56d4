"""Whatever the form in which a server streams a turn, the client on `/v1/messages` gets the same one (N23, F9)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import litellm
import pytest
import respx

from tests.round_trip.calls import call
from tests.round_trip.stream_forms import FORMS, SIGNED_FORMS, Form, chat_reason, wire
from tests.round_trip.strict import Client

# One loop for the whole session, as for the grid.
pytestmark = pytest.mark.asyncio(loop_scope="session")

FAMILY = "stream-forms"
MODELS = {
    "vllm": "hosted_vllm/Qwen/Qwen3-32B",
    "litellm_proxy": "litellm_proxy/claude-sonnet-4-5",
    "databricks": "databricks/databricks-claude-sonnet-4-5",
}
CASES = {
    f"{FAMILY}-{name}/messages-{backend}-stream": (MODELS[backend], form)
    for backend, forms in {"vllm": FORMS, **SIGNED_FORMS}.items()
    for name, form in forms.items()
}
TOOLS = [{"name": "map", "input_schema": {"type": "object", "properties": {"to": {"type": "string"}}}}]
_ARGUMENTS: dict[str, Any] = {
    "api_base": "http://server.test/v1",
    "api_key": "sk-test",
    "max_tokens": 4096,
    "tools": TOOLS,
    "messages": [{"role": "user", "content": "How far is it?"}],
}


@pytest.mark.parametrize("case", CASES)
async def test_stream_forms(case: str, record_property: Callable[[str, object], None]) -> None:
    model, form = CASES[case]
    wrong = await _played(model, form)
    if wrong:
        record_property("failures", "N23")
        pytest.fail("\n".join(["N23", *wrong]), pytrace=False)


async def _played(model: str, form: Form) -> list[str]:
    client = Client()
    try:
        client.read(await _events(model, form))
    except Exception as error:  # what the user would see
        return [f"raised {type(error).__name__}: {error}"]
    seen = client.turn()
    reason = client.end.get("delta", {}).get("stop_reason")
    usage = [(client.end.get("usage") or {}).get(name) for name in ("input_tokens", "output_tokens")]
    wrong = list(client.wrong)
    wrong += [] if seen == list(form.blocks) else [f"the client saw {seen}"]
    wrong += [] if reason == _REASONS[chat_reason(form)] else [f"the turn ended for {reason}"]
    return wrong if form.usage == "none" or usage == [5, 7] else [*wrong, f"it took {usage} tokens"]


_REASONS = {"tool_calls": "tool_use", "stop": "end_turn"}


async def _events(model: str, form: Form) -> list[dict[str, Any]]:
    """The events that the client gets for what the server sends."""
    headers = {"content-type": "text/event-stream"}
    with respx.mock(using="httpx") as router:
        router.post().mock(return_value=httpx.Response(200, headers=headers, content=wire(form)))
        read = await call(
            litellm.anthropic.messages.acreate,
            synchronous=False,
            stream=True,
            model=model,
            **_ARGUMENTS,
        )
    lines = b"".join(read).decode().split("\n")
    return [json.loads(line.removeprefix("data:")) for line in lines if line.startswith("data:")]


WHOLE = {
    "id": "c1",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [
        {
            "index": 0,
            "finish_reason": "tool_calls",
            "message": {
                "role": "assistant",
                "content": "",
                "reasoning_content": "Two and two.",
                **FORMS["call-whole"].deltas[1],
            },
        }
    ],
    "usage": {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12},
}


@pytest.mark.parametrize("case", ["empty-text/messages-vllm"])
async def test_empty_text(case: str, record_property: Callable[[str, object], None]) -> None:
    """A whole answer whose content is empty has no block of text, which Claude would reject in a history (N24)."""
    with respx.mock(using="httpx") as router:
        router.post().mock(return_value=httpx.Response(200, json=WHOLE))
        answer = await call(litellm.anthropic.messages.acreate, synchronous=False, **_ARGUMENTS, model=MODELS["vllm"])
    kinds = [block["type"] for block in answer["content"]]
    if kinds != ["thinking", "tool_use"]:
        record_property("failures", "N24")
        pytest.fail(f"N24\nthe client saw {kinds}", pytrace=False)
