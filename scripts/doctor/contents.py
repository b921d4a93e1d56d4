"""The files of what is examined, read with limits: a folder that holds packages, or a wheel.

Nothing here trusts a name or a size that it is told: only regular files are opened, and never more of one than LIMIT.
"""

from __future__ import annotations

import hashlib
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Protocol

from packaging.utils import canonicalize_name

from scripts.doctor import indicators
from scripts.errors import CannotExamine
from scripts.releases.upstream import PROJECT

LIMIT = 1 << 28
"""Bytes of a file that are read at most; the largest that upstream published has 84 million."""

TOTAL = 1 << 32
"""Bytes of a wheel that are read at most, in all of its files."""

_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


class CannotRead(Exception):
    """A file that cannot be read; says why."""


@dataclass(frozen=True)
class Scanned:
    """A file as it is: SHA-256, size in bytes, the indicators in it; or the `problem` that kept it from being read."""

    sha256: str = ""
    size: int = 0
    mentions: tuple[str, ...] = ()
    problem: str = ""


class Contents(Protocol):
    """Files by their paths, with slashes, relative to the folder that is on Python's path.

    `names` are those of LiteLLM and its dist-info (of a wheel all), `startup` the files beside them that Python runs at
    every start; `odd` says of names what must not be there.
    """

    @property
    def names(self) -> frozenset[str]: ...

    @property
    def startup(self) -> frozenset[str]: ...

    @property
    def odd(self) -> dict[str, str]: ...

    def read(self, name: str) -> bytes:
        """The content of a file. Raises CannotRead."""

    def outside(self, name: str) -> bool:
        """Whether a path of RECORD leads where an installer puts no file."""


@dataclass(frozen=True)
class Folder:
    """A folder that packages are installed in, such as site-packages; `prefix` is the folder of its environment."""

    path: Path
    prefix: Path

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(name for name, kind in self._entries.items() if kind != "folder")

    @cached_property
    def startup(self) -> frozenset[str]:
        return frozenset(entry.name for entry in self._top if indicators.runs_at_start(entry.name))

    @cached_property
    def odd(self) -> dict[str, str]:
        return {name: "a symbolic link to a folder" for name, kind in self._entries.items() if kind == "folder"}

    @property
    def linked(self) -> frozenset[str]:
        """The files that are symbolic links, as `uv pip install --link-mode symlink` makes them."""
        return frozenset(name for name, kind in self._entries.items() if kind == "link")

    def read(self, name: str) -> bytes:
        path = self.path / name
        try:
            if not stat.S_ISREG(path.stat().st_mode):
                raise CannotRead("is no regular file")
            with path.open("rb") as file:
                data = file.read(LIMIT + 1)
        except FileNotFoundError:
            raise CannotRead("is not there") from None
        except OSError as error:
            raise CannotRead(f"cannot be read ({error.strerror})") from error
        except ValueError as error:  # such as a NUL in the name
            raise CannotRead(f"cannot be read ({error})") from error
        if len(data) > LIMIT:
            raise CannotRead(f"is larger than {LIMIT >> 20} MiB")
        return data

    def outside(self, name: str) -> bool:
        if _absolute(name):
            return True
        place = Path(os.path.normpath(self.path / name))
        return not place.is_relative_to(self.prefix)

    @cached_property
    def _top(self) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(self.path) as entries:
                return list(entries)
        except OSError as error:
            raise CannotExamine(str(self.path), f"the folder cannot be read ({error.strerror})") from error

    @cached_property
    def _entries(self) -> dict[str, str]:
        """The files of LiteLLM, and what is special about each: a link, or a link to a folder."""
        tops = [entry for entry in self._top if entry.name == PROJECT or is_dist_info(entry.name)]
        return {name: kind for entry in tops for name, kind in self._walk(Path(entry.path))}

    def _walk(self, top: Path) -> Iterator[tuple[str, str]]:
        # A package folder that is itself a link is followed, as Python does; links below it are not.
        for place, folders, files in os.walk(top):
            folders[:] = [name for name in folders if name != "__pycache__"]
            for name in [*files, *(name for name in folders if (Path(place) / name).is_symlink())]:
                path = Path(place) / name
                kind = "folder" if name in folders else "link" if path.is_symlink() else ""
                yield path.relative_to(self.path).as_posix(), kind


@dataclass
class Wheel:
    """A wheel file. Raises CannotExamine where it is no archive at all."""

    path: Path
    _left: int = field(default=TOTAL, init=False)

    def __post_init__(self) -> None:
        try:
            self._archive = zipfile.ZipFile(self.path)
        except OSError as error:
            raise CannotExamine(str(self.path), f"it cannot be read ({error.strerror})") from error
        except _BROKEN as error:
            raise CannotExamine(str(self.path), f"it is not a whole wheel ({error})") from error

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(entry.filename for entry in self._archive.infolist() if not entry.is_dir())

    @property
    def startup(self) -> frozenset[str]:
        return frozenset()

    @cached_property
    def odd(self) -> dict[str, str]:
        found: dict[str, str] = {}
        seen: set[str] = set()
        for entry in self._archive.infolist():
            name = entry.filename
            if name in seen:
                found[name] = "in the wheel twice"
            elif self.outside(name):
                found[name] = "a path that leads out of the wheel"
            elif stat.S_ISLNK(entry.external_attr >> 16):
                found[name] = "a symbolic link"
            seen.add(name)
        return found

    def read(self, name: str) -> bytes:
        try:
            entry = self._archive.getinfo(name)
            if entry.file_size > min(LIMIT, self._left):
                raise CannotRead(f"says that it unpacks to {entry.file_size >> 20} MiB, and was not unpacked")
            self._left -= entry.file_size
            return self._archive.read(entry)
        except KeyError:
            raise CannotRead("is not there") from None
        except (OSError, *_BROKEN) as error:
            raise CannotRead(f"cannot be unpacked ({error})") from error

    def outside(self, name: str) -> bool:
        return _absolute(name) or ".." in PurePosixPath(name).parts or "\\" in name


def is_dist_info(name: str) -> bool:
    """Whether a folder's name is that of a dist-info of LiteLLM, whatever its version."""
    return name.endswith(".dist-info") and canonicalize_name(name.partition("-")[0]) == PROJECT


def scan(contents: Contents, name: str) -> Scanned:
    """Read one file, once for all that is asked of it."""
    try:
        data = contents.read(name)
    except CannotRead as problem:
        return Scanned(problem=str(problem))
    return Scanned(hashlib.sha256(data).hexdigest(), len(data), indicators.mentioned(name, data))


def _absolute(name: str) -> bool:
    return PurePosixPath(name).is_absolute() or bool(PureWindowsPath(name).drive)
