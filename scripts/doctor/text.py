"""The report for people: aligned, 80 columns wide where it goes to no terminal, and no colours with NO_COLOR set."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from scripts.doctor import clients
from scripts.doctor.endpoints import PATHS, Endpoint
from scripts.doctor.findings import Finding
from scripts.doctor.measured import Failure, Route, Score
from scripts.doctor.report import Advice, Measured, Report

WIDTH = 16
"""Columns of a cell, so that three of them and a provider go into 80."""

INTACT, UNPLAYED = "intact", "-"


def show(report: Report, console: Console) -> None:
    """Print the report."""
    with console.capture() as captured:
        _show(report, console)
    # Tables are filled up with blanks.
    console.file.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


def _show(report: Report, console: Console) -> None:
    console.print(_plain(_title(report), "bold"))
    console.print(_facts(report))
    if report.findings:
        console.print("\nFound", style="bold", highlight=False)
        console.print(_listed(report.findings))
    if report.measured:
        console.print(f"\n{_heading(report)}", style="bold", highlight=False)
        console.print(_routes(report.measured))
        console.print(_failures(report.measured.failures))
    if report.endpoints is not None:
        _show_endpoints(report.endpoints, console)
    console.print("\nWhat to do", style="bold", highlight=False)
    _show_advice(report.advice, console)


def _title(report: Report) -> str:
    subject = report.subject
    if subject is None:
        return "LiteLLM, of no known release"
    if not subject.patched:
        return f"LiteLLM {subject.version}, unpatched"
    return f"LiteLLM {subject.release}, patched: revision {subject.revision}, {len(subject.fixes)} fixes"


def _facts(report: Report) -> Padding:
    rows = {report.kind: report.place, **_of_files(report)}
    if report.subject and report.subject.fixes:
        rows["fixes"] = ", ".join(report.subject.fixes)
    if report.subject:
        rows["denied"] = report.denied or "no"
    if report.rust:
        rows["Rust route"] = f"{'on' if report.rust.on else 'off'}: {report.rust.why}"
    if report.transport:
        rows["transport"] = f"{report.transport.name}: {report.transport.why}, as far as this environment tells"
    if report.measured:
        told = report.measured
        rows["measured"] = f"of {told.cases} cases {told.red_unpatched} fail unpatched, {told.red_patched} patched"
    return _aligned(rows.items())


def _of_files(report: Report) -> dict[str, str]:
    files = report.files
    if files is None:
        return {}
    rows = {"files": f"{files.same} of {files.listed} are as RECORD says" if files.listed else "not compared"}
    if files.published:
        rows["upstream"] = f"the published {files.published}, byte for byte"
    elif files.base:
        differ = any(finding.wrong and finding.topic == "upstream" for finding in report.findings)
        patched = " and the fixes" if report.subject and report.subject.patched else ""
        rows["upstream"] = f"{'differs from' if differ else 'agrees with'} {files.base}{patched}"
    else:
        rows["upstream"] = "not compared"
    return rows


def _heading(report: Report) -> str:
    variant = "patched" if report.subject and report.subject.patched else "unpatched"
    return f"What fails, by provider and endpoint ({variant}, by the published matrix)"


def _routes(measured: Measured) -> Padding:
    """A row for each provider: the numbers of what fails at each endpoint."""
    numbers = _numbers(measured.failures)
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("provider", no_wrap=True)
    for path in PATHS.values():
        table.add_column(path, no_wrap=True)
    backends = sorted({backend for backend, _ in [*measured.scores, *numbers]})
    rows = {backend: [_cell(measured.scores, numbers, (backend, ingress)) for ingress in PATHS] for backend in backends}
    for backend, cells in rows.items():
        table.add_row(backend, *cells)
    return Padding(table, (0, 0, 0, 2))


def _numbers(failures: Iterable[Failure]) -> dict[Route, list[str]]:
    found: dict[Route, list[str]] = {}
    for failure in failures:
        for route in failure.cells:
            found.setdefault(route, []).append(failure.number)
    return found


def _cell(scores: Mapping[Route, Score], numbers: Mapping[Route, list[str]], route: Route) -> Text:
    if route in numbers:
        return Text(textwrap.fill(" ".join(numbers[route]), WIDTH, break_on_hyphens=False), "red")
    return Text(INTACT, "green") if route in scores and scores[route].intact else Text(UNPLAYED)


def _failures(failures: Sequence[Failure]) -> Padding:
    return _aligned((failure.number, failure.title) for failure in failures)


def _show_endpoints(endpoints: Sequence[Endpoint], console: Console) -> None:
    console.print("\nWhich endpoint for which model", style="bold", highlight=False)
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("model", overflow="fold")
    table.add_column("endpoint", no_wrap=True)
    table.add_column("why", overflow="fold")
    for one in endpoints:
        table.add_row(*map(_plain, (one.model, one.path, one.why)))
    console.print(Padding(table, (0, 0, 0, 2)))
    console.print("\nFor opencode.json, and whatever else uses the AI SDK", style="bold", highlight=False)
    if any(map(clients.is_pattern, endpoints)):
        console.print(_plain("A pattern such as `anthropic/*` is not in it: add the models that you use by name."))
    console.print(_plain(json.dumps(clients.configuration(endpoints), indent=2)), soft_wrap=True)


def _listed(findings: Iterable[Finding]) -> Padding:
    table = Table.grid(padding=(0, 1))
    for finding in findings:
        table.add_row(Text("!", "red") if finding.wrong else Text("-"), _plain(finding.text))
    return Padding(table, (0, 0, 0, 2))


def _show_advice(advice: Iterable[Advice], console: Console) -> None:
    for number, one in enumerate(advice, 1):
        console.print(_aligned([(f"{number}.", one.text)]))
        for command in one.commands:  # in one piece, to be copied
            console.print(_plain(f"{' ' * 8}{command}"), soft_wrap=True)


def _aligned(rows: Iterable[tuple[str, str]]) -> Padding:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in rows:
        table.add_row(_plain(name), _plain(value))
    return Padding(table, (0, 0, 0, 2))


def _plain(text: str, style: str = "") -> Text:
    """A text without what a terminal would obey: names of files are not ours."""
    return Text("".join(one if one.isprintable() or one == "\n" else ascii(one)[1:-1] for one in text), style)
