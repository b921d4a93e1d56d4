"""report.html: everything that a run of the matrix measured, as one page that needs no network.

    results ── _Book                 states, groups and details, each of them once
                 │
              chunks                 deflated and in base64; page.js inflates them when it needs them
                 │
    page/page.html.j2                with page.css and page.js in it, which the page's policy allows by their digests

What is short (headline, trend, fixes, guide) is written as HTML; the grid is drawn by page/page.js.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from scripts.matrix.guide import guide
from scripts.matrix.ranges_text import newest_of_minors, spans
from scripts.matrix.results import ERRORED, FAILED, PASSED, SKIPPED, FixInfo, Result, Results
from tests.round_trip.grid import DIALECT, Case

FOLDER = Path(__file__).with_suffix("")
NEW, UNNUMBERED, NEVER = "new", "?", "-"
"""What stands for a failure's number where it has none: nobody described it, it came without, it never happened."""
CHUNK = 200
"""Details in one chunk: to open a cell inflates one of them, about a megabyte."""

_TITLES = {
    NEW: "Failures that nobody has described",
    UNNUMBERED: "Red without the number of a failure",
    NEVER: "Cases that never fail",
}
_LETTERS = {PASSED: "p", FAILED: "f", ERRORED: "e", SKIPPED: "s"}
_NOT_PLAYED = "n"


def page(results: Results) -> str:
    """The text of report.html; the same results give the same text."""
    order = results.header.releases.index
    results = replace(results, releases=tuple(sorted(results.releases, key=lambda one: order(one.release))))
    cases = [Case.parse(case) for case in results.header.cases]
    book = _Book(results)
    return _rendered(
        header=results.header,
        headline=_headline(results, book),
        trend=_trend(results),
        fixes=[_fix_row(results, fix) for fix in results.header.fixes],
        guide=[list(rows) for _, rows in groupby(guide(results), key=lambda row: row.backend)],
        backends=sorted({case.backend for case in cases}),
        ingresses=list(dict.fromkeys(case.ingress for case in cases)),
        dialects=_dialects(results),
        chunks=dict(book.chunks()),
    )


def environment() -> Environment:
    """What renders the templates of this folder: all that is put into them is escaped."""
    found = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters.update(code=_code, number=_number, pair=lambda value: (value, value))
    return found


def _rendered(**told: Any) -> str:
    style, script = ((FOLDER / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    text = (
        environment()
        .get_template("page.html.j2")
        .render(
            style=Markup(style),  # noqa: S704 (a file of ours)
            script=Markup(script),  # noqa: S704 (a file of ours)
            policy=_policy(style, script),
            **told,
        )
    )
    # Half a surrogate pair in a title must not keep the page from being written.
    return text.encode("utf-8", "replace").decode()


# ---------------------------------------------------------------- the data of the grid


class _Numbered(dict[Any, int]):
    """Things in the order of their first use, each with its place."""

    def place(self, thing: Any) -> int:
        return self.setdefault(thing, len(self))


@dataclass
class _Book:
    """What the grid shows, each text once: a state is an outcome, its failures, its reason and its detail.

    A case is two lists, unpatched and patched, of `state, releases, state, releases, ...`, as most states last for
    several releases.
    """

    results: Results
    states: _Numbered = field(default_factory=_Numbered)
    failures: _Numbered = field(default_factory=_Numbered)
    reasons: _Numbered = field(default_factory=_Numbered)
    details: _Numbered = field(default_factory=_Numbered)
    groups: dict[str, list[int]] = field(default_factory=dict)
    cases: list[list[Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.states.place((_NOT_PLAYED, self.failures.place(()), self.reasons.place(""), -1))
        places = {release.release: place for place, release in enumerate(self.results.releases)}
        played: dict[tuple[str, bool], dict[int, Result]] = {}
        for result in self.results.results:
            played.setdefault((result.case, result.patched), {})[places[result.release]] = result
        for number, case in enumerate(self.results.header.cases):
            variants = [played.get((case, patched), {}) for patched in (False, True)]
            parsed = Case.parse(case)
            self.cases.append([case, parsed.ingress, parsed.backend, *map(self._runs, variants)])
            for shown in {number for one in variants for result in one.values() for number in _shown(result)} or {
                NEVER
            }:
                self.groups.setdefault(shown, []).append(number)

    def chunks(self) -> Iterator[tuple[str, str]]:
        """The name of each chunk and its text."""
        yield "data", _packed(self._data())
        yield "reasons", _packed(list(self.reasons))
        yield "conversations", _packed(self.results.header.conversations)
        texts = [self.results.details.get(digest, "") for digest in self.details]
        for start in range(0, len(texts), CHUNK):
            yield f"details-{start // CHUNK}", _packed(texts[start : start + CHUNK])

    def _runs(self, variant: dict[int, Result]) -> list[int]:
        states = [self._state(variant.get(place)) for place in range(len(self.results.releases))]
        return [number for state, same in groupby(states) for number in (state, len(list(same)))]

    def _state(self, result: Result | None) -> int:
        if result is None:
            return 0
        failures, reason = self.failures.place(result.failures), self.reasons.place(result.reason)
        detail = self.details.place(result.detail) if result.detail else -1
        return self.states.place((_LETTERS[result.outcome], failures, reason, detail))

    def _data(self) -> dict[str, Any]:
        header, releases = self.results.header, self.results.releases
        return {
            "chunk": CHUNK,
            "releases": [[one.release, one.applied, one.verdicts] for one in releases],
            "minors": _newest([one.release for one in releases]),
            "states": list(self.states),
            "failures": list(self.failures),
            "titles": header.failures | _TITLES,
            "groups": [[number, self.groups[number]] for number in sorted(self.groups, key=_order)],
            "cases": self.cases,
            "fixes": [[fix.name, fix.title, fix.cases] for fix in header.fixes],
        }


def _shown(result: Result) -> tuple[str, ...]:
    """The groups that a result puts its case into."""
    return (result.failures or (UNNUMBERED,)) if result.red else ()


def _order(number: str) -> tuple[int, str, int, str]:
    """What is not understood first, then by number, then what never fails."""
    rank = {NEW: 0, UNNUMBERED: 1, NEVER: 3}.get(number, 2)
    found = re.search(r"\d+", number)
    return rank, number[: found.start()] if found else number, int(found.group()) if found else 0, number


def _newest(releases: Sequence[str]) -> list[int]:
    return [releases.index(name) for name in newest_of_minors(releases)]


def _packed(data: Any) -> str:
    text = json.dumps(data, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode("ascii"), 9)).decode("ascii")


# ---------------------------------------------------------------- what is written as HTML


def _policy(style: str, script: str) -> str:
    """The page's own rules for the browser: nothing from outside, and no style or script but these two."""
    allowed = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script)]
    return (
        f"default-src 'none'; style-src 'sha256-{allowed[0]}'; script-src 'sha256-{allowed[1]}'; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _headline(results: Results, book: _Book) -> dict[str, int]:
    red = [{_cell(one) for one in results.results if one.red and one.patched is patched} for patched in (False, True)]
    passed = [one for one in results.results if one.outcome == PASSED]
    good = [{_cell(one) for one in passed if one.patched is patched} for patched in (False, True)]
    return {
        "failures": len(set(book.groups) - set(_TITLES)),
        "new": len(book.groups.get(NEW, ())),
        "releases": len(results.releases),
        "cases": len(results.header.cases),
        "dialects": len(results.dialects),
        "unpatched": len(red[0]),
        "patched": len(red[1]),
        "healed": len(red[0] & good[1]),
        "broken": len(good[0] & red[1]),
    }


def _dialects(results: Results) -> list[tuple[str, str]]:
    """What the filter offers: how the ids of all dialects begin, and those of each wire; nothing if there are none."""
    wires = sorted({name.split("-")[1] for name in results.dialects})
    every = [(DIALECT, "all dialects")] if wires else []
    return every + [(f"{DIALECT}{wire}-", f"of {wire}") for wire in wires]


def _cell(result: Result) -> tuple[str, str]:
    return result.release, result.case


def _fix_row(results: Results, fix: FixInfo) -> dict[str, Any]:
    releases = [one.release for one in results.releases]
    verdicts: dict[str, list[str]] = {}
    for one in results.releases:
        if fix.name in one.verdicts:
            verdicts.setdefault(one.verdicts[fix.name], []).append(one.release)
    found = {verdict: (len(chosen), spans(releases, chosen)) for verdict, chosen in sorted(verdicts.items())}
    none = (0, ())
    return {"fix": fix, "needed": found.pop("needed", none), "retired": found.pop("retired", none), "other": found}


def _code(text: str) -> Markup:
    """A title, in which what stands between backticks is code."""
    pieces = (Markup("<code>{}</code>").format(piece) if odd else escape(piece) for odd, piece in _pieces(text))
    return Markup("").join(pieces)


def _pieces(text: str) -> Iterator[tuple[bool, str]]:
    for place, piece in enumerate(text.split("`")):
        yield place % 2 == 1, piece


def _number(value: int) -> str:
    return f"{value:,}"


# ---------------------------------------------------------------- the trend

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 1160, 260, 44, 130, 14, 46
"""Of the drawing, and of the margins around its lines, in its own units."""


def _trend(results: Results) -> dict[str, Any]:
    """The failing cases by release as two lines: their points, the axes, and the numbers themselves."""
    releases = [one.release for one in results.releases]
    red = Counter((one.release, one.patched) for one in results.results if one.red)
    rows = [(release, red[release, False], red[release, True]) for release in releases]
    step = _step(max((max(row[1:]) for row in rows), default=0))
    top = step * max(1, -(-max((max(row[1:]) for row in rows), default=0) // step))
    points = [(_x(place, len(rows)), _y(row[1], top), _y(row[2], top)) for place, row in enumerate(rows)]
    return {
        "rows": rows,
        "points": points,
        "ticks": [(_y(value, top), value) for value in range(0, top + 1, step)],
        "marked": _newest(releases),
        "named": _far_apart([(place, points[place][0]) for place in _newest(releases)]),
        "labels": _labels(points[-1][1:]) if points else (0, 0),
        "size": (WIDTH, HEIGHT, LEFT, WIDTH - RIGHT, TOP, HEIGHT - BOTTOM),
    }


def _x(place: int, count: int) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT) * (place / (count - 1) if count > 1 else 0.5), 1)


def _y(value: int, top: int) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top, 1)


def _step(highest: int) -> int:
    """A round number of which four or five reach the highest value."""
    steps = [factor * int(10**power) for power in range(7) for factor in (1, 2, 5)]
    return next(step for step in steps if step * 5 >= highest)


def _far_apart(places: Sequence[tuple[int, float]]) -> set[int]:
    """Those places of which the names do not run into one another; the newest is one of them."""
    named: dict[int, float] = {}
    for place, x in reversed(places):
        if all(other - x >= 22 for other in named.values()):
            named[place] = x
    return set(named)


def _labels(ends: Sequence[float]) -> tuple[float, float]:
    """Where the names of the two lines stand: at their ends, but not on one another."""
    unpatched, patched = ends
    space = max(0.0, 16 - abs(patched - unpatched)) / 2
    return (unpatched - space, patched + space) if unpatched <= patched else (unpatched + space, patched - space)
