"""The verb `verdicts`: find out, by the cases of each fix, which releases need it, and write that down."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from junitparser import JUnitXml, Properties, TestCase
from rich.console import Console
from rich.progress import track

from scripts import environment, fetch, outcomes, ranges, releases, series, tests, trees, upstream, wheel, wheels
from scripts.commands import call
from scripts.errors import CommandFailed, HookDoesNotFit
from scripts.series import Fix, Series
from scripts.wheel import Published
from tests.round_trip.failures import NEW

Failed = dict[str, list[str]]
"""The cases that do not pass, with the numbers of their failures."""

ERRORED, SKIPPED = "errored", "skipped"
UNCLEAR = (NEW, ERRORED, SKIPPED)

WORKERS = 2
"""Releases measured at once. One takes a core and 600 MB."""


@dataclass(frozen=True)
class Bench:
    """What a measurement needs: the Python of the shared environment, the series, and the digest of the suite."""

    python: Path
    patches: Series
    suite: str


def run(arguments: argparse.Namespace) -> int:
    """Measure the releases of `arguments.spec` and write the ranges, or with `arguments.check` compare (1: differ)."""
    lock = upstream.load()
    patches = series.load()
    chosen = releases.select(lock, arguments.spec)
    files = [wheel.files_for(release, None)[0] for release in chosen]
    bases = [Published(*base) for base in zip(chosen, files, fetch.fetch_all(files), strict=True)]
    with environment.fresh("shared") as python:
        found = _measure_all(Bench(python, patches, outcomes.suite_digest()), bases)
    if arguments.check:
        return _compare(patches, found)
    ranges.write(lock, patches, found)
    return 0


def _measure_all(bench: Bench, bases: Sequence[Published]) -> ranges.Verdicts:
    with ThreadPoolExecutor(WORKERS) as workers:
        try:
            jobs = workers.map(partial(measure, bench), bases)
            verdicts = list(track(jobs, "measuring", total=len(bases), console=Console(stderr=True)))
        except BaseException:
            # Whoever interrupts does not want to wait for all the others; what is done is remembered.
            workers.shutdown(cancel_futures=True)
            raise
    return {base.release.version: verdict for base, verdict in zip(bases, verdicts, strict=True)}


def measure(bench: Bench, base: Published) -> dict[str, str]:
    """The verdict of each fix (its name to one of VERDICTS) on one release, from its cases unpatched and patched."""
    fixes = bench.patches.fixes
    with ExitStack() as stack:
        # One tree for both runs: the second one then has most of its bytecode, and it is laid out only if one is run.
        tree = cache(partial(stack.enter_context, trees.laid_out(base.path)))
        before = _failed(bench, base, {}, tree)
        failing = [fix for fix in fixes if _red(fix, before)]
        changed, fitting = _fitting(bench, base, failing) if failing else ({}, [])
        after = _failed(bench, base, changed, tree) if fitting else before
    return {fix.name: _verdict(fix, before, after, fix in fitting) for fix in fixes}


def _verdict(fix: Fix, before: Failed, after: Failed, fits: bool) -> str:
    red = _red(fix, before)
    if red and not fits:
        return "does not apply"
    if set(fix.cases) & set(after) - set(before):
        return "harmful"
    if not red:
        return "retired"
    return "insufficient" if _red(fix, after) else "needed"


def _red(fix: Fix, failed: Failed) -> set[str]:
    """Those of a fix's cases that show what it is there to mend, or something that nobody can tell from it."""
    counted = {*fix.failures, *UNCLEAR}
    return {case for case in fix.cases if counted & set(failed.get(case, ()))}


def _fitting(bench: Bench, base: Published, fixes: Iterable[Fix]) -> tuple[dict[str, bytes], list[Fix]]:
    """Those of the fixes that fit, and all that they change in a release (path to content), the overlay included."""
    changed: dict[str, bytes] = {}
    fitting: list[Fix] = []
    with wheels.opened(base.path) as original:
        for fix in fixes:
            if fix.hook_for(base.release.version) is None:
                continue
            try:
                changed, _ = series.apply([*fitting, fix], base.release.version, original.read)
            except HookDoesNotFit:
                continue
            fitting.append(fix)
    return ({**bench.patches.overlay, **changed} if fitting else {}), fitting


def _failed(bench: Bench, base: Published, changed: Mapping[str, bytes], tree: Callable[[], Path]) -> Failed:
    """Those of all fixes' cases that do not pass on a release with these changes; what was run before is remembered."""
    cases = {case for fix in bench.patches.fixes for case in fix.cases}
    key = outcomes.key(bench.suite, base.file.sha256, changed, cases)
    return outcomes.remembered(key, lambda: _play(bench.python, base, changed, cases, tree()))


def _play(python: Path, base: Published, changed: Mapping[str, bytes], cases: Iterable[str], tree: Path) -> Failed:
    """The cases that do not pass on a tree. Raises CommandFailed where pytest could not play them all."""
    trees.overwrite(tree, changed)
    report = tree / "junit.xml"
    command = [str(python), *tests.command(report, sorted(cases)), "-q", "-p", "no:cacheprovider"]
    status = call(command, trees.importing(tree), quiet=True)
    played = results(report) if status in (0, 1) else {}
    missing = set(cases) - set(played)
    if missing:
        name = f"pytest {min(missing)}"
        raise CommandFailed(name, f"it ended with exit status {status} on LiteLLM {base.release.version} and no result")
    return {case: numbers for case, numbers in played.items() if numbers}


def results(report: Path) -> dict[str, list[str]]:
    """By pytest's JUnit report, the numbers of the failures of each case, in both of its forms (async and sync).

    None are a pass; a case that was played in no form, or ended without saying why, has one of UNCLEAR.
    """
    forms: dict[str, list[TestCase]] = {}
    for test in (test for suite in JUnitXml.fromfile(str(report)) for test in suite):
        forms.setdefault(test.name.partition("[")[2].removesuffix("]"), []).append(test)
    return {case: sorted(_numbers(tests)) for case, tests in forms.items()}


def _numbers(tests: Sequence[TestCase]) -> set[str]:
    if all(test.is_skipped for test in tests):
        return {SKIPPED}
    failed = [test for test in tests if not (test.is_passed or test.is_skipped)]
    return {number for test in failed for number in _told(test) or [ERRORED]}


def _told(test: TestCase) -> list[str]:
    """The numbers that the case itself has found out (`tests/round_trip/failures.toml`)."""
    properties = test.child(Properties) or ()  # type: ignore[no-untyped-call]
    return [number for told in properties if told.name == "failures" for number in told.value.split()]


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
