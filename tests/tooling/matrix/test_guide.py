"""The endpoint guide: on which releases an ingress to a backend is intact, and what counts for that."""

from __future__ import annotations

import pytest

from scripts.matrix.guide import Row, advice, guide
from scripts.matrix.ranges_text import measured, newest_of_minors, spans
from scripts.matrix.results import ERRORED, FAILED, PASSED, SKIPPED, Header, Result, Results
from tests.tooling.matrix.made_results import made

RELEASES = ("1.82.1", "1.83.0", "1.99.4", "1.100.0", "1.109.1")
LETTERS = {"p": PASSED, "f": FAILED, "e": ERRORED, "s": SKIPPED}


def results(played: dict[str, str], patched: bool = False, releases: tuple[str, ...] = RELEASES) -> Results:
    """Results of one variant: each case with a letter of its outcome for each release, `-` where there is none."""
    header = Header("0" * 64, "3.11.7", 1, RELEASES, "1/1", tuple(played), {}, {}, ())
    found = [
        Result(release, patched, case, LETTERS[letter])
        for case, letters in played.items()
        for release, letter in zip(releases, letters, strict=True)
        if letter != "-"
    ]
    return Results(header, (), tuple(found))


def only(found: Results) -> Row:
    (row,) = guide(found)
    return row


@pytest.mark.parametrize(
    ("one", "other", "ranges", "newest"),
    [
        ("ppppp", "ppppp", ("1.82.1 to 1.109.1",), ""),
        ("fpppp", "pppfp", ("1.83.0 to 1.99.4", "1.109.1"), ""),
        ("pppfp", "pffff", ("1.82.1",), "1 of 2 on 1.109.1"),
        ("ppppe", "ppppf", ("1.82.1 to 1.100.0",), "0 of 2 on 1.109.1"),
        ("ppppp", "sspps", ("1.82.1 to 1.109.1",), ""),  # skipped does not count
        ("fffff", "sssss", (), "0 of 1 on 1.109.1"),
        ("sssss", "sssss", (), "none played on 1.109.1"),  # but one has to have passed
        ("ppppp", "pp-p-", ("1.82.1 to 1.83.0", "1.100.0"), "1 of 2 on 1.109.1"),  # what was not played proves nothing
    ],
)
def test_intact_is_where_every_case_passed(one: str, other: str, ranges: tuple[str, ...], newest: str) -> None:
    row = only(results({"tool-loop/messages-openai": one, "odd-text/messages-openai-stream": other}))
    assert (row.unpatched, row.best_unpatched) == (ranges, newest)


def test_dialects_are_not_the_providers_own() -> None:
    said = "dialect-chat-no-index/chat-zai-stream"
    row = only(results({"tool-loop/chat-zai": "ppppp", said: "fffff"}))
    assert (row.unpatched, row.best_unpatched) == (("1.82.1 to 1.109.1",), "")


def test_unpatched_and_patched_are_told_apart() -> None:
    one, other = (
        results({"tool-loop/chat-zai": letters}, patched) for patched, letters in ((0, "fffff"), (1, "ppppp"))
    )
    row = only(Results(one.header, (), one.results + other.results))
    assert row == Row("zai", "chat", (), ("1.82.1 to 1.109.1",), 1, "0 of 1 on 1.109.1", "")


def test_neighbours_are_neighbours_among_the_releases_that_were_measured() -> None:
    row = only(results({"tool-loop/messages-openai": "pp"}, releases=("1.83.0", "1.109.1")))
    assert row.unpatched == ("1.83.0 to 1.109.1",)


def test_families_are_no_part_of_the_grid() -> None:
    found = results({"tool-loop/messages-openai": "ppppp", "reasoning-gates/messages-openai": "fffff"})
    assert only(found).unpatched == ("1.82.1 to 1.109.1",)


def test_modes_are_of_their_backend_and_rows_of_a_backend_are_together() -> None:
    played = dict.fromkeys(
        ["a/responses-openai", "a/chat-openai-chat-built", "a/messages-zai", "a/messages-openai-last-streamed"], "ppppp"
    )
    rows = [(row.backend, row.ingress) for row in guide(results(played))]
    assert rows == [("openai", "messages"), ("openai", "responses"), ("openai-chat", "chat"), ("zai", "messages")]


def test_cases_that_are_always_skipped_are_not_counted_as_played() -> None:
    assert only(results({"a/chat-zai": "ppppp", "b/chat-zai": "sspss", "c/chat-zai": "sssss"})).played == 2


def test_advice_names_the_intact_ingresses_of_each_backend() -> None:
    played = {"a/chat-zai": "ppppf", "a/messages-zai": "ppppp", "a/responses-zai": "ppfpp", "a/chat-openai": "fffff"}
    found = results(played)
    assert advice(found, "1.99.4", patched=False) == {"openai": (), "zai": ("messages", "chat")}
    assert advice(found, "1.109.1", patched=False) == {"openai": (), "zai": ("messages", "responses")}
    assert advice(found, "1.109.1", patched=True) == {"openai": (), "zai": ()}


def test_there_is_no_advice_on_a_release_that_was_not_measured() -> None:
    assert advice(made(), "1.90.0", patched=True) == {}


def test_the_advice_is_what_the_guide_says() -> None:
    found = made(cases=42)
    advised = advice(found, "1.109.1", patched=False)
    rows = guide(found)
    assert {row.backend for row in rows} == set(advised)
    assert all((row.ingress in advised[row.backend]) == (row.best_unpatched == "") for row in rows)


def test_without_results_nothing_is_intact() -> None:
    assert only(results({"a/chat-zai": "-----"})) == Row("zai", "chat", (), (), 0)


def test_releases_are_in_the_order_of_their_versions() -> None:
    found = made(("1.99.4", "1.100.0"), cases=1)
    assert measured(Results(found.header, (), tuple(reversed(found.results)))) == ["1.99.4", "1.100.0"]


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ((), ()),
        (("1.99.4",), ("1.99.4",)),
        (("1.83.0", "1.82.1", "1.109.1"), ("1.82.1 to 1.83.0", "1.109.1")),
        (RELEASES, ("1.82.1 to 1.109.1",)),
    ],
)
def test_spans(chosen: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert spans(RELEASES, chosen) == expected


def test_newest_of_minors() -> None:
    assert newest_of_minors(["1.82.1", "1.82.6", "1.99.9", "1.99.10", "1.100.0"]) == ["1.82.6", "1.99.10", "1.100.0"]
