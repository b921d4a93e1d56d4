"""Thinking on its way to Gemini, without LiteLLM."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from tests.tooling.overlay.conftest import Overlay

Item = dict[str, Any]


@pytest.fixture
def gemini(overlay: Overlay) -> ModuleType:
    module: ModuleType = overlay("chat.gemini_parts")
    return module


def said(words: str | None, *thoughts: str | None, calls: str = "") -> Item:
    message: Item = {"role": "assistant", "content": words}
    if thoughts:
        message["thinking_blocks"] = [
            {"type": "thinking", "thinking": one, "signature": "claude's"} for one in thoughts
        ]
    if calls:
        message["tool_calls"] = [{"id": name} for name in calls]
    return message


USER = {"role": "user", "content": "u"}


def test_the_thinking_of_a_message_is_its_reasoning_content(gemini: ModuleType) -> None:
    messages = [USER, said("t", "1", None, "", "2")]
    assert gemini.as_thoughts(messages) == [USER, {**said("t"), "reasoning_content": "1\n2"}]
    assert "reasoning_content" not in messages[1]


def test_redacted_thinking_says_nothing(gemini: ModuleType) -> None:
    message = {**said("t"), "thinking_blocks": [{"type": "redacted_thinking", "data": "d"}]}
    assert gemini.as_thoughts([message]) == [said("t")]
    assert gemini.as_thoughts([{**message, "reasoning_content": "r"}]) == [{**said("t"), "reasoning_content": "r"}]


def test_an_object_is_read_as_its_fields(gemini: ModuleType) -> None:
    class Message:
        """As LiteLLM's own: it can be subscripted, and is no mapping."""

        def __getitem__(self, name: str) -> Any:
            return self.model_dump()[name]

        def get(self, name: str) -> Any:
            return self.model_dump().get(name)

        def model_dump(self) -> Item:
            return said("t", "1")

    assert gemini.as_thoughts([Message()]) == [{**said("t"), "reasoning_content": "1"}]


def test_without_thinking_nothing_is_touched(gemini: ModuleType) -> None:
    messages = [USER, said("t", calls="a"), {**said("s"), "reasoning_content": "r", "thinking_blocks": None}]
    convert = gemini.thinks_in_parts(lambda messages, model: (messages, model))
    assert convert(messages=messages, model="m")[0] is messages
