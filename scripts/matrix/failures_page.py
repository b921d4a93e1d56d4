"""The table of docs/failures.md, made of tests/round_trip/failures.toml and of what the fixes say they mend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from scripts.marked import replaced
from scripts.patching.series import Fix
from tests.round_trip.failures import Description, Known, described, known
from tests.round_trip.grid import INGRESSES

MARKERS = "<!-- failures: written by nox -s docs -->", "<!-- end of failures -->"
_EVER = Version("9999")


def with_table(text: str, fixes: Iterable[Fix]) -> str:
    """The page's text with a new table between its two markers. Raises BadPatch where they are missing."""
    return replaced("docs/failures.md", text, MARKERS, table(described(), known(), fixes))


def table(failures: Mapping[str, Description], entries: Sequence[Known], fixes: Iterable[Fix]) -> str:
    """A row for each failure: what it is, where its entries and its families show it, what mends it, and its state."""
    mending = [(number, fix.name) for fix in fixes for number in fix.failures]
    rows = ["| number | failure | shown on | mended by | upstream | state |", "|---|---|---|---|---|---|"]
    for number, one in failures.items():
        cells = [
            f"[{number}](#{number.lower()})",
            one.title,
            _shown(one, [entry for entry in entries if entry.number == number]),
            ", ".join(f"[`{fix}`](../patches/{fix}/fix.toml)" for mended, fix in mending if mended == number),
            ", ".join(one.upstream),
            one.state,
        ]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def _shown(one: Description, entries: Sequence[Known]) -> str:
    """The ingresses with their releases, those that have the same together; and what else shows the failure, or not."""
    texts: dict[str, list[str]] = {}
    for ingress in INGRESSES:
        told = [entry.releases for entry in entries if ingress in (entry.ingresses or INGRESSES)]
        here = ingress in one.ingresses
        if told or here:
            texts.setdefault(_releases(chain(told, one.releases if here else ())), []).append(f"`{ingress}`")
    parts = [f"{', '.join(names)}{text}" for text, names in texts.items()]
    return "; ".join([*parts, *_otherwise(one, entries)])


def _otherwise(one: Description, entries: Sequence[Known]) -> Iterator[str]:
    if not entries and not one.releases:
        yield f"as {' and '.join(one.seen_by)}" if one.seen_by else "no case"


def _releases(specifiers: Iterable[str]) -> str:
    """` since 1.82.1`, or stretches such as ` 1.82.1 to before 1.99`; "" where nothing is said."""
    joined: list[tuple[Version, Version]] = []
    for first, end in sorted(map(_stretch, specifiers)):
        if joined and (first < joined[-1][1] or first == joined[-1][1] < end):
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((first, end))
    return ",".join(f" {text}" for text in map(_words, joined))


def _stretch(specifier: str) -> tuple[Version, Version]:
    """The first release of a specifier and the one before which it ends; of a single release, that one twice."""
    told = {one.operator: Version(one.version) for one in SpecifierSet(specifier)}
    return (told["=="], told["=="]) if "==" in told else (told[">="], told.get("<", _EVER))


def _words(stretch: tuple[Version, Version]) -> str:
    first, end = stretch
    if end == _EVER:
        return f"since {first}"
    return f"{first}" if first == end else f"{first} to before {end}"
