"""A wheel that is packed again is the same, but for its version."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.patching import packing
from scripts.releases import wheels
from tests.tooling import made


def repacked(folder: Path) -> bytes:
    folder.mkdir()
    with wheels.opened(made.wheel(folder)) as wheel:
        wheel.unpack(folder / "tree")
    target = folder / "litellm-1.83.0+thinking.1-py3-none-any.whl"
    packing.pack(folder / "tree", "1.83.0+thinking.1", target)
    return target.read_bytes()


def test_packing_changes_the_version_and_nothing_else(tmp_path: Path) -> None:
    repacked(tmp_path / "a")
    with wheels.opened(tmp_path / "a/litellm-1.83.0+thinking.1-py3-none-any.whl") as wheel:
        assert wheel.dist_info == "litellm-1.83.0+thinking.1.dist-info"
        metadata = wheel.read(f"{wheel.dist_info}/METADATA").decode()
        assert metadata == made.METADATA.replace("Version: 1.83.0\n", "Version: 1.83.0+thinking.1\n")
        assert wheel.read(made.ADAPTER) == made.FILES[made.ADAPTER]
        assert len(wheel.names) == len(made.FILES) + 1


def test_packing_twice_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = repacked(tmp_path / "a")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert repacked(tmp_path / "b") == first
