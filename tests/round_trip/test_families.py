"""Every family's cases are found by their ids, and no test with ids of its own is left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.round_trip.families import FAMILIES, node

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("family", "test"), FAMILIES.items())
def test_the_test_of_a_family_is_there(family: str, test: str) -> None:
    path, _, name = test.partition("::")
    assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8")
    assert node(f"{family}/messages-openai") == f"{test}[{family}/messages-openai]"
    assert node(f"{family}-more/messages-openai") == f"{test}[{family}-more/messages-openai]"


@pytest.mark.parametrize("case", ["plain/messages-openai", "self/messages-openai", "thinking-text-tool/chat-openai"])
def test_a_case_of_the_grid_is_of_no_family(case: str) -> None:
    assert node(case) is None
