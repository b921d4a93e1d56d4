"""Programs for Node: the packages that a lock of npm's names, installed out of the way."""

from __future__ import annotations

import shutil
from pathlib import Path

from scripts.commands import check
from scripts.errors import NoNode
from scripts.paths import ROOT
from scripts.writing import reporting

LOCK = "package-lock.json"


def install(source: Path, target: Path) -> list[Path]:
    """Copy a folder of programs to `target`, and install the packages of each folder in it that has a lock.

    Gives these folders, by name. What is installed already, by the same lock, stays. Raises NoNode where Node or npm is
    not there, CommandFailed and CannotWrite.
    """
    npm = _found("npm")
    _found("node")
    with reporting(target):
        shutil.copytree(ROOT / source, target, ignore=shutil.ignore_patterns("node_modules"), dirs_exist_ok=True)
    folders = sorted(lock.parent for lock in target.glob(f"*/{LOCK}"))
    for folder in folders:
        _install(npm, folder)
    return folders


def _install(npm: str, folder: Path) -> None:
    """npm's own note of what it installed is written last, so a folder without it is not whole."""
    wanted, installed = folder / LOCK, folder / "node_modules" / LOCK
    if installed.exists() and installed.read_bytes() == wanted.read_bytes():
        return
    check([npm, "ci", "--prefix", str(folder)])
    with reporting(installed):
        shutil.copyfile(wanted, installed)


def _found(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        raise NoNode(program)
    return path
