"""What a base install of LiteLLM, without its proxy extra, can do without (docs/failures.md#base-install)."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from functools import cache
from importlib.util import find_spec
from typing import Any

_log = logging.getLogger("LiteLLM")


@cache
def has_mcp() -> bool:
    """Tell whether the package `mcp` is installed, without which no MCP gateway can handle a call."""
    return find_spec("mcp") is not None


def _endpoint_logging() -> Any:
    from litellm.proxy.pass_through_endpoints.success_handler import PassThroughEndpointLogging  # noqa: PLC0415

    return PassThroughEndpointLogging


def _streaming_handler() -> Any:
    from litellm.proxy.pass_through_endpoints.streaming_handler import PassThroughStreamingHandler  # noqa: PLC0415

    return PassThroughStreamingHandler


# The proxy's classes that LiteLLM streams Anthropic's wire with. Each is imported as late as LiteLLM does it: a base
# install has not what they import (PLC0415).
_PARTS = {"PassThroughEndpointLogging": _endpoint_logging, "PassThroughStreamingHandler": _streaming_handler}


@cache
def __getattr__(name: str) -> Any:
    """The proxy's class of that name, or one that passes a stream on where what the class needs is not installed."""
    if name not in _PARTS:
        raise AttributeError(name)
    try:
        return _PARTS[name]()
    except ImportError:
        return _Unlogged


class _Unlogged:
    """Passes a stream on to the client. What it takes is what the proxy's classes are called with."""

    @staticmethod
    async def chunk_processor(response: Any, **_: Any) -> AsyncIterator[bytes]:
        """The bytes of an answer, as they come."""
        async for chunk in response.aiter_bytes():
            yield chunk
        _tell()

    @staticmethod
    async def route_streaming_logging_to_handler(**_: Any) -> None:
        """Called with a whole stream, to log it. Before 1.105 the name begins with `_`."""
        _tell()

    _route_streaming_logging_to_handler = route_streaming_logging_to_handler

    @staticmethod
    async def schedule_stream_failure_logging(**_: Any) -> None:
        """Called with a stream that broke off, to log it."""
        _tell()


@cache
def _tell() -> None:
    _log.warning("Streams on /v1/messages from Anthropic's wire are not logged: that takes litellm[proxy].")
