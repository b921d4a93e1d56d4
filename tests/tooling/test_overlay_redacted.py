"""The two forms of redacted thinking's data, without LiteLLM."""

from __future__ import annotations

import base64
import sys
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

import pytest

from scripts.paths import PATCHES

DATA = base64.b64encode(b"\x12\xa4\x01sealed").decode()
WRAPPED = base64.b64encode(DATA.encode()).decode()


@pytest.fixture
def redacted(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(str(PATCHES / "overlay"))
    yield import_module("litellm.thinking_round_trip.redacted")
    for name in [name for name in sys.modules if name.split(".")[0] == "litellm"]:
        del sys.modules[name]


@pytest.mark.parametrize("data", [DATA, "no base64", "", "data", "Em\u00e9"])
def test_claudes_data_is_left_alone(redacted: ModuleType, data: str) -> None:
    assert redacted.native_data(data) == data


def test_bedrocks_wrapping_is_taken_off_and_put_on_once(redacted: ModuleType) -> None:
    assert redacted.native_data(WRAPPED) == DATA
    assert redacted.converse_content(WRAPPED) == redacted.converse_content(DATA) == WRAPPED
