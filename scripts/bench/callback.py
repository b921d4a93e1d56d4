"""What the callback `thinking_compat` costs a request in which nobody thinks: an absolute bound, unlike the others."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from scripts.bench.costs import answer

BOUND = 100e-6
"""Seconds that a request with 200 messages may wait for it."""

Waits = Mapping[str, float]
"""Seconds, by kind of request and model: the fastest of many, as a busy machine can only add to them."""


def measure(python: Path) -> Waits:
    """Time the callback of an installed patched wheel. Raises CommandFailed."""
    waits: Waits = answer(python, "-m", "tests.round_trip.compat_timing")
    return waits


def dear(waits: Waits) -> bool:
    """Whether a request waits longer than it may."""
    return max(waits.values()) >= BOUND


def lines(waits: Waits) -> list[str]:
    """What there is to say of it."""
    told = [
        f"thinking_compat: {1e6 * wait:.1f} µs for {what}, 200 messages without thinking"
        for what, wait in waits.items()
    ]
    if dear(waits):
        told.append(
            f"too slow: thinking_compat may take {1e6 * BOUND:.0f} µs. Look at what it does for a message in which "
            "nobody thinks."
        )
    return told
