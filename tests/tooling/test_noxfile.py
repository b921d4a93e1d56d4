"""The environments of the sessions: made once for the requirements that are pinned."""

from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from scripts.paths import ROOT

PINS = Path("scripts/requirements.txt")


class Session:
    """One of nox's, with an environment."""

    def __init__(self, folder: Path) -> None:
        self.virtualenv = SimpleNamespace(location=str(folder))
        self.installed: list[str] = []
        self.fails = False

    def install(self, *words: str) -> None:
        self.installed.append(words[-1])
        if self.fails:
            raise RuntimeError("no network")


@pytest.fixture(scope="module")
def noxfile() -> dict[str, Any]:
    """What the noxfile defines; nox registers its sessions once."""
    return runpy.run_path(str(ROOT / "noxfile.py"))


@pytest.fixture
def install(noxfile: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The noxfile's function, in a folder with pinned requirements of its own."""
    monkeypatch.chdir(tmp_path)
    PINS.parent.mkdir()
    PINS.write_text("a==1\n", encoding="utf-8")
    (tmp_path / "environment").mkdir()
    return noxfile["install"]


def test_it_installs_once_and_anew_when_a_pin_changes(install: Any, tmp_path: Path) -> None:
    for pins, installed in (("a==1\n", [str(PINS)]), ("a==1\n", []), ("a==2\n", [str(PINS)]), ("a==2\n", [])):
        PINS.write_text(pins, encoding="utf-8")
        session = Session(tmp_path / "environment")
        install(session, "engine")
        assert session.installed == installed


def test_what_could_not_be_installed_is_tried_again(install: Any, tmp_path: Path) -> None:
    session = Session(tmp_path / "environment")
    install(session, "engine")
    PINS.write_text("a==2\n", encoding="utf-8")
    session.fails = True
    with pytest.raises(RuntimeError, match="no network"):
        install(session, "engine")
    PINS.write_text("a==1\n", encoding="utf-8")
    again = Session(tmp_path / "environment")
    install(again, "engine")
    assert again.installed == [str(PINS)], "half of it may be there"
