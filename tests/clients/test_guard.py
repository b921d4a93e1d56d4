"""The guard of the programs on Node refuses what is outside, says so, and lets loopback through."""

from __future__ import annotations

import subprocess
from subprocess import CompletedProcess

import pytest

from tests.backends.server import served
from tests.clients.ai_sdk import GUARD, Line

# 192.0.2.0/24 is set aside for documentation, and .invalid never resolves: neither would answer if the guard were down.
FETCHES = """
const answer = await fetch("http://{}:{}").catch(() => null);
console.log(answer ? `${{answer.status}} ${{await answer.text()}}` : "swallowed");
"""


def _run(line: Line, host: str, port: int = 80) -> CompletedProcess[str]:
    program = FETCHES.format(host, port)
    return subprocess.run(
        [line.node, "--import", GUARD, "--input-type=module", "--eval", program],
        cwd=line.folder,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("host", ["192.0.2.1", "example.invalid", "[2001:db8::1]"])
def test_the_outside_is_refused(line: Line, host: str) -> None:
    done = _run(line, host)
    assert (done.returncode, done.stdout) == (3, "swallowed\n")
    assert done.stderr == f"refused: {host.strip('[]')}\n"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_loopback_is_open(line: Line, host: str) -> None:
    with served([]) as url:
        done = _run(line, host, int(url.rpartition(":")[2]))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("421 no backend")
