"""Programs for Node are installed out of the way, once for each lock, and only where there is a Node."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.__main__ import main
from scripts.errors import CommandFailed, NoNode
from scripts.suite import node

NPM = """#!/bin/sh
echo "$@" >> {log}
mkdir -p "$3/node_modules" && echo package > "$3/node_modules/package"
exit {status}
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A folder of programs: a driver, and the lock of one line of packages with something installed beside it."""
    line = tmp_path / "source" / "line-1"
    (line / "node_modules").mkdir(parents=True)
    (line / "node_modules" / "astray").touch()
    (line / node.LOCK).write_text("one")
    (tmp_path / "source" / "driver.mjs").touch()
    return tmp_path / "source"


def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, status: int = 0) -> Path:
    """Put stand-ins for npm and node on the path; gives the file with the words that npm was called with."""
    folder, log = tmp_path / "bin", tmp_path / "npm.log"
    folder.mkdir(exist_ok=True)
    for name in ("npm", "node"):
        (folder / name).write_text(NPM.format(log=log, status=status))
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return log


def test_each_line_is_installed_once(tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log, target = programs(tmp_path, monkeypatch), tmp_path / "target"
    assert node.install(source, target) == [target / "line-1"]
    assert node.install(source, target) == [target / "line-1"]
    assert log.read_text() == f"ci --prefix {target / 'line-1'}\n"
    assert (target / "driver.mjs").exists()
    assert not (target / "line-1" / "node_modules" / "astray").exists()


def test_another_lock_is_installed_anew(tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log, target = programs(tmp_path, monkeypatch), tmp_path / "target"
    node.install(source, target)
    (source / "line-1" / node.LOCK).write_text("two")
    node.install(source, target)
    assert len(log.read_text().splitlines()) == 2


def test_what_was_not_installed_whole_is_tried_again(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs(tmp_path, monkeypatch, status=1)
    with pytest.raises(CommandFailed, match="exit status 1"):
        node.install(source, tmp_path / "target")
    log = programs(tmp_path, monkeypatch)
    node.install(source, tmp_path / "target")
    assert len(log.read_text().splitlines()) == 2


def test_without_node_the_session_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoNode):
        node.install(tmp_path, tmp_path / "target")
    assert main(["e2e", "1.83.0"]) == 2
    error = capfd.readouterr().err
    assert error.startswith("error: npm is not installed: ")
    assert "--no-node" in error
    assert len(error.splitlines()) == 1
