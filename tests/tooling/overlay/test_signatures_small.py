"""Signed thinking without text, and thinking blocks without `cache_control`."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

pytestmark = pytest.mark.usefixtures("overlay")


def module(name: str) -> Any:
    return import_module(f"litellm.thinking_round_trip.{name}")


def sealed(signature: str, text: str = "") -> dict[str, str]:
    return {"type": "thinking", "thinking": text, "signature": signature}


@pytest.mark.parametrize("decorator", ["unless_signed", "unless_sealed"])
def test_what_is_signed_is_kept(decorator: str) -> None:
    dropped = getattr(module("claude.sealed_thinking"), decorator)(lambda block: True)
    assert not dropped(sealed("EqQB"))
    assert dropped(sealed(""))
    assert dropped({"type": "text", "text": ""})


def test_what_another_sealed_is_not_claudes() -> None:
    assert module("claude.sealed_thinking").unless_sealed(lambda block: False)(sealed("litellm_encrypted_reasoning:x"))


def test_thinking_blocks_lose_the_key_and_nothing_else() -> None:
    block = {**sealed("EqQB", "T"), "cache_control": {}}
    messages = [{"role": "user", "content": "?"}, {"role": "assistant", "thinking_blocks": [block]}]
    prepare = module("claude.thinking_cache_control").uncached_thinking(lambda: ({"messages": messages}, {}))
    assert prepare()[0]["messages"][1] == {"role": "assistant", "thinking_blocks": [sealed("EqQB", "T")]}
    assert "cache_control" in block
