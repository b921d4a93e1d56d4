"""The bench: what it makes of a measurement, and what it asks of the environment that it measures."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from packaging.version import Version

from scripts import bench, environment, tests, upstream
from scripts.__main__ import main
from scripts.bench import IMPORT, LIMIT, REPEATS, Timing, lines
from scripts.errors import CommandFailed

PYTHON = Path(sys.executable)


def timing(grid: float, failed: int = 0) -> Timing:
    return Timing(first=[9.0, 10.0, 30.0], later=[1.0, 2.5, 2.0], grid=grid, cases=600, failed=failed)


def test_a_measurement_is_told_in_three_lines() -> None:
    assert lines("1.99.4", timing(20.0, failed=7)) == [
        "litellm 1.99.4: 600 cases in 20.0 s, 30.0 a second; 7 of them fail",
        "import litellm: 10.0 s in a fresh environment, which has no bytecode yet; 2.0 s later",
        "the grid takes 2.00 first imports (3 at most), or 10.00 later ones",
    ]


@pytest.mark.parametrize(("grid", "status"), [(1.0, 0), (30.0, 0), (30.1, 1), (300.0, 1)])
def test_more_than_three_imports_are_too_many(
    grid: float, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(environment, "fresh", _fresh)
    monkeypatch.setattr(tests, "wheel_of", lambda lock, release: Path(f"{release.version}.whl"))
    monkeypatch.setattr(bench, "measure", lambda python: timing(grid))
    assert bench.run(Namespace(release="1.83.0")) == status
    out = capsys.readouterr().out
    assert out.startswith("litellm 1.83.0: 600 cases")
    assert (f"more than {LIMIT} imports" in out) == bool(status)


@contextmanager
def _fresh(name: str, release: upstream.Release, wheel: Path) -> Iterator[Path]:
    assert (name, release.version, wheel.name) == ("1.83.0-bench", Version("1.83.0"), "1.83.0.whl")
    yield PYTHON


def test_the_first_import_is_measured_before_there_is_bytecode(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []

    def answer(python: Path, *arguments: str) -> object:
        asked.append(arguments)
        return {"grid": 3.0, "cases": 5, "failed": 1} if arguments[0] == "-m" else float(len(asked))

    monkeypatch.setattr(bench, "_answer", answer)
    assert bench.measure(PYTHON) == Timing([1.0, 2.0, 3.0], [5.0, 6.0, 7.0], 3.0, 5, 1)
    first, later = asked[:REPEATS], asked[REPEATS:]
    assert [(flag, *rest) for flag, _, *rest in first] == [("-X", "-c", IMPORT)] * REPEATS
    folders = {cache.removeprefix("pycache_prefix=") for _, cache, *_ in first}
    assert len(folders) == REPEATS, "each first import has a cache of its own"
    assert later == [("-c", IMPORT)] * (REPEATS + 1) + [("-m", "tests.round_trip.timing")]


def test_the_last_line_of_a_program_is_its_answer() -> None:
    assert bench._answer(PYTHON, "-c", "print('Get Help!'); print('[1, 2.5]')") == [1, 2.5]


def test_a_program_that_fails_is_told_with_its_last_words() -> None:
    with pytest.raises(CommandFailed, match="ended with exit status 1: ModuleNotFoundError: No module named 'nothing'"):
        bench._answer(PYTHON, "-c", "import nothing")


def test_the_import_is_timed_by_itself() -> None:
    """The measured program is a real one: with another module in the place of LiteLLM it prints seconds."""
    assert bench._answer(PYTHON, "-c", IMPORT.replace("import litellm", "import this")) >= 0


@pytest.mark.parametrize("words", [["bench", "1.82.7"], ["bench", "1.80.0"], ["bench", "newest"]])
def test_a_release_that_cannot_be_measured_is_refused(words: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert capfd.readouterr().err.startswith("error: ")


def test_help_names_the_session(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["bench", "--help"])
    assert caught.value.code == 0
    assert "usage: nox -s bench -- [-h] [RELEASE]" in capsys.readouterr().out
