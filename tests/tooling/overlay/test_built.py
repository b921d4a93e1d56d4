"""What `stream_chunk_builder` leaves out of a joined message (N43 of tests/round_trip/failures.toml)."""

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
    overlay("chat.built").keeping_reasoning_items(lambda chunks, messages=None: answer)(chunks, messages=[])
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
    assert overlay("chat.built").keeping_reasoning_items(lambda chunks: None)([chunk([ONE])]) is None
