"""Which HTTP client LiteLLM would send its asynchronous requests with.

From 1.82.1 to 1.109.1 that is aiohttp, behind httpx, unless a variable or a setting asks for httpx itself
(`custom_httpx/http_handler.py`; measured with 1.82.1, 1.83.0, 1.99.4 and 1.109.1). Without aiohttp none of them can be
imported, so what is installed beside LiteLLM makes no difference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from packaging.version import Version

VARIABLE, SETTING = "DISABLE_AIOHTTP_TRANSPORT", "disable_aiohttp_transport"
HTTP2_VARIABLE, HTTP2_SETTING = "LITELLM_HTTP2", "http2"
FIRST_HTTP2 = Version("1.103.0")


@dataclass(frozen=True)
class Transport:
    """`name` is aiohttp or httpx; `why` is half a sentence."""

    name: str
    why: str


def transport(release: Version, variables: Mapping[str, str], settings: Mapping[str, Any]) -> Transport:
    """What a release would choose, by the variables of an environment and a proxy's `litellm_settings`."""
    if _is_true(variables.get(VARIABLE)):
        return Transport("httpx", f"{VARIABLE} is set")
    if settings.get(SETTING) is True:
        return Transport("httpx", f"litellm_settings has {SETTING}")
    if release >= FIRST_HTTP2 and _is_true(variables.get(HTTP2_VARIABLE)):
        return Transport("httpx", f"{HTTP2_VARIABLE} is set")
    if release >= FIRST_HTTP2 and settings.get(HTTP2_SETTING) is True:
        return Transport("httpx", f"litellm_settings has {HTTP2_SETTING}")
    return Transport("aiohttp", "nothing asks for httpx")


def _is_true(value: str | None) -> bool:
    return value is not None and value.strip().lower() == "true"
