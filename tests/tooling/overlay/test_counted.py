"""What a provider is asked to count (`claude/counted.py`)."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import Any

import pytest

pytestmark = pytest.mark.usefixtures("overlay")

FOREIGN = {"type": "thinking", "thinking": "K", "signature": "litellm_signed_by:moonshot:abc"}
HISTORY = [
    {"role": "user", "content": "Go."},
    {"role": "assistant", "content": [FOREIGN, {"type": "text", "text": "Gone."}]},
]


def _asked(model: str, *, knows_forms: bool, fails: bool = False, messages: Any = HISTORY, contents: Any = None) -> Any:
    """The messages that a counter is given, or None if it is not asked."""
    asked: list[Any] = []

    @import_module("litellm.thinking_round_trip.claude.counted").counting_what_goes_out
    class Base:
        pass

    def counted(messages: Any) -> int:
        asked.append(messages)
        if fails:
            raise ImportError("google.genai")
        return 7

    class Newer(Base):
        async def count_tokens(
            self, model_to_use: str, messages: Any, contents: Any, deployment: Any, messages_format: str = ""
        ) -> Any:
            return counted(messages)

    class Older(Base):
        async def count_tokens(self, model_to_use: str, messages: Any, contents: Any, deployment: Any) -> Any:
            return counted(messages)

    counter = Newer() if knows_forms else Older()
    deployment = {"litellm_params": {"model": model}}
    result = asyncio.run(counter.count_tokens(model.partition("/")[2], messages, contents, deployment))
    assert result == (7 if asked and not fails else None)
    return asked[0] if asked else None


def test_claude_counts_what_it_signed() -> None:
    assert _asked("anthropic/claude-sonnet-4-5", knows_forms=False)[1]["content"] == [{"type": "text", "text": "Gone."}]


def test_others_count_without_marks() -> None:
    [thinking, _] = _asked("moonshot/kimi-k2.5", knows_forms=True)[1]["content"]
    assert thinking["signature"] == "abc"


@pytest.mark.parametrize(
    ("model", "expected"), [("gemini/gemini-3.1-pro-preview", {"signature": "c2ln"}), ("moonshot/kimi-k2.5", None)]
)
def test_the_signature_of_a_call_stands_on_the_call_or_nowhere(model: str, expected: Any) -> None:
    bearer = {"type": "thinking", "thinking": "", "signature": "litellm_signed_by:gemini:call:call_1:c2ln"}
    call = {"type": "tool_use", "id": "call_1", "name": "do", "input": {}}
    history = [HISTORY[0], {"role": "assistant", "content": [bearer, call]}]
    [counted] = _asked(model, knows_forms=True, messages=history)[1]["content"]
    assert counted.get("provider_specific_fields") == expected


@pytest.mark.parametrize(
    ("model", "knows_forms", "asked"),
    [
        ("openai/gpt-5", False, False),
        ("openai/gpt-5", True, True),
        ("gemini/gemini-3.1-pro-preview", False, False),
        ("gemini/gemini-3.1-pro-preview", True, True),
    ],
)
def test_a_counter_is_asked_in_a_form_that_it_knows(model: str, knows_forms: bool, asked: bool) -> None:
    assert (_asked(model, knows_forms=knows_forms) is not None) is asked


def test_plain_messages_and_contents_go_on() -> None:
    plain = [{"role": "user", "content": "Go."}]
    assert _asked("openai/gpt-5", knows_forms=False, messages=plain) == plain
    assert _asked("gemini/gemini-3.1-pro-preview", knows_forms=False, messages=plain, contents=[{}]) == plain


def test_a_counter_that_lacks_a_package_leaves_it_to_litellm() -> None:
    _asked("gemini/gemini-3.1-pro-preview", knows_forms=True, fails=True)
