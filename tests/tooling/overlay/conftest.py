"""The overlay without LiteLLM."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest

from scripts.paths import PATCHES

Overlay = Callable[[str], Any]


@pytest.fixture
def overlay(monkeypatch: pytest.MonkeyPatch) -> Iterator[Overlay]:
    """Import a module of the overlay by its name, without LiteLLM: `overlay("chat.carriers")`."""
    monkeypatch.syspath_prepend(str(PATCHES / "overlay"))
    yield lambda name: import_module(f"litellm.thinking_round_trip.{name}")
    for name in [name for name in sys.modules if name.split(".")[0] == "litellm"]:
        del sys.modules[name]
