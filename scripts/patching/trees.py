"""Releases laid out as trees that a shared environment's Python imports, instead of installations of their own.

Most files of a release are those of the one before. So each content is kept once, below `build/trees`, by its SHA-256,
and a tree is made of hard links to it; the bytecode that Python makes of a file is kept beside it and linked as well.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from scripts.commands import clean
from scripts.paths import BUILD
from scripts.releases import wheels
from scripts.writing import reporting, room, whole, write_text

STORE = BUILD / "trees"
_TIME = 315532800
"""The time of every kept file: Python takes bytecode for that of a source by the time and the size of it."""


@contextmanager
def laid_out(base: Path, changed: Mapping[str, bytes] | None = None) -> Iterator[Path]:
    """The files of a wheel, with those of `changed` (path to content) in their places, below a folder of their own.

    The folder is gone afterwards. Its files may be shared: they are not to be written to. Raises BadWheel and
    CannotWrite.
    """
    with room("tree", BUILD) as folder:
        files = {**_files(base), **{name: _keep(data) for name, data in (changed or {}).items()}}
        tree = _Tree(folder, files)
        with reporting(folder):
            tree.link()
        yield folder
        with reporting(STORE):
            tree.harvest()


@contextmanager
def elsewhere(store: Path) -> Iterator[None]:
    """Keep contents in another folder while the block runs: one that is empty shows what a first run costs."""
    global STORE  # noqa: PLW0603  (there is one store, for all threads)
    before, STORE = STORE, store
    try:
        yield
    finally:
        STORE = before


def contents(base: Path, changed: Mapping[str, bytes]) -> dict[str, str]:
    """The files of a wheel with those of `changed` in their places, path to SHA-256. Raises BadWheel."""
    return {**_files(base), **{name: _sha256(data) for name, data in changed.items()}}


def kept(digest: str) -> bytes:
    """The content of a file of a wheel, by its SHA-256 in `contents`."""
    return _kept(digest).read_bytes()


def reader(base: Path) -> Callable[[str], bytes]:
    """What reads a file of a wheel by its path, and raises KeyError where there is none. Raises BadWheel."""
    files = _files(base)
    return lambda name: _kept(files[name]).read_bytes()


def overwrite(tree: Path, changed: Mapping[str, bytes]) -> None:
    """Write files, path to content, into an unpacked wheel."""
    for name, content in changed.items():
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o644)


def importing(tree: Path) -> dict[str, str]:
    """The variables for a Python that imports LiteLLM from the tree."""
    return {**clean(), "PYTHONPATH": str(tree)}


def _files(base: Path) -> dict[str, str]:
    """The files of a wheel, path to SHA-256, all of which are in the store; the wheel is unpacked only once."""
    index = STORE / "wheels" / f"{_sha256(base.read_bytes())}.json"
    with suppress(FileNotFoundError, ValueError):
        known: dict[str, str] = json.loads(index.read_text(encoding="utf-8"))
        if all(_kept(digest).exists() for digest in known.values()):
            return known
    with wheels.opened(base) as wheel:
        files = {name: _keep(wheel.read(name)) for name in wheel.names}
    write_text(index, json.dumps(files, sort_keys=True))
    return files


def _keep(data: bytes) -> str:
    """Put content into the store, and return its digest."""
    digest = _sha256(data)
    path = _kept(digest)
    if not path.exists():
        with whole(path) as temporary:
            temporary.write_bytes(data)
            os.utime(temporary, (_TIME, _TIME))
    return digest


def _kept(digest: str) -> Path:
    return STORE / "files" / digest[:2] / digest


def _bytecode(digest: str) -> Path:
    return STORE / "bytecode" / str(sys.implementation.cache_tag) / digest[:2] / digest


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True)
class _Tree:
    """A folder, and the files that belong into it, path to SHA-256."""

    folder: Path
    files: Mapping[str, str]

    def link(self) -> None:
        for folder in {(self.folder / name).parent for name in self.files}:
            folder.mkdir(parents=True, exist_ok=True)
        for name, digest in self.files.items():
            _link(_kept(digest), self.folder / name)
        for compiled, digest in self._compiled():
            if _bytecode(digest).exists():
                compiled.parent.mkdir(exist_ok=True)
                _link(_bytecode(digest), compiled)

    def harvest(self) -> None:
        """Keep the bytecode that Python has made in the tree."""
        for compiled, digest in self._compiled():
            kept = _bytecode(digest)
            if compiled.exists() and not kept.exists():
                kept.parent.mkdir(parents=True, exist_ok=True)
                with suppress(FileExistsError):  # another worker was faster
                    _link(compiled, kept)

    def _compiled(self) -> Iterator[tuple[Path, str]]:
        """Where Python looks for the bytecode of each module, and the digest of the module's source."""
        for name, digest in self.files.items():
            if name.endswith(".py"):
                source = self.folder / name
                yield source.parent / "__pycache__" / f"{source.stem}.{sys.implementation.cache_tag}.pyc", digest


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links, or one file has as many as it can have
        shutil.copy2(source, target)
