"""Which fixes are in it, and whether those are the ones that this checkout would put in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from packaging.version import Version

from scripts.doctor.findings import Finding, about
from scripts.doctor.identity import DistInfo, Notes
from scripts.errors import EngineError
from scripts.patching import ranges
from scripts.patching.series import Series
from scripts.patching.wheel import NOTES
from scripts.releases.upstream import Lock


@dataclass(frozen=True)
class Subject:
    """A version with the revision of its patches (None: unpatched) and the fixes that are in it."""

    version: Version
    revision: int | None
    fixes: tuple[str, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def release(self) -> Version:
        return Version(self.version.public)

    @property
    def patched(self) -> bool:
        return self.revision is not None


def by_name(lock: Lock, patches: Series, release: Version, revision: int | None) -> Subject:
    """A release as it is published, or as `nox -s wheel` makes it. Raises Unmeasured."""
    if revision is None:
        return Subject(release, None, ())
    fixes = tuple(fix.name for fix in ranges.needed(lock, patches, release))
    return Subject(Version(f"{release}+thinking.{revision}"), revision, fixes)


def by_files(lock: Lock, patches: Series, info: DistInfo) -> Subject | None:
    """What a dist-info tells; None where it tells no version."""
    if info.version is None:
        return None
    release, notes = Version(info.version.public), info.notes
    findings = [*_version(info.version, info.revision, notes)]
    if notes is not None:
        findings += [*_series(patches, notes), *_lacking(lock, patches, release, notes)]
    return Subject(info.version, info.revision, notes.fixes if notes else (), tuple(findings))


def _version(version: Version, revision: int | None, notes: Notes | None) -> Iterator[Finding]:
    """Whether the version and the notes of the wheel are of one mind."""
    if notes is None and revision is not None:
        yield Finding("patch", f"Its version {version} is that of a patched wheel, but it has no {NOTES}.")
    if notes is None and revision is None and version.local:
        yield Finding("patch", f"Somebody else built it: {version.local!r} is not of this project.", wrong=False)
    if notes is not None and (notes.release, notes.revision) != (version.public, revision):
        told = f"{notes.release}+thinking.{notes.revision}"
        yield Finding("patch", f"Its version is {version}, but {NOTES} says {told}.")


def _series(patches: Series, notes: Notes) -> Iterator[Finding]:
    """Whether it was made with the patches of this checkout."""
    if notes.revision != patches.revision:
        yield Finding("patch", f"It has revision {notes.revision} of the fixes; this checkout has {patches.revision}.")
        return
    modules = {name: hashlib.sha256(data).hexdigest() for name, data in patches.overlay.items()}
    other = {name for name in {*modules, *notes.overlay} if modules.get(name) != notes.overlay.get(name)}
    if notes.hooks:
        yield from about(
            "patch",
            other,
            f"is not the one of this checkout, though both have revision {patches.revision}",
            f"of the overlay are not those of this checkout, though both have revision {patches.revision}",
        )


def _lacking(lock: Lock, patches: Series, release: Version, notes: Notes) -> Iterator[Finding]:
    try:
        needed = {fix.name for fix in ranges.needed(lock, patches, release)}
    except EngineError as error:
        yield Finding("patch", f"Which fixes it needs is not known: {error}", wrong=False)
        return
    lacking = sorted(needed - set(notes.fixes))
    if lacking:
        yield Finding("patch", f"It lacks {', '.join(lacking)}, which {release} needs.")
