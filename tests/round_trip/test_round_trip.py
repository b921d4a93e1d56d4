"""The grid: every case is one test, and its id alone selects it (see `grid`)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.round_trip.failures import labels, release_under_test
from tests.round_trip.grid import Case, cases
from tests.round_trip.play import Unplayable, play

# One loop for the whole session: LiteLLM ties its background workers and client caches to the loop that it first met.
pytestmark = pytest.mark.asyncio(loop_scope="session")

Record = Callable[[str, object], None]


async def _judge(case: Case, record_property: Record, *, synchronous: bool) -> None:
    record_property("case", str(case))
    try:
        failures = await play(case, synchronous=synchronous)
    except Unplayable as missing:
        pytest.skip(str(missing))
    found = labels(case, failures, release_under_test())
    record_property("failures", " ".join(found))
    if failures:
        pytest.fail("\n\n".join([f"{case}: {', '.join(found)}", *map(str, failures)]), pytrace=False)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    played = cases(every=metafunc.config.getoption("every_cell"))
    if metafunc.function is test_round_trip_sync:
        played = [case for case in played if case.synchronous]
    metafunc.parametrize("case", played, ids=str)


async def test_round_trip(case: Case, record_property: Record) -> None:
    await _judge(case, record_property, synchronous=False)


async def test_round_trip_sync(case: Case, record_property: Record) -> None:
    await _judge(case, record_property, synchronous=True)
