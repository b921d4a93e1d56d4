"""What a run of the matrix costs: what is timed can be imported."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from scripts.bench import matrix
from scripts.matrix.measure import Bench, Measured
from scripts.matrix.workers import Workers
from scripts.patching import series, trees
from tests.tooling import made
from tests.tooling.matrix.test_verdicts import published

CASE = "tool-loop/messages-moonshot"


def test_the_patched_tree_that_is_timed_can_be_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hook imports the overlay, so it has to be in the tree."""
    monkeypatch.setattr(trees, "BUILD", tmp_path / "build")
    monkeypatch.setattr(trees, "STORE", tmp_path / "build/trees")
    hook = made.HOOK.replace(" def translate", "+from litellm.thinking_round_trip import shouting\n def translate")
    folder = made.patches(tmp_path / "patches", {"1.82.1": hook.replace("+1,4", "+1,5")})
    patches = series.load(folder)
    files = {**made.FILES, "litellm/__init__.py": b"from litellm import adapter\n"}
    base = published(tmp_path)
    base = type(base)(base.release, base.file, made.wheel(tmp_path, files))
    bench = Bench(patches, [CASE])
    bench._workers.append(Workers(Path(sys.executable)))
    assert matrix._import(bench, Measured(base, patches.fixes, {}, (), {})) > 0
