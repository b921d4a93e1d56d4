"""Trees that differ only in what no case reads: what became of a case on one of them becomes of it on the others.

A patch release often changes pages of the proxy and its own number, and nothing that is read while the suite is played.
Which files were read is kept with each run, below `build/outcomes`, by path and SHA-256.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from importlib.util import source_from_cache
from pathlib import Path

from scripts.matrix import outcomes
from scripts.patching import trees
from scripts.writing import write_text
from tests.round_trip.families import BASE
from tests.round_trip.jobs import IMPORT

_DIST_INFO = re.compile(r"litellm-[^/]+\.dist-info/")
_NUMBER = re.compile(rb"^Version: .*$", re.MULTILINE)
_PROXY = "litellm/proxy/"
_MODULES = (".py", ".so", ".pyd")


@dataclass(frozen=True)
class Subject:
    """A tree that is played: the key of its outcomes, and its files, path to SHA-256."""

    key: str
    files: Mapping[str, str]

    @cached_property
    def compared(self) -> dict[str, str]:
        """The files by which it is compared with others, path to SHA-256.

        Of the dist-info these are the requirements and the rest of the METADATA, but for the release's number: it says
        which release this is, and RECORD repeats what the files themselves tell.
        """
        found = {}
        for name, digest in self.files.items():
            if _shown(name) == "METADATA":
                found["METADATA"] = _sha256(_NUMBER.sub(b"", trees.kept(digest)))
            elif not _DIST_INFO.match(name):
                found[name] = digest
        return found

    @property
    def folder(self) -> Path:
        """Where its like is: the harness is the same, and so are the names of all that could be imported or read.

        The files of the proxy that are no modules are left out, because every build calls its pages otherwise.
        """
        names = [name for name in self.compared if name.endswith(_MODULES) or not name.startswith(_PROXY)]
        return outcomes.FOLDER / "read" / _sha256("\n".join([outcomes.harness_digest(), *sorted(names)]).encode())


def of(subject: Subject) -> Iterator[tuple[str, list[str]]]:
    """The keys of trees, and the parts of the cases (`families.part`) for which all that was read is the same here."""
    for path in sorted(subject.folder.glob("*.json")):
        same = [part for part, read in _read(path).items() if read.items() <= subject.compared.items()]
        if same and path.stem != subject.key:
            yield path.stem, same


def keep(subject: Subject, opened: Sequence[tuple[str, str]]) -> None:
    """Remember which of a tree's files were opened for which part of the cases, beside what earlier runs have read.

    Pairs of a part and a path; what is opened for IMPORT is read for all parts that follow, the base install excepted.
    """
    path = subject.folder / f"{subject.key}.json"
    read = _read(path)
    for part in {part for part, _ in opened} - {IMPORT}:
        also = {IMPORT, part} - ({IMPORT} if part == BASE else set())
        names = {_shown(name) for of, name in opened if of in also}
        here = {name: digest for name, digest in subject.compared.items() if name in names}
        read[part] = read.get(part, {}) | here
    if read:
        write_text(path, json.dumps(read, sort_keys=True))


def _read(path: Path) -> dict[str, dict[str, str]]:
    with suppress(OSError, TypeError, ValueError):  # not there, or spoilt: then it is no twin
        return dict(json.loads(path.read_text(encoding="utf-8")))
    return {}


def _shown(name: str) -> str:
    """What a file is called in `compared`: bytecode is its source's, and the METADATA has no number in its path."""
    with suppress(ValueError):  # no bytecode
        name = Path(source_from_cache(name)).as_posix()
    return "METADATA" if _DIST_INFO.match(name) and name.endswith("/METADATA") else name


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
