"""The endpoint guide: on which releases thinking survives the way through an ingress to a backend.

The advice that people give one another (Claude's models on /v1/messages, all others on /v1/chat/completions), measured
instead of asserted. Only the grid counts: what it plays are conversations with thinking, while the families ask other
things of a release; and of the grid what is in no dialect, which is not the provider's own form. An ingress is *intact*
on a release when every case of the grid through it to the backend passed. Skipped cases do not count, but at least one
has to have passed, and one without a result proves nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from scripts.matrix.ranges_text import measured, spans
from scripts.matrix.results import PASSED, RED, SKIPPED, Results
from tests.round_trip import families
from tests.round_trip.grid import INGRESSES, Case

Route = tuple[str, str]
"""A backend and an ingress."""


@dataclass(frozen=True)
class Row:
    """What an ingress to a backend is good for.

    `unpatched` and `patched` are the ranges of releases on which it is intact, oldest first. `played` counts the cases
    that were played, and not skipped, on any release. `best_unpatched` and `best_patched` say what it comes to on the
    newest release, such as "5 of 6 on 1.109.1"; they are "" where it is intact there.
    """

    backend: str
    ingress: str
    unpatched: tuple[str, ...]
    patched: tuple[str, ...]
    played: int
    best_unpatched: str = ""
    best_patched: str = ""


def guide(results: Results) -> list[Row]:
    """A row for each backend, by name, and each ingress that the grid has to it."""
    tally = _Tally(results)
    return [_row(tally, route) for route in tally.routes]


def advice(results: Results, release: str, *, patched: bool) -> dict[str, tuple[str, ...]]:
    """Each backend of the grid with the ingresses that are intact on a release; {} if it was not measured."""
    tally = _Tally(results)
    if release not in tally.releases:
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for route in tally.routes:
        backend, ingress = route
        intact = (ingress,) if tally.intact(route, release, patched) else ()
        found[backend] = found.get(backend, ()) + intact
    return found


def _row(tally: _Tally, route: Route) -> Row:
    unpatched, patched = (
        spans(tally.releases, [release for release in tally.releases if tally.intact(route, release, variant)])
        for variant in (False, True)
    )
    return Row(*route, unpatched, patched, tally.played[route], tally.newest(route, False), tally.newest(route, True))


class _Tally:
    """How many cases of each route had which outcome, by release and variant."""

    def __init__(self, results: Results) -> None:
        self.releases = measured(results)
        self._results = results
        self._routes = _routes(results.header.cases)
        self._sizes = Counter(self._routes.values())
        self._outcomes = Counter(
            (self._routes[one.case], one.release, one.patched, one.outcome)
            for one in results.results
            if one.case in self._routes
        )

    @property
    def routes(self) -> list[Route]:
        return sorted(self._sizes, key=lambda route: (route[0], INGRESSES.index(route[1])))

    @cached_property
    def played(self) -> Counter[Route]:
        """How many cases of each route were played at all."""
        found = {one.case for one in self._results.results if one.outcome != SKIPPED}
        return Counter(route for case, route in self._routes.items() if case in found)

    def intact(self, route: Route, release: str, patched: bool) -> bool:
        passed, skipped = (self._outcomes[route, release, patched, outcome] for outcome in (PASSED, SKIPPED))
        return passed > 0 and passed + skipped == self._sizes[route]

    def newest(self, route: Route, patched: bool) -> str:
        """What a route comes to on the newest release, where it is not intact."""
        if not self.releases or self.intact(route, self.releases[-1], patched):
            return ""
        release = self.releases[-1]
        passed, skipped, *red = (self._outcomes[route, release, patched, one] for one in (PASSED, SKIPPED, *RED))
        if not passed + sum(red):
            return f"none played on {release}"
        return f"{passed} of {self._sizes[route] - skipped} on {release}"


def _routes(cases: Iterable[str]) -> dict[str, Route]:
    parsed = {case: Case.parse(case) for case in cases if families.node(case) is None}
    return {name: (case.backend, case.ingress) for name, case in parsed.items() if case.dialect is None}
