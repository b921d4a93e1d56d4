"""Thinking blocks as `reasoning_content`, without LiteLLM."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tooling.overlay.conftest import Overlay

Item = dict[str, Any]


def thinking(text: object) -> Item:
    return {"type": "thinking", "thinking": text, "signature": ""}


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
def test_thinking_becomes_reasoning_content(blocks: list[Item], expected: str | None, overlay: Overlay) -> None:
    sent: Item = {"role": "assistant", "content": "t"}
    overlay("chat.reasoning_content").add_reasoning_content(sent, blocks)
    assert sent.get("reasoning_content") == expected
    assert ("reasoning_content" in sent) == (expected is not None)
