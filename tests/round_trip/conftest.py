"""Sum the grid up: a table of backends and ingresses, and the failures that remain by their numbers.

A failing case fails, on every release. With `--known-failures`, as the session `tests` asks of a patched wheel, one
whose failures are all listed as open for the release (`failures.toml`) is told as open instead; then a number that is
listed and shows in no case is an error too, so that the list cannot outlive what it lists.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from importlib import metadata
from typing import Any

import pytest

from tests.round_trip import summary
from tests.round_trip.failures import open_in, release_under_test
from tests.round_trip.grid import Case, cases

OPEN = "open"
_results = pytest.StashKey[list[summary.Result]]()


class _Results:
    """Keeps the results of cases, which on several cores come from the processes that have played them."""

    def __init__(self, results: list[summary.Result]) -> None:
        self.results = results

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        told = dict(report.user_properties)
        if report.when == "call" and "case" in told:
            outcome = OPEN if hasattr(report, "wasxfail") else report.outcome
            numbers = tuple(str(told.get("failures", "")).split())
            self.results.append(summary.Result(str(told["case"]), outcome, numbers))


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_results] = []
    config.pluginmanager.register(_Results(config.stash[_results]))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell a known failure apart, by the numbers that the case itself has found out."""
    report = yield
    told = dict(report.user_properties)
    if report.when != "call" or "case" not in told:
        return report
    numbers = str(told.get("failures", "")).split()
    shown = {(number, Case.parse(str(told["case"])).ingress) for number in numbers}
    if report.failed and numbers and item.config.getoption("known_failures") and shown <= _open():
        report.outcome = "skipped"
        report.wasxfail = f"open: {', '.join(numbers)}"
    return report


def pytest_report_teststatus(report: pytest.TestReport | pytest.CollectReport) -> Any:
    if str(getattr(report, "wasxfail", "")).startswith("open: "):
        return OPEN, "o", ("OPEN", {"yellow": True})
    return None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    results = config.stash[_results]
    if not results:
        return
    terminalreporter.section("round trips")
    for line in summary.lines(results, verbose=config.getoption("verbose") > 0):
        terminalreporter.line(line)
    for number in _stale(config):
        terminalreporter.line(
            f"{number} is listed as open in this release, but no case shows it: mend failures.toml", red=True
        )


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if session.exitstatus == pytest.ExitCode.OK and _stale(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _stale(config: pytest.Config) -> list[str]:
    """The numbers that are listed and not seen, if the whole grid was played."""
    results = config.stash[_results]
    played = {result.case for result in results}
    if not config.getoption("known_failures") or played != {str(case) for case in cases()}:
        return []
    listed = {number for number, _ in _open()}
    return sorted(listed - {number for result in results for number in result.numbers})


def _open() -> set[tuple[str, str]]:
    """What is open in the release under test, with the fixes that are in it: numbers, each with an ingress."""
    litellm = metadata.distribution("litellm")
    made_of = json.loads(litellm.read_text("thinking_round_trip.json") or "{}")
    return open_in(release_under_test(), {hook.partition("/")[0] for hook in made_of.get("hooks", [])})
