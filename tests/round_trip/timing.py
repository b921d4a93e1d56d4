"""`python -m tests.round_trip.timing`: play the whole grid in this process, and print how long that took, as JSON.

Seconds of `import litellm`, of the suite's own imports behind it, and of the grid; the cases that were played (a case
that the sync entry points play too counts twice), and how many of them failed.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import time
import warnings
from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.round_trip.grid import cases


def measured() -> dict[str, float]:
    """Import, import, play: what each of them took."""
    # The ground is the same as under pytest: LiteLLM reads it when it is imported.
    importlib.import_module("tests.conftest")
    warnings.simplefilter("ignore")
    litellm = _seconds(lambda: importlib.import_module("litellm"))
    suite = _seconds(lambda: importlib.import_module("tests.round_trip.play"))
    played: Counter[str] = Counter()
    grid = _seconds(lambda: asyncio.run(_play_all(played)))
    return {"litellm": litellm, "suite": suite, "grid": grid, "cases": played.total(), "failed": played["failed"]}


async def _play_all(played: Counter[str]) -> None:
    for case in cases():
        for synchronous in (False, True) if case.synchronous else (False,):
            await _play(case, synchronous, played)


async def _play(case: Any, synchronous: bool, played: Counter[str]) -> None:
    from tests.round_trip.play import Unplayable, play

    try:
        failures = await play(case, synchronous=synchronous)
    except Unplayable:
        return
    played["failed" if failures else "passed"] += 1


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    print(json.dumps(measured()))
