"""The engine as a user runs it, and what a release needs."""

from __future__ import annotations

import subprocess
import sys

from packaging.version import Version

from scripts.patching import ranges, series
from scripts.patching.series import Fix
from scripts.paths import ROOT
from scripts.releases import upstream

NEWEST = str(upstream.load().newest.version)


def engine(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scripts", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )


def needed(release: str) -> list[Fix]:
    """The fixes that were measured to be needed on a release: those that its wheel gets."""
    return ranges.needed(upstream.load(), series.load(), Version(release))
