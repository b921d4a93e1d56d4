"""What changed between two runs of the matrix: which cases turned red, and which green.

A release is compared with itself. One that the old run does not have is compared with the nearest older one that it
has: this is how a new release of LiteLLM is judged by the one before it.

Red is what passed and now fails, so that something which worked stopped working. What was skipped and now fails was
never seen to work: it has `surfaced`, and is told apart. From passed to skipped is neither red nor green.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from packaging.version import Version

from scripts.matrix.ranges_text import measured
from scripts.matrix.results import PASSED, SKIPPED, Result, Results


@dataclass(frozen=True)
class Change:
    """A case whose outcome changed on a release, since it was played on `against` (often the same release).

    `failures` are the numbers of the red one of the two, and `reason` says what went wrong first in it.
    """

    release: str
    against: str
    patched: bool
    case: str
    before: str
    after: str
    failures: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Comparison:
    """All changes, patched ones first, else in the order of the new results: release by release.

    `added` and `gone` count the cases that only the new run has, or only the old one; nothing is compared of them.
    `against` names, for each release, the one that it was compared with, and `uncompared` those for which there is
    none: the old run has neither them nor an older one.
    """

    red: list[Change] = field(default_factory=list)
    green: list[Change] = field(default_factory=list)
    surfaced: list[Change] = field(default_factory=list)
    added: int = 0
    gone: int = 0
    against: dict[str, str] = field(default_factory=dict)
    uncompared: tuple[str, ...] = ()


def compare(new: Results, old: Results) -> Comparison:
    """Compare a run with an earlier one, which may be of other releases and of other cases."""
    releases = measured(new)
    against = _counterparts(releases, measured(old))
    changes = sorted(_changes(new, old, against), key=lambda change: not change.patched)
    cases, cases_before = set(new.header.cases), set(old.header.cases)
    return Comparison(
        red=[one for one in changes if one.before == PASSED],
        green=[one for one in changes if one.after == PASSED],
        surfaced=[one for one in changes if one.before == SKIPPED],
        added=len(cases - cases_before),
        gone=len(cases_before - cases),
        against=against,
        uncompared=tuple(release for release in releases if release not in against),
    )


def _counterparts(releases: list[str], old: list[str]) -> dict[str, str]:
    """Each release with the nearest of the old ones that is not newer, where there is one."""
    known = sorted(old, key=Version)
    versions = [Version(release) for release in known]
    places = {release: bisect_right(versions, Version(release)) for release in releases}
    return {release: known[place - 1] for release, place in places.items() if place}


def _changes(new: Results, old: Results, against: dict[str, str]) -> Iterator[Change]:
    """What turned red, or from red to passed, in the order of the new results."""
    before = {(one.release, one.patched, one.case): one for one in old.results}
    for after in new.results:
        was = before.get((against.get(after.release, ""), after.patched, after.case))
        if was and ((after.red and not was.red) or (was.red and after.outcome == PASSED)):
            yield _change(was, after)


def _change(was: Result, after: Result) -> Change:
    red = after if after.red else was
    return Change(
        after.release,
        was.release,
        after.patched,
        after.case,
        was.outcome,
        after.outcome,
        red.failures,
        red.reason,
    )
