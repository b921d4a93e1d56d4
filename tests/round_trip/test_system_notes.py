"""A message of the role `system` within a history on `/v1/messages`: its words reach the model."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import litellm
import pytest
import respx

from tests.round_trip.calls import call
from tests.round_trip.routes import ROUTES
from tests.round_trip.test_answer_fields import COMPLETION, RESPONSE

# One loop for the whole session, as for the grid.
pytestmark = pytest.mark.asyncio(loop_scope="session")

Item = dict[str, Any]
Record = Callable[[str, object], None]

WORDS = "From now on answer in Norwegian."
CALL = {"type": "tool_use", "id": "call_1", "name": "forecast", "input": {}}
HISTORY: list[Item] = [
    {"role": "user", "content": "How warm is it?"},
    {"role": "assistant", "content": [CALL]},
    {"role": "system", "content": [{"type": "text", "text": WORDS}]},
    {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "call_1", "content": "4 degrees"}]},
]
TOOL = {"name": "forecast", "description": "forecast", "input_schema": {"type": "object", "properties": {}}}
ANSWERS = {"openai": RESPONSE, "azure": RESPONSE, "moonshot": COMPLETION}


@pytest.mark.parametrize("backend", ANSWERS, ids="system-note/messages-{}".format)
async def test_system_note(backend: str, record_property: Record) -> None:
    """The words arrive once, and the tool's result behind its call with nothing between them."""
    route = ROUTES[backend]
    with respx.mock(using="httpx") as router:
        router.post().mock(return_value=httpx.Response(200, json=ANSWERS[backend]))
        await call(
            litellm.anthropic.messages.acreate,
            synchronous=False,
            model=route.model,
            messages=HISTORY,
            tools=[TOOL],
            api_key="sk-test",
            max_tokens=4096,
            **route.arguments,
        )
        body = json.loads(router.calls.last.request.content)
    sent = [json.dumps(one) for one in body.get("input") or body["messages"]]
    wrong = [] if json.dumps(body).count(WORDS) == 1 else [f"sent {body}"]
    called = next(number for number, one in enumerate(sent) if '"forecast"' in one)
    wrong += [] if "4 degrees" in sent[called + 1] or WORDS in sent[called + 1] else [f"sent {sent}"]
    if wrong:
        record_property("failures", "N83")
        pytest.fail("\n".join(["N83", *wrong]), pytrace=False)
