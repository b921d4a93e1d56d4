"""Other programs: what of the user's variables reaches them."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from scripts.commands import beside, clean
from scripts.errors import CommandFailed


def test_what_would_lead_python_or_pytest_astray_stays_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTEST_ADDOPTS", "VIRTUAL_ENV"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("KEPT", "x")
    variables = clean()
    assert variables["KEPT"] == "x"
    assert not [name for name in variables if name.startswith(("PYTHON", "PYTEST", "VIRTUAL_ENV"))]


def python(text: str) -> list[str]:
    return [sys.executable, "-c", text]


def test_a_command_beside_a_block_has_ended_behind_it(tmp_path: Path) -> None:
    done = tmp_path / "done"
    with beside(python(f"import pathlib; pathlib.Path({str(done)!r}).touch()"), os.environ):
        pass
    assert done.exists()


def test_a_command_beside_a_block_has_to_succeed() -> None:
    with pytest.raises(CommandFailed, match="exit status 3"), beside(python("raise SystemExit(3)"), os.environ):
        pass
    with pytest.raises(CommandFailed, match="no-such-program"), beside(["no-such-program"], os.environ):
        pytest.fail("it was started")


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="it looks at a group of processes")
def test_a_command_beside_a_block_that_fails_is_ended_with_all_that_it_has_started(tmp_path: Path) -> None:
    started = tmp_path / "started"
    sleeping = "import os, pathlib, sys, time; pathlib.Path(sys.argv[1]).write_text(str(os.getpid())); time.sleep(600)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {sleeping!r}, {str(started)!r}])"
    start = time.monotonic()
    with pytest.raises(ZeroDivisionError), beside(python(parent), os.environ):
        _fail_after(started)
    assert time.monotonic() - start < 300, "it was waited for"
    with pytest.raises(ProcessLookupError):
        _alive(int(started.read_text()))


def _fail_after(started: Path) -> None:
    while not (started.exists() and started.read_text()):
        time.sleep(0.01)
    raise ZeroDivisionError


def _alive(process: int) -> None:
    """Raises ProcessLookupError once it has ended; who adopts it may take a moment to notice."""
    for _ in range(500):
        os.kill(process, 0)
        time.sleep(0.01)
