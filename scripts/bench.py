"""The verb `bench`: how long the whole grid takes, measured in `import litellm`, the unit in which everybody waits."""

from __future__ import annotations

import argparse
import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from scripts import environment, releases, tests, upstream
from scripts.errors import CommandFailed
from scripts.paths import ROOT

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


def run(arguments: argparse.Namespace) -> int:
    """Measure a release, patched, in a clean environment (1: the grid takes longer than it may)."""
    lock = upstream.load()
    release = releases.find(lock, arguments.release) if arguments.release else lock.newest
    with environment.fresh(f"{release.version}-bench", release, tests.wheel_of(lock, release)) as python:
        timing = measure(python)
    print("\n".join(lines(str(release.version), timing)))
    return int(timing.ratio > LIMIT)


def measure(python: Path) -> Timing:
    """Measure in fresh processes of an environment that has no bytecode yet, and has it afterwards.

    Raises CommandFailed.
    """
    first = [_first_import(python) for _ in range(REPEATS)]
    _answer(python, "-c", IMPORT)
    later = [_answer(python, "-c", IMPORT) for _ in range(REPEATS)]
    played = _answer(python, "-m", "tests.round_trip.timing")
    return Timing(first, later, played["grid"], played["cases"], played["failed"])


def _first_import(python: Path) -> float:
    """Import as into an environment that was made just now: everything is compiled, and the bytecode is written."""
    with TemporaryDirectory() as empty:
        seconds: float = _answer(python, "-X", f"pycache_prefix={empty}", "-c", IMPORT)
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


def _answer(python: Path, *arguments: str) -> Any:
    """What a program prints last, as JSON; LiteLLM may print before it. Raises CommandFailed."""
    # Without the variable LiteLLM would ask the web for its cost map, and time that.
    variables = {**environment.clean(), "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    done = subprocess.run(
        [str(python), *arguments], env=variables, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stderr.splitlines() or ["no word"])[-1]
        raise CommandFailed(" ".join(["python", *arguments]), f"it ended with exit status {done.returncode}: {said}")
    return json.loads(done.stdout.splitlines()[-1])
