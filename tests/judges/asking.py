"""Put requests to a backend without anything in between, and read its verdict."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.backends import Backend
from tests.backends.wire import Answer, Request


def ask(backend: Backend, body: Mapping[str, Any], url: str = "/", headers: Mapping[str, str] | None = None) -> Answer:
    """Send one body; `url` and `headers` matter to the backends that read them."""
    return backend.answer(Request(url, json.dumps(body).encode(), headers or {}))


def said(backend: Backend) -> str:
    """All that a backend noted so far, rejections first: "" is a clean record."""
    return "\n".join(map(str, [*backend.dialogue.rejections, *backend.dialogue.losses]))
