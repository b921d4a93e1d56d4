"""The bench: what it makes of a measurement, and what it asks of the environment that it measures."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from packaging.version import Version

from scripts.__main__ import main
from scripts.bench import callback, costs
from scripts.bench import matrix as runs
from scripts.bench import verb as bench
from scripts.bench.matrix import AGAIN, IMPORTS, MEMORY, Cost
from scripts.bench.verb import IMPORT, LIMIT, REPEATS, Timing, lines
from scripts.errors import CommandFailed
from scripts.matrix import verb
from scripts.patching import trees
from scripts.releases import upstream
from scripts.suite import environment, tests

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
    _without_wheels(monkeypatch)
    monkeypatch.setattr(bench, "measure", lambda python: timing(grid))
    monkeypatch.setattr(costs, "compare", lambda python, tree: translation(1.0, 2.0))
    assert bench.run(Namespace(release="1.83.0")) == status
    out = capsys.readouterr().out
    assert out.startswith("litellm 1.83.0: 600 cases")
    assert (f"more than {LIMIT} imports" in out) == bool(status)


def _without_wheels(monkeypatch: pytest.MonkeyPatch) -> None:
    def wheel_of(lock: upstream.Lock, release: upstream.Release, *, unpatched: bool = False) -> Path:
        return Path(f"{release.version}-unpatched.whl" if unpatched else f"{release.version}.whl")

    monkeypatch.setattr(tests, "wheel_of", wheel_of)
    monkeypatch.setattr(verb, "published", lambda chosen: chosen)
    monkeypatch.setattr(runs, "measure", lambda patches, bases: matrix())
    monkeypatch.setattr(callback, "measure", lambda python: {"a request": 0.00005})
    monkeypatch.setattr(trees, "laid_out", _laid_out)


@contextmanager
def _laid_out(base: Path) -> Iterator[Path]:
    assert base.name == "1.83.0-unpatched.whl"
    yield Path("tree")


def translation(ratio: float, growth: float) -> costs.Translation:
    """One backend, whose patched requests take so much of the published ones' time, and so much for twice as many."""
    published = {100: 0.005, 200: 0.010, 400: 0.020}
    return costs.Translation({"moonshot": published}, {"moonshot": {200: 0.010 * ratio, 400: 0.010 * ratio * growth}})


@pytest.mark.parametrize(
    ("ratio", "growth", "dear"), [(1.0, 2.0, False), (1.05, 2.2, False), (1.051, 2.0, True), (0.9, 2.21, True)]
)
def test_the_fixes_may_cost_a_twentieth_and_grow_with_the_history(ratio: float, growth: float, dear: bool) -> None:
    measured = translation(ratio, growth)
    assert measured.dear is dear
    told = costs.lines(measured)
    assert told[0] == (
        f"a request with 200 messages to moonshot: 10.0 ms published, {10 * ratio:.1f} ms patched, {ratio:.3f} of it; "
        f"twice the history takes {growth:.2f} of the time"
    )
    assert len(told) == 1 + dear


def test_a_dear_fix_fails_the_bench(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(environment, "fresh", _fresh)
    _without_wheels(monkeypatch)
    monkeypatch.setattr(bench, "measure", lambda python: timing(1.0))
    monkeypatch.setattr(costs, "compare", lambda python, tree: translation(1.2, 2.0))
    assert bench.run(Namespace(release="1.83.0")) == 1
    assert "too dear" in capsys.readouterr().out


def test_a_slow_callback_fails_the_bench(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(environment, "fresh", _fresh)
    _without_wheels(monkeypatch)
    monkeypatch.setattr(bench, "measure", lambda python: timing(1.0))
    monkeypatch.setattr(costs, "compare", lambda python, tree: translation(1.0, 2.0))
    monkeypatch.setattr(callback, "measure", lambda python: {"a request": 0.0001, "another": 0.00001})
    assert bench.run(Namespace(release="1.83.0")) == 1
    out = capsys.readouterr().out
    assert "thinking_compat: 100.0 µs for a request, 200 messages without thinking" in out
    assert "too slow: thinking_compat may take 100 µs" in out


def test_the_releases_are_timed_in_turns_and_the_fastest_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def answer(python: Path, *arguments: str, variables: dict[str, str]) -> object:
        assert arguments == ("-m", "tests.round_trip.translation")
        asked.append(variables.get("PYTHONPATH", ""))
        return {"moonshot": {"200": 1.0 / len(asked), "400": float(len(asked))}}

    monkeypatch.setattr(costs, "answer", answer)
    found = costs.compare(PYTHON, Path("tree"))
    assert asked == ["tree", ""] * costs.ROUNDS
    last = 2 * costs.ROUNDS
    assert found.published == {"moonshot": {200: 1.0 / (last - 1), 400: 1.0}}
    assert found.patched == {"moonshot": {200: 1.0 / last, 400: 2.0}}


@contextmanager
def _fresh(name: str, release: upstream.Release, wheel: Path) -> Iterator[Path]:
    assert (name, release.version, wheel.name) == ("1.83.0-bench", Version("1.83.0"), "1.83.0.whl")
    yield PYTHON


def test_the_first_import_is_measured_before_there_is_bytecode(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []

    def answer(python: Path, *arguments: str) -> object:
        asked.append(arguments)
        return {"grid": 3.0, "cases": 5, "failed": 1} if arguments[0] == "-m" else float(len(asked))

    monkeypatch.setattr(bench, "answer", answer)
    assert bench.measure(PYTHON) == Timing([1.0, 2.0, 3.0], [5.0, 6.0, 7.0], 3.0, 5, 1)
    first, later = asked[:REPEATS], asked[REPEATS:]
    assert [(flag, *rest) for flag, _, *rest in first] == [("-X", "-c", IMPORT)] * REPEATS
    folders = {cache.removeprefix("pycache_prefix=") for _, cache, *_ in first}
    assert len(folders) == REPEATS, "each first import has a cache of its own"
    assert later == [("-c", IMPORT)] * (REPEATS + 1) + [("-m", "tests.round_trip.timing")]


def test_the_last_line_of_a_program_is_its_answer() -> None:
    assert costs.answer(PYTHON, "-c", "print('Get Help!'); print('[1, 2.5]')") == [1, 2.5]


def test_a_program_that_fails_is_told_with_its_last_words() -> None:
    with pytest.raises(CommandFailed, match="ended with exit status 1: ModuleNotFoundError: No module named 'nothing'"):
        costs.answer(PYTHON, "-c", "import nothing")


def test_the_import_is_timed_by_itself() -> None:
    """The measured program is a real one: with another module in the place of LiteLLM it prints seconds."""
    assert costs.answer(PYTHON, "-c", IMPORT.replace("import litellm", "import this")) >= 0


@pytest.mark.parametrize("words", [["bench", "1.82.7"], ["bench", "1.80.0"], ["bench", "newest"]])
def test_a_release_that_cannot_be_measured_is_refused(words: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert capfd.readouterr().err.startswith("error: ")


def test_help_names_the_session(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["bench", "--help"])
    assert caught.value.code == 0
    assert "usage: nox -s bench -- [-h] [RELEASE]" in capsys.readouterr().out


def matrix(cold: float = 50.0, again: float = 0.5, memory: float = 4e8) -> Cost:
    return Cost(trees=10, cold=cold, again=again, imports=50.0, memory=int(memory), disk=10**9)


@pytest.mark.parametrize(
    ("measured", "dear"),
    [
        (matrix(), False),
        (matrix(cold=50 * IMPORTS, again=50 * IMPORTS * AGAIN, memory=MEMORY), False),
        (matrix(cold=50.1 * IMPORTS), True),
        (matrix(again=50.1 * AGAIN), True),
        (matrix(memory=MEMORY + 1), True),
    ],
)
def test_the_matrix_may_take_some_imports_and_next_to_nothing_again(measured: Cost, dear: bool) -> None:
    assert measured.dear is dear
    told = runs.lines(measured)
    assert len(told) == 3 + dear
    assert told[0].startswith(f"the matrix: 10 trees in {measured.cold:.0f} s, {measured.ratio:.2f} times")
