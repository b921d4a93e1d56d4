"""Outcomes that were measured before, kept by the digest of everything that they depend on.

A file for each tree that was played: the harness, the wheel, what was changed in it, the locks and the Python are in
its name. In it each case has the digest of what it alone depends on, so that a changed conversation is played again by
itself.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import platform
import sys
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TypedDict

from scripts.matrix.results import ERRORED
from scripts.paths import BUILD, ROOT
from scripts.writing import whole
from tests.round_trip import families
from tests.round_trip.grid import Case
from tests.round_trip.jobs import Played

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FOLDER = BUILD / "outcomes"
PYTHON = platform.python_version()
"""Of the environments: they are made with the Python that runs the engine."""
HARNESS = ("tests/conftest.py", "tests/loopback.py", "tests/backends", "tests/conversations", "tests/round_trip")
LOCKS = ("tests/requirements.txt", "tests/overrides.txt")

_WORDS_ONLY = {"failures.toml", "families.py", "providers.toml", "summary.py", "timing.py", "translation.py"}
"""Modules and data of the harness that name or sum up what was played, and have no part in the playing."""

Play = Callable[[list[str]], Sequence[Played]]
Twins = Iterable[tuple[str, Collection[str]]]
"""Keys of other trees, and the parts of the cases (`families.part`) of which the outcomes are the same there."""


class _Kept(TypedDict):
    """What became of a case, and the digest of what it alone depends on."""

    source: str
    played: Played


def played(
    key: str, cases: Sequence[str], play: Play, *, twins: Callable[[], Twins] = tuple, anew: bool = False
) -> list[Played]:
    """What became of the cases, in their order: what is kept under the key or a twin's, and of the others what
    `play` gives.

    `anew` plays them all. What `play` raises is not kept, and neither is an error.
    """
    path = FOLDER / f"{key}.json.gz"
    own = {} if anew else _read(path)
    known = _of(cases, own)
    if len(known) < len(cases) and not anew:
        for twin, parts in twins():
            alike = [case for case in cases if families.part(case) in parts]
            known = _of(alike, _read(FOLDER / f"{twin}.json.gz")) | known
    missing = [case for case in cases if case not in known]
    if missing:
        news = {one["case"]: _Kept(source=source_digest(one["case"]), played=one) for one in play(missing)}
        # An error may be of the moment. And what is a twin's stays with the twin, whose files it depends on.
        kept = {case: one for case, one in news.items() if one["played"]["outcome"] != ERRORED}
        _write(path, _read(path) | kept)
        known |= news
    return [known[case]["played"] for case in cases]


def _of(cases: Iterable[str], known: Mapping[str, _Kept]) -> dict[str, _Kept]:
    """What is known of these cases, and was of them as they are."""
    return {case: known[case] for case in cases if case in known and known[case]["source"] == source_digest(case)}


@contextmanager
def elsewhere(folder: Path) -> Iterator[None]:
    """Keep outcomes in another folder while the block runs: one that is empty shows what a first run costs."""
    global FOLDER  # noqa: PLW0603  (there is one folder, for all threads)
    before, FOLDER = FOLDER, folder
    try:
        yield
    finally:
        FOLDER = before


def _read(path: Path) -> dict[str, _Kept]:
    with suppress(OSError, EOFError, ValueError, zlib.error):  # not there, or spoilt: then it is measured again
        return dict(json.loads(gzip.decompress(path.read_bytes())))
    return {}


def _write(path: Path, known: Mapping[str, object]) -> None:
    with whole(path) as temporary:
        temporary.write_bytes(gzip.compress(json.dumps(known).encode("ascii"), 3, mtime=0))


def key(harness: str, base: str, changed: Mapping[str, bytes]) -> str:
    """The digest of a tree: the harness's digest, the wheel's SHA-256, and what of the changes can be run."""
    told = [harness, base, *(f"{name}:{_sha256(data)}" for name, data in sorted(changed.items()))]
    return _sha256("\n".join(told).encode())


@cache
def harness_digest() -> str:
    """The digest of all that every case depends on: the backends, the players, the environment and the Python."""
    files = [path for path in _files(HARNESS) if not _is_of_one_case(path) and path.name not in _WORDS_ONLY]
    told = [f"{path.relative_to(ROOT)}:{_sha256(path.read_bytes())}" for path in [*files, *_files(LOCKS)]]
    pytest = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]
    return _sha256("\n".join([PYTHON, platform.system(), platform.machine(), json.dumps(pytest), *told]).encode())


@cache
def source_digest(case: str) -> str:
    """The digest of what a case alone depends on: its conversation, or which test it is, and what that plays."""
    test, what = families.node(case), case.partition("/")[0]
    conversation = families.PLAYS.get(what) if test else Case.parse(case).script
    names = [test.partition("::")[0]] if test else []
    names += [f"tests/conversations/{conversation}.toml"] if conversation else []
    return _sha256(b"".join([(test or "").encode(), *((ROOT / name).read_bytes() for name in names)]))


def _files(names: Iterable[str]) -> list[Path]:
    roots = [ROOT / name for name in names]
    files = (path for root in roots for path in (root.rglob("*") if root.is_dir() else [root]))
    return sorted(path for path in files if path.suffix in (".py", ".toml", ".txt"))


def _is_of_one_case(path: Path) -> bool:
    return path.name.startswith("test_") or (path.parent.name == "conversations" and path.suffix == ".toml")


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
