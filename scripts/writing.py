"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.errors import CannotWrite


@contextmanager
def whole(target: Path) -> Iterator[Path]:
    """A temporary path beside `target` to write to; it becomes `target` when the block ends well, else it is removed.

    Raises CannotWrite where the disk is full or the folder cannot be written.
    """
    temporary = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        os.close(handle)
        temporary = Path(name)
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(target)
    except OSError as error:
        raise CannotWrite(str(target), error.strerror or str(error)) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def write_text(target: Path, text: str) -> None:
    """Write UTF-8 text with Unix line ends. Raises CannotWrite."""
    with whole(target) as temporary:
        temporary.write_bytes(text.encode())
