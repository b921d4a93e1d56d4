"""junit.xml: a suite for each release and variant, such as `1.109.1 patched`, and in it a test for each case.

What fails unpatched is what the fixes are there for, and there is much of it: it has its reason, and the digest by
which results.jsonl has the details. What fails patched has its details here, whole where there are few of them.
"""

from __future__ import annotations

import io
import re

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from scripts.matrix.results import ERRORED, PASSED, SKIPPED, Result, Results

ROOM = 12_000_000
"""Characters for the details of all cases that fail patched, in equal parts: all releases stay below 50 MB."""
LONGEST = 1_000
"""Characters of a reason."""

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no place for, not even as a reference: control characters, and halves of surrogate pairs."""


def junit(results: Results) -> bytes:
    """The file as JUnit readers know it; the same results give the same bytes."""
    red = sum(one.red and one.patched for one in results.results)
    xml = JUnitXml("matrix")
    for suite in _suites(results, ROOM // max(1, red)):
        xml.add_testsuite(suite)
    xml.update_statistics()  # type: ignore[no-untyped-call]
    file = io.BytesIO()
    xml.write(file)
    return file.getvalue()


def _suites(results: Results, room: int) -> list[TestSuite]:
    """In the order of the results, in which the cases of a release may be unpatched and patched by turns."""
    tests: dict[str, list[TestCase]] = {}
    for one in results.results:
        name = f"{one.release} {'patched' if one.patched else 'unpatched'}"
        tests.setdefault(name, []).append(_test(one, name, results, room))
    return [_suite(name, of_suite) for name, of_suite in tests.items()]


def _suite(name: str, tests: list[TestCase]) -> TestSuite:
    suite = TestSuite(name)
    # All at once: with each call everything is counted anew.
    suite.add_testcases(tests)
    return suite


def _test(result: Result, suite: str, results: Results, room: int) -> TestCase:
    test = TestCase(_legal(result.case), suite)
    if result.outcome != PASSED:
        test.result = [_outcome(result, _detail(result, results, room))]
    return test


def _outcome(result: Result, detail: str) -> Skipped | Failure | Error:
    reason = _legal(result.reason[:LONGEST])
    if result.outcome == SKIPPED:
        return Skipped(reason)
    kind = Error if result.outcome == ERRORED else Failure
    found = kind(reason, _legal(", ".join(result.failures)) or None)
    if detail:
        found.text = _legal(detail)
    return found


def _detail(result: Result, results: Results, room: int) -> str:
    """The details as far as there is room for them, or the digest that stands for them."""
    text = results.details.get(result.detail, "") if result.patched else ""
    if text and len(text) <= room:
        return text
    named = f"detail {result.detail}" if result.detail else ""
    return f"{text[:room]}\n[cut here; all of it is in results.jsonl: {named}]" if text else named


def _legal(text: str) -> str:
    return _ILLEGAL.sub("\ufffd", text)
