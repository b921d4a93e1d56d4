"""The verb `bench`: what the suite costs whoever runs it, and what the fixes cost whoever uses them; ratios of one run.

The whole grid, and the matrix, are measured in `import litellm`, the unit in which everybody waits; the translation of
long histories on /v1/messages, patched, in what the published release takes for it. Only the callback has a bound in
seconds.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from scripts.bench import callback, costs, matrix
from scripts.bench.costs import answer
from scripts.matrix import verb
from scripts.patching import series, trees
from scripts.releases import releases, upstream
from scripts.suite import environment, tests

SAMPLE = "smoke"
"""The releases on which the matrix is timed."""
LIMIT = 3
"""The grid may take as long as this many imports."""
REPEATS = 3

IMPORT = (
    "import json, time; start = time.perf_counter(); import litellm; print(json.dumps(time.perf_counter() - start))"
)


@dataclass(frozen=True)
class Timing:
    """Seconds of `import litellm`, first and later ones, several of each, and of the grid; counts of cases."""

    first: Sequence[float]
    later: Sequence[float]
    grid: float
    cases: int
    failed: int

    @property
    def ratio(self) -> float:
        """How many imports the grid takes, by the import that a user and CI meet: the one in a fresh environment."""
        return self.grid / median(self.first)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the verb takes."""
    parser.add_argument("release", nargs="?", metavar="RELEASE", help="such as 1.83.0; the newest if none is named")


def run(arguments: argparse.Namespace) -> int:
    """Measure a release, patched, in a clean environment (1: something takes longer than it may)."""
    lock = upstream.load()
    release = releases.find(lock, arguments.release) if arguments.release else lock.newest
    published = tests.wheel_of(lock, release, unpatched=True)
    with environment.fresh(f"{release.version}-bench", release, tests.wheel_of(lock, release)) as python:
        timing = measure(python)
        waits = callback.measure(python)
        with trees.laid_out(published) as tree:
            translation = costs.compare(python, tree)
    runs = matrix.measure(series.load(), verb.published(releases.select(lock, SAMPLE)))
    told = [*costs.lines(translation), *callback.lines(waits), *matrix.lines(runs)]
    print("\n".join([*lines(str(release.version), timing), *told]))
    return int(timing.ratio > LIMIT or translation.dear or callback.dear(waits) or runs.dear)


def measure(python: Path) -> Timing:
    """Measure in fresh processes of an environment that has no bytecode yet, and has it afterwards.

    Raises CommandFailed.
    """
    first = [_first_import(python) for _ in range(REPEATS)]
    answer(python, "-c", IMPORT)
    later = [answer(python, "-c", IMPORT) for _ in range(REPEATS)]
    played = answer(python, "-m", "tests.round_trip.timing")
    return Timing(first, later, played["grid"], played["cases"], played["failed"])


def _first_import(python: Path) -> float:
    """Import as into an environment that was made just now: everything is compiled, and the bytecode is written."""
    with TemporaryDirectory() as empty:
        seconds: float = answer(python, "-X", f"pycache_prefix={empty}", "-c", IMPORT)
    return seconds


def lines(release: str, timing: Timing) -> list[str]:
    """What there is to say of a measurement."""
    first, later = median(timing.first), median(timing.later)
    told = [
        f"litellm {release}: {timing.cases} cases in {timing.grid:.1f} s, {timing.cases / timing.grid:.1f} a second; "
        f"{timing.failed} of them fail",
        f"import litellm: {first:.1f} s in a fresh environment, which has no bytecode yet; {later:.1f} s later",
        f"the grid takes {timing.ratio:.2f} first imports ({LIMIT} at most), or {timing.grid / later:.2f} later ones",
    ]
    if timing.ratio > LIMIT:
        told.append(
            f"too slow: the grid takes more than {LIMIT} imports. Make cases faster, or leave out what repeats."
        )
    return told
