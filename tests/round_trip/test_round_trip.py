"""The grid: every case is one test, and its id alone selects it (see `grid`)."""

from __future__ import annotations

import pytest

from tests.round_trip.grid import Case, cases
from tests.round_trip.play import play

# One loop for the whole session: LiteLLM ties its background workers and client caches to the loop that it first met.
pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("case", cases(), ids=str)
async def test_round_trip(case: Case) -> None:
    failures = await play(case)
    assert not failures, "\n".join([str(case), *failures])


@pytest.mark.parametrize("case", cases(), ids=str)
async def test_round_trip_sync(case: Case) -> None:
    failures = await play(case, synchronous=True)
    assert not failures, "\n".join([str(case), *failures])
