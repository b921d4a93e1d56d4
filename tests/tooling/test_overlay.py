"""The logic of the fixes, without LiteLLM."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

from scripts.paths import PATCHES

Item = dict[str, Any]


@pytest.fixture(autouse=True)
def _overlay(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(PATCHES / "overlay"))
    yield
    for name in [name for name in sys.modules if name.split(".")[0] == "litellm"]:
        del sys.modules[name]


def turn(*blocks: Item) -> list[Item]:
    """The input items of a turn, made as the adapter makes them: text is kept back, calls go out at once."""
    add_reasoning = import_module("litellm.thinking_round_trip.reasoning_items").add_reasoning
    items: list[Item] = []
    parts: list[Item] = []
    for block in blocks:
        if block["type"] in ("thinking", "redacted_thinking"):
            add_reasoning(items, parts, block)
        elif block["type"] == "text":
            parts.append({"type": "output_text", "text": block["text"]})
        else:
            items.append({"type": "function_call", "call_id": block["id"]})
    return [*items, message(*(part["text"] for part in parts))] if parts else items


def thinking(text: object, signature: str | None = None) -> Item:
    return {"type": "thinking", "thinking": text, "signature": signature}


def redacted(data: object) -> Item:
    return {"type": "redacted_thinking", "data": data}


def text(words: str) -> Item:
    return {"type": "text", "text": words}


def call(name: str) -> Item:
    return {"type": "tool_use", "id": name}


def reasoning(*texts: str, **more: str) -> Item:
    return {"type": "reasoning", "summary": [{"type": "summary_text", "text": words} for words in texts], **more}


def message(*texts: str) -> Item:
    content = [{"type": "output_text", "text": words} for words in texts]
    return {"type": "message", "role": "assistant", "content": content}


MINTED = "litellm_encrypted_reasoning:gAAA=="


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        ([thinking("A"), text("t")], [reasoning("A"), message("t")]),
        ([thinking("A"), call("c")], [reasoning("A"), {"type": "function_call", "call_id": "c"}]),
        ([thinking("A"), thinking("B"), text("t")], [reasoning("A", "B"), message("t")]),
        (
            [thinking("A"), text("s"), thinking("B"), text("t")],
            [reasoning("A"), message("s"), reasoning("B"), message("t")],
        ),
        ([thinking("A"), thinking(""), thinking("B")], [reasoning("A", "B")]),
        ([text("s"), thinking(""), text("t")], [message("s", "t")]),
        ([thinking(None), text("t")], [message("t")]),
        ([thinking(5), text("t")], [message("t")]),
        ([redacted("EmwKclaude"), text("t")], [message("t")]),
        ([redacted(MINTED), text("t")], [reasoning(encrypted_content="gAAA=="), message("t")]),
        ([redacted(None), text("t")], [message("t")]),
        ([thinking("", "ErUBclaude"), text("t")], [message("t")]),
        ([thinking("A", "ErUBclaude"), text("t")], [reasoning("A"), message("t")]),
        ([thinking("A", MINTED), text("t")], [reasoning("A", encrypted_content="gAAA=="), message("t")]),
        ([thinking("", MINTED), text("t")], [reasoning(encrypted_content="gAAA=="), message("t")]),
        ([thinking("", "litellm_encrypted_reasoning:"), text("t")], [message("t")]),
        (
            [thinking("A", MINTED), thinking("B"), thinking("C", MINTED), thinking("D")],
            [
                reasoning("A", encrypted_content="gAAA=="),
                reasoning("B"),
                reasoning("C", encrypted_content="gAAA=="),
                reasoning("D"),
            ],
        ),
    ],
)
def test_thinking_becomes_reasoning_items(blocks: list[Item], expected: list[Item]) -> None:
    assert turn(*blocks) == expected


def test_the_client_s_blocks_are_left_alone() -> None:
    block = thinking("A", MINTED)
    before = dict(block)
    turn(block, text("t"))
    assert block == before


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        ([thinking("A")], "A"),
        ([thinking("A"), thinking("B")], "A\nB"),
        ([thinking("A"), {"type": "redacted_thinking", "data": "x"}, thinking("B")], "A\nB"),
        ([thinking("</think>{}\u2028🙂")], "</think>{}\u2028🙂"),
        ([thinking(""), thinking(None)], None),
        ([thinking(5), thinking(["A"]), thinking("B")], "B"),
        ([{"type": "redacted_thinking", "data": "x"}], None),
        ([], None),
    ],
)
def test_thinking_becomes_reasoning_content(blocks: list[Item], expected: str | None) -> None:
    module = import_module("litellm.thinking_round_trip.reasoning_content")
    sent: Item = {"role": "assistant", "content": "t"}
    module.add_reasoning_content(sent, blocks)
    assert sent.get("reasoning_content") == expected
    assert ("reasoning_content" in sent) == (expected is not None)
