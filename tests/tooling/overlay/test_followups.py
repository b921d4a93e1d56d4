"""The turns that LiteLLM's agentic loops write anew, without LiteLLM."""

from __future__ import annotations

import asyncio
import json
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.tooling.overlay.conftest import Overlay

Item = dict[str, Any]
THOUGHT = {"type": "thinking", "thinking": "Hm.", "signature": "sig"}
SEALED = {"type": "redacted_thinking", "data": "x"}
USE = {"type": "tool_use", "id": "a", "name": "search", "input": {}}
RESULT = {"role": "tool", "tool_call_id": "a", "content": "found"}


@pytest.fixture
def followups(overlay: Overlay) -> ModuleType:
    module: ModuleType = overlay("chat.followups")
    return module


def called(name: str, **fields: Any) -> Item:
    return {"id": name, "type": "function", "function": {"name": "search", "arguments": "{}"}, **fields}


def answered(**fields: Any) -> Any:
    """A chat answer of objects."""
    return SimpleNamespace(choices=[SimpleNamespace(message=SimpleNamespace(**fields))])


def loop(followups: ModuleType, response: Any) -> Item:
    """What the web search writes of an answer."""
    find = followups.remembers_turn(lambda _response: (True, [{"id": "a"}, {"id": "b"}]))
    write = followups.recalls_turn(
        lambda calls, results: ({"role": "assistant", "tool_calls": [called(one["id"]) for one in calls]}, results)
    )
    found, calls = find(response)
    assert found
    assert json.dumps(calls) == json.dumps([{"id": "a"}, {"id": "b"}])
    message, results = write(calls, ["r"])
    assert results == ["r"]
    return dict(message)


def test_a_turn_has_the_thinking_of_the_answer_that_it_was(followups: ModuleType) -> None:
    answer = answered(thinking_blocks=[THOUGHT], reasoning_content="Hm.", provider_specific_fields=None, tool_calls=[])
    assert loop(followups, answer) == {
        "role": "assistant",
        "tool_calls": [called("a"), called("b")],
        "thinking_blocks": [THOUGHT],
        "reasoning_content": "Hm.",
    }


def test_calls_have_the_signatures_that_they_came_with(followups: ModuleType) -> None:
    own = {"thought_signature": "s"}
    given = [called("b", provider_specific_fields=own), called("a", function={"provider_specific_fields": own})]
    message = loop(followups, {"choices": [{"message": {"tool_calls": given}}]})
    assert message["tool_calls"] == [
        called("a", function={"name": "search", "arguments": "{}", "provider_specific_fields": own}),
        called("b", provider_specific_fields=own),
    ]


def test_what_litellm_keeps_beside_thinking_makes_no_field_of_a_turn_without_any(followups: ModuleType) -> None:
    plain = {"role": "assistant", "tool_calls": [called("a"), called("b")]}
    assert loop(followups, answered(provider_specific_fields={"refusal": None}, tool_calls=[])) == plain
    signed = {"refusal": None, "thought_signatures": ["s"]}
    assert loop(followups, answered(provider_specific_fields=signed)) == {**plain, "provider_specific_fields": signed}


@pytest.mark.parametrize("response", [None, {}, {"choices": []}, {"choices": [{}]}, SimpleNamespace(), "text"])
def test_an_answer_without_a_message_adds_nothing(followups: ModuleType, response: Any) -> None:
    assert loop(followups, response) == {"role": "assistant", "tool_calls": [called("a"), called("b")]}


def test_where_nothing_is_called_nothing_is_remembered(followups: ModuleType) -> None:
    none = (False, [])
    assert followups.remembers_turn(lambda _response: none)({"choices": []}) == none


def test_calls_of_somebody_elses_are_written_as_they_are(followups: ModuleType) -> None:
    message = {"role": "assistant", "tool_calls": [called("a")]}
    assert followups.recalls_turn(lambda _calls: (message, []))([{"id": "a"}]) == (message, [])


def plan(followups: ModuleType, messages: Any, response: Any, *added: Item) -> Any:
    """What a callback plans."""

    async def build(_self: Any, tools: Any, model: str, messages: Any, response: Any) -> Any:
        before = messages if isinstance(messages, list) else [{"role": "user", "content": messages}]
        return SimpleNamespace(request_patch=SimpleNamespace(messages=[*before, *added]))

    build = followups.carries_turn(build)
    first = asyncio.run(build(None, {}, "m", messages, response))
    named = asyncio.run(build(None, tools={}, model="m", messages=messages, response=response))
    assert first == named
    return first.request_patch.messages


ASKED = [{"role": "user", "content": "q"}, {"role": "assistant", "content": "old"}, {"role": "user", "content": "r"}]


def test_a_planned_chat_request_has_it(followups: ModuleType) -> None:
    added = [{"role": "assistant", "tool_calls": [called("a")]}, RESULT]
    messages = plan(followups, ASKED, answered(reasoning_content="Hm.", tool_calls=None), *added)
    assert messages == [*ASKED, {**added[0], "reasoning_content": "Hm."}, RESULT]


def test_a_planned_request_of_anthropics_has_it_in_front(followups: ModuleType) -> None:
    added = [{"role": "assistant", "content": [{"type": "text", "text": "t"}, USE]}, {"role": "user", "content": []}]
    whole = {**added[0], "content": [THOUGHT, SEALED, *added[0]["content"]]}
    for response in ({"content": [THOUGHT, {"type": "text"}, SEALED, USE]}, SimpleNamespace(content=[THOUGHT, SEALED])):
        assert plan(followups, ASKED, response, *added) == [*ASKED, whole, added[1]]
    assert plan(followups, ASKED, {"content": [THOUGHT, SEALED]}, whole, added[1]) == [*ASKED, whole, added[1]]


class Reasoning:
    """An item of LiteLLM's types."""

    type = "reasoning"

    def model_dump(self, *, exclude_none: bool) -> Item:
        assert exclude_none
        return {"type": "reasoning", "encrypted_content": "e"}


def test_a_planned_request_of_the_responses_api_has_its_items(followups: ModuleType) -> None:
    function = {"type": "function_call", "call_id": "a"}
    added = [function, {"type": "function_call_output", "call_id": "a"}]
    output = [Reasoning(), {"type": "message"}, {**function, "id": "fc_1"}, {"type": "reasoning", "id": "later"}]
    item = {"type": "reasoning", "encrypted_content": "e"}
    assert plan(followups, ASKED, {"output": output}, *added) == [*ASKED, item, *added]
    assert plan(followups, "q", SimpleNamespace(output=output), *added)[1:] == [item, *added]
    assert plan(followups, ASKED, {"output": [{"type": "reasoning"}]}, *added) == [*ASKED, *added]


def test_each_call_has_the_reasoning_that_led_to_it(followups: ModuleType) -> None:
    first, mine, second, third = ({"type": "reasoning", "id": f"rs_{at}"} for at in range(4))
    calls = {name: {"type": "function_call", "call_id": name} for name in ("client's", "a", "b")}
    output = [first, calls["client's"], mine, second, calls["a"], third, calls["b"]]
    added = [calls["a"], calls["b"], {"type": "function_call_output", "call_id": "a"}]
    expected = [mine, second, calls["a"], third, calls["b"], added[2]]
    assert plan(followups, ASKED, {"output": output}, *added) == [*ASKED, *expected]
    unstored = {"output": [{**mine, "encrypted_content": "e"}, third, calls["a"]], "store": False}
    kept = {**mine, "encrypted_content": "e"}
    assert plan(followups, ASKED, unstored, calls["a"]) == [*ASKED, kept, calls["a"]]


@pytest.mark.parametrize("response", [None, {}, {"choices": []}])
def test_a_plan_without_an_answer_stays(followups: ModuleType, response: Any) -> None:
    added = [{"role": "assistant", "tool_calls": [called("a")]}, RESULT]
    assert plan(followups, ASKED, response, *added) == [*ASKED, *added]


@pytest.mark.parametrize("empty", [None, SimpleNamespace(request_patch=None)])
def test_no_plan_is_no_plan(followups: ModuleType, empty: Any) -> None:
    async def build(_self: Any, **_: Any) -> Any:
        return empty

    assert asyncio.run(followups.carries_turn(build)(None, messages=[], response=None)) is empty


def test_a_request_on_anthropics_wire_goes_to_the_deployment_that_answered(followups: ModuleType) -> None:
    asked: list[Item] = []

    async def send(_self: Any, **kwargs: Any) -> Any:
        follow = followups.asks_deployment(ask)
        return await follow(_self, logging_obj=kwargs["logging_obj"], kwargs=kwargs["kwargs"])

    async def ask(_self: Any, **kwargs: Any) -> None:
        asked.append(kwargs["kwargs"])

    def answered(**kwargs: Any) -> Item:
        asyncio.run(followups.notes_deployment(send)(None, logging_obj=SimpleNamespace(), **kwargs))
        return asked.pop()

    there = {"api_base": "http://there", "api_key": "k"}
    assert answered(**there, kwargs={"timeout": 3}) == {"timeout": 3, **there}
    assert answered(**there, kwargs={"api_base": "http://here"}) == {"api_key": "k", "api_base": "http://here"}
    assert answered(api_base=None, api_key="k", kwargs=None) == {"api_key": "k"}
    assert answered(api_base=None, api_key=None, kwargs={"a": 1}) == {"a": 1}


def test_a_loop_that_nobody_noted_anything_for_asks_as_before(followups: ModuleType) -> None:
    async def ask(_self: Any, **kwargs: Any) -> Any:
        return kwargs

    follow = followups.asks_deployment(ask)
    assert asyncio.run(follow(None, logging_obj=None, kwargs={"a": 1})) == {"logging_obj": None, "kwargs": {"a": 1}}
