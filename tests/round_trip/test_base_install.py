"""A base install, without the extra, plays each way of the grid (docs/failures.md#base-install)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.round_trip import base_install

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def missing(request: pytest.FixtureRequest) -> dict[str, list[str]]:
    """What could not be imported in each case that is chosen, all played in one process of their own."""
    chosen = [item.callspec.params["case"] for item in request.session.items if _is_ours(item)]
    path = os.pathsep.join(filter(None, sys.path))
    done = subprocess.run(
        [sys.executable, "-m", "tests.round_trip.base_install", *chosen],
        env={**os.environ, "PYTHONPATH": path},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
    return found


def _is_ours(item: pytest.Item) -> bool:
    return isinstance(item, pytest.Function) and item.originalname == test_base_install.__name__


@pytest.mark.parametrize("case", base_install.ids())
def test_base_install(case: str, missing: dict[str, list[str]], record_property: Callable[[str, object], None]) -> None:
    if missing[case]:
        record_property("failures", "base-install")
    assert not missing[case]
