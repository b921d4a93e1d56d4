"""Kimi's and DeepSeek's demand for the field of their reasoning, without LiteLLM."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

Item = dict[str, Any]


pytestmark = pytest.mark.usefixtures("overlay")


TOOLS = {"tools": [{}]}
SPOKEN = {"role": "assistant", "content": "t"}
CALLED = {"role": "assistant", "content": None, "tool_calls": [{"id": "c"}]}


def fields(message: Item, provider: str, model: str, params: Item) -> Any:
    """The field after the gate; the message itself must stay as it was."""
    messages = [{"role": "user", "content": "q"}, message]
    before = dict(message)
    gates = import_module("litellm.thinking_round_trip.chat.gates")
    full = gates.filled(messages, provider, model, params)
    assert message == before
    assert (full is messages) == (full == messages)
    return full[1].get("reasoning_content")


@pytest.mark.parametrize(
    ("message", "provider", "model", "params", "field"),
    [
        (CALLED, "moonshot", "kimi-k9-preview", {}, " "),
        ({**CALLED, "reasoning_content": ""}, "moonshot", "kimi-k9-preview", {}, " "),
        ({**CALLED, "reasoning_content": "A"}, "moonshot", "kimi-k9-preview", {}, "A"),
        (SPOKEN, "moonshot", "kimi-k9-preview", {}, None),
        (CALLED, "moonshot", "kimi-k2-0905-preview", {}, None),
        (CALLED, "moonshot", "moonshot-v1-8k", {}, None),
        (CALLED, "moonshot", "kimi-k2.5", {"thinking": {"type": "disabled"}}, None),
        (CALLED, "moonshot", "kimi-k2.5", {"extra_body": {"thinking": {"type": "disabled"}}}, None),
        (CALLED, "deepseek", "deepseek-v9", TOOLS, " "),
        (SPOKEN, "deepseek", "deepseek-v9", TOOLS, " "),
        (SPOKEN, "deepseek", "deepseek-v9", {}, None),
        (SPOKEN, "deepseek", "deepseek-v9", {**TOOLS, "thinking": {"type": "disabled"}}, None),
        (SPOKEN, "deepseek", "deepseek-v9", {**TOOLS, "thinking": {"type": "enabled"}}, " "),
        (SPOKEN, "deepseek", "deepseek-chat", TOOLS, None),
        (SPOKEN, "deepseek", "deepseek-r1", TOOLS, None),
        (CALLED, "zai", "glm-4.7", TOOLS, None),
    ],
)
def test_the_field_is_there_where_it_is_demanded(
    message: Item, provider: str, model: str, params: Item, field: str | None
) -> None:
    assert fields(message, provider, model, params) == field


def test_real_reasoning_comes_before_the_placeholder() -> None:
    assert fields({**CALLED, "reasoning_content": "A"}, "moonshot", "kimi-k2.5", {}) == "A"
    stored = {"provider_specific_fields": {"reasoning_content": "A"}}
    assert fields({**CALLED, **stored}, "moonshot", "kimi-k2.5", {}) == "A"


def test_what_is_no_list_of_messages_is_left_alone() -> None:
    gates = import_module("litellm.thinking_round_trip.chat.gates")
    assert gates.filled(None, "moonshot", "kimi-k2.5", {}) is None
    assert gates.filled(["x"], "moonshot", "kimi-k2.5", {}) == ["x"]
