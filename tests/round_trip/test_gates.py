"""Kimi and DeepSeek think by default, also those models of theirs that no table of LiteLLM's has yet (F32, F33).

Once in a while such a model calls a tool without having thought, and rejects that turn without the field of its
reasoning (docs/providers.md#moonshot and docs/providers.md#deepseek).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from tests.conversations.loader import parse
from tests.round_trip.explain import failures_of
from tests.round_trip.grid import WHOLE, Case
from tests.round_trip.play import perform
from tests.round_trip.routes import ROUTES

# One loop for the whole session, as for the grid.
pytestmark = pytest.mark.asyncio(loop_scope="session")

FAMILY = "reasoning-gates"
SCRIPT = parse(
    FAMILY,
    {
        "about": "A tool loop in which one call comes without thinking.",
        "turn": [
            {"user": "Water the plants."},
            {
                "assistant": [
                    {"thinking": "The soil tells how much they need."},
                    {"tool": "do", "input": {"task": "feel the soil"}, "result": "dry"},
                ]
            },
            {"assistant": [{"tool": "do", "input": {"task": "fill the can"}, "result": "filled"}]},
            {"assistant": [{"text": "They are watered."}]},
        ],
    },
)
MODELS = {"moonshot": ("moonshot/kimi-k9-preview", "F33"), "deepseek": ("deepseek/deepseek-v9", "F32")}
CASES = [Case(FAMILY, ingress, backend, WHOLE) for ingress in ("messages", "chat") for backend in MODELS]


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_gates(
    case: Case, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    model, number = MODELS[case.backend]
    monkeypatch.setitem(ROUTES, case.backend, dataclasses.replace(ROUTES[case.backend], model=model))
    stage = await perform(case, SCRIPT)
    told = [str(failure) for failure in [*failures_of(stage.dialogue, stage.trace, stage.sent), *stage.failures]]
    closed = [text for text in told if "reasoning" in text and ("missing" in text or "must be passed back" in text)]
    if closed:
        record_property("failures", number)
        pytest.fail("\n".join([number, *closed]), pytrace=False)
    assert stage.dialogue.over or told, "the conversation came to its end, or another failure says why not"
