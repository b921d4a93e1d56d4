"""Running other programs."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence

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
    status = call(command, env)
    if status:
        raise CommandFailed(" ".join(command), f"it ended with exit status {status}")


def clean() -> dict[str, str]:
    """The variables for a program in another environment: ours, less those that lead Python or pytest elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith(ASTRAY)}
