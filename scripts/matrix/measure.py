"""Measure releases: all cases on the published release, and on the release with the fixes that it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from threading import Lock

from scripts.errors import CommandFailed, HookDoesNotFit
from scripts.matrix import outcomes, reach, twins
from scripts.matrix.labels import labelled
from scripts.matrix.results import ReleaseInfo, Result
from scripts.matrix.verdict import failed, red, verdict
from scripts.matrix.workers import WORKERS, Workers
from scripts.patching import series, trees
from scripts.patching.series import Fix, Series
from scripts.patching.wheel import Published
from scripts.suite import environment
from tests.round_trip.jobs import Played


@dataclass
class Bench:
    """What a measurement needs: the series, the cases, and workers, which are started when there is something to play.

    `anew` plays what was played before as well. `details` are the texts that explain failures, by their digest: most
    releases share theirs.
    """

    patches: Series
    cases: Sequence[str]
    anew: bool = False
    details: dict[str, str] = field(default_factory=dict)
    _stack: ExitStack = field(default_factory=ExitStack)
    _lock: Lock = field(default_factory=Lock)
    _workers: list[Workers] = field(default_factory=list)
    _closed: bool = False

    @property
    def workers(self) -> Workers:
        """The workers, in an environment that all trees share; both are made when they are first asked for."""
        with self._lock:
            if self._closed:
                raise CommandFailed("the matrix", "it was interrupted")
            if not self._workers:
                self._workers.append(Workers(self._stack.enter_context(environment.fresh("shared"))))
                self._stack.callback(self._workers[0].close)
            return self._workers[0]

    def __enter__(self) -> Bench:
        return self

    def __exit__(self, *error: object) -> None:
        self._closed = True
        with self._lock:  # whoever is making the environment has made it, and nobody makes another one
            self._stack.close()

    def play(self, base: Published, name: str, changed: Mapping[str, bytes], cases: Sequence[str]) -> list[Played]:
        """What becomes of cases on a release with changed files (path to content), remembered or played."""
        able = reach.reachable(changed, self.patches.overlay)
        key = outcomes.key(outcomes.harness_digest(), base.file.sha256, able)
        files = self.files(changed)
        subject = twins.Subject(key, trees.contents(base.path, files))

        def play(missing: list[str]) -> list[Played]:
            with trees.laid_out(base.path, files) as tree:
                run = self.workers.play(f"{base.release.version}-{name}", tree, missing)
            twins.keep(subject, run.read)
            return run.played

        return outcomes.played(key, cases, play, twins=partial(twins.of, subject), anew=self.anew)

    def files(self, changed: Mapping[str, bytes]) -> dict[str, bytes]:
        """What is put into the tree of a release: its changed files, and the overlay that they need."""
        return {**self.patches.overlay, **changed} if changed else {}


@dataclass(frozen=True)
class Measured:
    """What was found on one release: the fixes in its patched variant, their verdicts, and what became of each case.

    `details` are those of the bench.
    """

    base: Published
    applied: tuple[Fix, ...]
    verdicts: dict[str, str]
    results: tuple[Result, ...]
    details: dict[str, str]

    @property
    def info(self) -> ReleaseInfo:
        """The release as results.jsonl tells it."""
        release, file = self.base.release, self.base.file
        names = tuple(fix.name for fix in self.applied)
        return ReleaseInfo(str(release.version), release.layout, file.name, file.sha256, names, self.verdicts)


Tell = Callable[[Measured], None]
Then = Callable[[Bench, Measured], Measured]


def measure_all(bench: Bench, bases: Sequence[Published], tell: Tell, then: Then | None = None) -> list[Measured]:
    """Measure releases, two at a time, and tell of each when it is done; they are given in their order.

    `then` goes on with what was found on a release before that is told.
    """

    def job(base: Published) -> Measured:
        found = measure(bench, base)
        return then(bench, found) if then else found

    with ThreadPoolExecutor(WORKERS) as pool:
        jobs = {place: pool.submit(job, bases[place]) for place in _apart(len(bases))}
        try:
            for done in as_completed(jobs.values()):
                tell(done.result())
        except BaseException:
            # Whoever interrupts does not want to wait for what is being played; what is done is remembered.
            pool.shutdown(wait=False, cancel_futures=True)
            bench.__exit__()
            raise
    return [jobs[place].result() for place in range(len(bases))]


def _apart(count: int) -> list[int]:
    """The order in which releases are begun: no neighbours at once, because one may be a twin of the other."""
    part = -(-count // WORKERS)
    return sorted(range(count), key=lambda place: (place % part, place))


def measure(bench: Bench, base: Published) -> Measured:
    """Play all cases unpatched, and patched with the fixes whose failures show and whose hooks fit."""
    fixes = bench.patches.fixes
    release = str(base.release.version)
    before = labelled(bench.play(base, "unpatched", {}, bench.cases), release, False, bench.details)
    shown = failed(before)
    changed, fitting = fit(base, [fix for fix in fixes if red(fix, shown)])
    played = bench.play(base, "patched", changed, bench.cases)
    after = labelled(played, release, True, bench.details)
    verdicts = {fix.name: verdict(fix, shown, failed(after), fix in fitting) for fix in fixes}
    return Measured(base, tuple(fitting), verdicts, (*before, *after), bench.details)


def fit(base: Published, fixes: Iterable[Fix]) -> tuple[dict[str, bytes], list[Fix]]:
    """What those of the fixes that fit change in a release (path to content), and which ones these are."""
    changed: dict[str, bytes] = {}
    fitting: list[Fix] = []
    read = trees.reader(base.path)
    for fix in fixes:
        if fix.hook_for(base.release.version) is None:
            continue
        try:
            more, _ = series.apply([fix], base.release.version, partial(series.after, changed, read))
        except HookDoesNotFit:
            continue
        changed |= more
        fitting.append(fix)
    return changed, fitting
