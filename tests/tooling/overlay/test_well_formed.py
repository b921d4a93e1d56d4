"""The overlay's repair of text that UTF-8 has no form for."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tooling.overlay.conftest import Overlay


class Block:
    """No JSON: what some callers hand over instead of a dict."""


BLOCK = Block()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cut: \ud83d", "cut: \ufffd"),
        ("\ude00 cut", "\ufffd cut"),
        ("joined again: \ud83d\ude00", "joined again: \U0001f600"),
        ("\ude00\ud83d", "\ufffd\ufffd"),
        ("Korean: \ud55c", "Korean: \ud55c"),
        ("Grüße 天気 🌦️", "Grüße 天気 🌦️"),
    ],
)
def test_halves_are_joined_or_replaced(text: str, expected: str, overlay: Overlay) -> None:
    well_formed = overlay("blocks.well_formed").well_formed
    assert well_formed([{"content": [{"text": text}]}, BLOCK]) == [{"content": [{"text": expected}]}, BLOCK]


@pytest.mark.parametrize("value", [[{"role": "user", "content": "Grüße 🌦️"}], [], [{"content": [{"input": {"a": 1}}]}]])
def test_what_can_be_encoded_stays_the_same_object(value: Any, overlay: Overlay) -> None:
    assert overlay("blocks.well_formed").well_formed(value) is value


def test_the_decorator_takes_messages_in_both_ways(overlay: Overlay) -> None:
    sends_well_formed = overlay("blocks.well_formed").sends_well_formed

    class Adapter:
        @sends_well_formed  # type: ignore[untyped-decorator]
        def translate(self, messages: Any, model: str = "") -> Any:
            return messages, model

    broken = [{"content": "\ud83d"}]
    assert Adapter().translate(broken, "m") == ([{"content": "\ufffd"}], "m")
    assert Adapter().translate(messages=broken, model="m") == ([{"content": "\ufffd"}], "m")
    assert broken == [{"content": "\ud83d"}], "the caller's history stays as it is"


def test_a_function_takes_a_history_by_name_or_first(overlay: Overlay) -> None:
    reads = overlay("blocks.well_formed").reads_well_formed(lambda *args, **kwargs: (args, kwargs))
    broken, mended = [{"content": "\ud83d"}], [{"content": "\ufffd"}]
    assert reads(broken, "m") == ((mended, "m"), {})
    assert reads(messages=broken, model="m") == ((), {"messages": mended, "model": "m"})
    assert reads(input=broken) == ((), {"input": mended})
    assert reads(input="a \ud83d") == ((), {"input": "a \ufffd"})
    assert reads("m", input=None) == (("m",), {"input": None})


def test_thinking_that_was_signed_with_half_a_pair_is_left_out(overlay: Overlay) -> None:
    reads = overlay("blocks.well_formed").reads_well_formed(lambda messages: messages)
    whole = {"type": "thinking", "thinking": "Whole.", "signature": "s"}
    signed = {"type": "thinking", "thinking": "Half \ud83d", "signature": "s"}
    unsigned = {"type": "thinking", "thinking": "Half \ud83d"}
    (message,) = reads([{"role": "assistant", "thinking_blocks": [whole, signed, unsigned]}])
    assert message["thinking_blocks"] == [whole, {**unsigned, "thinking": "Half \ufffd"}]
    assert reads([{"content": "\ud83d", "thinking_blocks": None}, BLOCK])[1] is BLOCK
