"""Which release is meant: one by its name, or several by a SPEC."""

from __future__ import annotations

from collections.abc import Callable

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from scripts.errors import BadSpec, BadVersion, DeniedRelease, UnknownRelease, UnsupportedRelease
from scripts.releases.upstream import LAYOUTS, Lock, Release

SMOKE = ("1.82.1", "1.83.0")
"""The oldest release, and the first after the compromised uploads; `smoke` adds the newest of each layout."""


def find(lock: Lock, name: str) -> Release:
    """The release called `name`.

    Raises BadVersion, DeniedRelease, UnsupportedRelease or UnknownRelease.
    """
    try:
        version = Version(name)
    except InvalidVersion:
        raise BadVersion(name) from None
    _refuse_denied(lock, version)
    if version.is_prerelease or version.local:
        raise UnsupportedRelease(name, "only stable upstream releases are", str(lock.first.version))
    if version < lock.first.version:
        raise UnsupportedRelease(name, "it is too old", str(lock.first.version))
    for release in lock.releases:
        if release.version == version:
            return release
    raise UnknownRelease(name, str(lock.first.version), str(lock.newest.version))


def select(lock: Lock, spec: str) -> list[Release]:
    """The releases that SPEC selects, oldest first: `all`, `smoke`, `minors`, names, or a PEP 440 specifier.

    Raises BadSpec where it selects none, and what `find` raises for a name.
    """
    words = {"all": list(lock.releases), "smoke": _smoke(lock), "minors": _newest_by(lock, _minor)}
    if spec in words:
        return words[spec]
    if any(sign in spec for sign in "<>=!~"):
        return _by_specifier(lock, spec)
    names = [name.strip() for name in spec.split(",") if name.strip()]
    if not names:
        raise BadSpec(spec, "it is empty")
    chosen = {find(lock, name).version for name in names}
    return [release for release in lock.releases if release.version in chosen]


def _refuse_denied(lock: Lock, version: Version) -> None:
    for name, reason in lock.denied:
        if Version(name) == Version(version.base_version):
            raise DeniedRelease(str(version), reason)


def _by_specifier(lock: Lock, spec: str) -> list[Release]:
    try:
        wanted = SpecifierSet(spec)
    except InvalidSpecifier:
        raise BadSpec(spec, "it is not a PEP 440 specifier") from None
    chosen = [release for release in lock.releases if release.version in wanted]
    if not chosen:
        for name, reason in lock.denied:
            if Version(name) in wanted:
                raise DeniedRelease(name, reason)
        raise BadSpec(spec, "no supported release fits it")
    return chosen


def _smoke(lock: Lock) -> list[Release]:
    newest = _newest_by(lock, lambda release: LAYOUTS.index(release.layout))
    chosen = {Version(name) for name in SMOKE} | {release.version for release in newest}
    return [release for release in lock.releases if release.version in chosen]


def _minor(release: Release) -> tuple[int, int]:
    return release.version.major, release.version.minor


def _newest_by(lock: Lock, key: Callable[[Release], object]) -> list[Release]:
    return list({key(release): release for release in lock.releases}.values())
