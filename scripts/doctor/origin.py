"""Whether files are what upstream published, and in a patched wheel what this checkout's fixes make of it.

RECORD lies beside the files: who changes a file can change its line as well. The hashes here come from elsewhere: from
the published wheel in the engine's cache, which upstream.lock vouches for, and from the patches of this checkout.
"""

from __future__ import annotations

import csv
import hashlib
import re
import zipfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts.doctor import record
from scripts.doctor.contents import CannotRead, Contents, Scanned
from scripts.doctor.findings import Finding, about
from scripts.doctor.identity import DistInfo
from scripts.errors import EngineError
from scripts.patching import ranges, series
from scripts.patching.series import Series
from scripts.patching.wheel import NOTES
from scripts.releases import fetch
from scripts.releases.upstream import PROJECT, File, Lock, Release

INSTALLER_FILES = ("INSTALLER", "REQUESTED", "RECORD", "direct_url.json", "uv_cache.json", "uv_build.json", NOTES)
"""What an installer, or `nox -s wheel`, adds to a dist-info folder."""


@dataclass(frozen=True)
class Origin:
    """The published wheel that files were compared with, None if they were not; and what was found."""

    base: str | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Examined:
    """What is to be compared: a dist-info, the paths in its RECORD, and the files as they are."""

    info: DistInfo
    listed: Collection[str]
    contents: Contents
    scanned: Mapping[str, Scanned]


def compare(lock: Lock, patches: Series, examined: Examined) -> Origin:
    """Compare files with the published wheel. What RECORD already tells is told again: the two are different facts."""
    info = examined.info
    release = next((one for one in lock.releases if one.version == info.release), None)
    if release is None or info.editable:
        why = "an editable installation" if info.editable else f"{info.release} is not in upstream.lock"
        return Origin(None, (Finding("upstream", f"The files were not compared with upstream's: {why}.", wrong=False),))
    files = _candidates(release, info)
    cached = next(((file, path) for file in files if (path := fetch.cached(file))), None)
    if cached is None:
        return Origin(None, (*_false_base(release, info), _not_cached(release, files)))
    base, path = cached
    with zipfile.ZipFile(path) as archive:
        expected = _expected(lock, patches, info, release, archive)
    found = [
        *_false_base(release, info),
        *expected.findings,
        *_differences(examined, expected.hashes, expected.unknown),
    ]
    return Origin(base.name, tuple(found))


def is_published(release: Release, path: Path) -> File | None:
    """The file of a release that a wheel is, byte for byte."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return next((file for file in release.wheels if file.sha256 == digest.hexdigest()), None)


def _candidates(release: Release, info: DistInfo) -> list[File]:
    """The published wheels that it may come from: the one that its notes name, or those for its platform."""
    if info.notes:
        return [file for file in release.wheels if file.name == info.notes.base]
    return [file for file in release.wheels if not info.tags or file.tags & info.tags]


def _false_base(release: Release, info: DistInfo) -> list[Finding]:
    if info.notes is None:
        return []
    notes = info.notes
    if any((file.name, file.sha256) == (notes.base, notes.base_sha256) for file in release.wheels):
        return []
    return [Finding("patch", f"{NOTES} says that it was made from {notes.base}, which upstream did not publish so.")]


def _not_cached(release: Release, files: list[File]) -> Finding:
    if not files:
        return Finding(
            "upstream", f"Upstream published no wheel of {release.version} for the platform that WHEEL names."
        )
    platform = min(tag.platform for tag in files[0].tags)
    option = "" if platform == "any" else f" --platform {platform}"
    command = f"`nox -s wheel -- {release.version}{option}` fetches it"
    text = f"The files were not compared with upstream's: {files[0].name} is not in the cache; {command}."
    return Finding("upstream", text, wrong=False)


@dataclass(frozen=True)
class _Expected:
    """The SHA-256 that each file should have, the files of which nobody here can tell, and what was found."""

    hashes: dict[str, str]
    unknown: frozenset[str] = frozenset()
    findings: tuple[Finding, ...] = ()


def _expected(lock: Lock, patches: Series, info: DistInfo, release: Release, archive: zipfile.ZipFile) -> _Expected:
    published = _published(archive, str(release.version), info.name)
    notes = info.notes
    if notes is None:
        return _Expected(published)
    if notes.revision != patches.revision:
        paths = {path for fix in patches.fixes for hook in fix.hooks for path in hook.paths}
        why = f"they are of revision {notes.revision}, and this checkout has the text of {patches.revision}"
        finding = Finding("patch", f"The files that the fixes change were not compared: {why}.", wrong=False)
        return _Expected(published, frozenset(paths | set(notes.overlay)), (finding,))
    try:
        fixes = ranges.needed(lock, patches, release.version)
        changed, _ = series.apply(fixes, release.version, archive.read)
    except EngineError as error:
        return _Expected(published, findings=(Finding("patch", f"What the fixes make of it is not known. {error}"),))
    # `patched` tells where the overlay is another than this checkout's; here only who changed it since counts.
    made = {name: hashlib.sha256(data).hexdigest() for name, data in changed.items()}
    return _Expected({**published, **notes.overlay, **made})


def _published(archive: zipfile.ZipFile, release: str, dist_info: str) -> dict[str, str]:
    """The RECORD of a published wheel, with its dist-info called as it is here; upstream.lock vouches for all of it."""
    own = f"{PROJECT}-{release}.dist-info"
    rows = [row for row in csv.reader(archive.read(f"{own}/RECORD").decode().splitlines()) if row]
    hashes = record.parse(rows, own).hashes
    return {name.replace(f"{own}/", f"{dist_info}/", 1): digest for name, digest in hashes.items() if digest}


def _differences(examined: Examined, expected: Mapping[str, str], unknown: frozenset[str]) -> list[Finding]:
    scanned, info = examined.scanned, examined.info
    there = _own_files(examined)
    compared = set(expected) - unknown
    missing = compared - there
    extra = there - set(expected) - unknown
    pages = {expected[name] for name in missing if name.startswith(record.PAGES)}
    pages &= {scanned[name].sha256 for name in extra}  # the proxy moves them when it starts
    extra -= {name for name in extra if scanned[name].sha256 in pages}
    missing -= {name for name in missing if expected[name] in pages}
    changed = {name for name in compared & there if _sha256(examined, name) != expected[name]}
    whose = "what the fixes make of upstream's" if info.notes else "upstream's"
    return [
        *about("upstream", changed, f"is not {whose}", f"are not {whose}"),
        *about("upstream", missing, f"is missing of {whose}", f"are missing of {whose}"),
        *about("upstream", extra, f"is none of {whose}", f"are none of {whose}"),
    ]


def _own_files(examined: Examined) -> set[str]:
    """The files of the distribution wherever they are, but for bytecode and what an installer adds."""
    found = set(record.own(examined.contents, examined.info.name))
    found |= {name for name in examined.listed if name in examined.scanned and not examined.scanned[name].problem}
    usual = {f"{examined.info.name}/{name}" for name in INSTALLER_FILES}
    return {name for name in found - usual if not name.startswith("../") and not name.endswith(".pyc")}


def _sha256(examined: Examined, name: str) -> str:
    """The SHA-256 of a file; of METADATA with the release for its version, in which a patched wheel's differs."""
    if name != f"{examined.info.name}/METADATA":
        return examined.scanned[name].sha256
    try:
        data = examined.contents.read(name)
    except CannotRead:
        return ""
    head, blank, body = data.partition(b"\n\n")
    version = b"Version: " + str(examined.info.release).encode()
    head = re.sub(rb"(?m)^Version: [^\r\n]*", version, head, count=1)
    return hashlib.sha256(head + blank + body).hexdigest()
