"""What is taken out of a request that was rejected for its thinking. The texts are tried in test_self_heal.py."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest

pytestmark = pytest.mark.usefixtures("overlay")

Item = dict[str, Any]
FORGED = "messages.{}.content.{}: Invalid `signature` in `thinking` block"
MANUAL = {"type": "enabled", "budget_tokens": 1024}
ADAPTIVE = {"type": "adaptive"}


def module(name: str) -> Any:
    return import_module(f"litellm.thinking_round_trip.{name}")


def thinking(text: str, signature: str = "EqQB") -> Item:
    return {"type": "thinking", "thinking": text, "signature": signature}


TEXT = {"type": "text", "text": "x"}
USE = {"type": "tool_use", "id": "t", "name": "do", "input": {}}
RESULT = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": "done"}]}
USER = {"role": "user", "content": "?"}


def own(*blocks: Item) -> Item:
    return {"role": "assistant", "content": list(blocks)}


def history() -> list[Item]:
    """Three turns; the second one has three messages."""
    return [
        USER,
        own(thinking("1"), TEXT),
        USER,
        own(thinking("2"), USE),
        RESULT,
        own(thinking("3"), TEXT),
        USER,
        own(thinking("4"), TEXT, USE),
        RESULT,
    ]


def healed(text: str, thinking_param: Item | None = None, status: int = 400, **body: Any) -> Any:
    found = module("claude.heal_errors").complaint(status, text)
    return module("claude.heal_requests").heal({"messages": history(), "thinking": thinking_param, **body}, found)


def texts(messages: list[Item]) -> str:
    blocks = [one for message in messages for one in message["content"] if isinstance(one, dict)]
    return "".join(block["thinking"] for block in blocks if block["type"] == "thinking")


@pytest.mark.parametrize(
    ("place", "kept"), [((1, 0), ""), ((3, 0), "1"), ((5, 0), "1"), ((7, 0), "123"), ((0, 0), ""), ((99, 0), "")]
)
def test_a_turn_goes_with_what_stands_after_it(place: tuple[int, int], kept: str) -> None:
    result = healed(FORGED.format(*place), ADAPTIVE)
    assert texts(result.messages) == kept
    assert not result.silent
    assert len(result.removed) == 4 - len(kept)


def test_an_error_that_names_no_block_takes_all() -> None:
    assert texts(healed("Invalid `signature` in `thinking` block", ADAPTIVE).messages) == ""


def test_thinking_stays_on_where_the_turn_still_begins_with_it() -> None:
    messages = [USER, own(thinking("1"), TEXT), USER]
    result = healed(FORGED.format(1, 0), MANUAL, messages=messages)
    assert (texts(result.messages), result.silent) == ("", False)


def test_what_is_plainly_unsigned_goes_as_well() -> None:
    messages = [USER, own(thinking("1", ""), TEXT), *history()[2:]]
    assert texts(healed(FORGED.format(7, 0), ADAPTIVE, messages=messages).messages) == "23"


@pytest.mark.parametrize("status", [401, 403, 500])
def test_other_statuses_are_left_to_litellm(status: int) -> None:
    assert module("claude.heal_errors").complaint(status, FORGED.format(1, 0)) is None


@pytest.mark.parametrize(
    "text", ["", "prompt is too long", "`temperature` may only be set to 1 when thinking is enabled."]
)
def test_other_texts_are_left_to_litellm(text: str) -> None:
    assert module("claude.heal_errors").complaint(400, text) is None


def test_nothing_is_sent_again_unless_something_can_go() -> None:
    assert healed(FORGED.format(1, 0), ADAPTIVE, messages=[USER, own(TEXT), USER]) is None
    assert healed("Expected `thinking` or `redacted_thinking`, but found `text`") is None


def test_bedrock_forbids_unsigned_thinking_only() -> None:
    text = "The request signature we calculated does not match the signature you provided."
    assert healed(text, ADAPTIVE, status=403) is None
    messages = [USER, own(thinking("1"), TEXT), USER, own(thinking("2", ""), USE), RESULT]
    assert texts(healed(text, ADAPTIVE, status=403, messages=messages).messages) == "1"


def test_a_healed_request_keeps_the_edits_that_need_no_thinking() -> None:
    edits = [{"type": "clear_thinking_20251015"}, {"type": "clear_tool_uses_20250919"}]
    body: Item = {"messages": history(), "thinking": MANUAL, "context_management": {"edits": edits}}
    healed(FORGED.format(7, 0), MANUAL, context_management={"edits": edits}).apply(body)
    assert "thinking" not in body
    assert body["context_management"] == {"edits": edits[1:]}
    healed(FORGED.format(7, 0), MANUAL, context_management={"edits": edits[:1]}).apply(body)
    assert "context_management" not in body


class Error(Exception):
    """What httpx raises, and what LiteLLM makes of it before 1.83.9."""

    def __init__(self, text: str, body: Item | None = None) -> None:
        super().__init__(text)
        self.response: Any = SimpleNamespace(status_code=400, text=text)
        self.request = SimpleNamespace(content=json.dumps(body).encode() if body else None)
        self.status_code = 400


class Config:
    """LiteLLM's two methods, which know the text "known" and strip what they know."""

    def should(self, e: Error, litellm_params: Item, request_body: Item | None = None) -> bool:
        return "known" in e.response.text

    def transform(self, e: Error, request_data: Item) -> Item:
        request_data.pop("thinking", None)
        return request_data


def test_the_body_is_read_from_the_request_where_nobody_hands_it_over() -> None:
    should = module("claude.heal_hooks").retries(Config.should)
    error = Error(FORGED.format(1, 0), {"messages": history()})
    assert should(Config(), e=error, litellm_params={})
    assert should(Config(), e=Error(FORGED.format(1, 0)), litellm_params={}, request_body={"messages": history()})
    assert not should(Config(), e=Error(FORGED.format(1, 0)), litellm_params={})
    assert should(Config(), e=Error("known"), litellm_params={})
    assert not should(Config(), e=Error("other"), litellm_params={})


def test_what_litellm_strips_by_itself_loses_the_edits_as_well() -> None:
    transform = module("claude.heal_hooks").heals(Config.transform)
    edits = {"edits": [{"type": "clear_thinking_20251015"}]}
    assert transform(Config(), e=Error("known"), request_data={"thinking": MANUAL, "context_management": edits}) == {}
    silent = {"context_management": edits}
    assert transform(Config(), e=Error("known"), request_data=dict(silent)) == silent


def test_an_answer_tells_of_the_heal() -> None:
    hooks = module("claude.heal_hooks")
    transform = hooks.heals(Config.transform)

    async def handler(text: str) -> Any:
        transform(Config(), e=Error(text), request_data={"messages": history(), "thinking": ADAPTIVE})
        return {"content": []}

    answer = asyncio.run(hooks.reports_heals(handler)(FORGED.format(7, 0)))
    assert answer == {"content": []}
    assert answer._hidden_params["thinking_heal"]["removed"] == ["messages.7.content.0"]
    assert answer.get("_hidden_params") is answer._hidden_params
    header = answer._hidden_params["additional_headers"]["llm_provider-thinking-heal"]
    assert header.endswith("(messages.7.content.0); sent again without thinking in messages.7.content.0")
    assert not hasattr(asyncio.run(hooks.reports_heals(handler)("other")), "_hidden_params")


def test_a_bare_stream_tells_of_the_heal_too() -> None:
    hooks = module("claude.heal_hooks")
    transform = hooks.heals(Config.transform)
    closed: list[bool] = []

    async def pieces() -> AsyncIterator[bytes]:
        try:
            yield b"one"
            yield b"two"
        finally:
            closed.append(True)

    async def handler() -> Any:
        transform(Config(), e=Error(FORGED.format(7, 0)), request_data={"messages": history(), "thinking": ADAPTIVE})
        return pieces()

    async def read() -> list[bytes]:
        stream = await hooks.reports_heals(handler)()
        assert stream._hidden_params["thinking_heal"]["removed"] == ["messages.7.content.0"]
        first = await stream.__anext__()
        await stream.aclose()
        return [first]

    assert asyncio.run(read()) == [b"one"]
    assert closed == [True]


def test_the_process_may_want_every_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITELLM_THINKING_HEAL", "error")
    should = module("claude.heal_hooks").retries(Config.should)
    body = {"messages": history(), "thinking": ADAPTIVE}
    assert not should(Config(), e=Error(FORGED.format(7, 0)), litellm_params={}, request_body=body)
    monkeypatch.setenv("LITELLM_THINKING_HEAL", "retry")
    assert should(Config(), e=Error(FORGED.format(7, 0)), litellm_params={}, request_body=body)


def test_a_handler_without_a_retry_is_called_once_more() -> None:
    calls: list[Item] = []

    async def handler(messages: list[Item], anthropic_messages_optional_request_params: Item) -> Any:
        calls.append({"messages": messages, **anthropic_messages_optional_request_params})
        anthropic_messages_optional_request_params.clear()  # as LiteLLM does
        raise Error(FORGED.format(7, 0)) if len(calls) == 1 else Error("second")

    handle = module("claude.heal_hooks").heals_itself(handler)
    with pytest.raises(Error, match="second"):
        asyncio.run(handle(messages=history(), anthropic_messages_optional_request_params={"thinking": ADAPTIVE}))
    assert [texts(call["messages"]) for call in calls] == ["1234", "123"]
    assert calls[1]["thinking"] == ADAPTIVE


@pytest.mark.parametrize("status", [None, "teapot", "", object()])
def test_a_status_that_is_no_number_hides_no_error(status: Any) -> None:
    error = Error("boom")
    error.status_code = error.response.status_code = status

    async def handler(**_: Any) -> Any:
        raise error

    hooks = module("claude.heal_hooks")
    with pytest.raises(Error, match="boom"):
        asyncio.run(hooks.heals_itself(handler)(messages=history()))
    assert not hooks.retries(Config.should)(Config(), e=error, litellm_params={})


def test_an_answer_that_nobody_has_read_is_litellms_own_matter() -> None:
    class Unread:
        status_code = 400

        @property
        def text(self) -> str:
            raise RuntimeError("not read")

    error = Error("boom")
    error.response = Unread()
    should = module("claude.heal_hooks").retries(lambda _self, _e, _params: True)
    assert should(Config(), error, {}) is True
