"""Whether files are as RECORD says (PEP 376, and PyPA's "Recording installed projects")."""

from __future__ import annotations

import base64
import binascii
import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from scripts.doctor.contents import CannotRead, Contents, Scanned, is_dist_info
from scripts.doctor.findings import Finding, about
from scripts.doctor.indicators import is_startup_file
from scripts.releases.upstream import PROJECT

PAGES = f"{PROJECT}/proxy/_experimental/out/"
"""The proxy's user interface: where LiteLLM moves each `page.html` to `page/index.html` when it starts."""

EDITABLE = ("__editable__", "_litellm.pth")
"""The `.pth` files by which installers put a source tree on Python's path, instead of copying it."""

UNHASHED = ("RECORD", "RECORD.jws", "RECORD.p7s")
"""What a RECORD lists without a hash; bytecode too, which is whatever Python made of the sources."""


@dataclass(frozen=True)
class Record:
    """What a RECORD says: the hex SHA-256 of each file by its path, "" where it has none."""

    hashes: Mapping[str, str]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Compared:
    """How many files are as RECORD says, of how many; and what was found."""

    same: int
    listed: int
    findings: tuple[Finding, ...]


def read(contents: Contents, dist_info: str) -> Record:
    """Read the RECORD of a dist-info folder; of one that cannot be read only the findings."""
    place = f"{dist_info}/RECORD"
    try:
        text = contents.read(place).decode()
        rows = [row for row in csv.reader(text.splitlines(), strict=True) if row]
    except CannotRead as problem:
        return _unreadable(place, str(problem))
    except UnicodeDecodeError as error:
        return _unreadable(place, f"is not UTF-8 at byte {error.start}")
    except csv.Error as error:
        return _unreadable(place, f"is no list of files ({error})")
    return parse(rows, dist_info) if rows else _unreadable(place, "is empty")


def own(contents: Contents, dist_info: str) -> frozenset[str]:
    """The files that belong to a dist-info: all, but for those of another one."""
    return frozenset(
        name for name in contents.names if (top := name.partition("/")[0]) == dist_info or not is_dist_info(top)
    )


def parse(rows: list[list[str]], dist_info: str) -> Record:
    """Rows of path, hash and size as a record; the findings are about the rows themselves."""
    findings: list[Finding] = []
    hashes: dict[str, str] = {}
    malformed = [",".join(row)[:80] for row in rows if len(row) != 3]
    unusable = [row[0] for row in rows if len(row) == 3 and row[1] and not _hex(row[1])]
    findings += about("record", malformed, "is a line of RECORD without path, hash and size", "are malformed in RECORD")
    findings += about("record", unusable, "has no SHA-256 in RECORD", "have no SHA-256 in RECORD")
    for path, digest, _ in (row for row in rows if len(row) == 3):
        if hashes.setdefault(path, _hex(digest)) != _hex(digest):
            findings.append(Finding("record", f"RECORD has two different hashes of {path}.", files=(path,)))
    bare = [path for path, digest in hashes.items() if not digest and not _may_be_bare(path, dist_info)]
    findings += about("record", set(bare) - set(unusable), "has no hash in RECORD", "have no hash in RECORD")
    return Record(hashes, tuple(findings))


def compare(record: Record, contents: Contents, scanned: Mapping[str, Scanned], dist_info: str) -> Compared:
    """Compare what was read with RECORD. `scanned` has every file that RECORD or `contents` names, but bytecode."""
    hashes = record.hashes
    if not hashes:
        return Compared(0, 0, record.findings)
    astray = {name for name in hashes if contents.outside(name)}
    usual = {name for name, digest in hashes.items() if digest} - astray
    missing = {name for name in usual if scanned[name].problem}
    scripts = {name for name in missing if name.startswith("../")}
    changed = {name for name in usual - missing if scanned[name].sha256 != hashes[name]}
    unlisted = set(own(contents, dist_info)) - set(hashes)
    startup = {name for name in hashes if is_startup_file(name) and not name.startswith(EDITABLE)}
    moved, places = _moved(missing, unlisted, hashes, scanned)
    unlisted -= places
    findings = [
        *record.findings,
        *about(
            "record", astray, "is in RECORD, and leads out of the environment", "in RECORD lead out of the environment"
        ),
        *_unread(missing - scripts - moved, scanned),
        *about("record", moved, "was moved by the proxy when it started", "were moved by the proxy", wrong=False),
        *about("record", scripts, "is in RECORD, and is not there", "in RECORD are not there", wrong=False),
        *about("record", changed, "is not as RECORD says", "are not as RECORD says"),
        *about("record", unlisted, "is not in RECORD", "are not in RECORD"),
        *about("indicator", startup, "belongs to LiteLLM, and Python runs it at every start", "run at every start"),
    ]
    return Compared(len(usual) - len(missing) - len(changed), len(usual), tuple(findings))


def _moved(
    missing: set[str], unlisted: set[str], hashes: Mapping[str, str], scanned: Mapping[str, Scanned]
) -> tuple[set[str], set[str]]:
    """The pages that are in another place, unchanged: where they were, and where they are. Some have the same text."""
    found = {scanned[name].sha256 for name in unlisted if name.startswith(PAGES)}
    before = {name for name in missing if name.startswith(PAGES) and hashes[name] in found}
    texts = {hashes[name] for name in before}
    return before, {name for name in unlisted if name.startswith(PAGES) and scanned[name].sha256 in texts}


def _unread(names: set[str], scanned: Mapping[str, Scanned]) -> list[Finding]:
    """Findings about files of RECORD that could not be read, by the reason."""
    reasons = sorted({scanned[name].problem for name in names})
    return [
        finding
        for reason in reasons
        for finding in about(
            "record",
            (name for name in names if scanned[name].problem == reason),
            f"is in RECORD, and {reason}",
            f"in RECORD could not be read (each {reason})",
        )
    ]


def _unreadable(place: str, why: str) -> Record:
    return Record({}, (Finding("dist-info", f"{place} {why}, so no file could be compared with it.", files=(place,)),))


def _may_be_bare(path: str, dist_info: str) -> bool:
    return path in [f"{dist_info}/{name}" for name in UNHASHED] or PurePosixPath(path).suffix == ".pyc"


def _hex(digest: str) -> str:
    """The hex form of `sha256=<urlsafe base64>`; "" for anything else."""
    algorithm, _, text = digest.partition("=")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return ""
    return data.hex() if algorithm == "sha256" and len(data) == 32 else ""
