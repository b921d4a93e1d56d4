"""Clean environments: one release of LiteLLM, its dependencies and the pinned tools of the suite."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from pathlib import Path

from filelock import FileLock
from packaging.specifiers import SpecifierSet
from uv import find_uv_bin

from scripts import configuration
from scripts.commands import check
from scripts.errors import WrongPython
from scripts.paths import BUILD, ROOT
from scripts.requirements import OVERRIDES
from scripts.upstream import Release

ASTRAY = ("PYTHON", "PYTEST_", "VIRTUAL_ENV")
SUITE = ROOT / "tests" / "requirements.txt"


def create(name: str, release: Release | None = None, wheel: Path | None = None) -> Path:
    """Make `build/env/<name>` anew with the suite's requirements, and the wheel with what it requires itself.

    Gives the path of its Python. Raises WrongPython where the release does not run on this one, and CommandFailed.
    """
    if release is not None:
        _check_python(release)
    folder = BUILD / "env" / name
    with FileLock(_beside(folder)):
        shutil.rmtree(folder, ignore_errors=True)
        _uv("venv", "--python", sys.executable, "--no-python-downloads", str(folder))
        python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        _install(python, "--require-hashes", "--requirements", str(SUITE))
        if wheel is not None:
            _install(python, "--overrides", str(ROOT / OVERRIDES), str(wheel))
    return python


def clean() -> dict[str, str]:
    """The variables for a program in such an environment: ours, less those that lead Python or pytest elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith(ASTRAY)}


def _check_python(release: Release) -> None:
    if platform.python_version() not in SpecifierSet(release.requires_python):
        raise WrongPython(str(release.version), platform.python_version(), release.requires_python)


def _beside(folder: Path) -> Path:
    folder.parent.mkdir(parents=True, exist_ok=True)
    return folder.with_name(folder.name + ".lock")


def _install(python: Path, *what: str) -> None:
    _uv("pip", "install", "--python", str(python), *what)


def _uv(*arguments: str) -> None:
    variables = {**clean(), **configuration.environment(configuration.configured())}
    check([find_uv_bin(), *arguments, "--quiet"], variables)
