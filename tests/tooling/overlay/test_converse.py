"""Thinking on its way to Bedrock Converse, without LiteLLM."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from tests.tooling.overlay.conftest import Overlay

Item = dict[str, Any]
CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
NOVA = "us.amazon.nova-2-lite-v1:0"


@pytest.fixture
def converse(overlay: Overlay, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.delenv("LITELLM_UNSIGNED_THINKING", raising=False)
    module: ModuleType = overlay("claude.converse")
    return module


def signed(words: str, signature: str | None = "sig") -> Item:
    return {"type": "thinking", "thinking": words, "signature": signature}


def said(content: Any = None, calls: str = "", *blocks: Item) -> Item:
    message: Item = {"role": "assistant", "content": content}
    if blocks:
        message["thinking_blocks"] = list(blocks)
    if calls:
        message["tool_calls"] = [{"id": name, "function": {"name": "f"}, "type": "function"} for name in calls]
    return message


def user(words: str) -> Item:
    return {"role": "user", "content": words}


def reasoning(words: str, signature: str = "sig") -> Item:
    return {"reasoningContent": {"reasoningText": {"text": words, "signature": signature}}}


def call(name: str) -> Item:
    return {"toolUse": {"toolUseId": name}}


def told(*blocks: Item) -> Item:
    return {"role": "assistant", "content": list(blocks)}


def asked(*words: str) -> Item:
    return {"role": "user", "content": [{"text": one} for one in words]}


def translator(*, sorts: bool) -> Any:
    """A translator like LiteLLM's: it joins neighbours of a role, and sorts calls to the end or not.

    Of thinking it may be given only what goes in front of a turn, signed and with a text.
    """

    def convert(messages: list[Item], model: str, base_model: str | None = None) -> list[Item]:
        contents: list[Item] = []
        for message in messages:
            blocks = list(_blocks(message))
            if contents and contents[-1]["role"] == message["role"]:
                contents[-1]["content"] += blocks
            elif blocks:
                contents.append({"role": message["role"], "content": blocks})
        for one in contents if sorts else []:
            one["content"].sort(key=lambda block: "toolUse" in block or "cachePoint" in block)
        return contents

    return convert


def _blocks(message: Item) -> Iterator[Item]:
    for block in message.get("thinking_blocks") or []:
        assert block["signature"].startswith("sig") or block["signature"] == "two"
        yield reasoning(block["thinking"], block["signature"])
    content = message["content"] or []
    for element in [{"type": "text", "text": content}] if isinstance(content, str) else content:
        assert element["type"] == "text"
        yield {"text": element["text"]}
        if "cache_control" in element:
            yield {"cachePoint": "content"}
    for one in message.get("tool_calls") or []:
        yield call(one["id"])
        if one["id"].isupper():
            yield {"cachePoint": one["id"]}


@pytest.fixture(params=[True, False], ids=["sorts", "keeps"])
def run(converse: ModuleType, request: pytest.FixtureRequest) -> Any:
    return converse.carries_thinking(translator(sorts=request.param))


def test_signed_thinking_stands_before_text_and_calls(run: Any) -> None:
    messages = [user("u"), said("t", "ab", signed("1"), signed("2", "two")), user("v")]
    expected = [
        asked("u"),
        told(reasoning("1"), reasoning("2", "two"), {"text": "t"}, call("a"), call("b")),
        asked("v"),
    ]
    assert run(messages, CLAUDE) == expected
    assert "thinking_blocks" in messages[1]


def test_a_turn_that_goes_as_it_is_is_the_same_object(converse: ModuleType) -> None:
    messages = [user("u"), said("t", "a", signed("1")), user("v"), said("t", "", signed("")), user("w")]
    plain, places = converse.taken_out(messages, claude=True)
    assert plain[1] is messages[1]
    assert len(places) == 1
    assert converse.taken_out(messages[:3], claude=True) == (messages[:3], {})


def test_signed_thinking_without_text_is_kept(run: Any) -> None:
    assert run([said("t", "", signed(""))], CLAUDE) == [told(reasoning(""), {"text": "t"})]


def test_a_turn_in_several_messages_keeps_its_order(run: Any) -> None:
    messages = [said("t", "aB", signed("1")), said("s", "c", signed("2")), said(None, "d", signed("3"))]
    assert run(messages, CLAUDE) == [
        told(
            *(reasoning("1"), {"text": "t"}, call("a"), call("B"), {"cachePoint": "B"}),
            *(reasoning("2"), {"text": "s"}, call("c"), reasoning("3"), call("d")),
        )
    ]


def test_the_order_remains_where_the_thinking_does_not(run: Any) -> None:
    messages = [said("t", "a", signed("1")), said("s", "b", signed("2"))]
    assert run(messages, NOVA) == [told({"text": "t"}, call("a"), {"text": "s"}, call("b"))]


def test_a_call_that_comes_twice_counts_once(converse: ModuleType) -> None:
    def once(messages: list[Item], model: str) -> list[Item]:
        [message] = translator(sorts=True)(messages, model)
        return [told(*[one for index, one in enumerate(message["content"]) if one not in message["content"][:index]])]

    messages = [said("t", "a", signed("1")), said("s", "ab", signed("2")), said("r", "c", signed("3"))]
    kinds = [next(iter(block)) for block in converse.carries_thinking(once)(messages, CLAUDE)[0]["content"]]
    first = ["reasoningContent", "text", "toolUse", "reasoningContent", "text", "toolUse"]
    assert kinds == [*first, "reasoningContent", "text", "toolUse"]


def test_redacted_thinking_goes_to_claude_wrapped(run: Any) -> None:
    data = base64.b64encode(b"\x12\xa4\x01sealed").decode()
    wrapped = base64.b64encode(data.encode()).decode()
    block = {"reasoningContent": {"redactedContent": wrapped}}
    for kept in (data, wrapped):
        messages = [said("t", "", {"type": "redacted_thinking", "data": kept})]
        assert run(messages, CLAUDE) == [told(block, {"text": "t"})]
        assert run(messages, NOVA) == [told({"text": "t"})]


FOREIGN = [
    signed("1", None),
    signed("1", " "),
    signed("1", "litellm_signed_by:moonshot:sig"),
    signed("1", "litellm_encrypted_reasoning:x"),
    {"type": "redacted_thinking", "data": "litellm_encrypted_reasoning:x"},
    {"type": "redacted_thinking"},
]


@pytest.mark.parametrize("block", FOREIGN)
def test_what_claude_did_not_sign_is_left_out(run: Any, block: Item) -> None:
    assert run([said("t", "a", block)], CLAUDE) == [told({"text": "t"}, call("a"))]


def test_it_becomes_text_if_so_set(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITELLM_UNSIGNED_THINKING", "text")
    assert run([said("t", "", *FOREIGN)], CLAUDE) == [told(*[{"text": "[Reasoning] 1"}] * 4, {"text": "t"})]
    assert run([said("t", "", *FOREIGN)], NOVA) == [told({"text": "t"})]


def test_a_turn_of_nothing_else_is_left_out_and_its_neighbours_joined(run: Any) -> None:
    messages = [user("u"), said("", "", signed("1")), user("v"), said("t"), user("w")]
    assert run(messages, NOVA) == [asked("u", "v"), told({"text": "t"}), asked("w")]
    assert run(messages, CLAUDE)[1] == told(reasoning("1"))


def test_thinking_in_the_content_stays_in_its_place_and_comes_once(run: Any) -> None:
    cached = {**signed("2"), "cache_control": {"type": "ephemeral"}}
    content = [signed("1"), {"type": "text", "text": "t"}, cached]
    messages = [{**said(content), "thinking_blocks": [signed("0"), signed("1"), signed("2")]}]
    expected = [reasoning("0"), reasoning("1"), {"text": "t"}, reasoning("2"), {"cachePoint": "content"}]
    assert run(messages, CLAUDE) == [told(*expected)]


def test_without_thinking_nothing_is_touched(converse: ModuleType) -> None:
    messages = [user("u"), said("t", "a"), {**said("s"), "thinking_blocks": None}]
    contents = [told(call("a"), {"text": "t"})]

    def convert(got: Any, model: str, provider: str) -> Any:
        assert got is messages
        return contents

    assert converse.carries_thinking(convert)(messages=messages, model=NOVA, provider="bedrock") is contents


def test_a_coroutine_is_waited_for(converse: ModuleType) -> None:
    async def convert(messages: Any, model: str) -> Any:
        return translator(sorts=True)(messages, model)

    made = asyncio.run(converse.carries_thinking(convert)([said("t", "", signed("1"))], CLAUDE))
    assert made == [told(reasoning("1"), {"text": "t"})]


@pytest.mark.parametrize(
    ("model", "base_model", "expected"),
    [
        (CLAUDE, None, True),
        (NOVA, None, False),
        ("arn:aws:bedrock:us-east-1:1:application-inference-profile/abc", None, True),
        ("arn:aws:bedrock:us-east-1:1:application-inference-profile/abc", NOVA, False),
        ("arn:aws:bedrock:us-east-1:1:application-inference-profile/abc", CLAUDE, True),
        (CLAUDE, NOVA, True),
        ("us.deepseek.r1-v1:0", None, False),
    ],
)
def test_who_is_claude(converse: ModuleType, model: str, base_model: str | None, expected: bool) -> None:
    assert converse.is_claude(model, base_model) is expected


def test_redacted_thinking_of_an_answer_is_unwrapped(converse: ModuleType) -> None:
    data = base64.b64encode(b"\x12\xa4\x01sealed").decode()
    wrapped = base64.b64encode(data.encode()).decode()
    blocks = [signed("1"), {"type": "redacted_thinking", "data": wrapped}, {"type": "redacted_thinking", "data": data}]
    read = converse.gives_native_data(lambda found: found)
    assert [block.get("data") for block in read(blocks)] == [None, data, data]
    assert read(None) is None


def test_nova_gets_an_effort_that_it_has(converse: ModuleType) -> None:
    effort = converse.nova_effort(lambda _self, reasoning_effort: reasoning_effort)
    assert [effort(None, one) for one in ("minimal", "low", "medium", "high", "xhigh", "max")] == [
        *("low", "low", "medium", "high", "high", "high")
    ]
