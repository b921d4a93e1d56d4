"""What a base install of LiteLLM, without its proxy extra, can do without (research/failures.md, section 0.2)."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec


@cache
def has_mcp() -> bool:
    """Tell whether the package `mcp` is installed, without which no MCP gateway can handle a call."""
    return find_spec("mcp") is not None
