"""Which files of a tree are read while cases are played on it: all that their outcomes depend on in that tree."""

from __future__ import annotations

import os
import sys
from pathlib import Path


class Reads:
    """Writes each file of a tree that this process, or one forked from it, opens or loads into `into`, once.

    A line each: what has begun, a tab, and the path relative to the tree. It goes on until the process ends, so one
    that plays a single tree is the place for it.
    """

    def __init__(self, tree: Path, into: Path) -> None:
        self._prefix = f"{tree}{os.sep}"
        self._notes = os.open(into, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._seen: set[str] = set()
        self._begun = ""
        sys.addaudithook(self._heard)

    def begin(self, what: str) -> None:
        """What is read from now on is read for this."""
        self._begun = what

    def _heard(self, event: str, arguments: tuple[object, ...]) -> None:
        # An extension module is loaded by the system, which "import" tells with its file.
        path = arguments[0] if event == "open" else arguments[1] if event == "import" else None
        if isinstance(path, str) and path.startswith(self._prefix) and path not in self._seen:
            self._seen.add(path)
            os.write(self._notes, f"{self._begun}\t{path.removeprefix(self._prefix)}\n".encode())
