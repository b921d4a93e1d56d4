"""Ids of calls that have a signature of Gemini's in them, without LiteLLM."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tooling.overlay.conftest import Overlay

Item = dict[str, Any]
LONG = "call_0__thought__c2ln+/=="


def called(name: Any) -> list[Item]:
    return [
        {"role": "user", "content": "Go."},
        {"role": "assistant", "content": [{"type": "text", "text": LONG}, {"type": "tool_use", "id": name}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": name, "content": LONG}]},
    ]


def test_a_call_and_its_result_lose_the_signature_and_nothing_else(overlay: Overlay) -> None:
    given = called(LONG)
    assert overlay("blocks.call_ids").bare_ids(given) == called("call_0")
    assert given == called(LONG)


@pytest.mark.parametrize("name", ["call_0", "toolu_1", "", None, 5, {}])
def test_other_ids_stay_and_so_does_the_list(overlay: Overlay, name: Any) -> None:
    given = called(name)
    assert overlay("blocks.call_ids").bare_ids(given) is given


@pytest.mark.parametrize("messages", [None, "words", [None], [{}], [{"content": [None, "words", {"id": LONG}]}]])
def test_what_is_no_history_stays(overlay: Overlay, messages: Any) -> None:
    assert overlay("blocks.call_ids").bare_ids(messages) is messages
