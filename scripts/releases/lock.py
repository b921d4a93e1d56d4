"""The verb `lock`: check upstream.lock against itself, or add to it what the package index has by now."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version
from pypi_simple import DistributionPackage

from scripts.errors import BadLock, CannotFetch, EngineError, WrongFile
from scripts.paths import LOCK
from scripts.releases import configuration, fetch, index, upstream, wheels
from scripts.releases.upstream import LAYOUTS, File, Lock, Release
from scripts.writing import write_text

FIRST = Version("1.82.1")
"""The oldest supported release."""

DENIED = {
    "1.82.7": "attackers uploaded it to the package index on 2026-03-24 with code in litellm/proxy/proxy_server.py that"
    " steals credentials.",
    "1.82.8": "attackers uploaded it to the package index on 2026-03-24 with code that steals credentials, which"
    " litellm_init.pth runs whenever Python starts.",
}
"""docs/failures.md#supply-chain-compromise. Upstream's source was never affected, only the files on the package index.
"""

NEXT = (
    "Commit it. Then measure which fixes the new releases need, `nox -s verdicts -- new`, and commit what that writes; "
    "then play all cases on all releases, `nox -s matrix -- --publish`, and commit the report."
)

_ADAPTER = re.compile(r"litellm/llms/anthropic/(\w+)/adapters/transformation\.py")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the verb takes."""
    parser.add_argument("--update", action="store_true", help="add what the package index has and the lock lacks")


def run(arguments: argparse.Namespace) -> int:
    """Check the lock, or, with `arguments.update`, extend it. 0 all well, 1 the check found something.

    Raises EngineError where the lock cannot be extended; it is then as it was.
    """
    if arguments.update:
        return _run_update(LOCK)
    findings = check(LOCK)
    for finding in findings:
        print(finding)
    if not findings:
        print(f"upstream.lock is in order: {_summary(upstream.load(LOCK))}.")
    return 1 if findings else 0


def check(path: Path = LOCK) -> list[str]:
    """What is wrong with the lock, judged by itself alone: one sentence for each thing, none where all is well."""
    try:
        lock, stated = upstream.read(path)
        text = path.read_text(encoding="utf-8")
    except BadLock as error:
        return [str(error)]
    findings = [*_release_findings(lock), *_denied_findings(lock)]
    for release in lock.releases:
        findings += _file_findings(release)
    if stated != upstream.digest(lock):
        findings.append("upstream.lock was changed by hand: its digest does not fit its content.")
    elif text != upstream.dumps(lock):
        findings.append("upstream.lock was changed by hand: its layout is not the tool's.")
    return findings


def update(lock: Lock | None, packages: Iterable[DistributionPackage]) -> Lock:
    """The lock with every stable release and file that `packages` lists and it lacks; None stands for no lock yet.

    What is there stays; only a size that was not known is filled in. Yanked files of new releases are not added, nor is
    a release that has no wheel yet. One wheel of each new release is fetched, to see its adapter layout.

    Raises WrongFile where a file that is locked has another SHA-256 or size now, BadWheel for a wheel that must not be
    used, EngineError for one whose layout is not known, CannotFetch where the index states no SHA-256, and what
    `fetch.fetch_all` raises.
    """
    known = {release.version: release for release in lock.releases} if lock else {}
    denied = {**DENIED, **dict(lock.denied if lock else ())}
    offers = _offers(packages, known, {Version(name).release for name in denied})
    grown = {version: _grown(release, offers.get(version, {})) for version, release in known.items()}
    releases = {**grown, **_new({version: files for version, files in offers.items() if version not in known})}
    in_order = sorted(denied.items(), key=lambda pair: Version(pair[0]))
    return Lock(tuple(releases[version] for version in sorted(releases)), tuple(in_order))


def layout(wheel: Path) -> str:
    """Which of LAYOUTS a wheel has, by the place of its Anthropic adapter. Raises EngineError where it is not clear."""
    with wheels.opened(wheel) as opened:
        found = {match[1] for name in opened.names if (match := _ADAPTER.fullmatch(name))}
    if len(found) != 1:
        places = " and ".join(sorted(found)) or "no place"
        raise _unclear(wheel.name, places)
    (name,) = found
    if name not in LAYOUTS:
        raise _unclear(wheel.name, name)
    return name


def _unclear(wheel: str, places: str) -> EngineError:
    return EngineError(
        f"The layout of {wheel} is not known",
        f"its Anthropic adapter is in {places} below litellm/llms/anthropic",
        f"Teach scripts/releases/upstream.py (LAYOUTS has {', '.join(LAYOUTS)}) and the fixes the new one.",
    )


@dataclass(frozen=True)
class _Offer:
    """A file on the package index, and the Python requirement stated beside it."""

    file: File
    requires_python: str


def _offers(
    packages: Iterable[DistributionPackage], known: dict[Version, Release], denied: set[tuple[int, ...]]
) -> dict[Version, dict[str, _Offer]]:
    offers: dict[Version, dict[str, _Offer]] = {}
    for package in packages:
        version = _stable(package.filename)
        if version is None or version.release in denied or (package.is_yanked and version not in known):
            continue
        offer = _Offer(_stated(package), package.requires_python or "")
        files = offers.setdefault(version, {})
        before = files.setdefault(package.filename, offer)
        files[package.filename] = replace(before, file=_agreed(before.file, offer.file))
    return offers


def _stable(name: str) -> Version | None:
    """The release that a file belongs to, if it is one that can be supported."""
    try:
        version = File(name, "").release
    except ValueError:
        return None
    return None if _unsupported(version) else version


def _unsupported(version: Version) -> str:
    if version.is_prerelease:
        return "is a pre-release"
    if version.local:
        return "is no upstream release"
    return f"is older than {FIRST}, the first supported one" if version < FIRST else ""


def _stated(package: DistributionPackage) -> File:
    sha256 = package.digests.get("sha256")
    if not sha256:
        raise CannotFetch(package.filename, "the package index states no SHA-256 for it")
    return File(package.filename, sha256.lower(), package.size)


def _agreed(locked: File, offered: File) -> File:
    """The file with what both know of it. Raises WrongFile where they differ."""
    if locked.sha256 != offered.sha256:
        raise WrongFile(locked.name, f"SHA-256 {locked.sha256}", f"{offered.sha256} on the package index")
    if None not in (locked.size, offered.size) and locked.size != offered.size:
        raise WrongFile(locked.name, f"{locked.size} bytes", f"{offered.size} on the package index")
    return replace(locked, size=offered.size if locked.size is None else locked.size)


def _grown(release: Release, offers: dict[str, _Offer]) -> Release:
    files = {file.name: file for file in release.files}
    for name, offer in offers.items():
        files[name] = _agreed(files.get(name, offer.file), offer.file)
    return replace(release, files=_sorted(files.values()))


def _new(offers: dict[Version, dict[str, _Offer]]) -> dict[Version, Release]:
    wheels_of = {version: [o.file for o in files.values() if o.file.is_wheel] for version, files in offers.items()}
    samples = {version: _cheapest(wheels) for version, wheels in wheels_of.items() if wheels}
    paths = dict(zip(samples, fetch.fetch_all(list(samples.values())), strict=True))
    return {
        version: Release(
            version,
            offers[version][samples[version].name].requires_python,
            layout(path),
            _sorted(offer.file for offer in offers[version].values()),
        )
        for version, path in paths.items()
    }


def _cheapest(files: list[File]) -> File:
    """A wheel that the cache has, or else the smallest as far as that is known."""
    return min(files, key=lambda file: (fetch.cached(file) is None, file.size or 0, file.name))


def _sorted(files: Iterable[File]) -> tuple[File, ...]:
    return tuple(sorted(files, key=lambda file: file.name))


def _run_update(path: Path) -> int:
    before = upstream.load(path) if path.exists() else None
    after = update(before, index.Index(configuration.configured()).packages())
    if not after.releases:
        raise CannotFetch("A list of releases", f"the package index has no stable release of LiteLLM from {FIRST} on")
    added = list(_added(before, after))
    if after != before:
        write_text(path, upstream.dumps(after))
    for line in added:
        print(line)
    print(f"upstream.lock has {_summary(after)}{'' if added else '; nothing was new'}.")
    if before and len(after.releases) > len(before.releases):
        print(NEXT)
    return 0


def _added(before: Lock | None, after: Lock) -> Iterator[str]:
    """One line for each release that has changed."""
    known = {release.version: release for release in before.releases} if before else {}
    for release in after.releases:
        old = known.get(release.version)
        if old is None:
            yield f"{release.version}: new, {len(release.files)} files, layout {release.layout}"
            continue
        names = {file.name for file in old.files}
        yield from (f"{release.version}: new file {file.name}" for file in release.files if file.name not in names)
        sized = len(set(release.files) - set(old.files)) - (len(release.files) - len(old.files))
        if sized:
            yield f"{release.version}: the size of {sized} files"


def _summary(lock: Lock) -> str:
    files = sum(len(release.files) for release in lock.releases)
    span = f"{lock.first.version} to {lock.newest.version}"
    return f"{len(lock.releases)} releases ({span}), {files} files, {len(lock.denied)} denied releases"


def _release_findings(lock: Lock) -> Iterator[str]:
    yield from _order_findings("releases", [release.version for release in lock.releases])
    for release in lock.releases:
        if why := _unsupported(release.version):
            yield f"{release.version} {why}."
        if release.layout not in LAYOUTS:
            yield f"{release.version} has the unknown layout {release.layout!r}; known: {', '.join(LAYOUTS)}."
        if not _is_specifier(release.requires_python):
            yield f"{release.version} has the malformed Python requirement {release.requires_python!r}."


def _order_findings(kind: str, things: list[Version] | list[str]) -> Iterator[str]:
    ordered: list[Any] = list(things)
    for earlier, later in pairwise(ordered):
        if earlier == later:
            yield f"{later} is in it twice."
        elif earlier > later:
            yield f"{later} comes after {earlier}: {kind} have to be in order."


def _is_specifier(text: str) -> bool:
    try:
        SpecifierSet(text)
    except InvalidSpecifier:
        return False
    return True


def _denied_findings(lock: Lock) -> Iterator[str]:
    names = [name for name, _ in lock.denied]
    yield from (f"{name} is not among the denied releases." for name in DENIED if name not in names)
    supported = {str(release.version) for release in lock.releases}
    yield from (f"{name} is denied and supported at the same time." for name in names if name in supported)
    yield from (f"{name} is denied without a reason." for name, reason in lock.denied if not reason.strip())


def _file_findings(release: Release) -> Iterator[str]:
    if not release.wheels:
        yield f"{release.version} has no wheel."
    yield from _order_findings("files", [file.name for file in release.files])
    for file in release.files:
        if not _belongs(file, release.version):
            yield f"{file.name} is no file of {release.version}."
        if not re.fullmatch(r"[0-9a-f]{64}", file.sha256):
            yield f"{file.name} has the malformed SHA-256 {file.sha256!r}."
        if file.size is not None and file.size <= 0:
            yield f"{file.name} has the impossible size {file.size}."


def _belongs(file: File, version: Version) -> bool:
    try:
        return file.release == version
    except ValueError:
        return False
