"""What turned red or green between two runs, and what it is compared with."""

from __future__ import annotations

import pytest

from scripts.matrix.comparison import Change, Comparison, compare
from scripts.matrix.results import ERRORED, FAILED, PASSED, SKIPPED, Header, Result, Results
from tests.tooling.matrix.made_results import made

CASE = "tool-loop/messages-openai"


def results(*found: Result) -> Results:
    releases = tuple(dict.fromkeys(one.release for one in found))
    cases = tuple(dict.fromkeys(one.case for one in found))
    return Results(Header("0" * 64, "3.11.7", 1, releases, "1/1", cases, {}, {}, ()), (), found)


def result(outcome: str, release: str = "1.99.4", case: str = CASE, patched: bool = True) -> Result:
    failures, reason = (("F1",), "it is lost") if outcome in (FAILED, ERRORED) else ((), "")
    return Result(release, patched, case, outcome, failures, reason)


@pytest.mark.parametrize(
    ("before", "after", "where"),
    [
        (PASSED, PASSED, ""),
        (PASSED, FAILED, "red"),
        (PASSED, ERRORED, "red"),
        (PASSED, SKIPPED, ""),
        (FAILED, PASSED, "green"),
        (ERRORED, PASSED, "green"),
        (FAILED, ERRORED, ""),
        (FAILED, SKIPPED, ""),
        (SKIPPED, FAILED, "surfaced"),
        (SKIPPED, ERRORED, "surfaced"),
        (SKIPPED, PASSED, ""),
    ],
)
def test_what_counts_as_a_change(before: str, after: str, where: str) -> None:
    found = compare(results(result(after)), results(result(before)))
    change = Change("1.99.4", "1.99.4", True, CASE, before, after, ("F1",), "it is lost")
    lists = {"red": found.red, "green": found.green, "surfaced": found.surfaced}
    assert lists == {name: [change] if name == where else [] for name in lists}


def test_a_run_does_not_differ_from_itself() -> None:
    releases = ("1.82.1", "1.99.4", "1.109.1")
    assert compare(made(), made()) == Comparison(against=dict(zip(releases, releases, strict=True)))


def test_a_new_release_is_compared_with_the_nearest_older_one() -> None:
    old = results(result(PASSED, "1.99.4"), result(FAILED, "1.83.0"), result(FAILED, "1.109.1"))
    found = compare(results(result(FAILED, "1.100.0"), result(PASSED, "1.109.2")), old)
    assert found.against == {"1.100.0": "1.99.4", "1.109.2": "1.109.1"}
    assert [(one.release, one.against) for one in found.red] == [("1.100.0", "1.99.4")]
    assert [(one.release, one.against) for one in found.green] == [("1.109.2", "1.109.1")]


def test_a_release_older_than_all_is_not_compared_and_named() -> None:
    found = compare(results(result(FAILED, "1.82.1"), result(FAILED)), results(result(PASSED)))
    assert found.uncompared == ("1.82.1",)
    assert [one.release for one in found.red] == ["1.99.4"]


def test_the_variants_are_compared_each_with_itself() -> None:
    found = compare(
        results(result(FAILED, patched=False), result(PASSED, patched=True)),
        results(result(FAILED, patched=False), result(FAILED, patched=True)),
    )
    assert found.red == []
    assert [one.patched for one in found.green] == [True]


def test_changes_of_the_patched_variant_stand_first() -> None:
    found = [result(FAILED, release, patched=patched) for release in ("1.99.4", "1.100.0") for patched in (False, True)]
    before = [result(PASSED, one.release, patched=one.patched) for one in found]
    changes = [(one.patched, one.release) for one in compare(results(*found), results(*before)).red]
    assert changes == [(True, "1.99.4"), (True, "1.100.0"), (False, "1.99.4"), (False, "1.100.0")]


def test_cases_that_came_and_went_are_counted_and_not_compared() -> None:
    new = results(result(FAILED, case="a/chat-zai"), result(FAILED, case="b/chat-zai"), result(PASSED))
    found = compare(new, results(result(PASSED, case="c/chat-zai"), result(PASSED)))
    assert (found.added, found.gone, found.red) == (2, 1, [])


def test_nothing_can_be_compared_with_a_run_without_results() -> None:
    found = compare(results(result(FAILED)), Results(made().header, (), ()))
    assert (found.red, found.uncompared) == ([], ("1.99.4",))
