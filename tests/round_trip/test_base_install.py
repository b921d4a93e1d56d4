"""A base install, without the extra, streams /v1/messages to a Responses backend (docs/failures.md#base-install)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("case", ["base-install/messages-openai-stream"])
def test_base_install(case: str, record_property: Callable[[str, object], None]) -> None:
    path = os.pathsep.join(filter(None, sys.path))
    done = subprocess.run(
        [sys.executable, "-m", "tests.round_trip.base_install"],
        env={**os.environ, "PYTHONPATH": path},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    missing = [failure for failure in json.loads(done.stdout.splitlines()[-1]) if "No module named" in failure]
    if missing:
        record_property("failures", "base-install")
    assert not missing
