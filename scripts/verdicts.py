"""The verb `verdicts`: find out, by the cases of each fix, which releases need it, and write that down."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from junitparser import JUnitXml
from packaging.version import Version
from rich.progress import track

from scripts import environment, fetch, ranges, releases, series, tests, trees, upstream, wheel
from scripts.commands import call
from scripts.errors import HookDoesNotFit
from scripts.series import Fix, Series
from scripts.upstream import Release

WORKERS = 2
"""Releases measured at once. One takes a core and 600 MB."""


@dataclass(frozen=True)
class Bench:
    """What a measurement needs: the Python of the shared environment and the series."""

    python: Path
    patches: Series


def run(arguments: argparse.Namespace) -> int:
    """Measure the releases of `arguments.spec` and write the ranges, or with `arguments.check` compare (1: differ)."""
    lock = upstream.load()
    patches = series.load()
    chosen = releases.select(lock, arguments.spec)
    bases = fetch.fetch_all([wheel.files_for(release, None)[0] for release in chosen])
    bench = Bench(environment.create("shared"), patches)
    found = _measure_all(bench, chosen, bases)
    if arguments.check:
        return _compare(patches, found)
    ranges.write(lock, patches, found)
    return 0


def _measure_all(bench: Bench, chosen: Sequence[Release], bases: Sequence[Path]) -> ranges.Verdicts:
    with ThreadPoolExecutor(WORKERS) as workers:
        jobs = workers.map(lambda pair: measure(bench, *pair), zip(chosen, bases, strict=True))
        verdicts = list(track(jobs, "measuring", total=len(chosen)))
    return {release.version: verdict for release, verdict in zip(chosen, verdicts, strict=True)}


def measure(bench: Bench, release: Release, base: Path) -> dict[str, str]:
    """The verdict of each fix (its name to one of VERDICTS) on one release, from its cases unpatched and patched."""
    fixes = bench.patches.fixes
    with trees.laid_out(base) as tree:
        before = _failed(bench, tree, fixes)
        open_fixes = [fix for fix in fixes if before & set(fix.cases)]
        fitting = _lay_over(bench, tree, release.version, open_fixes)
        after = _failed(bench, tree, fixes) if fitting else before
    return {fix.name: _verdict(fix, before, after, fix in fitting) for fix in fixes}


def _verdict(fix: Fix, before: set[str], after: set[str], fits: bool) -> str:
    cases = set(fix.cases)
    if not before & cases:
        return "harmful" if after & cases else "retired"
    if not fits:
        return "does not apply"
    return "insufficient" if after & cases else "needed"


def _lay_over(bench: Bench, tree: Path, release: Version, fixes: Iterable[Fix]) -> list[Fix]:
    """Apply to a tree those of the fixes that fit, and give them."""
    fitting: list[Fix] = []
    for fix in fixes:
        try:
            changed, _ = series.apply([fix], release, lambda name: _read(tree, name))
        except HookDoesNotFit:
            continue
        trees.overwrite(tree, {**bench.patches.overlay, **changed})
        fitting.append(fix)
    return fitting


def _read(tree: Path, name: str) -> bytes:
    try:
        return (tree / name).read_bytes()
    except FileNotFoundError:
        raise KeyError(name) from None


def _failed(bench: Bench, tree: Path, fixes: Iterable[Fix]) -> set[str]:
    """The cases of the fixes that do not pass on a tree; a case that did not run at all has not passed."""
    wanted = sorted({case for fix in fixes for case in fix.cases})
    report = tree / "junit.xml"
    command = [str(bench.python), *tests.command(report, wanted), "-q", "-p", "no:cacheprovider"]
    call(command, trees.importing(tree), quiet=True)
    return set(wanted) - (passed(report) if report.exists() else set())


def passed(report: Path) -> set[str]:
    """The cases that passed and in no form failed, by pytest's JUnit report (a case is played async and sync)."""
    good, bad = set(), set()
    for test in (test for suite in JUnitXml.fromfile(str(report)) for test in suite):
        case = test.name.partition("[")[2].removesuffix("]")
        if test.is_passed:
            good.add(case)
        elif not test.is_skipped:
            bad.add(case)
    return good - bad


def _compare(patches: Series, found: ranges.Verdicts) -> int:
    status = 0
    for release, verdicts in found.items():
        for fix in patches.fixes:
            committed = fix.verdict(release)
            if committed != verdicts[fix.name]:
                print(f"{fix.name} on {release}: committed is {committed}, measured {verdicts[fix.name]}")
                status = 1
    print(f"verdicts: {len(found)} releases, {len(patches.fixes)} fixes, {'they differ' if status else 'as committed'}")
    return status
