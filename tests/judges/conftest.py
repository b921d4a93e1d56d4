"""Print the table of the liars: who was caught at which backend, and in which conversations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import pytest

from tests.judges.endpoints import ENDPOINTS
from tests.judges.liars import CONVERSATIONS, LIARS

Cells = Mapping[tuple[str, str], str]

_LETTERS = dict(zip(CONVERSATIONS, "TI2L", strict=True))
_COLUMNS = ("drops", "to-text", "reorders", "forges", "merges", "leaks", "retries", "doubles")
_KEYS = dict(zip((kind.name for kind in LIARS), _COLUMNS, strict=True))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [report for reports in terminalreporter.stats.values() for report in reports]
    cells = dict(_cells([report for report in reports if getattr(report, "when", "") == "call"]))
    if cells:
        terminalreporter.section("liars")
        for line in _lines(cells):
            terminalreporter.line(line)


def _cells(reports: Sequence[pytest.TestReport]) -> Iterator[tuple[tuple[str, str], str]]:
    """What each test of a liar found out; one that failed tells no conversation."""
    for report in reports:
        told = dict(report.user_properties)
        if "liar" in told:
            endpoint, liar = str(told["liar"]).split()
            caught = "".join(_LETTERS[name] for name in str(told.get("caught", "")).split())
            yield (endpoint, liar), caught + ("!" if told.get("rejected") else "") if report.passed else "MISSED"


def _lines(cells: Cells) -> Iterator[str]:
    """A row for each backend, the legend, and the reasons of what is not applicable."""
    width = max(len(endpoint.name) for endpoint in ENDPOINTS)
    reasons: dict[str, set[str]] = defaultdict(set)
    yield " " * width + "".join(f"{key:>9}" for key in _KEYS.values())
    for endpoint in ENDPOINTS:
        row = []
        for kind in LIARS:
            reason = kind.untellable(endpoint)
            if reason:
                reasons[reason].add(endpoint.name)
            row.append("n/a" if reason else cells.get((endpoint.name, kind.name), "-"))
        yield f"{endpoint.name:<{width}}" + "".join(f"{cell:>9}" for cell in row)
    yield "caught in: " + ", ".join(f"{letter} {name}" for name, letter in _LETTERS.items()) + "; ! and rejected"
    yield "liars: " + ", ".join(_KEYS)
    for reason, where in reasons.items():
        yield f"n/a, {reason}: {', '.join(sorted(where))}"
