"""The proxy's endpoints of Anthropic's API in this process: LiteLLM's own code from the route to the router.

The proxy's server around them needs the extra `proxy`, which the suite's environment lacks. A module that has nothing
but what these endpoints use stands in for it: no settings, no keys, no database. `nox -s e2e` tries the whole proxy.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import httpx
import litellm
from packaging.version import Version

from tests.round_trip.failures import release_under_test

ADDRESS = "http://proxy.test"
_SERVER = "litellm.proxy.proxy_server"


class NoEndpoint(Exception):
    """The proxy of this release cannot be loaded here; the text says why."""


class _Server(ModuleType):
    """Has None for whatever it was not given, as a server without settings does."""

    def __getattr__(self, name: str) -> None:
        if name.startswith("__"):
            raise AttributeError(name)


class _Config:
    """A configuration that says nothing, whatever it is asked."""

    def __getattr__(self, name: str) -> Any:
        async def nothing(*_args: Any, **_kwargs: Any) -> dict[str, Any]:
            return {}

        return nothing


@contextmanager
def serving(models: Mapping[str, Mapping[str, Any]]) -> Iterator[httpx.AsyncClient]:
    """A client of a proxy that offers these models: each its name and its `litellm_params`. Raises NoEndpoint."""
    release = Version(release_under_test())
    if release >= Version("1.104") and not find_spec("expression"):
        raise NoEndpoint("the proxy of 1.104.0 and later needs `expression`, which is in the extra `proxy` alone")
    before = sys.modules.get(_SERVER)
    sys.modules[_SERVER] = _server(models)
    try:
        yield httpx.AsyncClient(transport=httpx.ASGITransport(app=_app()), base_url=ADDRESS)
    finally:
        del sys.modules[_SERVER]
        if before is not None:
            sys.modules[_SERVER] = before


def _server(models: Mapping[str, Mapping[str, Any]]) -> _Server:
    server = _Server(_SERVER)
    sys.modules[_SERVER] = server  # what is imported below asks for it
    cache = litellm.caching.caching.DualCache()
    told = [{"model_name": name, "litellm_params": dict(params)} for name, params in models.items()]
    server.__dict__.update(
        general_settings={},
        llm_router=litellm.Router(model_list=told),
        proxy_config=_Config(),
        proxy_logging_obj=import_module("litellm.proxy.utils").ProxyLogging(user_api_key_cache=cache),
        user_api_key_cache=cache,
    )
    return server


def _app() -> Any:
    app = import_module("fastapi").FastAPI()
    app.include_router(import_module("litellm.proxy.anthropic_endpoints.endpoints").router)
    auth = import_module("litellm.proxy.auth.user_api_key_auth").user_api_key_auth
    nobody = import_module("litellm.proxy._types").UserAPIKeyAuth(api_key="sk-test")
    app.dependency_overrides[auth] = lambda: nobody
    return app
