"""Which endpoint of the proxy to use for each of its models: where thinking survives, or else by the rule.

The rule, which people give one another, is Claude on /v1/messages and all others on /v1/chat/completions. It breaks a
tie between two endpoints that are alike, and stands in where nothing was measured, which is then said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from scripts.doctor.measured import Route, Score
from scripts.doctor.providers import backends, is_claude
from scripts.doctor.proxy_config import Config, Deployment

PATHS = {"messages": "/v1/messages", "chat": "/v1/chat/completions", "responses": "/v1/responses"}
CLIENT_INGRESSES = ("messages", "chat")
"""Those that one of the two clients uses."""


@dataclass(frozen=True)
class Endpoint:
    """What to use for a model that clients name `model`, and why.

    `ingress` is messages or chat. `backends` are those of the matrix that stand for it there, none if it was not
    measured; `passed` and `red` count their cases.
    """

    model: str
    ingress: str
    intact: bool
    backends: tuple[str, ...]
    passed: int
    red: int
    why: str

    @property
    def measured(self) -> bool:
        return bool(self.passed or self.red)

    @property
    def path(self) -> str:
        return PATHS[self.ingress]


def choose(config: Config, scores: Mapping[Route, Score]) -> list[Endpoint]:
    """The endpoint of each model, in the order of their names; several deployments of a name have to agree on one."""
    deployments = sorted(config.deployments, key=lambda one: one.name)
    groups = [(name, list(group)) for name, group in groupby(deployments, key=lambda one: one.name)]
    return [_choose(name, group, config.settings, scores) for name, group in groups]


def _choose(
    name: str, group: Sequence[Deployment], settings: Mapping[str, Any], scores: Mapping[Route, Score]
) -> Endpoint:
    claude = all(map(is_claude, group))
    order = CLIENT_INGRESSES if claude else CLIENT_INGRESSES[::-1]
    found = [_endpoint(name, ingress, group, settings, scores) for ingress in order]
    measured = [one for one in found if one.measured]
    if not measured:
        rule = "Claude on /v1/messages" if claude else "all but Claude on /v1/chat/completions"
        return Endpoint(name, order[0], False, (), 0, 0, f"not measured; the rule is: {rule}")
    return max(measured, key=_goodness)


def _goodness(endpoint: Endpoint) -> tuple[bool, float]:
    """Of two that are alike, the first is taken."""
    return endpoint.intact, endpoint.passed / (endpoint.passed + endpoint.red)


def _endpoint(
    name: str,
    ingress: str,
    group: Sequence[Deployment],
    settings: Mapping[str, Any],
    scores: Mapping[Route, Score],
) -> Endpoint:
    each = [
        [one for one in backends(deployment, ingress, settings) if (one, ingress) in scores] for deployment in group
    ]
    found = sorted({backend for several in each for backend in several})
    told = [scores[backend, ingress] for backend in found]
    # One deployment that was not measured leaves open what a request to their common name meets.
    intact = all(each) and all(score.intact for score in told)
    passed, red = sum(score.passed for score in told), sum(score.red for score in told)
    why = f"{red} of {passed + red} cases fail: {_as(found)}" if red else f"intact: {_as(found)}"
    if found and not all(each):
        why += "; another deployment of this name was not measured"
    return Endpoint(name, ingress, intact, tuple(found), passed, red, why)


def _as(found: Sequence[str]) -> str:
    return f"measured as {' and '.join(found)}"
