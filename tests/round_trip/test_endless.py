"""A call that goes on without end is a failure of its case, and does not hold up the others (N60)."""

from __future__ import annotations

import signal
from contextlib import suppress

import pytest

from tests.round_trip import play


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="the system cannot tell processor time")
def test_a_call_without_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(play, "LIMIT", 0.2)
    before = signal.getsignal(signal.SIGPROF)
    with pytest.raises(play.Endless, match=r"0\.2 seconds"):
        _go_on()
    assert signal.getsignal(signal.SIGPROF) == before
    assert signal.getitimer(signal.ITIMER_PROF) == (0, 0)


def _go_on() -> None:
    with play._bounded():
        while True:
            _swallow()


def _swallow() -> None:
    """Do something, as LiteLLM does that catches what is raised there."""
    with suppress(Exception):
        sum(range(1000))
