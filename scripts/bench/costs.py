"""What the fixes cost whoever uses them: requests with long histories on /v1/messages, published and patched."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.commands import clean
from scripts.errors import CommandFailed
from scripts.paths import ROOT

SURCHARGE = 1.05
"""A patched release may take as much of what the published one takes, with a history of LENGTH messages."""
LINEAR = 2.2
"""Twice the history may take as much of the time; a little more than twice, as the figures are small."""
LENGTH = 200
ROUNDS = 4


Costs = dict[str, dict[int, float]]
"""Seconds of processor time for one request, by backend and by the messages in its history."""


@dataclass(frozen=True)
class Translation:
    """What one request costs on the published release, and on the patched one."""

    published: Costs
    patched: Costs

    @property
    def ratios(self) -> dict[str, float]:
        """By backend, what the patched release takes of the published one's time."""
        return {name: costs[LENGTH] / self.published[name][LENGTH] for name, costs in self.patched.items()}

    @property
    def growth(self) -> dict[str, float]:
        """By backend, how much longer the patched release takes for twice the history."""
        return {name: costs[2 * LENGTH] / costs[LENGTH] for name, costs in self.patched.items()}

    @property
    def dear(self) -> bool:
        return max(self.ratios.values()) > SURCHARGE or max(self.growth.values()) > LINEAR


def compare(python: Path, tree: Path) -> Translation:
    """Time both releases in turns, several times, and take the fastest of each: what disturbs one disturbs both.

    Raises CommandFailed.
    """
    rounds = [(_asked(python, {"PYTHONPATH": str(tree)}), _asked(python, {})) for _ in range(ROUNDS)]
    published, patched = zip(*rounds, strict=True)
    return Translation(_fastest(published), _fastest(patched))


def _asked(python: Path, variables: Mapping[str, str]) -> Costs:
    told = answer(python, "-m", "tests.round_trip.translation", variables=variables)
    return {name: {int(length): cost for length, cost in costs.items()} for name, costs in told.items()}


def _fastest(rounds: Sequence[Costs]) -> Costs:
    first = rounds[0]
    return {name: {length: min(one[name][length] for one in rounds) for length in first[name]} for name in first}


def lines(translation: Translation) -> list[str]:
    """What there is to say of the cost of the fixes."""
    told = [
        f"a request with {LENGTH} messages to {name}: {1000 * translation.published[name][LENGTH]:.1f} ms published, "
        f"{1000 * translation.patched[name][LENGTH]:.1f} ms patched, {ratio:.3f} of it; "
        f"twice the history takes {translation.growth[name]:.2f} of the time"
        for name, ratio in translation.ratios.items()
    ]
    if translation.dear:
        told.append(
            f"too dear: a patched request may take {SURCHARGE} of the published one's time, and {LINEAR} of its own "
            "for twice the history. Look at what the fixes do for each message."
        )
    return told


def answer(python: Path, *arguments: str, variables: Mapping[str, str] | None = None) -> Any:
    """What a program prints last, as JSON; LiteLLM may print before it. Raises CommandFailed."""
    # Without the variable LiteLLM would ask the web for its cost map, and time that.
    env = {**clean(), "LITELLM_LOCAL_MODEL_COST_MAP": "True", **(variables or {})}
    done = subprocess.run([str(python), *arguments], env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr.splitlines() or ["no word"])[-1]
        raise CommandFailed(" ".join(["python", *arguments]), f"it ended with exit status {done.returncode}: {said}")
    return json.loads(done.stdout.splitlines()[-1])
