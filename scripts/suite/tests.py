"""The verb `tests`: the round-trip suite against a wheel that is installed in a clean environment."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from scripts.commands import beside, call, clean
from scripts.errors import UnknownCase
from scripts.patching import ranges, series, wheel
from scripts.patching.series import Fix, Series
from scripts.patching.wheel import Published
from scripts.paths import BUILD
from scripts.releases import fetch, releases, upstream
from scripts.releases.upstream import Lock, Release
from scripts.suite import environment
from tests.round_trip import families, grid

GRID = "tests/round_trip/test_round_trip.py"
PLAIN = "tests/round_trip/test_plain.py"
SUITE = ("tests/round_trip", "tests/judges", "tests/conversations")
CORES = ("-n", "auto", "--dist", "worksteal")
"""A whole folder takes all cores; for less, starting a second process would take longer than it saves."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the verb takes."""
    parser.usage = f"{parser.prog} [RELEASE] [CASE ...] [--unpatched] [pytest arguments]"
    parser.epilog = "RELEASE is the newest if not given. A CASE is an id such as tool-loop/messages-moonshot."
    parser.add_argument("--unpatched", action="store_true", help="test the wheel as it was published")
    parser.set_defaults(takes_rest=True)


def run(arguments: argparse.Namespace) -> int:
    """Build (or, with `arguments.unpatched`, just fetch) a wheel, install it, and run the suite against it.

    `arguments.rest` are the words of the user: perhaps a release, then case ids and pytest's arguments. Gives pytest's
    exit status; the results are in `build/junit/<release>[-unpatched].xml`.
    """
    name, words = split(arguments.rest)
    _check_cases(words)
    lock = upstream.load()
    release = releases.find(lock, name) if name else lock.newest
    if not arguments.unpatched:
        _needed(lock, release)  # what refuses to build it is told before anything is fetched
    compared = not arguments.unpatched and reads_wire(words)
    label = f"{release.version}-unpatched" if arguments.unpatched else str(release.version)
    with environment.fresh(
        label, release, wheel_of(lock, release, unpatched=arguments.unpatched or compared)
    ) as python:
        # Of a patched wheel we know what is still open, and what it must not change.
        options = [] if arguments.unpatched else ["--known-failures"]
        options += [f"--published-wire={_patch(python, lock, release)}"] if compared else []
        return call([str(python), *command(BUILD / "junit" / f"{label}.xml", words), *options], clean())


def _patch(python: Path, lock: Lock, release: Release) -> Path:
    """Put the patched wheel in the place of the published one.

    While it is built, the published one writes down what it sends where nobody thinks, in the file that is given.
    """
    record = BUILD / "wire" / f"{release.version}.json"
    record.parent.mkdir(parents=True, exist_ok=True)
    with beside([str(python), "-m", "tests.round_trip.plain", str(record)], clean()):
        path = wheel_of(lock, release)
    environment.put(path, python)
    return record


def reads_wire(words: Sequence[str]) -> bool:
    """Whether pytest will look at what the published wheel sends: where it is told of nothing else, it will."""
    chosen = [name for name in _resolved(words) if name.startswith("tests")]
    return not chosen or any(name.startswith(PLAIN) or PLAIN.startswith(name.rstrip("/")) for name in chosen)


def _resolved(words: Sequence[str]) -> list[str]:
    """The words with pytest's names in the place of cases' ids."""
    return [name for word in words for name in (nodes(word) if is_case(word) else [word])]


def split(words: Sequence[str]) -> tuple[str | None, Sequence[str]]:
    """The release that the first word names, if it does, and the rest."""
    if words and not words[0].startswith("-") and "/" not in words[0]:
        return words[0], words[1:]
    return None, words


def command(report: Path, words: Sequence[str]) -> list[str]:
    """The arguments for an environment's Python that run the suite; a case's id stands for the case alone."""
    chosen = _resolved(words)
    where = [] if any(word.startswith(SUITE) for word in chosen) else SUITE
    cores = CORES if where or set(chosen) & set(SUITE) else ()
    every = ["--every-cell"] if any(map(_is_left_out, words)) else []
    return ["-m", "pytest", f"--junitxml={report}", *where, *chosen, *cores, *every]


def _is_left_out(word: str) -> bool:
    """Whether a word is the id of a cell that pytest has only if it is asked for every one, which takes it seconds."""
    return is_case(word) and word not in _default() and families.node(word) is None


@cache
def _default() -> frozenset[str]:
    return frozenset(map(str, grid.cases()))


def is_case(word: str) -> bool:
    """Whether a word is a case's id, such as tool-loop/messages-moonshot-stream."""
    return "/" in word and not word.startswith(("-", ".", "/", "tests/"))


def nodes(case: str) -> list[str]:
    """pytest's names of a case: played by LiteLLM's async entry point, and perhaps by the sync one."""
    special = families.node(case)
    if special:
        return [special]
    both = any(str(one) == case and one.synchronous for one in _playable())
    return [f"{GRID}::{test}[{case}]" for test in ("test_round_trip", "test_round_trip_sync")[: 1 + both]]


def _check_cases(words: Sequence[str]) -> None:
    known = [str(case) for case in _playable()]
    for word in words:
        if is_case(word) and word not in known and not families.node(word):
            raise UnknownCase(word, get_close_matches(word, known, 1))


@cache
def _playable() -> list[grid.Case]:
    return grid.cases(every=True)


def wheel_of(lock: Lock, release: Release, *, unpatched: bool = False) -> Path:
    """The patched wheel of a release for this machine, or the one that was published."""
    file = wheel.files_for(release, None)[0]
    path = fetch.fetch(file)
    if unpatched:
        return path
    return wheel.build(Published(release, file, path), *_needed(lock, release)).path


def _needed(lock: Lock, release: Release) -> tuple[Series, list[Fix]]:
    """The series, and the fixes of it that the release needs. Raises Unmeasured where that is not known."""
    patches = series.load()
    return patches, ranges.needed(lock, patches, release.version)
