"""An unpacked wheel packed again, under another version."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wheel.wheelfile import WheelFile

EPOCH = "315532800"
"""The time of every file in a wheel that is packed here: 1980-01-01, the first that a zip archive can hold."""


def pack(folder: Path, version: str, target: Path) -> None:
    """Pack an unpacked wheel as `target`, under `version`: dist-info renamed, Version and RECORD made anew.

    The same files give the same bytes. Raises OSError where `target` cannot be written.
    """
    _rename(folder, version)
    with _source_date(EPOCH), WheelFile(target, "w") as archive:
        archive.write_files(str(folder))


def _rename(folder: Path, version: str) -> None:
    (old,) = folder.glob("*.dist-info")
    new = old.with_name(f"{old.name.split('-')[0]}-{version}.dist-info")
    old.rename(new)
    metadata = new / "METADATA"
    headers, separator, body = metadata.read_bytes().partition(b"\n\n")
    headers = re.sub(rb"(?m)^Version: .*$", b"Version: " + version.encode(), headers, count=1)
    metadata.write_bytes(headers + separator + body)


@contextmanager
def _source_date(epoch: str) -> Iterator[None]:
    """WheelFile takes the time of each entry from SOURCE_DATE_EPOCH, and the time of RECORD from nowhere else."""
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = epoch
    try:
        yield
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = before
