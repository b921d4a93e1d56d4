"""Calls on their way to Gemini are told apart by their ids, without LiteLLM."""

from __future__ import annotations

import copy
import json
from types import ModuleType
from typing import Any

import pytest

from tests.tooling.overlay.conftest import Overlay

Item = dict[str, Any]


@pytest.fixture
def calls(overlay: Overlay) -> ModuleType:
    module: ModuleType = overlay("chat.gemini_calls")
    return module


def parts(calls: ModuleType, *idents: Any, arguments: int = 1) -> list[Any]:
    """What LiteLLM makes of calls that say the same."""
    told = [{"function_call": {"name": "do", "args": {"a": arguments}}} for _ in idents]
    convert = calls.told_apart_by_id(lambda message, model=None: told)
    message = {"role": "assistant", "tool_calls": [{"id": ident, "type": "function"} for ident in idents]}
    made: list[Any] = convert(message, model="m")
    return made


def test_calls_that_say_the_same_are_two(calls: ModuleType) -> None:
    first, second = parts(calls, "1", "2")
    assert first != second
    assert first not in [second]
    assert json.dumps(first) == json.dumps(second)


def test_a_call_that_comes_twice_is_one(calls: ModuleType) -> None:
    assert parts(calls, "1") == parts(calls, "1")


def test_calls_of_one_id_that_say_different_things_are_two(calls: ModuleType) -> None:
    assert parts(calls, "1") != parts(calls, "1", arguments=2)


@pytest.mark.parametrize("ident", [None, ""])
def test_without_an_id_what_it_says_tells_a_call(calls: ModuleType, ident: Any) -> None:
    assert parts(calls, ident) == parts(calls, ident)
    assert type(parts(calls, ident)[0]["function_call"]) is dict


def test_a_call_of_litellms_own_is_compared_by_what_it_says(calls: ModuleType) -> None:
    (one,) = parts(calls, "1")
    assert one == {"function_call": {"name": "do", "args": {"a": 1}}}


def test_a_copy_is_the_same_call(calls: ModuleType) -> None:
    made = parts(calls, "1")
    assert copy.deepcopy(made) == made


@pytest.mark.parametrize("message", [{}, {"tool_calls": None}, {"tool_calls": [{"id": "1"}, {"id": "2"}]}])
def test_parts_that_are_not_those_of_the_calls_stay(calls: ModuleType, message: Item) -> None:
    told = [{"function_call": {"name": "do"}}]
    made = calls.told_apart_by_id(lambda message: told)(message)
    assert made is told
    assert type(made[0]["function_call"]) is dict
