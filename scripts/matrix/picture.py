"""headline-light.svg and headline-dark.svg: what the matrix found, as a picture for the README.

Each endpoint has a panel, as high as it has cases and with a column for each release, so that a red cell has the same
area everywhere. All of it is in the units of a picture of WIDTH, and large enough to be read on a phone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from scripts.matrix.markdown import PATHS, red_by_ingress
from scripts.matrix.page import FOLDER, environment
from scripts.matrix.ranges_text import measured, spans
from scripts.matrix.results import Results
from tests.round_trip.failures import NEW
from tests.round_trip.grid import INGRESSES, Case

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")

WIDTH, MARGIN, FONT = 830, 24, 22
RIGHT = WIDTH - MARGIN
FIRST, HEIGHTS, ABOVE, BELOW = 234.0, 264, 38, 14
"""Where the first panel's heading begins, what all panels are high together, and the space above and below each."""
LETTER, APART = 0.62 * FONT, 30
"""The width of a letter in a wide font, and the space between two names."""


@dataclass(frozen=True)
class Panel:
    """An endpoint: its red cells in all, unpatched and patched, and how many there are release by release as lines."""

    path: str
    cases: int
    red: tuple[int, int]
    lines: tuple[str, str]
    top: float
    bottom: float


@dataclass(frozen=True)
class Minor:
    """A minor release: where its releases begin, and where its name stands, None where there is no room for it."""

    name: str
    start: float
    middle: float | None


def picture(results: Results, scheme: Scheme) -> str:
    """The picture's text for a light or a dark ground, of at least one release; the same results give the same text."""
    releases = measured(results)
    panels = list(_panels(results, releases))
    bottom = panels[-1].bottom
    template = environment().get_template("headline.svg.j2")
    return template.render(
        colour=_colours(scheme),
        size=(WIDTH, round(bottom + 2 * MARGIN), MARGIN, RIGHT, bottom),
        font=FONT,
        releases=len(releases),
        span=", ".join(spans(releases, releases)),
        cases=len(results.header.cases),
        failures=len({number for one in results.results for number in one.failures} - {NEW}),
        red=[results.red(patched=patched) for patched in (False, True)],
        panels=panels,
        minors=_minors(releases),
    )


def _colours(scheme: Scheme) -> dict[str, str]:
    """The report's own colours, by their names in page.css."""
    light, _, dark = (FOLDER / "page.css").read_text(encoding="utf-8").partition("@media (prefers-color-scheme: dark)")
    return dict(re.findall(r"--([\w-]+): (#\w+)", light if scheme == "light" else light + dark))


def _panels(results: Results, releases: Sequence[str]) -> Iterator[Panel]:
    """Those of the endpoints that have a case."""
    ingresses = [Case.parse(case).ingress for case in results.header.cases]
    red = red_by_ingress(results)
    unit, bottom = HEIGHTS / len(ingresses), FIRST - BELOW
    for ingress in sorted(set(ingresses), key=INGRESSES.index):
        counts = [[red[release, patched, ingress] for release in releases] for patched in (False, True)]
        cases = ingresses.count(ingress)
        top = round(bottom + BELOW + ABOVE, 1)
        bottom = round(top + cases * unit, 1)
        unpatched, patched = (_line(one, bottom, unit) for one in counts)
        yield Panel(PATHS[ingress], cases, (sum(counts[0]), sum(counts[1])), (unpatched, patched), top, bottom)


def _line(counts: Sequence[int], bottom: float, unit: float) -> str:
    """The path of a line that goes up and down in steps, a step for the releases in a row that have the same count."""
    place, line, to = 0, "", f"M{MARGIN} "
    for count, same in groupby(counts):
        place += len(list(same))
        line += f"{to}{round(bottom - count * unit, 1):g}H{_x(place, len(counts)):g}"
        to = "V"
    return line


def _x(place: int, count: int) -> float:
    return round(MARGIN + (RIGHT - MARGIN) * place / count, 1)


def _minors(releases: Sequence[str]) -> list[Minor]:
    """The minors, newest first: it is named, and of the others those whose names do not run into a newer one."""
    found: list[Minor] = []
    end, free = len(releases), float(RIGHT)
    for name, same in groupby(reversed(releases), key=lambda release: release.rpartition(".")[0]):
        start = end - len(list(same))
        left, half = _x(start, len(releases)), LETTER * len(name) / 2
        middle = (left + _x(end, len(releases))) / 2
        middle = max(MARGIN + half, middle if found else min(middle, free - half))
        named = middle + half <= free
        free = middle - half - APART if named else free
        found.append(Minor(name, left, round(middle, 1) if named else None))
        end = start
    return found
