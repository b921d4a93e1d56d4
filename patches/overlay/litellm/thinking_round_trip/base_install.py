"""What a base install of LiteLLM, without its proxy extra, can do without (docs/failures.md#base-install)."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec


@cache
def has_mcp() -> bool:
    """Tell whether the package `mcp` is installed, without which no MCP gateway can handle a call."""
    return find_spec("mcp") is not None
