"""Running other programs."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from scripts.errors import CommandFailed
from scripts.paths import ROOT

ASTRAY = ("PYTHON", "PYTEST_", "VIRTUAL_ENV")
"""How the variables begin that lead Python or pytest elsewhere."""


def call(command: Sequence[str], env: Mapping[str, str] | None = None, quiet: bool = False) -> int:
    """Run a command in the project's folder and give its exit status; `quiet` throws its output away.

    Raises CommandFailed where it cannot start.
    """
    output = subprocess.DEVNULL if quiet else None
    try:
        return subprocess.run(
            command, env=dict(env or os.environ), cwd=ROOT, stdout=output, stderr=output, check=False
        ).returncode
    except OSError as error:
        raise CommandFailed(command[0], error.strerror or str(error)) from error


def check(command: Sequence[str], env: Mapping[str, str] | None = None) -> None:
    """Run a command that has to succeed. Raises CommandFailed."""
    _judge(command, call(command, env))


@contextmanager
def beside(command: Sequence[str], env: Mapping[str, str]) -> Iterator[None]:
    """Run a command that has to succeed while the block does; it is ended early where the block raises.

    Raises CommandFailed.
    """
    try:
        # A session of its own, so that it can be ended with all that it has started.
        process = subprocess.Popen(command, env=dict(env), cwd=ROOT, start_new_session=True)
    except OSError as error:
        raise CommandFailed(command[0], error.strerror or str(error)) from error
    with process:
        try:
            yield
            process.wait()
        except BaseException:
            end(process)
            raise
    _judge(command, process.returncode)


def end(process: subprocess.Popen[Any]) -> None:
    """End a process that has a session of its own, and all that it has started, at once."""
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()


def _judge(command: Sequence[str], status: int) -> None:
    if status:
        raise CommandFailed(" ".join(command), f"it ended with exit status {status}")


def clean() -> dict[str, str]:
    """The variables for a program in another environment: ours, less those that lead Python or pytest elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith(ASTRAY)}
