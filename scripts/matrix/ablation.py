"""Leave each fix out once: one without which no case turns red is dead weight."""

from __future__ import annotations

from dataclasses import replace

from scripts.matrix.labels import labelled
from scripts.matrix.measure import Bench, Measured, fit
from scripts.matrix.results import PASSED
from scripts.patching.series import Fix

DEAD_WEIGHT = "dead weight"


def ablated(bench: Bench, measured: Measured) -> Measured:
    """The same with the verdict of each needed fix changed that can be left out and turns no case red.

    The fix's own cases are played first, and all of them only where none of those turns red.
    """
    needed = [fix for fix in measured.applied if measured.verdicts[fix.name] == "needed"]
    dead = [fix.name for fix in needed if not _is_missed(bench, measured, fix)]
    return replace(measured, verdicts={**measured.verdicts, **dict.fromkeys(dead, DEAD_WEIGHT)})


def _is_missed(bench: Bench, measured: Measured, fix: Fix) -> bool:
    changed, _ = fit(measured.base, [one for one in measured.applied if one is not fix])
    passing = {one.case for one in measured.results if one.patched and one.outcome == PASSED}
    own = [case for case in bench.cases if case in passing and case in fix.cases]
    rest = [case for case in bench.cases if case in passing and case not in fix.cases]
    return any(cases and _turns_red(bench, measured, fix, changed, cases) for cases in (own, rest))


def _turns_red(bench: Bench, measured: Measured, fix: Fix, changed: dict[str, bytes], cases: list[str]) -> bool:
    played = bench.play(measured.base, f"without-{fix.name}", changed, cases)
    return any(one.red for one in labelled(played, str(measured.base.release.version), True, {}))
