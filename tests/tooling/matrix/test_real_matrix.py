"""The matrix on real releases."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.paths import BUILD, ROOT
from tests.tooling.real import engine

pytestmark = pytest.mark.xdist_group("grid")  # it would play beside those who do


def _playing(marker: str) -> set[int]:
    """The processes whose command line has a word in it."""
    return {
        int(folder.name)
        for folder in Path("/proc").glob("[0-9]*")
        if marker in (folder / "cmdline").read_bytes().decode(errors="replace")
    }


def _rooms() -> set[Path]:
    """The folders that the engine works in while it runs."""
    return {*BUILD.glob("tree-*"), *BUILD.glob("job-*"), *BUILD.glob("env/shared-*")}


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="it looks for processes in /proc")
def test_an_interrupted_matrix_goes_on_where_it_was(tmp_path: Path) -> None:
    before, rooms = _playing("tests.round_trip.worker"), _rooms()
    words = ["matrix", "--releases", "1.82.1,1.83.0", "--format", "json", "--output", str(tmp_path)]
    command = [sys.executable, "-m", "scripts", *words]
    with subprocess.Popen([*command, "--no-cache"], cwd=ROOT, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        told = next(line for line in running.stderr if line.startswith("[1/2]"))
        running.send_signal(signal.SIGINT)
        rest = running.stderr.read()
    assert running.returncode == 130, rest
    assert "Traceback" not in rest
    assert "run the same command again to go on" in rest
    assert not _playing("tests.round_trip.worker") - before
    assert not _rooms() - rooms
    assert not list(tmp_path.iterdir())
    done = engine(*words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert told.partition("] ")[2] in done.stderr
