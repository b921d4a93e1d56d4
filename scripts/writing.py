"""Files that appear whole or not at all, and folders of our own to work in."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.errors import CannotWrite


@contextmanager
def reporting(target: Path) -> Iterator[None]:
    """Turn what the system says against writing `target` into CannotWrite."""
    try:
        yield
    except OSError as error:
        why = "the disk is full" if error.errno == errno.ENOSPC else error.strerror or str(error)
        raise CannotWrite(str(target), why) from error


@contextmanager
def whole(target: Path) -> Iterator[Path]:
    """A temporary path beside `target` to write to; it becomes `target` when the block ends well, else it is removed.

    Raises CannotWrite where the disk is full or the folder cannot be written.
    """
    with reporting(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        os.close(handle)
        temporary = Path(name)
        try:
            yield temporary
            temporary.chmod(0o644)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)


def write_text(target: Path, text: str) -> None:
    """Write UTF-8 text with Unix line ends. Raises CannotWrite."""
    with whole(target) as temporary:
        temporary.write_bytes(text.encode())


@contextmanager
def room(name: str, below: Path) -> Iterator[Path]:
    """A folder of our own to work in, gone afterwards. Raises CannotWrite where there cannot be one."""
    with reporting(below):
        below.mkdir(parents=True, exist_ok=True)
        folder = tempfile.TemporaryDirectory(prefix=f"{name}-", dir=below, ignore_cleanup_errors=True)
    with folder as path:
        yield Path(path)
