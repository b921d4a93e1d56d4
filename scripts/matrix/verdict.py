"""What a fix is good for on a release, by its cases unpatched and patched (docs/design.md#verdicts)."""

from __future__ import annotations

from collections.abc import Iterable

from scripts.matrix.results import ERRORED, PASSED, SKIPPED, Result
from scripts.patching.series import Fix
from tests.round_trip.failures import NEW

Failed = dict[str, list[str]]
"""The cases that do not pass, with the numbers of their failures."""

UNCLEAR = (NEW, ERRORED, SKIPPED)


def failed(results: Iterable[Result]) -> Failed:
    """Of results of one release and variant, the cases that do not pass."""
    return {one.case: list(one.failures) or [one.outcome] for one in results if one.outcome != PASSED}


def red(fix: Fix, shown: Failed) -> set[str]:
    """Those of a fix's cases that show what it is there to mend, or something that nobody can tell from it."""
    counted = {*fix.failures, *UNCLEAR}
    return {case for case in fix.cases if counted & set(shown.get(case, ()))}


def verdict(fix: Fix, before: Failed, after: Failed, fits: bool) -> str:
    """What a fix is good for on a release, from what fails unpatched and patched, and whether its hook fits."""
    shown = red(fix, before)
    if shown and not fits:
        return "does not apply"
    if set(fix.cases) & set(after) - set(before):
        return "harmful"
    if not shown:
        return "retired"
    return "insufficient" if red(fix, after) else "needed"
