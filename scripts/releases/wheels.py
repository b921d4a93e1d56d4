"""A published wheel: checked against its RECORD before anything is read or unpacked."""

from __future__ import annotations

import csv
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from wheel.wheelfile import WheelError, WheelFile

from scripts.errors import BadWheel

_BROKEN = (WheelError, zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, ValueError, KeyError)
"""What reading an archive raises that is not a well-formed wheel."""


@dataclass(frozen=True)
class Wheel:
    """An open wheel whose files all agree with its RECORD."""

    archive: WheelFile

    @property
    def dist_info(self) -> str:
        """The name of its dist-info folder."""
        return str(self.archive.dist_info_path)

    @property
    def names(self) -> tuple[str, ...]:
        """The paths of its files."""
        return tuple(entry.filename for entry in self.archive.infolist() if not entry.is_dir())

    def read(self, name: str) -> bytes:
        """The content of one file. Raises KeyError where there is none."""
        if name not in self.archive.NameToInfo:
            raise KeyError(name)
        content: bytes = self.archive.read(name)
        return content

    def unpack(self, folder: Path) -> None:
        """Write all files below `folder`, with their permissions."""
        for entry in self.archive.infolist():
            if not entry.is_dir():
                path = Path(self.archive.extract(entry, folder))
                path.chmod(stat.S_IMODE(entry.external_attr >> 16) or 0o644)


@contextmanager
def opened(path: Path) -> Iterator[Wheel]:
    """Open a wheel, after checking all of it.

    Raises BadWheel for an archive that is damaged, that carries a `.pth` file (Python runs those at every start: the
    form of the 1.82.8 attack), a path that leads out of it, or a symbolic link, and for one that disagrees with RECORD.
    """
    with _archive(path) as archive:
        _check_entries(path.name, archive.infolist())
        _check_record(path.name, archive)
        yield Wheel(archive)


@contextmanager
def _archive(path: Path) -> Iterator[WheelFile]:
    try:
        archive = WheelFile(path)
    except _BROKEN as error:
        raise BadWheel(path.name, f"it is not a whole wheel ({error})") from error
    with archive:
        yield archive


def _check_entries(wheel: str, entries: list[zipfile.ZipInfo]) -> None:
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename
        if _leads_out(name):
            raise BadWheel(wheel, f"the path {name!r} leads out of it")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise BadWheel(wheel, f"{name!r} is a symbolic link")
        if name.lower().endswith(".pth"):
            raise BadWheel(wheel, f"it carries {name!r}, which Python would run at every start")
        if name in seen:
            raise BadWheel(wheel, f"it carries {name!r} twice")
        seen.add(name)


def _leads_out(name: str) -> bool:
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts or "\\" in name or bool(PureWindowsPath(name).drive)


def _check_record(wheel: str, archive: WheelFile) -> None:
    files = {entry.filename for entry in archive.infolist() if not entry.is_dir()}
    try:
        record = archive.read(archive.record_path).decode().splitlines()
        listed = {row[0] for row in csv.reader(record) if row}
        for name in sorted(files):
            archive.read(name)  # compares with the hash in RECORD
    except _BROKEN as error:
        raise BadWheel(wheel, f"its content disagrees with its RECORD ({error})") from error
    if listed != files:
        odd = sorted(listed ^ files)[0]
        where = "is not in RECORD" if odd in files else "is in RECORD but not in the wheel"
        raise BadWheel(wheel, f"{odd!r} {where}")
