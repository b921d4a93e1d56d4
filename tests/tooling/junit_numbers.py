"""What pytest's JUnit report says of the suite's cases."""

from __future__ import annotations

from pathlib import Path

from junitparser import JUnitXml, Properties, TestCase

ERRORED = "errored"


def numbers_of(report: Path) -> dict[str, list[str]]:
    """The numbers of each case's failures, in both of its forms (async and sync); none are a pass.

    An open case has its numbers like a failed one; ERRORED stands for a failure that has told none.
    """
    found: dict[str, set[str]] = {}
    for test in (test for suite in JUnitXml.fromfile(str(report)) for test in suite):
        case = test.name.partition("[")[2].removesuffix("]")
        found.setdefault(case, set()).update(_told(test) or ([] if test.is_passed or test.is_skipped else [ERRORED]))
    return {case: sorted(numbers, key=lambda number: (len(number), number)) for case, numbers in found.items()}


def _told(test: TestCase) -> list[str]:
    properties = test.child(Properties) or ()  # type: ignore[no-untyped-call]
    return [number for told in properties if told.name == "failures" for number in told.value.split()]
