"""The processes that play cases: one each for `WORKERS`, with the suite's dependencies imported once."""

from __future__ import annotations

import gzip
import json
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import cast

from scripts.commands import clean, end
from scripts.errors import CommandFailed
from scripts.matrix.results import ERRORED
from scripts.paths import BUILD, ROOT
from scripts.writing import room
from tests.round_trip.jobs import Done, Job, Played

WORKERS = 2
"""Trees played at once. One takes a core and up to 600 MB."""
LOGS = BUILD / "logs"
LIMIT = 1800
"""Seconds after which a tree that is still being played is given up."""


@dataclass(frozen=True)
class Run:
    """What became of cases on a tree, and for which of them each of its files was read; nothing of a failed run.

    `read` are pairs: a part of the cases (`families.part`) or IMPORT, and a path.
    """

    played: list[Played]
    read: Sequence[tuple[str, str]] = ()


@dataclass
class Workers:
    """The workers that are idle, and the most memory that one has taken, in bytes. `close` ends all of them."""

    python: Path
    memory: int = 0
    _closed: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _idle: SimpleQueue[_Worker] = field(default_factory=SimpleQueue)
    _all: list[_Worker] = field(default_factory=list)

    def play(self, name: str, tree: Path, cases: Sequence[str]) -> Run:
        """Play cases on a tree and say what became of each; `name` is for messages.

        A tree that cannot be played to its end has errors, and the others go on. Raises CommandFailed where a worker
        ends or takes too long.
        """
        with self._worker() as worker, room("job", BUILD) as folder:
            log = LOGS / f"{name}.log"
            log.parent.mkdir(parents=True, exist_ok=True)
            report, read = folder / "report.jsonl.gz", folder / "read.txt"
            done = worker.ask(
                {"tree": str(tree), "cases": list(cases), "report": str(report), "read": str(read), "log": str(log)}
            )
            self.memory = max(self.memory, done["memory"])
            if done["status"] == 0:
                return Run(_read(report), _pairs(read.read_text(encoding="utf-8")))
            why = f"playing it ended with exit status {done['status']}; {log.relative_to(ROOT)} has what it printed"
            return Run([_errored(case, why) for case in cases])

    @contextmanager
    def _worker(self) -> Iterator[_Worker]:
        try:
            worker = self._idle.get_nowait()
        except Empty:
            worker = self._started()
        yield worker  # one that raised is not used again
        self._idle.put(worker)

    def _started(self) -> _Worker:
        with self._lock:
            if self._closed:
                raise CommandFailed("the matrix", "it was interrupted")
            worker = _Worker(self.python)
            self._all.append(worker)
            return worker

    def close(self) -> None:
        """End all workers, with whatever they are playing; there will be no others."""
        with self._lock:
            self._closed = True
            for worker in self._all:
                worker.kill()


class _Worker:
    """A process of the suite's Python that answers jobs."""

    def __init__(self, python: Path) -> None:
        command = [str(python), "-m", "tests.round_trip.worker"]
        # A session of its own: Ctrl-C reaches the engine alone, which then ends the workers in its own order.
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=clean(),
            cwd=ROOT,
            text=True,
            start_new_session=True,
        )

    def ask(self, job: Job) -> Done:
        """Have a job done."""
        if self._process.stdin is None or self._process.stdout is None:
            raise CommandFailed("a worker", "it has no pipes")
        timer = threading.Timer(LIMIT, self.kill)
        timer.start()
        try:
            self._process.stdin.write(json.dumps(job) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        except OSError:
            answer = ""
        finally:
            timer.cancel()
        if not answer:
            why = f"it ended, or took more than {LIMIT} seconds; {Path(job['log']).name} in build/logs says more"
            raise CommandFailed("a worker of the matrix", why)
        return cast("Done", json.loads(answer))

    def kill(self) -> None:
        """End the process and all that it has started."""
        end(self._process)


def _errored(case: str, why: str) -> Played:
    return {"case": case, "outcome": ERRORED, "failures": [], "numbers": [], "reason": why, "detail": ""}


def _pairs(text: str) -> list[tuple[str, str]]:
    return [(part, path) for part, _, path in (line.partition("\t") for line in text.splitlines())]


def _read(report: Path) -> list[Played]:
    with gzip.open(report, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
