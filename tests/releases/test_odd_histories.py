"""A patched release fails nowhere that its published wheel succeeds, and in the same words where both fail.

`--odd-releases` says for which releases, as `matrix` takes them: the newest, if it is not given.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.matrix.measure import fit
from scripts.matrix.verb import published
from scripts.patching import series, trees
from scripts.paths import ROOT
from scripts.releases import releases, upstream
from scripts.suite import environment
from tests.releases.engine import NEWEST, needed

ANSWERED = "answered"
Outcome = list[str]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "release" in metafunc.fixturenames:
        chosen = releases.select(upstream.load(), metafunc.config.getoption("odd_releases") or NEWEST)
        metafunc.parametrize("release", [str(one.version) for one in chosen])


@pytest.fixture(scope="module")
def python() -> Iterator[Path]:
    """The Python of an environment that has all that the releases need, and none of them."""
    with environment.fresh("shared") as made:
        yield made


def test_nothing_fails_that_does_not_fail_published(release: str, python: Path, tmp_path: Path) -> None:
    before = _outcomes(release, python, tmp_path / "published.json", patched=False)
    after = _outcomes(release, python, tmp_path / "patched.json", patched=True)
    assert [one for one, _ in before] == [one for one, _ in after]
    assert sum(was == ANSWERED for _, was in before) > len(before) // 4, "hardly anything is answered as published"
    pairs = zip(before, after, strict=True)
    worse = [f"{one}\n  published: {was}\n  patched: {now}" for (one, was), (_, now) in pairs if _is_worse(was, now)]
    assert not worse, f"{len(worse)} of {len(before)}:\n" + "\n".join(worse[:10])


def _is_worse(was: str, now: str) -> bool:
    return now not in (ANSWERED, was)


def _outcomes(release: str, python: Path, record: Path, *, patched: bool) -> list[Outcome]:
    base = published([releases.find(upstream.load(), release)])[0]
    changed, _ = fit(base, needed(release)) if patched else ({}, [])
    files = {**series.load().overlay, **changed} if patched else {}
    with trees.laid_out(base.path, files) as tree:
        command = [str(python), "-m", "tests.round_trip.odd_histories", str(record)]
        subprocess.run(command, cwd=ROOT, env=trees.importing(tree), check=True, capture_output=True, text=True)
    kept: list[Outcome] = json.loads(record.read_text(encoding="utf-8"))
    return kept
