"""What the comparison of two histories says where a turn holds the same thing twice."""

from __future__ import annotations

import pytest

from tests.backends.history import Part, Wire, judge

FIRST, SECOND = Part("reasoning", "one", "a"), Part("reasoning", "two", "b")
CALL = Part("tool", "", "c", "{}", name="wait")
TEXT = Part("text", "so", "d")
LATE = "reasoning stands behind what followed it"


@pytest.mark.parametrize(
    ("given", "got", "expected"),
    [
        ([FIRST, CALL, SECOND, CALL], [FIRST, CALL, SECOND, CALL], []),
        ([FIRST, TEXT, SECOND, TEXT], [FIRST, TEXT, SECOND, TEXT], []),
        ([FIRST, CALL, SECOND, TEXT], [FIRST, CALL, TEXT, SECOND], [LATE]),
        ([FIRST, CALL], [CALL, FIRST], [LATE]),
    ],
)
def test_the_same_again_behind_a_thought(given: list[Part], got: list[Part], expected: list[str]) -> None:
    assert [finding.what for finding in judge([given], [got], [FIRST, SECOND], {}, Wire(False, False))] == expected
