"""The grid's results as text: backends x ingresses, the failures by number, and what was not played."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tests.round_trip.failures import NEW, titles
from tests.round_trip.grid import INGRESSES, Case, cells


@dataclass(frozen=True)
class Result:
    """What became of a case: `outcome` is passed, open, failed or skipped, `numbers` are those of its failures."""

    case: str
    outcome: str
    numbers: tuple[str, ...]


def lines(results: Sequence[Result], *, verbose: bool) -> Iterator[str]:
    """The whole summary; with `verbose` every case that failed, and why cells are not played."""
    yield from _table(results)
    yield from _numbers(results, verbose)
    yield from _not_played(verbose)


def _table(results: Sequence[Result]) -> Iterator[str]:
    """How many cases of a backend passed, of how many that were played."""
    passed, played = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for result in results:
        cell = _cell(result.case)
        played[cell] += result.outcome != "skipped"
        passed[cell] += result.outcome == "passed"
    backends = sorted({backend for backend, _ in played})
    width = max(map(len, backends))
    yield f"{'passed/played':<{width}}" + "".join(f"{ingress:>12}" for ingress in INGRESSES)
    for backend in backends:
        row = [(passed[backend, ingress], played[backend, ingress]) for ingress in INGRESSES]
        yield f"{backend:<{width}}" + "".join(f"{f'{good}/{all_}' if all_ else '-':>12}" for good, all_ in row)
    totals = [sum(counter.values()) for counter in (passed, played)]
    yield f"{len(results)} runs of cases: {totals[0]} of {totals[1]} passed, {len(results) - totals[1]} skipped"


def _cell(case: str) -> tuple[str, str]:
    """The backend and the ingress in a case's id."""
    parsed = Case.parse(case)
    return parsed.backend, parsed.ingress


def _numbers(results: Iterable[Result], verbose: bool) -> Iterator[str]:
    named = titles()
    shown: dict[str, list[str]] = defaultdict(list)
    for result in results:
        for number in result.numbers:
            shown[number].append(result.case)
    for number in sorted(shown, key=lambda name: (len(name), name)):
        names = sorted(set(shown[number]))
        where = Counter("-".join(reversed(_cell(case))) for case in names)
        places = ", ".join(f"{place} {count}" for place, count in sorted(where.items()))
        yield f"{number:<4} {named.get(number, 'nobody has described this one yet')}"
        yield f"     {len(names)} cases, such as {names[0]}; {places}"
        if verbose or number == NEW:
            yield from (f"       {name}" for name in names)


def _not_played(verbose: bool) -> Iterator[str]:
    reasons = Counter(reason for _, reason in cells() if reason)
    yield f"{sum(reasons.values())} cells are not played:"
    for reason, count in reasons.most_common(None if verbose else 8):
        yield f"  {count:>5}  {reason}"
