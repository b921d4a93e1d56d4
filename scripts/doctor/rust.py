"""Whether LiteLLM would answer /v1/messages with its Rust part instead of the Python that the fixes change.

Read in the published wheels of every release and measured with some of them (1.95.0, 1.99.4, 1.103.0, 1.105.7,
1.108.10, 1.109.1, not with 1.110): with the switch on, an answer has the header `x-litellm-rust`. The matrix plays with
the switch off.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from scripts.doctor.findings import Finding

VARIABLE = "LITELLM_RUST"
FIRST_NATIVE = Version("1.92.0")

_EARLY = frozenset({"1", "true", "yes", "on"})
_TYPED = _EARLY | {"t", "y"}
"""The values that switch it on: from 1.103.0 on those that pydantic takes for true."""


@dataclass(frozen=True)
class Switch:
    """How releases switch the route on, and for which of LiteLLM's providers.

    `values` are those of the variable, `parameter` says whether `rust: true` of a deployment does it as well, and
    `replays` whether requests take the route that have thinking in their history.
    """

    releases: str
    providers: tuple[str, ...]
    values: frozenset[str] = frozenset()
    parameter: bool = False
    replays: bool = True


SWITCHES = (
    Switch(">=1.94,<1.95", ("azure_ai",), parameter=True),
    Switch(">=1.95,<1.102", ("anthropic", "azure_ai"), _EARLY, parameter=True),
    Switch(">=1.102,<1.103", ("anthropic", "azure_ai"), _EARLY),
    Switch(">=1.104,<1.107", ("anthropic",), _TYPED),
    Switch(">=1.108,<1.109", ("anthropic", "deepseek", "vertex_ai"), _TYPED),
    Switch(">=1.109,<1.111", ("anthropic",), _TYPED, replays=False),
)


@dataclass(frozen=True)
class Rust:
    """Whether a release has a native part, for which providers that may answer /v1/messages, and whether it would."""

    native: bool
    providers: tuple[str, ...]
    on: bool
    why: str

    @property
    def findings(self) -> list[Finding]:
        if not self.on:
            return []
        text = f"The Rust route of /v1/messages is on ({self.why}): it goes past the fixes, and was not measured."
        return [Finding("rust", text)]


def route(release: Version, variables: Mapping[str, str], deployments: Sequence[Mapping[str, Any]] = ()) -> Rust:
    """What is known of a release, and of the switches that can be seen.

    `variables` are those of the environment, `deployments` the `litellm_params` of a proxy's config.
    """
    native = release >= FIRST_NATIVE
    switch = next((one for one in SWITCHES if SpecifierSet(one.releases).contains(release, prereleases=True)), None)
    if switch is None:
        return Rust(native, (), False, "this release has no such route" if native else "it has no native part")
    why = _on(switch, variables, deployments)
    note = "" if switch.replays else "; requests with thinking in their history stay in Python"
    return Rust(native, switch.providers, bool(why), f"{why or _off(switch)}{note}")


def _on(switch: Switch, variables: Mapping[str, str], deployments: Sequence[Mapping[str, Any]]) -> str:
    if variables.get(VARIABLE, "").strip().lower() in switch.values:
        return f"{VARIABLE} is set"
    if switch.parameter and any(params.get("rust") is True for params in deployments):
        return "a deployment has rust: true"
    return ""


def _off(switch: Switch) -> str:
    ways = [f"{VARIABLE} is not set"] if switch.values else []
    ways += ["no deployment that is known has rust: true"] if switch.parameter else []
    return " and ".join(ways)
