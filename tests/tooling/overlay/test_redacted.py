"""The two forms of redacted thinking's data, without LiteLLM."""

from __future__ import annotations

import base64
from types import ModuleType

import pytest

from tests.tooling.overlay.conftest import Overlay

DATA = base64.b64encode(b"\x12\xa4\x01sealed").decode()
WRAPPED = base64.b64encode(DATA.encode()).decode()


@pytest.fixture
def redacted(overlay: Overlay) -> ModuleType:
    module: ModuleType = overlay("blocks.redacted")
    return module


@pytest.mark.parametrize("data", [DATA, "no base64", "", "data", "Em\u00e9"])
def test_claudes_data_is_left_alone(redacted: ModuleType, data: str) -> None:
    assert redacted.native_data(data) == data


def test_bedrocks_wrapping_is_taken_off_and_put_on_once(redacted: ModuleType) -> None:
    assert redacted.native_data(WRAPPED) == DATA
    assert redacted.converse_content(WRAPPED) == redacted.converse_content(DATA) == WRAPPED
