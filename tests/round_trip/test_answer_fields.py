"""The fields of answers: what a client sends back has none that the provider did not give and would not take."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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

ITEMS: list[Item] = [
    {
        "id": "rs_1",
        "type": "reasoning",
        "summary": [{"type": "summary_text", "text": "First this."}],
        "encrypted_content": "gAAAAABsealed",
    },
    {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "content": [{"type": "output_text", "text": "Wait.", "annotations": [], "logprobs": []}],
    },
    {
        "id": "fc_1",
        "type": "function_call",
        "call_id": "call_1",
        "name": "f",
        "arguments": "{}",
        "status": "completed",
    },
]
RESPONSE: Item = {
    "id": "resp_1",
    "object": "response",
    "created_at": 1,
    "status": "completed",
    "model": "gpt-5",
    "output": ITEMS,
    "parallel_tool_calls": True,
    "tool_choice": "auto",
    "tools": [],
    "usage": {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2},
}
COMPLETION: Item = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "model",
    "choices": [
        {
            "index": 0,
            "finish_reason": "tool_calls",
            "message": {
                "role": "assistant",
                "content": "Wait.",
                "reasoning_content": "First this.",
                "tool_calls": [
                    {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}},
                ],
            },
        }
    ],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
}
ANSWERS = {"openai": ("openai/gpt-5", RESPONSE), "moonshot": ("moonshot/kimi-k2.5", COMPLETION)}


async def _answer(entry: Any, backend: str, **arguments: Any) -> Item:
    """The answer as the proxy writes it, with all that it has."""
    model, given = ANSWERS[backend]
    with respx.mock(using="httpx") as router:
        router.post().mock(return_value=httpx.Response(200, json=given))
        answer = await call(entry, synchronous=False, model=model, api_key="sk-test", **arguments)
    plain: Item = answer if isinstance(answer, dict) else answer.model_dump(mode="json", by_alias=True, warnings=False)
    return plain


def _judge(wrong: list[str], failures: str, record_property: Record) -> None:
    if wrong:
        record_property("failures", failures)
        pytest.fail("\n".join([failures, *wrong]), pytrace=False)


@pytest.mark.parametrize("backend", ANSWERS, ids="item-fields/responses-{}".format)
async def test_item_fields(backend: str, record_property: Record) -> None:
    """An item has the fields that were given, and null for no others: OpenAI rejects what an input item has not."""
    answer = await _answer(litellm.aresponses, backend, input="What next?")
    wrong = list(_nulls(answer["output"], "output"))
    if backend == "openai" and answer["output"] != ITEMS:
        wrong.append(f"sent {answer['output']}")
    _judge(wrong, "N81", record_property)


def _nulls(value: Any, path: str) -> Iterator[str]:
    if value is None:
        yield f"{path} is null"
    elif isinstance(value, (list, dict)):
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _nulls(one, f"{path}.{key}")


@pytest.mark.parametrize("backend", ANSWERS, ids="answer-fields/messages-{}".format)
async def test_answer_fields(backend: str, record_property: Record) -> None:
    """A block has no field of LiteLLM's own, which Claude rejects when the client sends it there without LiteLLM."""
    question = {"role": "user", "content": "What next?"}
    answer = await _answer(litellm.anthropic.messages.acreate, backend, messages=[question], max_tokens=4096)
    blocks = [dict(block) for block in answer["content"]]
    _judge([f"sent {block}" for block in blocks if "provider_specific_fields" in block], "N82", record_property)
