"""Without thinking a patched release sends what the published one sends, byte for byte (`plain-wire/...`).

The session `tests` lets the published wheel write its requests down first, and hands them over (`--published-wire`).
"""

from __future__ import annotations

import difflib
import json
import re
from functools import cache
from pathlib import Path

import pytest

from tests.round_trip.grid import Case
from tests.round_trip.plain import cells, sent

# One loop for the whole session, as for the grid.
pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("case", cells(), ids=str)
async def test_plain(case: Case, published_wire: Path) -> None:
    expected = _comparable(case, _read(published_wire)[str(case)])
    if not expected:
        pytest.skip("the published release has its first request rejected, or none to send")
    requests = [_as_published(case, request) for request in (await sent(case))[: len(expected)]]
    requests = _comparable(case, requests)
    assert requests == expected, _difference(expected, requests)


def _as_published(case: Case, request: str) -> str:
    """Grok reasons unasked, so no request to it is one without thinking: through the bridge it is asked for in each."""
    bridged = case.backend == "xai" and case.ingress != "responses"
    return request.replace(_INCLUDE, "", 1) if bridged else request


def _comparable(case: Case, requests: list[str]) -> list[str]:
    """On `messages` a turn of calls alone came with an empty text, which went back; it has none now (N24)."""
    if case.ingress != "messages":
        return requests
    return [re.sub(r'"content": ?"", ?"tool_calls"', '"tool_calls"', request) for request in requests]


_INCLUDE = '"include":["reasoning.encrypted_content"],'


def _difference(expected: list[str], requests: list[str]) -> str:
    return "\n".join(difflib.unified_diff(expected, requests, "published", "patched", lineterm=""))


@cache
def _read(path: Path) -> dict[str, list[str]]:
    kept: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
    return kept


@pytest.fixture
def published_wire(request: pytest.FixtureRequest) -> Path:
    path: Path | None = request.config.getoption("published_wire")
    if path is None:
        pytest.skip("this is the published release itself, or nobody said what that sends (--published-wire)")
    return path
