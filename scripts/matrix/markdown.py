"""report.md: the short report of a run, for the summary of a CI job and for people who read text.

A CI service takes about a megabyte, so every list has an end: texts, ranges in a cell, and changes are cut with a
count of the rest. The whole is in report.html and results.jsonl.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain

from scripts.matrix.comparison import Change, Comparison
from scripts.matrix.guide import Row, advice, guide
from scripts.matrix.ranges_text import measured, newest_of_minors, spans
from scripts.matrix.results import FixInfo, Results
from tests.round_trip.failures import NEW
from tests.round_trip.grid import DIALECT, INGRESSES, Case

FEW = 12
"""Up to so many releases are all in the table; of more, the newest patch release of each minor."""
CHANGES, RANGES, LETTERS = 50, 6, 200
"""What is shown at most: lines of a list of changes, ranges in a cell, characters of a reason."""

PATHS = {"messages": "/v1/messages", "chat": "/v1/chat/completions", "responses": "/v1/responses"}
VARIANTS = {False: "unpatched", True: "patched"}
UNNUMBERED = ""
"""Stands for the number of what is red without one."""
_OURS = {
    NEW: "**Failures that nobody has described**",
    UNNUMBERED: "Red without a number: it errored, or nobody could tell what failed",
}


def markdown(results: Results, comparison: Comparison | None) -> str:
    """The text of report.md, the same for the same results. `comparison` is with the last run, if there was one."""
    parts = (
        _head(results),
        _by_release(results),
        _changed(results, comparison) if comparison else (),
        _fixes(results),
        _failures(results),
        _guide(results),
    )
    text = re.sub("\n{3,}", "\n\n", "\n".join([*chain.from_iterable(parts), ""]))
    # Half a surrogate pair in a reason must not keep the report from being written.
    return text.encode("utf-8", "replace").decode()


# ---------------------------------------------------------------- the sections


def _head(results: Results) -> Iterator[str]:
    header, releases = results.header, measured(results)
    cells = Counter(one.patched for one in results.results)
    red = Counter(one.patched for one in results.results if one.red)
    shown = _shown(results)
    known = {number for number, _, _ in shown} - {NEW, UNNUMBERED}
    new = sum(count for (number, _, _), count in shown.items() if number == NEW)
    span = ", ".join(spans(releases, releases)) or "none"
    cases, all_cells = len(header.cases), len(results.results)
    yield "# What LiteLLM keeps of thinking"
    yield ""
    yield f"- Releases: {len(releases):,} ({span}); cases: {cases:,}; cells in all: {all_cells:,}"
    if results.dialects:
        spoken = [one for one in results.results if one.case.startswith(DIALECT)]
        ill = Counter(one.patched for one in spoken if one.red)
        yield (
            f"- Dialects: {len(results.dialects):,}, in {len(spoken):,} cells; "
            f"red unpatched {ill[False]:,}, patched {ill[True]:,}"
        )
    yield f"- Failures found: {len(known):,}"
    for patched, name in VARIANTS.items():
        yield f"- Red cells {name}: {red[patched]:,} of {cells[patched]:,}"
    if new:
        yield f"- **Red cells with a failure that nobody has described: {new:,}**"
    part = "" if header.shard == "1/1" else f", shard {header.shard} of {len(header.releases):,} releases"
    yield f"- Run `{header.run[:12]}`{part}; Python {_text(header.python)}; revision {header.revision} of the fixes"


def _by_release(results: Results) -> Iterator[str]:
    releases = measured(results)
    chosen = releases if len(releases) <= FEW else newest_of_minors(releases)
    red = red_by_ingress(results)
    which = "" if len(releases) <= FEW else " of the newest patch release of each minor"
    yield from _section("Red cases by release", f"Red cases{which}, unpatched / patched.")
    yield from _table(
        ["release", "all", *(f"`{PATHS[ingress]}`" for ingress in INGRESSES)],
        [
            [release, *(f"{red[release, False, one]:,} / {red[release, True, one]:,}" for one in ("", *INGRESSES))]
            for release in chosen
        ],
    )


def red_by_ingress(results: Results) -> Counter[tuple[str, bool, str]]:
    """The red cells by release, variant and ingress; "" stands for all ingresses."""
    ingress = {case: Case.parse(case).ingress for case in {one.case for one in results.results if one.red}}
    red = [one for one in results.results if one.red]
    return Counter((one.release, one.patched, part) for one in red for part in ("", ingress[one.case]))


def _changed(results: Results, comparison: Comparison) -> Iterator[str]:
    yield from _section("Since the last run", *_compared(results, comparison))
    yield from _changes("Newly red", comparison.red, results, "Nothing that passed is red now.")
    yield from _changes("Newly green", comparison.green, results, "Nothing that was red passes now.")
    if comparison.surfaced:
        yield from _changes("Skipped before, red now", comparison.surfaced, results, "")


def _compared(results: Results, comparison: Comparison) -> Iterator[str]:
    """With what it was compared, and what there was nothing to compare with."""
    others = {new: old for new, old in comparison.against.items() if new != old}
    same = len(comparison.against) - len(others)
    yield f"Releases compared with themselves: {same:,}; with the nearest older one of the last run: {len(others):,}."
    if comparison.uncompared:
        listed = _ranges(spans(measured(results), comparison.uncompared))
        yield f"**Not compared: {listed}; the last run has nothing as old.**"
    if comparison.added or comparison.gone:
        yield f"Cases that the last run did not have: {comparison.added:,}; that only it had: {comparison.gone:,}."


def _changes(title: str, changes: Sequence[Change], results: Results, nothing: str) -> Iterator[str]:
    """The changes as a table, in which those that differ by their release alone are one line."""
    yield from _section(f"{title}: {len(changes):,}", *([] if changes else [nothing]), level=3)
    if not changes:
        return
    alike: dict[tuple[Change, str], list[str]] = {}
    for one in changes:
        since = "" if one.against == one.release else f" (against {one.against})"
        alike.setdefault((replace(one, release="", against=""), since), []).append(one.release)
    releases = measured(results)
    rows = [
        [
            _ranges(spans(releases, on)) + since,
            VARIANTS[one.patched],
            _code(one.case),
            f"{one.before} to {one.after}",
            _text(", ".join(one.failures)),
            _text(one.reason),
        ]
        for (one, since), on in alike.items()
    ]
    headings = ["releases", "variant", "case", "outcome", "failures", "what went wrong"]
    yield from _table(headings, rows[:CHANGES])
    if rows[CHANGES:]:
        yield from ("", f"And {len(rows) - CHANGES:,} more such lines.")


def _fixes(results: Results) -> Iterator[str]:
    rows = [_fix(results, fix) for fix in results.header.fixes]
    odd = sum(row[-1] != "" for row in rows)
    told = [f"**Of {odd:,} of them something else was found than that a release needs it or not.**"] if odd else []
    yield from _section("Fixes", *told)
    yield from _table(["fix", "what it does", "needed on", "not needed on", "anything else"], rows)


def _fix(results: Results, fix: FixInfo) -> list[str]:
    """The row of a fix: its verdicts with their ranges."""
    releases = [one.release for one in results.releases]
    on: dict[str, list[str]] = {"needed": [], "retired": []}
    for one in results.releases:
        on.setdefault(one.verdicts.get(fix.name, "not measured"), []).append(one.release)
    texts = {verdict: _ranges(spans(releases, found)) for verdict, found in on.items()}
    needed, retired = texts.pop("needed"), texts.pop("retired")
    other = "; ".join(f"**{_text(verdict)}** on {text}" for verdict, text in sorted(texts.items()))
    return [_code(fix.name), _title(fix.title), needed, retired, other]


def _failures(results: Results) -> Iterator[str]:
    releases = measured(results)
    newest = releases[-1] if releases else "none"
    shown = _shown(results)
    rows = []
    for number in sorted({number for number, _, _ in shown}, key=_order):
        row = [_text(number) or "none", _named(results, number)]
        for patched in VARIANTS:
            on = [release for release in releases if shown[number, patched, release]]
            row += [_ranges(spans(releases, on)), f"{shown[number, patched, newest]:,}"]
        rows.append(row)
    unseen = sorted(set(results.header.failures) - {number for number, _, _ in shown}, key=_order)
    told = [f"Known, but not seen in this run: {_escaped(', '.join(unseen))}."] if unseen else []
    yield from _section("Failures", "A failure, the releases that show it, and on how many cases of the newest.", *told)
    headings = [text for name in VARIANTS.values() for text in (f"{name} on", f"cases of {newest} {name}")]
    yield from _table(["failure", "what it is", *headings], rows)


def _shown(results: Results) -> Counter[tuple[str, bool, str]]:
    """The red cells by number of the failure, variant and release; a cell may have several numbers."""
    red = (one for one in results.results if one.red)
    return Counter((number, one.patched, one.release) for one in red for number in one.failures or [UNNUMBERED])


def _named(results: Results, number: str) -> str:
    """What a failure is; ours are Markdown already."""
    return _OURS.get(number) or _title(results.header.failures.get(number, ""))


def _order(number: str) -> tuple[bool, bool, str, int, str]:
    """What is not understood first, then F2 before F10."""
    letters = number.rstrip("0123456789")
    return number != NEW, number != UNNUMBERED, letters, int(number[len(letters) :] or 0), number


def _guide(results: Results) -> Iterator[str]:
    releases = measured(results)
    if not releases:
        return
    yield from _section(
        "Endpoint guide",
        f"On {releases[-1]} these endpoints keep thinking intact: every case through them to the provider passes.",
    )
    advised = {name: advice(results, releases[-1], patched=patched) for patched, name in VARIANTS.items()}
    backends = list(advised["patched"])
    rows = [[_code(one), *(_paths(found.get(one, ())) for found in advised.values())] for one in backends]
    yield from _table(["provider", *advised], rows)
    yield from _section("", "The same on all releases, or how many of the cases pass on the newest.")
    yield from _table(
        ["provider", "endpoint", "cases", "intact unpatched on", "intact patched on"],
        [_guided(row) for row in guide(results)],
    )


def _guided(row: Row) -> list[str]:
    told = ((row.unpatched, row.best_unpatched), (row.patched, row.best_patched))
    texts = [f"{_ranges(ranges)}; {best}".removeprefix("none; ") if best else _ranges(ranges) for ranges, best in told]
    return [_code(row.backend), f"`{PATHS[row.ingress]}`", f"{row.played:,}", *texts]


def _paths(ingresses: Iterable[str]) -> str:
    return ", ".join(f"`{PATHS[one]}`" for one in ingresses) or "none"


# ---------------------------------------------------------------- what they are written with


def _section(title: str, *paragraphs: str, level: int = 2) -> Iterator[str]:
    if title:
        yield from ("", f"{'#' * level} {title}")
    for paragraph in paragraphs:
        yield from ("", paragraph)
    yield ""


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table; what is in its cells is Markdown, without line breaks. Without rows, the word that there are none."""
    lines = [headings, ["---"] * len(headings), *rows]
    if len(lines) == 2:
        yield "None."
        return
    for cells in lines:
        yield f"| {' | '.join(cells)} |"


def _ranges(ranges: Sequence[str]) -> str:
    more = f" and {len(ranges) - RANGES} more" if len(ranges) > RANGES else ""
    return ", ".join(ranges[:RANGES]) + more or "none"


def _text(text: str) -> str:
    """A text as it is: one line, cut where it is long, in which nothing is Markdown or HTML."""
    return _escaped(_line(text))


def _code(text: str) -> str:
    """A name as code; one in which there are characters that code has no form for, as text."""
    return _text(text) if re.search(r"[`|\x00-\x1f]", text) or not text else f"`{text}`"


def _title(text: str) -> str:
    """A title of ours, in which what stands between backticks is code."""
    pieces = _line(text).split("`")
    if len(pieces) % 2 == 0:
        return _text(text)
    return "".join(_code(piece) if place % 2 else _escaped(piece) for place, piece in enumerate(pieces))


def _line(text: str) -> str:
    line = _CONTROL.sub("\ufffd", " ".join(text.split()))
    return line if len(line) <= LETTERS else f"{line[: LETTERS - 3]}..."


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", text)


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# An underscore inside a word means nothing to Markdown, and names of fields are easier to read without a backslash.
_SPECIAL = re.compile(r"[\\`*\[\]<&|~$]|(?<![^\W_])_|_(?![^\W_])")
