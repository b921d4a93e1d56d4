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
from contextlib import suppress

from tests.round_trip.grid import cases


def measured() -> dict[str, float]:
    """Import, import, play: what each of them took."""
    # The same ground as under pytest: LiteLLM reads it when it is imported.
    importlib.import_module("tests.conftest")
    warnings.simplefilter("ignore")
    litellm = _seconds(lambda: importlib.import_module("litellm"))
    suite = _seconds(lambda: importlib.import_module("tests.round_trip.play"))
    played: Counter[str] = Counter()
    grid = _seconds(lambda: asyncio.run(_play_all(played)))
    return {"litellm": litellm, "suite": suite, "grid": grid, "cases": played.total(), "failed": played["failed"]}


async def _play_all(played: Counter[str]) -> None:
    # Imported late, because it imports LiteLLM.
    suite = importlib.import_module("tests.round_trip.play")
    for case in cases():
        for synchronous in (False, True) if case.synchronous else (False,):
            with suppress(suite.Unplayable):
                failures = await suite.play(case, synchronous=synchronous)
                played["failed" if failures else "passed"] += 1


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    print(json.dumps(measured()))
