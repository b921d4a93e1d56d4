"""Thinking that is made of an effort gives way to what the caller wrote, without LiteLLM."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

import pytest

from tests.tooling.overlay.conftest import Overlay

Item = dict[str, Any]
BUDGET = {"type": "enabled", "budget_tokens": 4096}
ADAPTIVE = {"type": "adaptive"}
EFFORT = {"reasoning_effort": "high"}
HEADERS = {"anthropic-beta": "interleaved-thinking-2025-05-14,other"}


@pytest.fixture
def limits(overlay: Overlay) -> ModuleType:
    module: ModuleType = overlay("claude.effort_limits")
    return module


def sent(limits: ModuleType, parameters: Item, asked: Item = EFFORT, headers: Item | None = None) -> Item:
    """The parameters that are written, of those that were made of what the caller asked."""

    def translate(_self: Any, **_: Any) -> Item:
        return dict(parameters)

    def write(_self: Any, optional_params: Item, headers: Any) -> Item:
        return optional_params

    made = limits.makes_thinking(translate)(None, asked, {}, "claude", False)
    written: Item = limits.gives_way(write)(None, optional_params=made, headers=headers)
    return written


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"max_tokens": 9000}, BUDGET),
        ({"max_tokens": 4096}, {**BUDGET, "budget_tokens": 4095}),
        ({"maxTokens": 1025}, {**BUDGET, "budget_tokens": 1024}),
        ({"max_tokens": 1024}, None),
        ({}, BUDGET),
        ({"max_tokens": 9000, "tool_choice": {"type": "any"}}, None),
        ({"max_tokens": 9000, "tool_choice": {"type": "tool", "name": "go"}}, None),
        ({"max_tokens": 9000, "tool_choice": {"type": "auto"}}, BUDGET),
        ({"max_tokens": 9000, "tool_choice": {"auto": {}}}, BUDGET),
    ],
)
def test_a_budget_is_below_the_limit_and_no_tool_is_forced(
    limits: ModuleType, parameters: Item, expected: Item | None
) -> None:
    written = sent(limits, {"thinking": BUDGET, **parameters})
    assert written.get("thinking") == expected
    assert {**written, "thinking": 0} == {**parameters, "thinking": 0}, "the rest is the caller's"


def test_adaptive_thinking_has_no_budget_and_forces_no_tool_either(limits: ModuleType) -> None:
    assert sent(limits, {"thinking": ADAPTIVE, "max_tokens": 10})["thinking"] == ADAPTIVE
    assert "thinking" not in sent(limits, {"thinking": ADAPTIVE, "tool_choice": {"type": "any"}})
    disabled = {"type": "disabled"}
    assert sent(limits, {"thinking": disabled, "tool_choice": {"type": "any"}})["thinking"] == disabled


@pytest.mark.parametrize(
    "asked", [{}, {"thinking": BUDGET}, {"thinking": BUDGET, **EFFORT}, {"reasoning_effort": None}]
)
def test_thinking_that_the_caller_wrote_stays(limits: ModuleType, asked: Item) -> None:
    parameters = {"thinking": BUDGET, "max_tokens": 10, "tool_choice": {"type": "any"}}
    assert sent(limits, parameters, asked) == parameters


def test_between_calls_a_budget_may_be_larger(limits: ModuleType) -> None:
    parameters = {"thinking": BUDGET, "max_tokens": 2000}
    assert sent(limits, parameters, headers=HEADERS) == parameters
    told = {**parameters, "anthropic_beta": ["interleaved-thinking-2025-05-14"]}
    assert sent(limits, told) == told


def test_what_is_written_is_plain_json(limits: ModuleType) -> None:
    assert json.loads(json.dumps(sent(limits, {"thinking": BUDGET, "max_tokens": 9000})))["thinking"] == BUDGET


@pytest.mark.parametrize("answer", [None, {}, {"thinking": None}])
def test_where_no_thinking_was_made_nothing_changes(limits: ModuleType, answer: Any) -> None:
    assert limits.makes_thinking(lambda _self, **_: answer)(None, EFFORT, {}, "claude", False) == answer
