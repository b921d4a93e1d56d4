"""OpenRouter's entries in the blocks of a turn and back, without LiteLLM."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

pytestmark = pytest.mark.usefixtures("overlay")

Item = dict[str, Any]
GPT = {"format": "openai-responses-v1"}


def module() -> Any:
    return import_module("litellm.thinking_round_trip.blocks.sealed_details")


def summary(text: str, **more: Any) -> Item:
    return {"type": "reasoning.summary", "summary": text, **GPT, **more}


def sealed(data: str, **more: Any) -> Item:
    return {"type": "reasoning.encrypted", "data": data, "id": "rs_1", **GPT, **more}


SIGNED = {"type": "reasoning.text", "text": "T", "signature": "s", "format": "google-gemini-v1"}


@pytest.mark.parametrize(
    ("entries", "kinds"),
    [
        ([summary("A"), sealed("x")], ["thinking"]),
        ([summary("A"), summary("B"), sealed("x"), sealed("y")], ["thinking", "thinking"]),
        ([sealed("x"), summary("A")], ["redacted_thinking", "thinking"]),
        ([sealed("x", format=None)], ["redacted_thinking"]),
        ([SIGNED], ["thinking"]),
        ([summary("A")], []),
        ([{"type": "reasoning.text", "text": None, **GPT}, sealed("x")], ["redacted_thinking"]),
    ],
)
def test_entries_come_back_as_they_were(entries: list[Item], kinds: list[str]) -> None:
    blocks = module().sealed_blocks(entries)
    assert [block["type"] for block in blocks] == kinds
    assert module().unsealed(blocks) == (entries if kinds else [])
    is_foreign = import_module("litellm.thinking_round_trip.blocks.signatures").is_foreign
    assert all(is_foreign(block.get("signature") or block.get("data")) for block in blocks)


@pytest.mark.parametrize("data", ["", "x", "reasoning_details:%", "reasoning_details:e30=", "reasoning_details:WzFd"])
def test_what_carries_no_entries_gives_none(data: str) -> None:
    for block in (
        {"type": "redacted_thinking", "data": data},
        {"type": "thinking", "thinking": "A", "signature": data},
    ):
        assert module().unsealed([block, {"type": "text", "text": data}]) == []


@pytest.mark.parametrize(
    ("model", "formats"),
    [
        ("openai/gpt-5", ["openai-responses-v1"]),
        ("openrouter/google/gemini-3-pro-preview", ["google-gemini-v1"]),
        ("anthropic/claude-sonnet-4.5", [None]),
        ("deepseek/deepseek-v4", [None]),
        ("openrouter/auto", ["openai-responses-v1", "google-gemini-v1", None]),
        ("@preset/mine", ["openai-responses-v1", "google-gemini-v1", None]),
    ],
)
def test_a_model_gets_the_entries_of_its_vendor(model: str, formats: list[Any]) -> None:
    entries = [sealed("x"), SIGNED, sealed("z", format=None)]
    assert [entry["format"] for entry in module().readable(entries, model)] == formats


def test_nobody_else_gets_what_they_carry() -> None:
    unsigned = import_module("litellm.thinking_round_trip.claude.unsigned_thinking")
    content = module().sealed_blocks([summary("A"), sealed("x")]) + module().sealed_blocks([sealed("y")])
    history = [{"role": "assistant", "content": content}]
    (kimi,) = unsigned.without_marks(history, "api.moonshot.ai", verifies=False, native=True)
    assert kimi["content"] == [{"type": "thinking", "thinking": "A", "signature": ""}]
    (own,) = unsigned.without_marks(history, "openrouter", verifies=False)
    assert module().unsealed(own["content"]) == [summary("A"), sealed("x"), sealed("y")]
