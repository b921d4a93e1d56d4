"""Name what was played: the failures by their numbers (`tests/round_trip/failures.toml`), and the details by digest.

The numbers are given late, so that a failure that gets a name need not be played again.
"""

from __future__ import annotations

from collections.abc import Iterable

from scripts.matrix.results import FAILED, Result, digest_of
from tests.round_trip import failures
from tests.round_trip.failures import Failure
from tests.round_trip.grid import Case
from tests.round_trip.jobs import Played

LONGEST = 300
"""Characters of a reason, which stands beside thousands of others; the detail has all of it."""


def labelled(played: Iterable[Played], release: str, patched: bool, details: dict[str, str]) -> tuple[Result, ...]:
    """What was played on a release as results; their details are added to `details`, by digest."""
    return tuple(_labelled(one, release, patched, details) for one in played)


def _labelled(played: Played, release: str, patched: bool, details: dict[str, str]) -> Result:
    digest = ""
    if played["detail"]:
        digest = digest_of(played["detail"])
        details.setdefault(digest, played["detail"])
    reason = played["reason"].partition("\n")[0][:LONGEST]
    return Result(release, patched, played["case"], played["outcome"], _numbers(played, release), reason, digest)


def _numbers(played: Played, release: str) -> tuple[str, ...]:
    """Those that the case itself has told, or those of its failures."""
    if played["outcome"] != FAILED or played["numbers"]:
        return tuple(played["numbers"])
    told = [Failure(text, changed) for text, changed in played["failures"]]
    return tuple(failures.labels(Case.parse(played["case"]), told, release))
