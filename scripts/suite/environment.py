"""Clean environments: one release of LiteLLM, its dependencies and the pinned tools of the suite."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from packaging.specifiers import SpecifierSet
from uv import find_uv_bin

from scripts.commands import check, clean
from scripts.errors import WrongPython
from scripts.paths import BUILD, ROOT
from scripts.releases import configuration
from scripts.releases.upstream import Release
from scripts.suite.requirements import OVERRIDES
from scripts.writing import room

REQUIREMENTS = ROOT / "tests" / "requirements.txt"


@contextmanager
def fresh(name: str, release: Release | None = None, wheel: Path | None = None) -> Iterator[Path]:
    """A new environment with the suite's requirements, and with the wheel and what that requires itself.

    Gives the path of its Python; the environment is gone afterwards. Raises WrongPython where the release does not run
    on this Python, CommandFailed and CannotWrite.
    """
    if release is not None:
        check_python(release)
    with _empty(name) as python:
        _install(python, "--require-hashes", "--requirements", str(REQUIREMENTS))
        if wheel is not None:
            put(wheel, python)
        yield python


def put(wheel: Path, python: Path) -> None:
    """Install a wheel and what that requires, in the place of another one of the same release. Raises CommandFailed."""
    _install(python, "--overrides", str(ROOT / OVERRIDES), str(wheel))


@contextmanager
def with_proxy(name: str, release: Release, wheel: Path) -> Iterator[Path]:
    """A new environment with a wheel and its extra `proxy`, and nothing else: as pip would make it on this day.

    Gives the path of its Python; the environment is gone afterwards. Raises as `fresh` does.
    """
    check_python(release)
    with _empty(f"{name}-proxy") as python:
        _install(python, "--overrides", str(ROOT / OVERRIDES), f"litellm[proxy] @ {wheel.absolute().as_uri()}")
        yield python


@contextmanager
def _empty(name: str) -> Iterator[Path]:
    with room(name, BUILD / "env") as folder:
        _uv("venv", "--python", sys.executable, "--no-python-downloads", str(folder / "venv"))
        yield folder / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def check_python(release: Release) -> None:
    """Raises WrongPython where a release does not run on this Python."""
    if platform.python_version() not in SpecifierSet(release.requires_python):
        raise WrongPython(str(release.version), platform.python_version(), release.requires_python)


def _install(python: Path, *what: str) -> None:
    _uv("pip", "install", "--python", str(python), *what)


def _uv(*arguments: str) -> None:
    check([find_uv_bin(), *arguments, "--quiet"], {**clean(), **_configuration()})


@cache
def _configuration() -> dict[str, str]:
    """What uv is told about the indexes. To ask pip for it takes a second each time."""
    return configuration.environment(configuration.configured())
