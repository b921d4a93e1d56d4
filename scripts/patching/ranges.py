"""The measured ranges of the fixes, as fix.toml and patches/README.md state them; never written by hand."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from pathlib import Path

import tomlkit
from packaging.version import Version

from scripts.errors import Unmeasured
from scripts.marked import replaced
from scripts.patching.series import Fix, Run, Series
from scripts.paths import PATCHES
from scripts.releases.upstream import Lock, Release
from scripts.writing import write_text

README = PATCHES / "README.md"
MARKERS = "<!-- fixes: written by nox -s verdicts -->", "<!-- end of fixes -->"

Verdicts = Mapping[Version, Mapping[str, str]]
"""Release to fix to verdict."""


def write(lock: Lock, patches: Series, found: Verdicts) -> None:
    """Put what was found into each fix.toml, beside what was measured of other releases, and into the table of all."""
    fixes = []
    for fix in patches.fixes:
        runs = merge(lock, fix, {release: verdicts[fix.name] for release, verdicts in found.items()})
        _write_fix(PATCHES / fix.name / "fix.toml", runs)
        fixes.append((fix, runs))
    write_text(README, with_table(README.read_text(encoding="utf-8"), fixes))


def merge(lock: Lock, fix: Fix, found: Mapping[Version, str]) -> dict[str, list[Run]]:
    """Verdict to runs of the lock's releases, from what was found and, for the others, what was known before."""
    versions = [release.version for release in lock.releases]
    known = [(version, found.get(version) or fix.verdict(version)) for version in versions]
    runs: dict[str, list[Run]] = {}
    for verdict, group in groupby(known, key=lambda pair: pair[1]):
        same = [version for version, _ in group]
        if verdict is not None:
            runs.setdefault(verdict, []).append(Run(same[0], same[-1], len(same)))
    return runs


def differences(patches: Series, found: Verdicts) -> list[str]:
    """A line for each verdict that is not the committed one."""
    return [
        f"{fix.name} on {release}: committed is {fix.verdict(release)}, measured {verdicts.get(fix.name)}"
        for release, verdicts in found.items()
        for fix in patches.fixes
        if fix.verdict(release) != verdicts.get(fix.name)
    ]


def needed(lock: Lock, patches: Series, release: Version) -> list[Fix]:
    """The fixes that a release needs. Raises Unmeasured where that is not known, as for one that came later."""
    unknown = [fix.name for fix in patches.fixes if not _is_known(lock, fix, release)]
    if unknown:
        raise Unmeasured(str(release), unknown)
    return [fix for fix in patches.fixes if fix.verdict(release) == "needed"]


def _is_known(lock: Lock, fix: Fix, release: Version) -> bool:
    runs = [run for runs in fix.measured.values() for run in runs if release in run]
    return bool(runs) and all(_count(lock, run) == run.releases for run in runs)


def new(lock: Lock, patches: Series) -> list[Release]:
    """The releases of the lock on which some fix has never been measured, oldest first."""
    return [one for one in lock.releases if any(fix.verdict(one.version) is None for fix in patches.fixes)]


def _count(lock: Lock, run: Run) -> int:
    return sum(release.version in run for release in lock.releases)


def unmeasured(lock: Lock, fix: Fix) -> list[str]:
    """Findings: releases of the lock that the fix's ranges leave out, or that came into them later."""
    findings = [
        f"{fix.name} was not measured on {release.version}: run `nox -s verdicts -- {release.version}`."
        for release in lock.releases
        if fix.verdict(release.version) is None
    ]
    for run in (run for runs in fix.measured.values() for run in runs):
        count = _count(lock, run)
        if count != run.releases:
            findings.append(
                f"{fix.name} was measured on {run.releases} releases from {run.first} to {run.last}, "
                f"but there are {count}: run `nox -s verdicts -- '>={run.first},<={run.last}'`."
            )
    return findings


def with_measured(text: str, patches: Series) -> str:
    """A text with the table of what the fixes say was measured. Raises BadPatch where its markers are missing."""
    fixes = [(fix, {verdict: list(runs) for verdict, runs in fix.measured.items()}) for fix in patches.fixes]
    return with_table(text, fixes)


def with_table(text: str, fixes: list[tuple[Fix, dict[str, list[Run]]]]) -> str:
    """A text with a new table of fixes between its two markers. Raises BadPatch where they are missing."""
    rows = ["| fix | what it does | needed on | not needed on |", "|---|---|---|---|"]
    rows += [
        f"| `{fix.name}` | {fix.title} | {_spans(runs, 'needed')} | {_spans(runs, 'retired')} |" for fix, runs in fixes
    ]
    return replaced("patches/README.md", text, MARKERS, "\n".join(rows))


def _spans(runs: dict[str, list[Run]], verdict: str) -> str:
    found = runs.get(verdict, [])
    return ", ".join(f"{run.first} to {run.last} ({run.releases} releases)" for run in found) or "none"


def _write_fix(path: Path, runs: dict[str, list[Run]]) -> None:
    document = tomlkit.parse(path.read_text(encoding="utf-8"))
    table = tomlkit.table()
    table.comment("written by `nox -s verdicts`")
    for verdict, stretches in sorted(runs.items()):
        table.add(verdict, _array(stretches))
    document["measured"] = table
    write_text(path, tomlkit.dumps(document))


def _array(stretches: list[Run]) -> tomlkit.items.Array:
    array = tomlkit.array().multiline(True)
    for run in stretches:
        row = tomlkit.inline_table()
        row.update({"first": str(run.first), "last": str(run.last), "releases": run.releases})
        array.append(row)
    return array
