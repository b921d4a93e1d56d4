"""The verb `doctor`: what an installation, a wheel or a release is, what fails there, and what to do."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from packaging.version import Version
from rich.console import Console

from scripts.doctor import (
    endpoints,
    examination,
    indicators,
    measured,
    patched,
    proxy_config,
    rust,
    targets,
    text,
    transport,
)
from scripts.doctor.advice import Adviser
from scripts.doctor.examination import Files
from scripts.doctor.findings import Finding
from scripts.doctor.measured import Matrix
from scripts.doctor.patched import Subject
from scripts.doctor.proxy_config import Config
from scripts.doctor.report import Measured, Report, as_data
from scripts.doctor.rust import Rust
from scripts.doctor.targets import Installed, Named, Target, WheelFile
from scripts.doctor.transport import Transport
from scripts.errors import DeniedRelease, NothingToExamine
from scripts.patching import series
from scripts.patching.series import Series
from scripts.releases import releases, upstream
from scripts.releases.upstream import Lock


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the verb takes."""
    parser.add_argument(
        "target",
        nargs="?",
        metavar="TARGET",
        help="a Python or its environment, a site-packages folder, a wheel, or a release; the newest if not given",
    )
    parser.add_argument(
        "--config", metavar="FILE", type=Path, help="also say which endpoint for which model of a proxy"
    )
    parser.add_argument("--json", action="store_true", help="print JSON (docs/doctor.schema.json) instead of text")


def run(arguments: argparse.Namespace) -> int:
    """Examine `arguments.target` (none: the newest release) and print what was found, as text or with `arguments.json`.

    `arguments.config` is a proxy's config to choose endpoints for. 1 where something is wrong.
    """
    lock, patches = upstream.load(), series.load()
    config = proxy_config.read(arguments.config) if arguments.config else None
    target = Named(lock.newest.version, None) if arguments.target is None else targets.find(arguments.target)
    report = diagnose(lock, patches, target, config)
    if arguments.json:
        print(json.dumps(as_data(report), indent=2))
    else:
        text.show(report, Console(highlight=False))
    return int(report.wrong)


def diagnose(lock: Lock, patches: Series, target: Target, config: Config | None) -> Report:
    """Everything about a target. Raises what the parts of it raise."""
    files = None if isinstance(target, Named) else examination.examine(lock, patches, target)
    subject = _named(lock, patches, target) if isinstance(target, Named) else _of_files(lock, patches, files)
    release = subject.release if subject else None
    matrix = measured.read({str(release)})
    found = _measured(matrix, subject) if subject else None
    denied = indicators.denied(lock, release)
    route, client = _running(release, config or proxy_config.NONE)
    findings = [
        *_of_release(lock, subject, denied),
        *(files.findings if files else ()),
        *(subject.findings if subject else ()),
        *(route.findings if route else ()),
        *_of_matrix(subject, found),
    ]
    advice = Adviser(lock, patches, matrix, target).advice(subject, files, found, findings)
    chosen = endpoints.choose(config, found.scores if found else {}) if config else None
    facts = (subject, denied, files, route, client, found)
    return Report(_kind(target), _place(target, subject), *facts, findings, advice, chosen)


def _running(release: Version | None, config: Config) -> tuple[Rust | None, Transport | None]:
    """What would answer and what would send, as far as the environment of this command and the config tell."""
    if release is None:
        return None, None
    variables = {**os.environ, **config.variables}
    params = [one.params for one in config.deployments]
    return rust.route(release, variables, params), transport.transport(release, variables, config.settings)


def _kind(target: Target) -> str:
    return {Installed: "installation", WheelFile: "wheel", Named: "release"}[type(target)]


def _place(target: Target, subject: Subject | None) -> str:
    if isinstance(target, Installed):
        return str(target.folder)
    return str(target.path) if isinstance(target, WheelFile) else str(subject.version if subject else target.release)


def _named(lock: Lock, patches: Series, target: Named) -> Subject:
    """A release by its name, denied or not. Raises what `releases.find` raises, and NothingToExamine."""
    try:
        release = releases.find(lock, str(target.release)).version
    except DeniedRelease:
        return Subject(target.release, None, ())
    if target.revision not in (None, patches.revision):
        why = f"this checkout makes revision {patches.revision} of the patches, and knows nothing of {target.revision}"
        raise NothingToExamine(f"{target.release}+thinking.{target.revision}", why)
    return patched.by_name(lock, patches, release, target.revision)


def _of_files(lock: Lock, patches: Series, files: Files | None) -> Subject | None:
    return patched.by_files(lock, patches, files.info) if files and files.info else None


def _of_release(lock: Lock, subject: Subject | None, denied: str) -> list[Finding]:
    if subject is None:
        return []
    release = subject.release
    if denied:
        return [Finding("denied", f"LiteLLM {release} is denied: {denied}")]
    if any(one.version == release for one in lock.releases):
        return []
    first, newest = lock.first.version, lock.newest.version
    return [Finding("release", f"LiteLLM {release} is none of upstream.lock's releases ({first} to {newest}).")]


def _measured(matrix: Matrix, subject: Subject) -> Measured | None:
    release = str(subject.release)
    if not matrix.has(release):
        return None
    return Measured(
        len(matrix.results.header.cases),
        matrix.red[release, False],
        matrix.red[release, True],
        matrix.revision,
        matrix.failures(release, patched=subject.patched),
        matrix.scores(release, patched=subject.patched),
    )


def _of_matrix(subject: Subject | None, found: Measured | None) -> list[Finding]:
    if subject is None:
        return []
    if found is None:
        return [Finding("matrix", f"The published matrix has not measured {subject.release}.", wrong=False)]
    if subject.patched and subject.revision != found.revision:
        text = f"The matrix was measured with revision {found.revision} of the fixes, not {subject.revision}."
        return [Finding("matrix", text, wrong=False)]
    if not subject.patched and found.red_patched < found.red_unpatched:
        text = f"Thinking does not survive in {found.red_unpatched} cases; patched, {found.red_patched} are left."
        return [Finding("matrix", text)]
    return []
