"""What `stream_chunk_builder` makes of the thinking and the reasoning items of a stream (F20, N43)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.tooling.overlay.conftest import Overlay

ONE = {"type": "reasoning", "id": "rs_1", "encrypted_content": "c2VhbGVk"}
OTHER = {"type": "reasoning", "id": "rs_2", "encrypted_content": "b3RoZXI="}


def chunk(items: object) -> SimpleNamespace:
    return SimpleNamespace(choices=[SimpleNamespace(delta=SimpleNamespace(reasoning_items=items))])


def joined(overlay: Overlay, chunks: Any, message: SimpleNamespace) -> Any:
    """The message's items after the decorated function has joined chunks."""
    answer = SimpleNamespace(choices=[SimpleNamespace(message=message)])
    overlay("chat.built").keeping_reasoning(lambda chunks, messages=None: answer)(chunks, messages=[])
    return getattr(message, "reasoning_items", None)


@pytest.mark.parametrize(
    ("chunks", "expected"),
    [
        ([chunk(None), chunk([ONE]), chunk([OTHER])], [ONE, OTHER]),
        ([{"choices": [{"delta": {"reasoning_items": [ONE]}}]}], [ONE]),
        ([chunk([]), SimpleNamespace(choices=[]), SimpleNamespace()], None),
        ([chunk("not a list")], None),
        (None, None),
    ],
)
def test_the_items_of_all_chunks(overlay: Overlay, chunks: Any, expected: Any) -> None:
    assert joined(overlay, chunks, SimpleNamespace()) == expected


def test_a_message_that_has_items_is_left_alone(overlay: Overlay) -> None:
    assert joined(overlay, [chunk([ONE])], SimpleNamespace(reasoning_items=[OTHER])) == [OTHER]


def test_chunks_that_make_no_message(overlay: Overlay) -> None:
    assert overlay("chat.built").keeping_reasoning(lambda chunks: None)([chunk([ONE])]) is None


def told(text: str = "", signature: str = "", **fields: Any) -> Any:
    """A chunk with a piece of a thinking block."""
    piece = {"type": "thinking", "thinking": text, **({"signature": signature} if signature else {})}
    return {"choices": [{"delta": {"thinking_blocks": [piece], "reasoning_content": text, **fields}}]}


def said(**fields: Any) -> Any:
    return {"choices": [{"delta": fields}]}


def block(text: str, signature: str = "") -> dict[str, str]:
    return {"type": "thinking", "thinking": text, **({"signature": signature} if signature else {})}


SEALED = {"type": "redacted_thinking", "data": "x"}
TEXT, CALL = said(content="Hi."), said(tool_calls=[{"id": "a"}])


@pytest.mark.parametrize(
    ("chunks", "expected"),
    [
        ([told("One "), told("two."), told("", "s"), TEXT], [block("One two.", "s")]),
        ([told("One "), told("two."), told("One two.", "s"), TEXT], [block("One two.", "s")]),
        ([told("One "), told("two.", "s"), TEXT], [block("One two.", "s")]),
        (
            [told("One."), told("", "s"), TEXT, told("Two."), told("", "t"), CALL],
            [block("One.", "s"), block("Two.", "t")],
        ),
        ([told("One."), TEXT, told("Two."), told("", "t")], [block("One."), block("Two.", "t")]),
        ([told("", "s"), TEXT], [block("", "s")]),
        ([told("One."), TEXT], [block("One.")]),
        ([told(""), TEXT], []),
        ([said(reasoning_content="One."), told("", "s"), TEXT], [block("One.", "s")]),
        ([said(reasoning_content="One."), TEXT, told("", "s")], [block("", "s")]),
        ([said(reasoning_content="One."), TEXT], []),
        (
            [told("One."), said(thinking_blocks=[SEALED]), told("Two.", "t")],
            [block("One."), SEALED, block("Two.", "t")],
        ),
        ([told("One.", "s"), told("Two.", "t")], [block("One.", "s"), block("Two.", "t")]),
        ([said(thinking_blocks="odd"), said(thinking_blocks=["odd"]), said(thinking_blocks=None), TEXT], []),
    ],
)
def test_each_block_has_its_own_text_and_signature(overlay: Overlay, chunks: Any, expected: Any) -> None:
    message = SimpleNamespace(thinking_blocks="LiteLLM's")
    joined(overlay, chunks, message)
    assert message.thinking_blocks == (expected or "LiteLLM's")
