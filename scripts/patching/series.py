"""The series: the fixes in their order, what was measured of each, and what they change in a release."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from packaging.version import Version

from scripts.errors import BadPatch
from scripts.patching import hooks
from scripts.patching.hooks import Hook
from scripts.paths import PATCHES

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

VERDICTS = ("needed", "retired", "insufficient", "harmful", "does not apply")
"""What a fix can be good for on a release (docs/design.md#verdicts)."""


@dataclass(frozen=True)
class Run:
    """A stretch of releases with one verdict: first and last, both included, and how many were measured."""

    first: Version
    last: Version
    releases: int

    def __contains__(self, release: Version) -> bool:
        return self.first <= release <= self.last


@dataclass(frozen=True)
class Fix:
    """One fix: its name, why it exists, its cases, the hooks (oldest first) and what was measured of it."""

    name: str
    title: str
    why: str
    retire: str
    failures: tuple[str, ...]
    links: tuple[str, ...]
    cases: tuple[str, ...]
    hooks: tuple[Hook, ...] = ()
    measured: dict[str, tuple[Run, ...]] = field(default_factory=dict)

    def hook_for(self, release: Version) -> Hook | None:
        """The hook whose text serves the release: the last one that starts at it or before."""
        fitting = [hook for hook in self.hooks if hook.since <= release]
        return fitting[-1] if fitting else None

    def verdict(self, release: Version) -> str | None:
        """What was measured on the release (one of VERDICTS); None where nobody has measured."""
        for verdict, runs in self.measured.items():
            if any(release in run for run in runs):
                return verdict
        return None


@dataclass(frozen=True)
class Series:
    """All fixes, in the order in which they are applied, and the revision of the set."""

    revision: int
    fixes: tuple[Fix, ...]
    overlay: dict[str, bytes]


def load(folder: Path = PATCHES) -> Series:
    """Read series.toml, every fix.toml, every hook, and the overlay: modules and their data. Raises BadPatch."""
    data = _toml(folder / "series.toml", {"revision": int, "fixes": list})
    if len(set(data["fixes"])) != len(data["fixes"]):
        raise BadPatch("series.toml", "it lists a fix twice")
    fixes = tuple(_fix(folder / name) for name in data["fixes"])
    return Series(data["revision"], fixes, _overlay(folder / "overlay"))


def apply(fixes: Iterable[Fix], release: Version, read: Callable[[str], bytes]) -> tuple[dict[str, bytes], list[Hook]]:
    """What the fixes make of a release: changed files (path to content), and the hooks that did it.

    `read` gives a file of the unpatched release, or raises KeyError. Raises HookDoesNotFit and BadPatch.
    """
    changed: dict[str, bytes] = {}
    used = []
    for fix in fixes:
        hook = fix.hook_for(release)
        if hook is None:
            raise BadPatch(f"patches/{fix.name}", f"it has no hook for {release} or an older release")
        changed |= hooks.apply(hook, str(release), partial(after, changed, read))
        used.append(hook)
    return changed, used


def after(changed: Mapping[str, bytes], read: Callable[[str], bytes], path: str) -> bytes:
    """A file as the fixes before have left it."""
    return changed[path] if path in changed else read(path)


def _fix(folder: Path) -> Fix:
    name = f"{folder.name}/fix.toml"
    wanted: dict[str, type] = {"title": str, "why": str, "retire": str, "failures": list, "links": list, "cases": list}
    data = _toml(folder / "fix.toml", wanted)
    unknown = set(data) - set(wanted) - {"measured"}
    if unknown:
        raise BadPatch(name, f"nothing reads its key {sorted(unknown)[0]!r}")
    values: dict[str, Any] = {key: tuple(data[key]) if kind is list else data[key] for key, kind in wanted.items()}
    found = sorted((hooks.load(path) for path in folder.glob("*.patch")), key=lambda hook: hook.since)
    return Fix(folder.name, **values, hooks=tuple(found), measured=_measured(name, data))


def _measured(name: str, data: dict[str, Any]) -> dict[str, tuple[Run, ...]]:
    table = data.get("measured", {})
    if not set(table) <= set(VERDICTS):
        raise BadPatch(name, f"[measured] knows only {', '.join(VERDICTS)}")
    try:
        return {
            verdict: tuple(Run(Version(run["first"]), Version(run["last"]), run["releases"]) for run in runs)
            for verdict, runs in table.items()
        }
    except (TypeError, ValueError, KeyError) as error:
        raise BadPatch(name, f"[measured] cannot be read ({error})") from error


_OVERLAY = (".py", ".yaml")
"""What a wheel gets of the overlay; bytecode and what an editor leaves behind are no part of it."""


def _overlay(folder: Path) -> dict[str, bytes]:
    files = sorted(path for path in folder.rglob("*") if path.suffix in _OVERLAY)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


_KINDS = {str: "a text", int: "a whole number", list: "a list of texts"}


def _toml(path: Path, wanted: dict[str, type]) -> dict[str, Any]:
    name = f"{path.parent.name}/{path.name}"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadPatch(name, str(error)) from error
    for key, kind in wanted.items():
        value = data.get(key)
        if type(value) is not kind or (isinstance(value, list) and not all(isinstance(item, str) for item in value)):
            raise BadPatch(name, f"{key!r} has to be there, as {_KINDS[kind]}")
    return data
