"""All that the doctor found, as data: what `text` shows to people, and what programs read (docs/doctor.schema.json)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scripts.doctor import clients
from scripts.doctor.endpoints import PATHS, Endpoint
from scripts.doctor.examination import Files
from scripts.doctor.findings import Finding
from scripts.doctor.measured import Failure, Route, Score
from scripts.doctor.patched import Subject
from scripts.doctor.rust import Rust
from scripts.doctor.transport import Transport

FORMAT = 1


@dataclass(frozen=True)
class Measured:
    """What the published matrix has of the release: red cells of how many, unpatched and patched; failures, routes."""

    cases: int
    red_unpatched: int
    red_patched: int
    revision: int
    failures: Sequence[Failure]
    scores: Mapping[Route, Score]


@dataclass(frozen=True)
class Advice:
    """Something to do, and the commands that do it."""

    text: str
    commands: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """`kind` is installation, wheel or release; `place` what was examined; what is not known is None."""

    kind: str
    place: str
    subject: Subject | None
    denied: str
    files: Files | None
    rust: Rust | None
    transport: Transport | None
    measured: Measured | None
    findings: Sequence[Finding]
    advice: Sequence[Advice]
    endpoints: Sequence[Endpoint] | None

    @property
    def wrong(self) -> bool:
        return any(finding.wrong for finding in self.findings)


def as_data(report: Report) -> dict[str, Any]:
    """The report as JSON has it."""
    return {
        "format": FORMAT,
        "target": {"kind": report.kind, "place": report.place},
        "wrong": report.wrong,
        "litellm": _subject(report),
        "files": _files(report.files),
        "rust": _rust(report.rust),
        "transport": report.transport and {"name": report.transport.name, "why": report.transport.why},
        "measured": _measured(report.measured),
        "findings": [
            {"topic": one.topic, "wrong": one.wrong, "text": one.text, "files": list(one.files)}
            for one in report.findings
        ],
        "advice": [{"text": one.text, "commands": list(one.commands)} for one in report.advice],
        "endpoints": None if report.endpoints is None else [_endpoint(one) for one in report.endpoints],
        "clients": None if report.endpoints is None else clients.configuration(report.endpoints),
    }


def _subject(report: Report) -> dict[str, Any] | None:
    subject = report.subject
    if subject is None:
        return None
    return {
        "version": str(subject.version),
        "release": str(subject.release),
        "patched": subject.patched,
        "revision": subject.revision,
        "fixes": list(subject.fixes),
        "denied": report.denied or None,
    }


def _files(files: Files | None) -> dict[str, Any] | None:
    if files is None:
        return None
    return {
        "dist_info": files.info.name if files.info else None,
        "as_record_says": files.same,
        "in_record": files.listed,
        "compared_with": files.base,
        "published_as": files.published,
    }


def _rust(rust: Rust | None) -> dict[str, Any] | None:
    if rust is None:
        return None
    return {"native": rust.native, "messages_providers": list(rust.providers), "on": rust.on, "why": rust.why}


def _measured(measured: Measured | None) -> dict[str, Any] | None:
    if measured is None:
        return None
    return {
        "cases": measured.cases,
        "red_unpatched": measured.red_unpatched,
        "red_patched": measured.red_patched,
        "revision": measured.revision,
        "failures": [
            {
                "number": one.number,
                "title": one.title,
                "cells": [
                    {"provider": backend, "endpoint": PATHS[ingress], "cases": count}
                    for (backend, ingress), count in sorted(one.cells.items())
                ],
            }
            for one in measured.failures
        ],
        "endpoints": [
            {
                "provider": backend,
                "endpoint": PATHS[ingress],
                "intact": score.intact,
                "passed": score.passed,
                "red": score.red,
            }
            for (backend, ingress), score in sorted(measured.scores.items())
        ],
    }


def _endpoint(one: Endpoint) -> dict[str, Any]:
    return {
        "model": one.model,
        "endpoint": one.path,
        "client": clients.PROVIDERS[one.ingress][0],
        "intact": one.intact,
        "measured_as": list(one.backends),
        "passed": one.passed,
        "red": one.red,
        "why": one.why,
    }
