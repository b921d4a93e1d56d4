"""A canary: each provider that the installed LiteLLM knows is emulated, or providers.toml says why it is not."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import litellm
import pytest
from litellm.types.utils import LlmProviders

from tests.backends import BACKENDS
from tests.round_trip.routes import ROUTES

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_FILE = Path(__file__).with_name("providers.toml")
_DATA: dict[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
EMULATED: dict[str, list[str]] = _DATA["emulated"]
EXCUSED: list[dict[str, Any]] = _DATA["excused"]


def known() -> set[str]:
    """The providers of the installed release: members of an enumeration, or strings, as the release has it."""
    return {str(getattr(name, "value", name)) for name in [*litellm.provider_list, *LlmProviders]}


def problems(
    known: Collection[str], emulated: Mapping[str, object], excused: Collection[Mapping[str, Any]]
) -> list[str]:
    """Say which providers are nowhere, and which are in more than one place."""
    places = Counter([*emulated, *(name for group in excused for name in group["providers"])])
    missing = sorted(set(known) - set(places))
    return [
        *(
            f"LiteLLM knows the provider {name!r}, the suite does not: give it to a cell in [emulated] of "
            f"tests/round_trip/{_FILE.name}, or add it to an [[excused]] group whose reason is true of it"
            for name in missing
        ),
        *(f"{name!r} is listed {times} times in {_FILE.name}" for name, times in places.items() if times > 1),
    ]


def test_every_provider_is_emulated_or_excused() -> None:
    found = problems(known(), EMULATED, EXCUSED)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("emulated", "excused", "problem"),
    [
        ({}, [], "LiteLLM knows the provider 'acme', the suite does not: give it to a cell in [emulated] of "),
        ({"acme": ["openai"]}, ["acme"], "'acme' is listed 2 times in providers.toml"),
        ({}, ["acme", "acme"], "'acme' is listed 2 times in providers.toml"),
    ],
)
def test_a_provider_in_no_place_or_in_two_is_a_problem(
    emulated: dict[str, list[str]], excused: list[str], problem: str
) -> None:
    (found,) = problems(["acme"], emulated, [{"reason": "It is made up.", "providers": excused}])
    assert found.startswith(problem)


def test_what_emulates_a_provider_is_a_cell() -> None:
    """A new cell belongs to a provider, and a cell that is gone leaves one to be excused."""
    assert {cell for cells in EMULATED.values() for cell in cells} == set(BACKENDS)


@pytest.mark.parametrize("cell", [cell for cell, route in ROUTES.items() if "api_base" not in route.arguments])
def test_the_route_to_a_cell_goes_through_its_provider(cell: str) -> None:
    """A route with an address of its own may use any adapter; the others have to be what [emulated] says."""
    provider = litellm.get_llm_provider(ROUTES[cell].model, api_key="sk-test")[1]
    assert cell in EMULATED[provider]


_TALKS = {"chat", "completion", "responses"}
_CONTRADICTS: dict[str, Callable[[Mapping[str, Any]], bool]] = {
    "no chat": lambda model: model.get("mode") in _TALKS,
    "no reasoning": lambda model: bool(model.get("supports_reasoning")),
}


@pytest.mark.parametrize("group", [group for group in EXCUSED if "proof" in group], ids=lambda group: group["reason"])
def test_the_price_map_does_not_contradict_a_reason(group: dict[str, Any]) -> None:
    against = [
        name
        for name, model in litellm.model_cost.items()
        if model.get("litellm_provider") in group["providers"] and _CONTRADICTS[group["proof"]](model)
    ]
    assert not against, f"{group['reason']}: {against}"


@pytest.mark.parametrize(("proof", "provider"), [("no chat", "openai"), ("no reasoning", "anthropic")])
def test_a_proof_can_fail(proof: str, provider: str) -> None:
    models = [model for model in litellm.model_cost.values() if model.get("litellm_provider") == provider]
    assert any(map(_CONTRADICTS[proof], models))
