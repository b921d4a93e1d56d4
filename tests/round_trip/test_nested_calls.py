"""A LiteLLM call inside a hook of another one, as a guardrail or a summariser makes it: each keeps what is its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import litellm
import pytest
import respx
from litellm.integrations.custom_logger import CustomLogger

from tests.round_trip.calls import call

# One loop for the whole session, as for the grid.
pytestmark = pytest.mark.asyncio(loop_scope="session")

Item = dict[str, Any]
Record = Callable[[str, object], None]

OUTER, INNER = "https://api.openai.com/v1", "https://guardrail.test/v1"
SEALED = "gAAAAABouters"
QUESTION = {"role": "user", "content": "And then?"}


def _answer(sealed: str) -> Item:
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1,
        "status": "completed",
        "model": "gpt-5",
        "output": [
            {
                "id": "rs_1",
                "type": "reasoning",
                "summary": [{"type": "summary_text", "text": "First this."}],
                "encrypted_content": sealed,
            },
            {
                "id": "msg_1",
                "type": "message",
                "role": "assistant",
                "status": "completed",
                "content": [{"type": "output_text", "text": "Done.", "annotations": []}],
            },
        ],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2},
    }


class Guardrail(CustomLogger):
    """Asks a model of another deployment about each request before it goes out."""

    def __init__(self) -> None:
        super().__init__()
        self.asks = False

    def log_pre_api_call(self, model: Any, messages: Any, kwargs: Any) -> None:
        if not self.asks:
            return
        self.asks = False
        litellm.completion(
            model="openai/responses/gpt-5",
            api_base=INNER,
            api_key="sk-test",
            messages=[{"role": "user", "content": "Is this harmless?"}],
            reasoning_effort="low",
        )


_THINKING = {"thinking": {"type": "enabled", "budget_tokens": 1024}}
_ENTRIES: dict[str, tuple[str, Item]] = {
    "messages": ("openai/gpt-5", _THINKING),
    "chat": ("openai/responses/gpt-5", {"reasoning_effort": "low"}),
}


@pytest.mark.parametrize("ingress", _ENTRIES, ids="nested-call/{}-openai".format)
async def test_nested_call(ingress: str, record_property: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    """The encrypted reasoning of an answer goes back to the deployment that made it, whomever a hook has asked."""
    guardrail = Guardrail()
    monkeypatch.setattr(litellm, "input_callback", [guardrail])
    monkeypatch.setattr(litellm, "callbacks", [guardrail])
    model, thinks = _ENTRIES[ingress]
    entry = litellm.anthropic.messages.acreate if ingress == "messages" else litellm.acompletion
    arguments = {"model": model, "api_key": "sk-test", "api_base": OUTER, "max_tokens": 4096, **thinks}
    with respx.mock(using="httpx") as router:
        asked = router.post(url__startswith=INNER).mock(return_value=httpx.Response(200, json=_answer("gAAAAABinner")))
        outer = router.post(url__startswith=OUTER).mock(return_value=httpx.Response(200, json=_answer(SEALED)))
        guardrail.asks = True
        answer = await call(entry, synchronous=False, messages=[QUESTION], **arguments)
        assert asked.call_count == 1
        await call(entry, synchronous=False, messages=[QUESTION, _turn(answer), QUESTION], **arguments)
        sent = json.loads(outer.calls.last.request.content)["input"]
    found = [item.get("encrypted_content") for item in sent if item.get("type") == "reasoning"]
    if found != [SEALED]:
        record_property("failures", "F2")
        pytest.fail(f"F2\nencrypted content that went back: {found}", pytrace=False)


def _turn(answer: Any) -> Item:
    if isinstance(answer, dict):
        return {"role": "assistant", "content": answer["content"]}
    turn: Item = answer.choices[0].message.model_dump(exclude_none=True)
    return turn
