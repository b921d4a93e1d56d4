"""Which of the matrix's backends a proxy's model is, on each ingress.

`tests/round_trip/routes.py` has LiteLLM's name of each backend. A model is that backend on an ingress if its name has
the same provider and the same way in it (`responses/`, `converse/`), if it is Claude where that is Claude, and if its
address leads to the same host. Of several that fit, those whose model is called most like it stand for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import takewhile
from typing import Any
from urllib.parse import urlsplit

from scripts.doctor.proxy_config import Deployment
from tests.round_trip.routes import ROUTES, Route

WAYS = ("responses", "converse", "invoke", "chat_completions")
"""What stands in a model's name to choose an endpoint of the provider."""

OPEN_PROVIDERS = ("openai", "anthropic")
"""Those that people give an address of their own, behind which is somebody else."""

BARE = {"claude*": "anthropic", "gpt-*": "openai", "chatgpt*": "openai", "o[1-9]*": "openai", "gemini-*": "vertex_ai"}
"""The providers of models whose names have none, as far as their names tell."""

UNLIKE = {("databricks/databricks-*", "messages"): "newer releases take Databricks' own names to another endpoint"}
"""Models that are no backend of the matrix on an ingress although their names look so, and why."""

ONLY = {"vertex_gemini": "gemini*"}
"""Backends that stand for some of their provider's models alone, by the models' names."""

FLAG = "use_chat_completions_url_for_anthropic_messages"


@dataclass(frozen=True)
class Named:
    """The parts of a model's name."""

    provider: str
    way: str
    model: str

    @property
    def last(self) -> str:
        return self.model.rpartition("/")[2]

    @property
    def claude(self) -> bool | None:
        """Whether it is one of Claude's; None of a pattern that may stand for any."""
        if "claude" in self.model.lower():
            return True
        return None if "*" in self.model else False


def named(deployment: Deployment) -> Named:
    """The parts of a deployment's model, which may name its provider elsewhere."""
    own = deployment.params.get("custom_llm_provider")
    provider, slash, rest = deployment.model.partition("/")
    if isinstance(own, str) and own:
        rest = rest if slash and provider == own else deployment.model
        provider = own
    elif not slash:
        provider, rest = _bare(deployment.model), deployment.model
    way, _, model = rest.partition("/")
    return Named(provider, way, model) if way in WAYS else Named(provider, "", rest)


def is_claude(deployment: Deployment) -> bool:
    """Whether a model is one of Claude's, on whatever platform; so is `anthropic/*`."""
    name = named(deployment)
    return name.claude is True or (name.claude is None and name.provider == "anthropic")


def backends(deployment: Deployment, ingress: str, settings: Mapping[str, Any]) -> list[str]:
    """The backends that stand for a deployment on an ingress; none if it was not measured."""
    name = named(deployment)
    if any(fnmatchcase(deployment.model, pattern) and ingress == one for pattern, one in UNLIKE):
        return []
    fitting = {
        backend: route
        for backend, route in ROUTES.items()
        if _same_name(name, _of_route(route, ingress))
        and fnmatchcase(name.last, ONLY.get(backend, "*"))
        and _same_place(name, deployment.params, route)
        and _told_alike(deployment.params, route)
        and (ingress != "messages" or bool(route.settings.get(FLAG)) == (settings.get(FLAG) is True))
    }
    told = {backend: route for backend, route in fitting.items() if route.told}
    nearest = _nearest(name, {backend: _of_route(route, ingress) for backend, route in (told or fitting).items()})
    return [backend for backend in nearest if ingress not in ROUTES[backend].impossible]


def _bare(model: str) -> str:
    return next((provider for pattern, provider in BARE.items() if fnmatchcase(model, pattern)), "")


def _of_route(route: Route, ingress: str) -> Named:
    return named(Deployment("", {"model": route.models.get(ingress, route.model)}))


def _same_name(name: Named, other: Named) -> bool:
    return (name.provider, name.way) == (other.provider, other.way) and name.claude in (None, other.claude)


def _same_place(name: Named, params: Mapping[str, Any], route: Route) -> bool:
    """Whether the address is that of the route; a made-up one stands for any, and the usual one need not be said."""
    own, other = _host(params.get("api_base")), _host(route.arguments.get("api_base"))
    if own is None and (not other or _is_home(name.provider, other)):
        return True
    if other and not _is_made_up(other):
        return own == other or (own is not None and _domain(own) == _domain(other))
    # Without an address a route of these goes to the provider itself; Claude is Claude behind any.
    return name.provider not in OPEN_PROVIDERS or other is not None or own is None or name.claude is True


def _is_home(provider: str, host: str) -> bool:
    """Whether a host is where LiteLLM goes for a provider, or a stand-in for the user's own server."""
    return _is_made_up(host) or any(part.startswith(provider.partition("_")[0]) for part in host.split("."))


def _is_made_up(host: str) -> bool:
    return host.endswith(".test") or host.startswith("judge.")


def _domain(host: str) -> str:
    return ".".join(host.split(".")[-2:])


def _host(address: object) -> str | None:
    """The host of an address; "" of one that cannot be seen, None where there is none."""
    if address is None:
        return None
    try:
        return urlsplit(str(address)).hostname or ""
    except ValueError:
        return ""


def _told_alike(params: Mapping[str, Any], route: Route) -> bool:
    return all(params.get(key) == value for key, value in route.told.items())


def _nearest(name: Named, found: Mapping[str, Named]) -> list[str]:
    """Those whose model shares the longest beginning with this one; of a pattern all."""
    if "*" in name.last:
        return list(found)
    shared = {backend: _shared(name, other) for backend, other in found.items()}
    longest = max(shared.values(), default=0)
    return [backend for backend, length in shared.items() if length == longest]


def _shared(name: Named, other: Named) -> int:
    pairs = zip(name.last.lower(), other.last.lower(), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
