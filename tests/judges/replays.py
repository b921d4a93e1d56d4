"""What every judge must let pass: an honest client, whatever it plays, whole or streamed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.backends.wire import Answer

_PLAIN = (
    "thinking-text-tool",
    "tool-loop",
    "interleaved",
    "parallel-tools",
    "two-thinking-blocks",
    "pause-in-thinking",
    "odd-text",
)


def replays(*further: str) -> pytest.MarkDecorator:
    """Run a test with each conversation that any wire can carry, and `further` ones: `name`, `stream`."""
    cases = [(name, stream) for name in (*_PLAIN, *further) for stream in (False, True)]
    ids = [f"{name}{'-stream' if stream else ''}" for name, stream in cases]
    return pytest.mark.parametrize(("name", "stream"), cases, ids=ids)


def table(rows: Mapping[str, Any], names: str) -> pytest.MarkDecorator:
    """Run a test with each row of a table; the row's name is its id."""
    return pytest.mark.parametrize(names, [*rows.values()], ids=[*rows])


def told(answer: Answer) -> tuple[int, Any]:
    """The status of an answer and what it says."""
    return answer.status, json.loads(answer.body)
