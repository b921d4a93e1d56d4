"""Thinking that Claude did not sign, on its way to Claude and to others."""

from __future__ import annotations

import asyncio
import logging
from importlib import import_module
from typing import Any

import pytest

pytestmark = pytest.mark.usefixtures("overlay")

Item = dict[str, Any]
MANUAL = {"type": "enabled", "budget_tokens": 1024}
EDITS = {"edits": [{"type": "clear_thinking_20251015"}, {"type": "clear_tool_uses_20250919"}]}
KIMI = "litellm_signed_by:kimi:abc"
MINTED = "litellm_encrypted_reasoning:abc"


@pytest.fixture(autouse=True)
def _unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LITELLM_UNSIGNED_THINKING", raising=False)


def module(name: str) -> Any:
    return import_module(f"litellm.thinking_round_trip.{name}")


def thinking(signature: object = "EqQB", text: str = "T") -> Item:
    return {"type": "thinking", "thinking": text, "signature": signature}


def text(words: str = "x") -> Item:
    return {"type": "text", "text": words}


USE = {"type": "tool_use", "id": "t", "name": "do", "input": {}}
RESULT = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": "done"}]}
USER = {"role": "user", "content": "?"}


def own(*blocks: Item) -> Item:
    return {"role": "assistant", "content": list(blocks)}


@pytest.mark.parametrize(
    "block",
    [
        thinking(None),
        thinking(""),
        thinking(KIMI),
        thinking(MINTED),
        {"type": "thinking", "thinking": "T"},
        {"type": "redacted_thinking", "data": MINTED},
        {"type": "redacted_thinking", "data": ""},
    ],
)
def test_unsigned_thinking_is_left_out(block: Item) -> None:
    messages = [USER, own(thinking(), text(), block, USE), RESULT]
    checked = module("claude.unsigned_thinking").signed_only(messages, text=False)
    assert checked.messages == [USER, own(thinking(), text(), USE), RESULT]
    assert checked.removed == [(1, "messages.1.content.2")]
    assert messages[1]["content"][2] is block


def test_signed_thinking_stays_and_so_does_the_object() -> None:
    messages = [USER, own(thinking(), {"type": "redacted_thinking", "data": "EmY"}, text()), own(thinking("E", ""))]
    checked = module("claude.unsigned_thinking").signed_only(messages, text=False)
    assert checked.messages is messages
    assert not checked.removed


def test_unsigned_thinking_can_become_text() -> None:
    messages = [USER, own(thinking(KIMI, "Why."), thinking("", " "), text())]
    checked = module("claude.unsigned_thinking").signed_only(messages, text=True)
    assert checked.messages[1]["content"] == [text("[Reasoning] Why."), text()]


def test_a_message_of_nothing_else_is_left_out() -> None:
    checked = module("claude.unsigned_thinking").signed_only([USER, own(thinking("")), USER], text=False)
    assert checked.messages == [USER, USER]


@pytest.mark.parametrize(
    ("setting", "variable", "expected"),
    [
        (None, None, False),
        (None, "text", True),
        ("drop", "text", False),
        ("text", None, True),
        ("other", "text", False),
    ],
)
def test_a_deployment_comes_before_the_process(
    setting: str | None, variable: str | None, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if variable:
        monkeypatch.setenv("LITELLM_UNSIGNED_THINKING", variable)
    assert module("claude.unsigned_thinking").as_text(setting) is expected


@pytest.mark.parametrize(
    ("issuer", "verifies", "expected"), [("kimi", True, "abc"), ("gemini", True, ""), ("gemini", False, "abc")]
)
def test_others_get_what_was_given(issuer: str, verifies: bool, expected: str) -> None:
    messages = [USER, own(thinking(KIMI), thinking(), text())]
    read = module("claude.unsigned_thinking").without_marks(messages, issuer, verifies=verifies)
    assert [block.get("signature") for block in read[1]["content"]] == [expected, "EqQB", None]
    assert messages[1]["content"][0]["signature"] == KIMI


@pytest.mark.parametrize(("issuer", "kept"), [("kimi", [{"type": "redacted_thinking", "data": "abc"}]), ("other", [])])
def test_others_data_can_be_read_by_nobody(issuer: str, kept: list[Item]) -> None:
    messages = [USER, own({"type": "redacted_thinking", "data": KIMI}), own(text())]
    read = module("claude.unsigned_thinking").without_marks(messages, issuer, verifies=False)
    assert read == [USER, *([own(*kept)] if kept else []), own(text())]


def test_nothing_is_copied_where_nothing_is_marked() -> None:
    messages = [USER, own(thinking(), text()), {"role": "assistant", "content": "x"}]
    assert module("claude.unsigned_thinking").without_marks(messages, "kimi", verifies=False) is messages


TURN = [USER, own(thinking(), text()), USER, own(text(), USE), RESULT, own(thinking(), USE), RESULT]


@pytest.mark.parametrize(
    ("messages", "forbidden"),
    [
        (TURN, True),
        ([*TURN, USER], False),
        ([USER, own(thinking(), USE), RESULT, own(text(), USE), RESULT], False),
        ([USER, own(text())], False),
        ([RESULT], False),
        ([], False),
    ],
)
def test_what_manual_mode_rejects(messages: list[Item], forbidden: bool) -> None:
    assert module("claude.manual_thinking").forbids_thinking(messages, MANUAL) is forbidden
    assert not module("claude.manual_thinking").forbids_thinking(messages, {"type": "adaptive"})


def test_what_manual_mode_rejects_in_the_middle_of_a_turn() -> None:
    """Claude began the turn, and what another model went on with has lost the thinking that it began with."""
    forbids = module("claude.manual_thinking").forbids_thinking
    before = [USER, own(thinking(), USE), RESULT, own(thinking(KIMI), text(), USE), RESULT]
    messages = [*before[:3], own(text(), USE), RESULT]
    assert forbids(messages, MANUAL, before)
    assert not forbids(messages, MANUAL, messages)
    assert not forbids(messages, {"type": "adaptive"}, before)


def test_a_silent_request_has_no_thinking_in_its_last_turn() -> None:
    kept = module("claude.manual_thinking").silent(TURN, EDITS)
    assert kept.messages == [*TURN[:5], own(USE), RESULT]
    assert kept.context_management == {"edits": [{"type": "clear_tool_uses_20250919"}]}


def test_no_edits_are_left_of_nothing_else() -> None:
    assert module("claude.manual_thinking").without_clearing({"edits": EDITS["edits"][:1]}) is None
    assert module("claude.manual_thinking").without_clearing([1]) == [1]


class Native:
    """LiteLLM's handler of Anthropic's wire: it keeps what it was called with."""

    def __init__(self, answer: Any = None) -> None:
        self.calls: list[Item] = []
        self.answer = answer

    def call(self, model: str, messages: list[Item], provider: str = "anthropic", **others: Any) -> Any:
        async def handler(self: Native, model: str, messages: list[Item], **call: Any) -> Any:
            self.calls.append({"messages": messages, "params": call["anthropic_messages_optional_request_params"]})
            return self.answer

        handle = module("claude.unsigned_hooks").only_signed_thinking(handler)
        arguments = {"anthropic_messages_optional_request_params": {}, **others}
        return asyncio.run(handle(self, model, messages, custom_llm_provider=provider, **arguments))


def test_claude_gets_signed_thinking_only(caplog: pytest.LogCaptureFixture) -> None:
    native = Native({"content": [thinking()]})
    messages = [USER, own(thinking(KIMI), text(), {**USE, "provider_specific_fields": {}}), RESULT]
    params = {"thinking": MANUAL, "context_management": EDITS, "max_tokens": 9}
    with caplog.at_level(logging.INFO, "LiteLLM"):
        answer = native.call("claude", messages, anthropic_messages_optional_request_params=params)
    edits = {"edits": [{"type": "clear_tool_uses_20250919"}]}
    assert native.calls == [
        {"messages": [USER, own(text(), USE), RESULT], "params": {"max_tokens": 9, "context_management": edits}}
    ]
    assert params["thinking"] is MANUAL
    assert answer == {"content": [thinking()]}
    assert len([one for one in caplog.messages if "messages.1.content.0" in one]) == 1


def test_a_turn_that_never_thought_keeps_the_parameter() -> None:
    native = Native()
    messages = [USER, own(thinking(KIMI), text()), USER, own(text(), USE), RESULT]
    native.call("claude", messages, anthropic_messages_optional_request_params={"thinking": MANUAL})
    assert native.calls[0]["params"] == {"thinking": MANUAL}


def test_a_deployment_may_want_text() -> None:
    native = Native()
    native.call("claude", [USER, own(thinking("")), USER], kwargs={"unsigned_thinking": "text"})
    assert native.calls[0]["messages"] == [USER, own(text("[Reasoning] T")), USER]


def test_nothing_changes_where_claude_signed_all() -> None:
    native, messages, params = Native(), [USER, own(thinking()), USER], {"thinking": MANUAL}
    native.call("claude", messages, anthropic_messages_optional_request_params=params)
    assert native.calls[0]["messages"] is messages
    assert native.calls[0]["params"] is params


def test_others_answers_are_marked() -> None:
    answer = Native({"content": [thinking("abc")]}).call("kimi-k2.5", [USER], api_base="https://kimi/anthropic")
    assert answer["content"][0]["signature"] == KIMI


def bridged(answer: Any, synchronous: bool, **arguments: Any) -> tuple[Item, Any]:
    calls: list[Item] = []

    async def handler(max_tokens: int, messages: list[Item], model: str, **kwargs: Any) -> Any:
        calls.append({"messages": messages, **kwargs})
        return answer

    def handler_sync(max_tokens: int, messages: list[Item], model: str, **kwargs: Any) -> Any:
        calls.append({"messages": messages, **kwargs})
        return answer

    handle = module("claude.unsigned_hooks").only_signed_thinking_bridged(handler_sync if synchronous else handler)
    result = handle(max_tokens=9, **arguments)
    return calls[0] if synchronous else {}, result if synchronous else (asyncio.run(result), calls[0])


@pytest.mark.parametrize("synchronous", [False, True])
def test_the_bridge_does_the_same(synchronous: bool) -> None:
    messages = [USER, own(thinking(None), text(), USE), RESULT]
    call, result = bridged(
        {"content": []},
        synchronous,
        messages=messages,
        model="bedrock/converse/claude",
        thinking=MANUAL,
        unsigned_thinking="drop",
    )
    call = call or result[1]
    assert call == {"messages": [USER, own(text(), USE), RESULT]}


def test_the_bridge_marks_streams() -> None:
    events = iter([b'data: {"type":"content_block_delta","index":0,"delta":{"signature":"abc"}}\n\n'])
    _, stream = bridged(events, True, messages=[USER], model="gemini/gemini-3")
    assert b"litellm_signed_by:gemini:abc" in b"".join(stream)


def test_the_bridge_leaves_what_it_only_hands_over() -> None:
    messages = [USER, own(thinking(None))]
    call, _ = bridged(None, True, messages=messages, model="databricks/claude", _is_async=True)
    assert call["messages"] is messages


def test_an_anthropic_wire_that_is_not_claude_gets_openai_s_thinking_as_text_of_nobody() -> None:
    """LiteLLM would leave a marked block out there, and the endpoint asks its text back (N7)."""
    blocks = [{"type": "thinking", "thinking": "a", "signature": MINTED}, {"type": "redacted_thinking", "data": MINTED}]
    messages = [{"role": "assistant", "content": [*blocks, {"type": "text", "text": "t"}]}]
    read = module("claude.unsigned_thinking").without_marks
    assert read(messages, "kimi", verifies=False) is messages
    assert read(messages, "kimi", verifies=False, native=True) == [
        {"role": "assistant", "content": [{**blocks[0], "signature": ""}, {"type": "text", "text": "t"}]}
    ]
