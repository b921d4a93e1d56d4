"""Real wheels for the tests of the engine, which may reach nothing but loopback: a child process fetches them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from scripts.paths import ROOT

_FETCH = (
    "import sys; from scripts.releases import fetch, releases, upstream; from scripts.patching import wheel;"
    "lock = upstream.load();"
    "files = [wheel.files_for(releases.find(lock, name), None)[0] for name in sys.argv[1:]];"
    "print(*fetch.fetch_all(files), sep='\\n')"
)


def published(*names: str) -> list[Path]:
    """The wheels of releases as they were published, from the engine's cache."""
    done = subprocess.run([sys.executable, "-c", _FETCH, *names], cwd=ROOT, capture_output=True, text=True, check=True)
    return [Path(line) for line in done.stdout.splitlines()]
