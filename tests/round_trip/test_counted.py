"""What LiteLLM sends to a provider to have a history's tokens counted, as `/v1/messages/count_tokens` does (N76, N77).

The counters of the providers are called as the proxy calls them, with a history that has been elsewhere.
"""

from __future__ import annotations

import inspect
import json
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import httpx
import pytest
import respx

from tests.round_trip import google

# One loop for the whole session, as for the grid.
pytestmark = pytest.mark.asyncio(loop_scope="session")

Item = dict[str, Any]
Record = Callable[[str, object], None]

FOREIGN = "The first thought, which Kimi had."
OWN = "The second thought, which Claude had."
MARK = "litellm_signed_by:"
HISTORY: list[Item] = [
    {"role": "user", "content": "What next?"},
    {
        "role": "assistant",
        "content": [
            {"type": "thinking", "thinking": FOREIGN, "signature": f"{MARK}moonshot:c2lnbmVk"},
            {"type": "text", "text": "This."},
        ],
    },
    {"role": "user", "content": "Do it."},
    {
        "role": "assistant",
        "content": [
            {"type": "thinking", "thinking": OWN, "signature": "EqQBc2lnbmVk"},
            {"type": "tool_use", "id": "toolu_1", "name": "do", "input": {}},
        ],
    },
    {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": "done"}]},
]
_AWS = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "aws_region_name": "us-east-1"}
_KEY = {"api_key": "sk-test"}


@dataclass(frozen=True)
class Place:
    """A provider that counts, by the name of its counter's module and class, and what of a history it can have."""

    model: str
    module: str
    counter: str
    params: Callable[[], Mapping[str, Any]] = field(default=lambda: _KEY)
    has: tuple[str, ...] = (OWN,)
    lacks: tuple[str, ...] = (FOREIGN, MARK)
    number: str = "N76"
    asks: bool = True


PLACES = {
    "anthropic": Place("anthropic/claude-sonnet-4-5", "anthropic.count_tokens.token_counter", "AnthropicTokenCounter"),
    # Kimi verifies nothing, and reads the text of all thinking.
    "moonshot_anthropic": Place(
        "anthropic/kimi-k2.5",
        "anthropic.count_tokens.token_counter",
        "AnthropicTokenCounter",
        params=lambda: {**_KEY, "api_base": "https://api.moonshot.ai/anthropic"},
        has=(FOREIGN, OWN),
        lacks=(MARK,),
    ),
    "azure_ai": Place(
        "azure_ai/claude-sonnet-4-5",
        "azure_ai.anthropic.count_tokens.token_counter",
        "AzureAIAnthropicTokenCounter",
        params=lambda: {**_KEY, "api_base": "https://azure.test/anthropic"},
    ),
    "bedrock_invoke": Place(
        "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "bedrock.count_tokens.bedrock_token_counter",
        "BedrockTokenCounter",
        params=lambda: _AWS,
    ),
    "vertex_anthropic": Place(
        "vertex_ai/claude-sonnet-4-5",
        "vertex_ai.common_utils",
        "VertexAITokenCounter",
        params=lambda: {**google.arguments(), "vertex_location": "us-east5"},
    ),
    "openai": Place(
        "openai/gpt-5",
        "openai.responses.count_tokens.token_counter",
        "OpenAITokenCounter",
        has=(),
        lacks=(MARK, '"thinking"', '"tool_use"', '"tool_result"'),
        number="N77",
        asks=False,
    ),
    "gemini": Place(
        "gemini/gemini-3.1-pro-preview",
        "gemini.common_utils",
        "GoogleAIStudioTokenCounter",
        has=(),
        lacks=(MARK, '"contents": null', '"contents":null'),
        number="N77",
        asks=False,
    ),
}


@pytest.mark.parametrize("place", PLACES, ids="counted/messages-{}".format)
async def test_counted(place: str, record_property: Record) -> None:
    """A provider counts what it can have of a history; or LiteLLM counts by itself, where it cannot ask."""
    one = PLACES[place]
    count = _counter(one)
    wrong: list[str] = []
    with respx.mock(using="httpx", assert_all_called=False) as router:
        counted = {"input_tokens": 7, "inputTokens": 7, "totalTokens": 7}
        router.post().mock(return_value=httpx.Response(200, json=counted))
        try:
            await count(**_arguments(one, count))
        except Exception as error:  # what the user would see
            wrong.append(f"raised {type(error).__name__}: {error}")
        sent = [_readable(call.request.content.decode()) for call in router.calls]
    wrong += ["nothing was asked"] if one.asks and not sent else []
    wrong += [f"{text!r} was sent" for text in one.lacks if any(text in body for body in sent)]
    wrong += [f"{text!r} was not sent" for text in one.has if not all(text in body for body in sent)]
    if wrong:
        record_property("failures", one.number)
        pytest.fail("\n".join([one.number, *wrong]), pytrace=False)


def _readable(body: str) -> str:
    """Bedrock gets the request that it counts as text, and from newer releases in base64, as AWS has it."""
    counted = json.loads(body).get("input")
    inner = counted.get("invokeModel", {}).get("body", body) if isinstance(counted, dict) else body
    return str(inner) if inner.lstrip().startswith("{") else b64decode(inner).decode()


def _counter(place: Place) -> Any:
    try:
        module = import_module(f"litellm.llms.{place.module}")
    except ModuleNotFoundError:
        pytest.skip("the release has no counter for this provider")
    return getattr(module, place.counter)().count_tokens


def _arguments(place: Place, count: Any) -> Item:
    form = {"messages_format": "anthropic"} if "messages_format" in inspect.signature(count).parameters else {}
    return {
        "model_to_use": place.model.partition("/")[2],
        "messages": json.loads(json.dumps(HISTORY)),
        "contents": None,
        "deployment": {"litellm_params": {"model": place.model, **place.params()}},
        "request_model": "alias",
        **form,
    }
