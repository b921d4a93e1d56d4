"""junit.xml, read back by the library that other tools read it with."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from junitparser import Error, Failure, JUnitXml, Skipped, TestCase

from scripts.matrix import junit as module
from scripts.matrix.junit import junit
from scripts.matrix.results import ERRORED, FAILED, PASSED, SKIPPED, Result, Results, digest_of
from tests.tooling.matrix.made_results import made

CASE = "tool-loop/messages-openai"
TEXT = "request 2: it is lost\n    before: '<thinking> & more'"
LOST = ("F1", "N9"), "request 2: it is lost", digest_of(TEXT)


def results(*found: Result, text: str = TEXT) -> Results:
    return Results(made().header, (), found, {digest_of(TEXT): text})


def read(found: Results) -> JUnitXml:
    return JUnitXml.fromfile(io.BytesIO(junit(found)))


def only(result: Result, text: str = TEXT) -> TestCase:
    (suite,) = read(results(result, text=text))
    (test,) = suite
    return test


def test_a_suite_for_each_release_and_variant() -> None:
    found = made()
    suites = {suite.name: suite for suite in read(found)}
    assert list(suites) == [f"{one} {name}" for one in found.header.releases for name in ("unpatched", "patched")]
    assert all([test.name for test in suite] == list(found.header.cases) for suite in suites.values())


def test_the_counts_are_those_of_the_results() -> None:
    found, xml = made(cases=200), read(made(cases=200))
    counted = [sum(one.outcome == outcome for one in found.results) for outcome in (FAILED, ERRORED, SKIPPED)]
    assert (xml.tests, [xml.failures, xml.errors, xml.skipped]) == (len(found.results), counted)
    assert sum(suite.failures for suite in xml) == counted[0]


def test_a_pass_has_no_outcome() -> None:
    test = only(Result("1.99.4", True, CASE, PASSED))
    assert (test.name, test.classname, test.result) == (CASE, "1.99.4 patched", [])


def test_what_is_skipped_says_why() -> None:
    (outcome,) = only(Result("1.99.4", False, CASE, SKIPPED, (), "there is no such entry point")).result
    assert isinstance(outcome, Skipped)
    assert outcome.message == "there is no such entry point"


@pytest.mark.parametrize(("outcome", "kind"), [(FAILED, Failure), (ERRORED, Error)])
def test_what_is_red_patched_has_its_numbers_its_reason_and_its_details(outcome: str, kind: type) -> None:
    (found,) = only(Result("1.99.4", True, CASE, outcome, *LOST)).result
    assert type(found) is kind
    assert (found.type, found.message, found.text) == ("F1, N9", "request 2: it is lost", TEXT)


def test_what_is_red_unpatched_has_the_digest_of_its_details() -> None:
    (found,) = only(Result("1.99.4", False, CASE, FAILED, *LOST)).result
    assert (found.message, found.text) == ("request 2: it is lost", f"detail {digest_of(TEXT)}")


def test_what_has_no_details_has_no_text() -> None:
    (found,) = only(Result("1.99.4", True, CASE, ERRORED, (), "it ended")).result
    assert (found.message, found.text, found.type) == ("it ended", None, None)


def test_where_much_fails_patched_details_are_cut_to_equal_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ROOM", 20)
    red = [Result("1.99.4", True, case, FAILED, *LOST) for case in ("a/chat-zai", "b/chat-zai")]
    (suite,) = read(results(*red))
    cut = f"request 2:\n[cut here; all of it is in results.jsonl: detail {digest_of(TEXT)}]"
    assert [test.result[0].text for test in suite] == [cut, cut]


def test_a_long_reason_is_cut() -> None:
    (found,) = only(Result("1.99.4", False, CASE, FAILED, (), "x" * 5000)).result
    assert found.message == "x" * 1000


@pytest.mark.parametrize("bad", ["\0", "\x1b", "\ud800", "\ufffe", "\uffff", "\x0b"])
def test_what_xml_has_no_place_for_is_replaced(bad: str) -> None:
    result = Result("1.99.4", True, f"a{bad}/chat-zai", FAILED, (f"F{bad}1",), f"no {bad}", digest_of(TEXT))
    test = only(result, text=f"before\n\t{bad}after ]]> \U0001f600")
    assert test.name == "a\ufffd/chat-zai"
    (found,) = test.result
    assert (found.type, found.message) == ("F\ufffd1", "no \ufffd")
    assert found.text == "before\n\t\ufffdafter ]]> \U0001f600"


def test_the_same_results_give_the_same_bytes() -> None:
    assert junit(made()) == junit(made())


def test_the_order_of_the_variants_in_the_file_does_not_matter() -> None:
    by_turns = made()
    one_by_one = replace(by_turns, results=tuple(sorted(by_turns.results, key=lambda one: (one.release, one.patched))))
    assert {suite.name: len(suite) for suite in read(by_turns)} == {
        suite.name: len(suite) for suite in read(one_by_one)
    }


def test_no_results_are_a_file_too() -> None:
    assert read(results()).tests == 0
