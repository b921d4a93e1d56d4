"""Thinking on its way to Bedrock Converse, without LiteLLM."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
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
    claude = converse.reader(CLAUDE)
    plain, places = converse.taken_out(messages, claude)
    assert plain[1] is messages[1]
    assert len(places) == 1
    assert converse.taken_out(messages[:3], claude) == (messages[:3], {})


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
    assert converse.reader(model, base_model).claude is expected


KIMI = "global.moonshotai.kimi-k3"
MARK = "litellm_signed_by:bedrock-moonshotai:"
SEALED = {"reasoningContent": {"redactedContent": "c2VhbGVk"}}


def unsigned(words: str) -> Item:
    return {"reasoningContent": {"reasoningText": {"text": words}}}


ITS_OWN: list[tuple[Item, list[Item]]] = [
    (signed("1", None), [unsigned("1")]),
    ({"type": "thinking", "thinking": "1"}, [unsigned("1")]),
    (signed("1", ""), [unsigned("1")]),
    (signed("1", MARK), [unsigned("1")]),
    (signed("1", f"{MARK}sig"), [reasoning("1")]),
    (signed("", f"{MARK}sig"), [reasoning("")]),
    ({"type": "redacted_thinking", "data": f"{MARK}c2VhbGVk"}, [SEALED]),
    (signed(" ", None), []),
    (signed("1", "sig"), []),
    (signed("1", "litellm_signed_by:bedrock-minimax:"), []),
    (signed("1", "litellm_signed_by:moonshot:sig"), []),
    (signed("1", "litellm_encrypted_reasoning:x"), []),
    ({"type": "redacted_thinking", "data": "c2VhbGVk"}, []),
    ({"type": "redacted_thinking", "data": "litellm_signed_by:bedrock:c2VhbGVk"}, []),
    ({"type": "redacted_thinking"}, []),
    ({"type": "thinking"}, []),
    ({"type": "thinking", "thinking": 5, "signature": 5}, []),
]


@pytest.mark.parametrize(("block", "expected"), ITS_OWN)
def test_another_vendors_model_gets_its_own_and_nobody_elses(run: Any, block: Item, expected: list[Item]) -> None:
    assert run([said("t", "a", block)], KIMI) == [told(*expected, {"text": "t"}, call("a"))]


def test_what_nobody_signed_goes_where_it_is_known_to_be_taken(run: Any) -> None:
    for model in ("moonshot.kimi-k2-thinking", "us.deepseek.v3-v1:0", "qwen.qwen3-32b-v1:0", "openai.gpt-oss-20b-1:0"):
        assert run([said("t", "", signed("1", None))], model) == [told(unsigned("1"), {"text": "t"})]
    others = ("us.deepseek.r1-v1:0", "qwen.qwen3-coder-480b-a35b-v1:0", "zai.glm-5", "arn:aws:bedrock:x:1:custom/abc")
    for model in (NOVA, *others, "openai.gpt-5.6-terra"):
        assert run([said("t", "", signed("1", None))], model) == [told({"text": "t"})]


def test_what_a_model_sealed_goes_back_to_it_but_for_nova(run: Any) -> None:
    sealed = {"type": "redacted_thinking", "data": "litellm_signed_by:bedrock-openai:c2VhbGVk"}
    assert run([said("t", "", sealed)], "global.openai.gpt-5.6-terra") == [told(SEALED, {"text": "t"})]
    nova = {"type": "redacted_thinking", "data": "litellm_signed_by:bedrock-amazon:c2VhbGVk"}
    assert run([said("t", "", nova)], NOVA) == [told({"text": "t"})]


def test_the_text_of_a_client_that_kept_no_blocks_goes_back(run: Any) -> None:
    message = {**said("t", "a"), "reasoning_content": "1"}
    assert run([message], KIMI) == [told(unsigned("1"), {"text": "t"}, call("a"))]
    assert run([message], CLAUDE) == run([message], NOVA) == [told({"text": "t"}, call("a"))]
    foreign = {**message, "thinking_blocks": [signed("1", "sig")]}
    assert run([foreign], KIMI) == [told({"text": "t"}, call("a"))]


ODD: list[Any] = ["words", {"type": "thinking", "thinking": "1"}, [None], [signed("1"), None], [{"type": "else"}], 5]


@pytest.mark.parametrize("blocks", ODD)
@pytest.mark.parametrize("model", [CLAUDE, NOVA, KIMI])
def test_what_is_no_list_of_thinking_blocks_is_left_to_the_translator(
    converse: ModuleType, blocks: Any, model: str
) -> None:
    messages = [user("u"), {**said(5), "thinking_blocks": blocks}]
    seen: list[Any] = []
    converse.carries_thinking(lambda got, _model: seen.append(got))(messages, model)
    assert seen == [messages]
    assert seen[0] is messages


@pytest.mark.parametrize("messages", [None, "words", [None], ["words"], [{"content": "t"}]])
def test_what_is_no_history_is_left_to_the_translator(converse: ModuleType, messages: Any) -> None:
    assert converse.carries_thinking(lambda got, _model: got)(messages, CLAUDE) is messages


def test_calls_of_any_kind_are_counted(converse: ModuleType) -> None:
    calls: list[Any] = [None, {"id": 5}, {"id": "a"}, {"id": "a"}, "b"]
    messages = [{**said("t"), "tool_calls": calls}, said("s", "", signed("1")), said("r", "", signed("2", None))]
    _, places = converse.taken_out(messages, converse.reader(CLAUDE))
    assert [place.calls for place in places.values()] == [4, 4]


def test_a_text_that_is_none_stays(converse: ModuleType) -> None:
    def convert(messages: list[Item], model: str) -> list[Item]:
        return [told({"text": {"odd": 1}}, {"text": messages[0]["content"]})]

    assert converse.carries_thinking(convert)([said("t", "", signed("1", None))], KIMI)[0]["content"][0]["text"] == {
        "odd": 1
    }


def answered(overlay: Overlay, model: str, *blocks: Item) -> list[Item]:
    """The thinking blocks of a whole answer, as LiteLLM makes them of Converse's."""
    made = []
    for block in blocks:
        if "reasoningText" in block:
            text = block["reasoningText"]
            seal = {"signature": text["signature"]} if "signature" in text else {}
            made.append({"type": "thinking", "thinking": text["text"], **seal})
        elif "redactedContent" in block:
            made.append({"type": "redacted_thinking", "data": "as LiteLLM has it"})
    message = SimpleNamespace(thinking_blocks=made, provider_specific_fields={"reasoningContentBlocks": list(blocks)})
    answer = SimpleNamespace(choices=[SimpleNamespace(message=message)])
    keeps = overlay("claude.converse_answers").keeps_seals(lambda _self, **_: answer)
    kept: list[Item] = keeps(None, model=model).choices[0].message.thinking_blocks
    return kept


def test_claudes_redacted_thinking_is_unwrapped_in_an_answer(overlay: Overlay) -> None:
    data = base64.b64encode(b"\x12\xa4\x01sealed").decode()
    wrapped = base64.b64encode(data.encode()).decode()
    given = [{"reasoningText": {"text": "1", "signature": "sig"}}, {"else": 1}]
    found = answered(overlay, CLAUDE, *given, {"redactedContent": wrapped}, {"redactedContent": data})
    assert [one.get("data") or one["signature"] for one in found] == ["sig", data, data]


def test_what_another_model_sealed_is_marked_in_an_answer(overlay: Overlay) -> None:
    raw = base64.b64encode(base64.b64encode(b"inner")).decode()
    given = [{"reasoningText": {"text": "1", "signature": "sig"}}, {"redactedContent": raw}]
    found = answered(overlay, KIMI, {"reasoningText": {"text": "0"}}, *given)
    assert [one.get("data") or one.get("signature") for one in found] == [None, f"{MARK}sig", MARK + raw]


def test_an_answer_that_is_none_is_left_alone(overlay: Overlay) -> None:
    keeps = overlay("claude.converse_answers").keeps_seals(lambda _self, _model: None)
    assert keeps(None, KIMI) is None
    assert answered(overlay, KIMI) == []


@pytest.mark.parametrize(
    ("model", "signature", "data"), [(CLAUDE, "sig", "aW5uZXI="), (KIMI, f"{MARK}sig", f"{MARK}YVc1dVpYST0=")]
)
def test_a_stream_is_read_like_a_whole_answer(overlay: Overlay, model: str, signature: str, data: str) -> None:
    def read(_self: Any, thinking_block: Item) -> list[Item]:
        if "signature" in thinking_block:
            return [{"type": "thinking", "thinking": "", "signature": thinking_block["signature"]}]
        return [{"type": "redacted_thinking", "data": "as LiteLLM has it"}]

    keeps = overlay("claude.converse_answers").keeps_seals_streamed(read)
    decoder = SimpleNamespace(model=model)
    assert keeps(decoder, {"signature": "sig"})[0]["signature"] == signature
    assert keeps(decoder, thinking_block={"redactedContent": "YVc1dVpYST0="})[0]["data"] == data


def test_a_stream_of_nothing_is_nothing(overlay: Overlay) -> None:
    keeps = overlay("claude.converse_answers").keeps_seals_streamed(lambda _self, _block: None)
    assert keeps(SimpleNamespace(model=KIMI), {}) is None


def test_nova_gets_an_effort_that_it_has(converse: ModuleType) -> None:
    effort = converse.nova_effort(lambda _self, reasoning_effort: reasoning_effort)
    assert [effort(None, one) for one in ("minimal", "low", "medium", "high", "xhigh", "max")] == [
        *("low", "low", "medium", "high", "high", "high")
    ]


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("converse/moonshot.kimi-k2-thinking", ["stream", "tools"]),
        ("global.moonshotai.kimi-k3", ["stream", "tools"]),
        ("minimax.minimax-m2", ["stream", "tools"]),
        ("us.deepseek.r1-v1:0", ["stream"]),
        ("writer.palmyra-x5-v1:0", ["stream"]),
    ],
)
def test_a_model_that_takes_its_reasoning_back_takes_tools(
    converse: ModuleType, model: str, expected: list[str]
) -> None:
    assert converse.knows_tools(lambda _self, _model: ["stream"])(None, model) == expected


def test_tools_are_told_once(converse: ModuleType) -> None:
    names = ["tools", "stream"]
    assert converse.knows_tools(lambda _self, _model: names)(None, "minimax.minimax-m2") is names
