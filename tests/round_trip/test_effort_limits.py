"""What LiteLLM makes of an effort for Claude: thinking that Claude takes beside what the caller wrote (N88).

`effort-small` leaves room for a smaller budget than LiteLLM's, `effort-tiny` for none; `effort-forced` forces a tool.
The judge reads the request as Claude does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import litellm
import pytest

from tests.backends import BACKENDS, Dialogue
from tests.backends.respx_mount import mounted
from tests.conversations.loader import parse
from tests.round_trip.calls import call
from tests.round_trip.grid import WHOLE, Case
from tests.round_trip.routes import ROUTES

# One loop for the whole session, as for the grid.
pytestmark = pytest.mark.asyncio(loop_scope="session")

Item = dict[str, Any]

FAMILY = "effort"
SCRIPT = parse(FAMILY, {"about": "One answer.", "turn": [{"user": "Go."}, {"assistant": [{"text": "Gone."}]}]})
PARAMETERS: Item = {"type": "object", "properties": {}}
TOOL = {"name": "go", "description": "Goes.", "parameters": PARAMETERS}
ASKED: dict[str, Item] = {
    "chat": {"messages": [{"role": "user", "content": "Go."}], "reasoning_effort": "high"},
    "responses": {"input": "Go.", "reasoning": {"effort": "high"}},
}
TOOLS: dict[str, list[Item]] = {
    "chat": [{"type": "function", "function": TOOL}],
    "responses": [{"type": "function", **TOOL}],
}
LIMIT = {"chat": "max_tokens", "responses": "max_output_tokens"}
ENTRIES = {"chat": litellm.acompletion, "responses": litellm.aresponses}
FORMS = {"small": 2000, "tiny": 512, "forced": 20000}
CASES = [
    Case(f"{FAMILY}-{form}", ingress, backend, WHOLE)
    for form in FORMS
    for ingress in ASKED
    for backend in ("anthropic", "anthropic-adaptive", "bedrock")
]
# With interleaved thinking a budget may be larger than the limit.
BETWEEN_CALLS = ("extra_headers", "anthropic_beta")


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_effort_limits(case: Case, record_property: Callable[[str, object], None]) -> None:
    form = case.conversation.removeprefix(f"{FAMILY}-")
    dialogue = Dialogue(SCRIPT.assistant_turns)
    route = ROUTES[case.backend]
    told = {name: value for name, value in route.arguments.items() if name not in BETWEEN_CALLS}
    arguments = {**told, "model": route.model, "api_key": "sk-test", **ASKED[case.ingress]}
    arguments[LIMIT[case.ingress]] = FORMS[form]
    if form == "forced":
        arguments |= {"tools": TOOLS[case.ingress], "tool_choice": "required"}
    wrong: list[str] = []
    with mounted([endpoint(dialogue) for endpoint in BACKENDS[case.backend]]):
        try:
            await call(ENTRIES[case.ingress], synchronous=False, **arguments)
        except Exception as error:  # what the user would see
            wrong.append(f"raised {type(error).__name__}: {error}")
    wrong += map(str, dialogue.rejections)
    if wrong:
        record_property("failures", "N88")
        pytest.fail("\n".join(["N88", *wrong]), pytrace=False)
    assert len(dialogue.requests) == 1
    assert _limit(dialogue.requests[0].body) == FORMS[form], "what the caller wrote stays"


def _limit(body: Item) -> object:
    return body.get("max_tokens") or body["inferenceConfig"]["maxTokens"]
