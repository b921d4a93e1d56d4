"""`python -m tests.round_trip.worker`: play cases on trees of releases, without starting anew for each.

What all releases need is imported once. Each job is a line of JSON on standard input (`Job`), is played in a process of
its own that is forked from this one, and is answered with a line on standard output (`Done`) when its report is there.
"""

from __future__ import annotations

import asyncio
import gzip
import importlib
import json
import logging
import os
import sys
import traceback
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests import (
    conftest,  # noqa: F401  (sets the ground before LiteLLM is imported)
    loopback,
)
from tests.processes import FORK
from tests.round_trip import families
from tests.round_trip.grid import Case
from tests.round_trip.jobs import IMPORT, Done, Job, Played
from tests.round_trip.reads import Reads
from tests.round_trip.steady import steady

# What `import litellm` and the suite import from elsewhere, as far as a base install of LiteLLM brings it too: the case
# `base-install/...` is played in a process that is forked from this one as well.
PRELOADED = (
    "aiohttp",
    "anthropic",
    "click",
    "dotenv",
    "httpx",
    "jinja2",
    "jsonschema",
    "openai",
    "openai.resources",
    "openai.types.beta",
    "openai.types.responses",
    "pydantic",
    "pytest",
    "respx",
    "tiktoken",
    "tokenizers",
    "tests.backends",
    "tests.conversations",
    "tests.round_trip.accumulate",
    "tests.round_trip.explain",
    "tests.round_trip.google",
    "tests.round_trip.routes",
    "tests.round_trip.sdk",
    "tests.round_trip.seen",
)

# Folders of this machine, which no report should name.
_places: list[str] = []


def serve() -> None:
    """Answer jobs until there are no more."""
    for name in PRELOADED:
        importlib.import_module(name)
    for line in sys.stdin:
        job: Job = json.loads(line)
        process = FORK.Process(target=_work, args=(job,))
        process.start()
        process.join()
        done: Done = {"status": process.exitcode, "memory": _memory()}
        print(json.dumps(done), flush=True)


def _memory() -> int:
    try:
        import resource  # noqa: PLC0415  (not on Windows)
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _work(job: Job) -> None:
    """Play the cases of a job: those of the grid in this process, the others in processes that are forked from it."""
    _redirect(Path(job["log"]))
    _set_places(job)
    sys.path.insert(0, job["tree"])
    with gzip.open(job["report"], "wt", encoding="utf-8", compresslevel=1) as report:
        for played in _all(job, Reads(Path(job["tree"]), Path(job["read"]))):
            report.write(json.dumps(played) + "\n")


def _set_places(job: Job) -> None:
    tree, prefix = job["tree"], sys.prefix
    _places[:] = [tree, os.path.relpath(tree), prefix, os.path.relpath(prefix), str(Path.cwd())]


def _all(job: Job, reads: Reads) -> Iterator[Played]:
    parts: dict[str, list[str]] = {}
    for case in job["cases"]:
        parts.setdefault(families.part(case), []).append(case)
    if base := parts.pop(families.BASE, []):
        reads.begin(families.BASE)
        yield from _forked(_base_install, base, job)
    # Not before the base install, which has to import LiteLLM by itself: everything else shares what this imports.
    reads.begin(IMPORT)
    importlib.import_module("tests.round_trip.play")
    grid = parts.pop(families.GRID, [])
    for part, cases in parts.items():
        reads.begin(part)
        yield from _forked(_families, cases, job)
    reads.begin(families.GRID)
    yield from asyncio.run(_grid([Case.parse(case) for case in grid]))


def _redirect(log: Path) -> None:
    """Standard output belongs to `Done`; what LiteLLM and pytest print goes into a file."""
    sys.stdout.flush()
    with log.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)


def _forked(work: Any, cases: Sequence[str], job: Job) -> list[Played]:
    receiver, sender = FORK.Pipe(duplex=False)
    process = FORK.Process(target=work, args=(cases, job, sender))
    process.start()
    sender.close()
    played: list[Played] = []
    with suppress(EOFError):
        played = receiver.recv()
    process.join()
    if not played:
        raise RuntimeError(f"{work.__name__} ended with exit status {process.exitcode}")
    return played


# ---------------------------------------------------------------- the grid


async def _grid(cases: Iterable[Case]) -> list[Played]:
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    return [await _case(case) for case in cases]


async def _case(case: Case) -> Played:
    """A case, by the asynchronous entry point and, where that is played too, by the synchronous one."""
    forms = [await _form(case, synchronous=synchronous) for synchronous in (False, True)[: 1 + case.synchronous]]
    return merged(str(case), forms)


async def _form(case: Case, *, synchronous: bool) -> Played:
    # Imported late, because it imports LiteLLM.
    suite = importlib.import_module("tests.round_trip.play")
    try:
        failures = await suite.play(case, synchronous=synchronous)
    except suite.Unplayable as missing:
        return _played(case, "skipped", reason=str(missing))
    except Exception as error:  # a fault of the suite, which must not end the other cases
        return _played(case, "errored", reason=f"{type(error).__name__}: {error}", detail=traceback.format_exc())
    told = [(failure.text, failure.changed) for failure in failures]
    # As the guard does in a test of pytest's: whoever swallowed the refusal has still tried to reach out.
    refusals = loopback.take_refusals()
    told += [(refusal, "") for refusal in refusals]
    if not told:
        return _played(case, "passed")
    return _played(case, "failed", told, reason=told[0][0], detail="\n\n".join([*map(str, failures), *refusals]))


def _played(
    case: object,
    outcome: str,
    failures: Sequence[tuple[str, str]] = (),
    numbers: Sequence[str] = (),
    *,
    reason: str = "",
    detail: str = "",
) -> Played:
    return {
        "case": str(case),
        "outcome": outcome,
        "failures": [(steady(text, _places), changed) for text, changed in failures],
        "numbers": list(numbers),
        "reason": steady(reason, _places),
        "detail": steady(detail, _places),
    }


def merged(case: str, forms: Sequence[Played]) -> Played:
    """One result for all forms of a case: it is skipped only if all are, and fails if one does."""
    worst = min(forms, key=lambda form: ("errored", "failed", "passed", "skipped").index(form["outcome"]))
    failures = dict.fromkeys(tuple(failure) for form in forms for failure in form["failures"])
    details = dict.fromkeys(form["detail"] for form in forms if form["detail"])
    return {
        **worst,
        "case": case,
        "failures": list(failures),
        "numbers": sorted({number for form in forms for number in form["numbers"]}),
        "detail": "\n\n".join(details),
    }


# ---------------------------------------------------------------- the cases beside it


def _base_install(cases: Sequence[str], job: Job, sender: Any) -> None:
    _set_places(job)
    found: dict[str, list[str]] = importlib.import_module("tests.round_trip.base_install").failures(cases)
    sender.send([_of_base_install(case, failures) for case, failures in found.items()])


def _of_base_install(case: str, missing: Sequence[str]) -> Played:
    if not missing:
        return _played(case, "passed")
    reason = missing[0].partition("\n")[0]
    return _played(case, "failed", (), [families.BASE], reason=reason, detail="\n\n".join(missing))


def _families(cases: Sequence[str], job: Job, sender: Any) -> None:
    _set_places(job)
    pytest = importlib.import_module("pytest")
    recorder = _Recorder()
    nodes = [str(families.node(case)) for case in cases]
    pytest.main(["-q", "-p", "no:cacheprovider", *nodes], plugins=[recorder])
    sender.send([merged(case, recorder.played.get(case) or [_played(case, "errored", reason=_GONE)]) for case in cases])


_GONE = "pytest did not play the case; the log of the release says why"


class _Recorder:
    """A plugin of pytest's that keeps what became of each test, by the case in its name."""

    def __init__(self) -> None:
        self.played: dict[str, list[Played]] = {}

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.when == "call" or not report.passed:
            case = report.nodeid.partition("[")[2].removesuffix("]")
            self.played.setdefault(case, []).append(_of_report(case, report))


def _of_report(case: str, report: Any) -> Played:
    text = str(report.longrepr[2]) if report.skipped and isinstance(report.longrepr, tuple) else report.longreprtext
    if report.passed or report.skipped:
        return _played(case, report.outcome, reason=text)
    numbers = [number for name, value in report.user_properties if name == "failures" for number in str(value).split()]
    outcome = "failed" if numbers else "errored"
    return _played(case, outcome, (), numbers, reason=_first(text, numbers), detail=text)


def _first(text: str, numbers: Sequence[str]) -> str:
    """The line that says what went wrong: the first one behind the numbers that a case tells."""
    lines = [line.strip() for line in text.splitlines()]
    return next((line for line in lines if line and line != " ".join(numbers)), "")


if __name__ == "__main__":
    serve()
