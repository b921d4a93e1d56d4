"""The requests that LiteLLM makes by itself in mid-conversation: here, to tell the model what it found (N34, N85, N87).

The model thinks and calls LiteLLM's search; LiteLLM searches, and asks the model again. The provider's judge reads that
second request as it reads any other. Where there is none, the client gets the call of a tool that it does not know.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import litellm
import pytest
from litellm.integrations.websearch_interception.handler import WebSearchInterceptionLogger
from packaging.version import Version

from tests.backends import BACKENDS, Dialogue
from tests.backends.respx_mount import mounted
from tests.conversations.loader import parse
from tests.round_trip.calls import call
from tests.round_trip.failures import release_under_test
from tests.round_trip.ingress import INGRESSES
from tests.round_trip.routes import ROUTES
from tests.round_trip.trace import Trace

# One loop for the whole session, as for the grid.
pytestmark = pytest.mark.asyncio(loop_scope="session")

FAMILY = "own-followups"
SCRIPT = parse(
    FAMILY,
    {
        "about": "A search that LiteLLM makes, and the answer.",
        "turn": [
            {"user": "How far is Rome?"},
            {
                "assistant": [
                    {"thinking": "Nobody told me; I have to search for it."},
                    {"tool": "litellm_web_search", "input": {"query": "how far is Rome"}, "result": "900 km"},
                ]
            },
            {"assistant": [{"text": "900 km."}]},
        ],
    },
)
PROVIDERS = ["anthropic", "bedrock", "gemini", "hosted_vllm", "minimax", "moonshot"]
CASES = {
    "messages": ("anthropic", "bedrock", "bedrock-kimi", "gemini", "moonshot", "moonshot-anthropic", "vllm"),
    "chat": ("anthropic", "bedrock", "gemini", "moonshot", "vllm"),
}
ANTHROPICS_WIRE = ("anthropic", "moonshot-anthropic")
ALL_ASK_AGAIN = Version("1.99.4")
"""Measured: from this release on LiteLLM asks again on every way."""
NEVER_ASKED = {"messages": ("gemini", "vllm"), "chat": ("anthropic", "gemini", "vllm")}
"""Before that LiteLLM's search is not made for these, or not for models with a slash; patched neither."""
SEARCH = {
    "messages": {"type": "web_search_20250305", "name": "web_search", "max_uses": 3},
    "chat": {
        "type": "function",
        "function": {
            "name": "litellm_web_search",
            "parameters": {"type": "object", "properties": {"query": {"type": "string"}}},
        },
    },
}


class Searching(WebSearchInterceptionLogger):
    """Finds the same, whatever it is asked for."""

    async def _execute_search(self, query: str, *_args: Any, **_kwargs: Any) -> Any:
        return "900 km"


@pytest.mark.parametrize(
    ("ingress", "backend"),
    [
        pytest.param(ingress, backend, id=f"{FAMILY}/{ingress}-{backend}")
        for ingress, backends in CASES.items()
        for backend in backends
    ],
)
async def test_own_followups(
    ingress: str, backend: str, record_property: Callable[[str, object], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(litellm, "callbacks", [Searching(enabled_providers=PROVIDERS)])
    dialogue = Dialogue(SCRIPT.assistant_turns)
    client = INGRESSES[ingress](SCRIPT, Trace(dialogue), synchronous=False)
    client.say("How far is Rome?", thinking=True)
    # Where there is no tool but the search, some releases search at once, without asking the model.
    arguments = {**client._arguments(ROUTES[backend]), "tools": [SEARCH[ingress], client.tool("map", ["place"])]}
    # What is raised is what the judge said, or of a release that makes no such request.
    with mounted([endpoint(dialogue) for endpoint in BACKENDS[backend]]), suppress(Exception):
        await call(client.entry(synchronous=False), synchronous=False, **arguments)
    wrong = [one for one in (*dialogue.rejections, *dialogue.losses) if one.request > 1]
    number = "N34"
    may_not = backend in NEVER_ASKED[ingress] and Version(release_under_test()) < ALL_ASK_AGAIN
    if len(dialogue.requests) < 2 and not may_not:
        wrong = ["LiteLLM did not ask the deployment again"]
        number = "N85" if backend in ANTHROPICS_WIRE else "N87"
    if wrong:
        record_property("failures", number)
        pytest.fail("\n".join([number, *map(str, wrong)]), pytrace=False)
