"""The grid on real releases: red on a published wheel, as listed on the patched one, the same on trees; interrupted.

They are in one file, which one process runs in order: they leave each other the cores, and the matrix remembers for the
others what the first of them has it play.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scripts.matrix import results
from scripts.paths import BUILD, ROOT
from scripts.suite.tests import CORES, GRID
from tests.releases.engine import engine, needed
from tests.round_trip.failures import NEW
from tests.round_trip.grid import cases
from tests.tooling.junit_numbers import ERRORED, numbers_of

GRID_CASES = {str(case) for case in cases()}
REDISCOVERED = {"F1", "F3", "F4", "F7", "F10", "F11", "F16", "F18", "F19", "F21", "F24"}


def _playing(marker: str) -> set[int]:
    """The processes of this checkout whose command line has a word in it."""
    return {int(folder.name) for folder in Path("/proc").glob("[0-9]*") if _is_playing(folder, marker)}


def _is_playing(process: Path, marker: str) -> bool:
    try:
        return marker.encode() in (process / "cmdline").read_bytes() and (process / "cwd").readlink() == ROOT
    except OSError:  # it has ended since the folder was listed, or is another user's
        return False


def _rooms() -> set[Path]:
    """The folders that the engine works in while it runs."""
    return {*BUILD.glob("tree-*"), *BUILD.glob("job-*"), *BUILD.glob("env/shared-*")}


def _left(rooms: set[Path]) -> set[Path]:
    """Those of the rooms that stay: what other tests work in at the same time goes when they are done."""
    for _ in range(180):
        if not rooms & _rooms():
            return set()
        time.sleep(1)
    return rooms & _rooms()


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="it looks for processes in /proc")
def test_an_interrupted_matrix_goes_on_where_it_was(tmp_path: Path) -> None:
    before, rooms = _playing("tests.round_trip.worker"), _rooms()
    words = ["matrix", "--releases", "1.82.1,1.83.0", "--format", "json", "--output", str(tmp_path)]
    command = [sys.executable, "-m", "scripts", *words]
    with subprocess.Popen([*command, "--no-cache"], cwd=ROOT, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        before_it: list[str] = []
        for told in running.stderr:
            if told.startswith("[1/2]"):
                break
            before_it.append(told)
        else:
            pytest.fail(f"it ended by itself: {''.join(before_it)}")
        assert _playing("tests.round_trip.worker") - before
        running.send_signal(signal.SIGINT)
        rest = running.stderr.read()
    assert running.returncode == 130, rest
    assert "Traceback" not in rest
    assert "run the same command again to go on" in rest
    assert not _playing("tests.round_trip.worker") - before
    assert not _left(_rooms() - rooms)
    assert not list(tmp_path.iterdir())
    done = engine(*words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert told.partition("] ")[2] in done.stderr


@pytest.fixture(scope="module")
def published_1_83_0() -> dict[str, list[str]]:
    """The numbers of each case of the grid on the published wheel, installed."""
    # Most cases fail, and what is asked of them are their numbers: pytest's own words about each would take a minute.
    done = engine("tests", "1.83.0", "--unpatched", "-q", "--tb=line", *CORES, GRID)
    assert done.returncode == 1, done.stdout + done.stderr
    return numbers_of(BUILD / "junit" / "1.83.0-unpatched.xml")


def test_the_published_1_83_0_shows_what_was_measured_in_other_ways(published_1_83_0: dict[str, list[str]]) -> None:
    """Nothing but the grid tells the suite of these failures: each is the number of a case that failed."""
    for fix in needed("1.83.0"):
        red = [case for case in fix.cases if set(fix.failures) & set(published_1_83_0.get(case, []))]
        assert red or not GRID_CASES.issuperset(fix.cases), f"{fix.name}: no case shows any of {fix.failures}"
    assert not REDISCOVERED - {number for found in published_1_83_0.values() for number in found}
    assert not [case for case, found in published_1_83_0.items() if NEW in found or ERRORED in found]


def test_a_tree_gives_what_the_installed_wheel_gives(published_1_83_0: dict[str, list[str]], tmp_path: Path) -> None:
    """The matrix plays trees over an environment that all releases share: the outcomes have to be the same."""
    installed = {False: published_1_83_0}
    done = engine("tests", "1.83.0", "-q", *CORES, GRID)
    assert done.returncode == 0, done.stdout + done.stderr
    installed[True] = numbers_of(BUILD / "junit" / "1.83.0.xml")
    done = engine("matrix", "--releases", "1.83.0", "--format", "json", "--output", str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    played = results.read(tmp_path / "results.jsonl").results
    for patched, numbers in installed.items():
        found = {one.case: list(one.failures) for one in played if one.patched is patched and one.case in GRID_CASES}
        assert found == {case: numbers[case] for case in GRID_CASES}
