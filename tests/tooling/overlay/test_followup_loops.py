"""The loops of LiteLLM's that did not run, without LiteLLM."""

from __future__ import annotations

import asyncio
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.tooling.overlay.conftest import Overlay

Item = dict[str, Any]
ACCOUNT = SimpleNamespace(access_key="a", secret_key="s", token=None)  # noqa: S106  (nobody's)


@pytest.fixture
def loops(overlay: Overlay) -> ModuleType:
    module: ModuleType = overlay("chat.followup_loops")
    return module


class Handler:
    """Calls the loops, and keeps what it was told."""

    def __init__(self, after: object) -> None:
        self.after = after
        self.told: Item = {}

    async def _call_agentic_chat_completion_hooks(self, **told: Any) -> object:
        self.told = told
        return self.after


def asked(loops: ModuleType, handler: Handler, **request: Any) -> tuple[object, Item]:
    """The answer of Converse, or what the loops make of it, and what was sent."""
    sent: Item = {}

    async def ask(_self: Any, **given: Any) -> str:
        sent.update(given)
        given["optional_params"].pop("tools")
        return "answer"

    whole: Item = {
        "model": "moonshot.kimi",
        "messages": [],
        "optional_params": {"tools": [1]},
        "litellm_params": {"aws_region_name": "r"},
        "logging_obj": None,
        **request,
    }
    return asyncio.run(loops.runs_loops(lambda: handler)(ask)(None, **whole)), sent


WHOLE = {"choices": [{"message": {"content": "Done."}}]}
CHUNK = {"choices": [{"delta": {"content": "Done."}}]}


@pytest.mark.parametrize(
    ("after", "expected"), [(None, "answer"), (WHOLE, WHOLE), (CHUNK, "answer"), ({"choices": []}, "answer")]
)
def test_the_loops_get_the_answer_and_may_give_another(loops: ModuleType, after: object, expected: object) -> None:
    handler = Handler(after)
    answer, _ = asked(loops, handler, credentials=ACCOUNT)
    assert answer == expected
    assert (handler.told["response"], handler.told["optional_params"]) == ("answer", {"tools": [1]})


def test_they_can_ask_the_same_model_with_the_same_account(loops: ModuleType) -> None:
    handler = Handler(None)
    asked(loops, handler, credentials=ACCOUNT)
    assert handler.told["model"] == "bedrock/converse/moonshot.kimi"
    assert handler.told["kwargs"] == {"aws_region_name": "r", "aws_access_key_id": "a", "aws_secret_access_key": "s"}
    asked(loops, handler, credentials=None)
    assert handler.told["kwargs"] == {"aws_region_name": "r"}


def test_what_the_loops_have_noted_for_themselves_is_not_sent(loops: ModuleType) -> None:
    noted = {"tools": [], "top_k": 3, "_agentic_loop_depth": 1, "max_agentic_loops": 3}
    handler = Handler(None)
    _, sent = asked(loops, handler, credentials=None, optional_params=noted)
    assert sent["optional_params"] == {"top_k": 3}
    assert handler.told["optional_params"] == noted


def test_what_has_no_value_does_not_go_along(loops: ModuleType) -> None:
    async def follow(_self: Any, **given: Any) -> Item:
        return given

    given = {"model": None, "kwargs": {"model_info": None, "timeout": 0}}
    assert asyncio.run(loops.leaves_out_nothing(follow)(None, **given)) == {"model": None, "kwargs": {"timeout": 0}}
