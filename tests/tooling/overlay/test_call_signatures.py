"""The signatures of Gemini's calls in thinking blocks, there and back, without LiteLLM."""

from __future__ import annotations

import copy
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.tooling.overlay.conftest import Overlay

Item = dict[str, Any]
BORNE = "litellm_signed_by:gemini:call:call_1:c2ln=="
USER = {"role": "user", "content": "?"}


@pytest.fixture
def calls(overlay: Overlay) -> ModuleType:
    module: ModuleType = overlay("blocks.call_signatures")
    return module


def thinking(text: str = "", signature: str = BORNE) -> Item:
    return {"type": "thinking", "thinking": text, "signature": signature}


def call(signature: str | None = None, ident: str = "call_1", **fields: Any) -> Item:
    told = {"signature": signature, **fields} if signature else fields
    more = {"provider_specific_fields": told} if told else {}
    return {"type": "tool_use", "id": ident, "name": "do", "input": {}, **more}


def result(ident: str = "call_1") -> Item:
    return {"role": "user", "content": [{"type": "tool_result", "tool_use_id": ident, "content": "done"}]}


def own(*blocks: Item) -> Item:
    return {"role": "assistant", "content": list(blocks)}


TEXT = {"type": "text", "text": "t"}


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (call("c2ln=="), "call:call_1:c2ln=="),
        (call(ident="call_1__thought__c2ln=="), "call:call_1:c2ln=="),
        (call("c2ln==", "call_1__thought__c2ln=="), "call:call_1:c2ln=="),
        (SimpleNamespace(**call("c2ln==")), "call:call_1:c2ln=="),
        (call(), ""),
        (call(other=1), ""),
        ({"type": "text", "text": "t", "provider_specific_fields": {"signature": "s"}}, ""),
        ({"type": "tool_use", "id": None, "provider_specific_fields": {"signature": 1}}, ""),
        ("words", ""),
    ],
)
def test_what_thinking_bears_for_a_call(calls: ModuleType, block: Any, expected: str) -> None:
    assert calls.borne_by_thinking(block) == expected


def test_the_thinking_before_a_call_bears_its_signature(calls: ModuleType) -> None:
    given = [thinking("T", ""), call("s"), call(ident="call_2"), TEXT, call("r", "call_3")]
    assert calls.with_bearers(copy.deepcopy(given)) == [
        thinking("T", "call:call_1:s"),
        *given[1:4],
        thinking("", "call:call_3:r"),
        given[4],
    ]


def test_thinking_keeps_a_signature_of_its_own(calls: ModuleType) -> None:
    given = [thinking("T", "own"), call("s")]
    assert calls.with_bearers(given) == [thinking("T", "own"), thinking("", "call:call_1:s"), call("s")]


def test_thinking_may_be_an_object(calls: ModuleType) -> None:
    thought = SimpleNamespace(type="thinking", thinking="T", signature=None)
    assert calls.with_bearers([thought, SimpleNamespace(**call("s"))])[0] is thought
    assert thought.signature == "call:call_1:s"


@pytest.mark.parametrize("content", [[], [thinking("T", "")], [thinking("T", ""), call(), "words", None]])
def test_without_a_signed_call_the_answer_stays(calls: ModuleType, content: list[Any]) -> None:
    before = copy.deepcopy(content)
    assert calls.with_bearers(content) is content
    assert content == before


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        ([thinking(), call()], [call("c2ln==")]),
        ([thinking("T"), TEXT, call()], [thinking("T", ""), TEXT, call("c2ln==")]),
        ([thinking(), call("c2ln==")], [call("c2ln==")]),
        ([thinking(), call(other=1)], [call("c2ln==", other=1)]),
        ([thinking(), {**call(), "provider_specific_fields": {"signature": None}}], [call("c2ln==")]),
        ([thinking(), call(ident="call_2")], [call(ident="call_2")]),
        ([thinking(), call(ident="call_1__thought__c2ln==")], [call("c2ln==", "call_1__thought__c2ln==")]),
    ],
)
def test_a_signature_returns_to_its_call(calls: ModuleType, blocks: list[Item], expected: list[Item]) -> None:
    messages = [USER, own(*blocks), result()]
    before = copy.deepcopy(messages)
    assert calls.on_their_calls(messages, "gemini", verifies=True) == [USER, own(*expected), result()]
    assert messages == before


def test_a_call_may_be_in_another_message_than_its_signature(calls: ModuleType) -> None:
    messages = [USER, own(thinking()), own(call()), result()]
    assert calls.on_their_calls(messages, "gemini", verifies=True) == [USER, own(call("c2ln==")), result()]


@pytest.mark.parametrize("kept", [call("c2ln=="), call(ident="call_1__thought__c2ln=="), call()])
def test_another_kind_of_gemini_gets_the_call_without_it(calls: ModuleType, kept: Item) -> None:
    messages = [USER, own(thinking(), kept), result(kept["id"])]
    assert calls.on_their_calls(messages, "vertex_ai", verifies=True) == [USER, own(call()), result()]


def test_the_other_fields_of_a_call_stay(calls: ModuleType) -> None:
    messages = [own(thinking(), call("c2ln==", other=1))]
    assert calls.on_their_calls(messages, "vertex_ai", verifies=True) == [own(call(other=1))]


@pytest.mark.parametrize("issuer", ["moonshot", None])
def test_whoever_verifies_none_gets_no_thinking_that_nobody_thought(calls: ModuleType, issuer: str | None) -> None:
    messages = [own(thinking("T"), call("c2ln==")), own(thinking(), TEXT)]
    expected = [own(thinking("T", ""), call("c2ln==")), own(TEXT)]
    assert calls.on_their_calls(messages, issuer, verifies=False) == expected


@pytest.mark.parametrize(
    "messages",
    [
        [USER, own(thinking("T", "litellm_signed_by:gemini:abc"), call("s"))],
        [USER, own(thinking("T", "call:call_1:s"), call())],
        [USER, own(thinking("T", "EqQB"), TEXT)],
        [{"role": "assistant", "content": [None, "words", {"type": "thinking", "signature": None}]}, None, "words"],
    ],
)
def test_other_histories_stay_and_so_does_the_list(calls: ModuleType, messages: list[Any]) -> None:
    assert calls.on_their_calls(messages, "gemini", verifies=True) is messages


def test_odd_blocks_beside_it_stay(calls: ModuleType) -> None:
    odd: list[Any] = [None, "words", {"type": "tool_use"}, {"type": "tool_result", "tool_use_id": None}, {}]
    messages: list[Any] = [own(*odd, thinking(), call()), None, {"role": "user", "content": None}]
    assert calls.on_their_calls(messages, "gemini", verifies=True) == [own(*odd, call("c2ln==")), *messages[1:]]
