"""What a run of the matrix costs: measured on a few releases, in units of `import litellm` of the same trees."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from tempfile import TemporaryDirectory

from scripts.commands import check
from scripts.matrix import cases, outcomes
from scripts.matrix.measure import Bench, Measured, fit, measure_all
from scripts.matrix.workers import WORKERS
from scripts.patching import trees
from scripts.patching.series import Series
from scripts.patching.wheel import Published
from scripts.paths import BUILD
from scripts.writing import room

IMPORTS = 5.0
"""A run may take this many imports of its trees, by as many workers (docs/design.md#how-the-matrix-plays)."""
AGAIN = 0.02
"""A run of which nothing has changed may take this part of the first one."""
MEMORY = 600e6
"""Bytes that a worker may take."""


@dataclass(frozen=True)
class Cost:
    """Seconds of a run that has nothing yet but downloads and environment, of the same run again, and of imports.

    `imports` are of all trees, by as many workers at a time, without any bytecode; `memory` is that of the largest
    worker, `disk` what the trees take, both in bytes.
    """

    trees: int
    cold: float
    again: float
    imports: float
    memory: int
    disk: int

    @property
    def ratio(self) -> float:
        return self.cold / self.imports

    @property
    def dear(self) -> bool:
        return self.ratio > IMPORTS or self.again > AGAIN * self.cold or self.memory > MEMORY


def measure(patches: Series, bases: Sequence[Published]) -> Cost:
    """Measure the matrix on releases, with an empty store of trees and of outcomes. Raises what the matrix raises."""
    played = cases.chosen(patches)
    found: list[Measured] = []
    with room("cost", BUILD) as folder, trees.elsewhere(folder / "trees"), outcomes.elsewhere(folder / "outcomes"):
        with Bench(patches, played) as bench, ThreadPoolExecutor(WORKERS) as pool:
            cold = _seconds(lambda: found.extend(measure_all(bench, bases, _silently)))
            again = _seconds(lambda: measure_all(Bench(patches, played), bases, _silently))
            imports = sum(pool.map(partial(_import, bench), found)) / WORKERS
            memory = bench.workers.memory
        disk = sum(path.stat().st_size for path in (folder / "trees").rglob("*") if path.is_file())
    return Cost(2 * len(bases), cold, again, imports, memory, disk)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _silently(found: Measured) -> None:
    """Nobody waits for single releases."""


def _import(bench: Bench, found: Measured) -> float:
    """The seconds it takes to import LiteLLM from both trees of a release, as somebody does who just installed it."""
    seconds = 0.0
    for changed in ({}, fit(found.base, found.applied)[0]):
        with trees.laid_out(found.base.path, bench.files(changed)) as tree, TemporaryDirectory() as empty:
            variables = {**trees.importing(tree), "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
            command = [str(bench.workers.python), "-X", f"pycache_prefix={empty}", "-c", "import litellm"]
            seconds += _seconds(partial(check, command, variables))
    return seconds


def lines(cost: Cost) -> list[str]:
    """What there is to say of a measurement."""
    told = [
        f"the matrix: {cost.trees} trees in {cost.cold:.0f} s, {cost.ratio:.2f} times what {WORKERS} workers take to "
        f"import LiteLLM from each ({IMPORTS} at most)",
        f"the same again, nothing changed: {cost.again:.1f} s, {cost.again / cost.cold:.3f} of that ({AGAIN} at most)",
        f"the largest worker took {cost.memory / 1e6:.0f} MB ({MEMORY / 1e6:.0f} at most); "
        f"the files of the trees take {cost.disk / 1e6:.0f} MB",
    ]
    return [*told, "too dear: look at what the matrix does for each tree."] if cost.dear else told
