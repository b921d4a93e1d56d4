"""report.md: what it tells, and that no text of a result can break it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from scripts.matrix.comparison import Change, Comparison, compare
from scripts.matrix.markdown import markdown
from scripts.matrix.results import ERRORED, FAILED, PASSED, FixInfo, Header, ReleaseInfo, Result, Results
from tests.tooling.matrix.made_results import FAILURES, made

CASE = "tool-loop/messages-openai"
RELEASES = ("1.82.1", "1.99.4", "1.109.1")


def results(*found: Result, releases: Sequence[str] = RELEASES, **header: object) -> Results:
    cases = tuple(dict.fromkeys(one.case for one in found)) or (CASE,)
    base = Header("0" * 64, "3.11.7", 1, tuple(releases), "1/1", cases, {}, FAILURES, ())
    return Results(replace(base, **header), (), found)  # type: ignore[arg-type]


def red(
    release: str = "1.99.4", patched: bool = True, case: str = CASE, number: str = "F1", why: str = "lost"
) -> Result:
    return Result(release, patched, case, FAILED, (number,), why)


def section(text: str, title: str) -> str:
    """What is below a heading, up to the next one."""
    _, _, rest = text.partition(f"# {title}")
    assert rest, text
    return rest.split("\n#")[0]


def rows(text: str, title: str) -> list[list[str]]:
    """The texts of the cells of the tables in a section, as a reader of Markdown sees them, without the headings."""
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(section(text, title))
    found: list[list[str]] = []
    for place, token in enumerate(tokens):
        if token.type == "tr_open":
            found.append([])
        elif token.type == "td_open":
            children = tokens[place + 1].children or []
            assert {child.type for child in children} <= {"text", "text_special", "code_inline"}
            found[-1].append("".join(child.content for child in children))
    return [row for row in found if row]


def test_the_headline_counts_what_is_red() -> None:
    text = markdown(made(), None)
    found = made().results
    unpatched, patched = (sum(one.red for one in found if one.patched is variant) for variant in (False, True))
    assert "- Releases: 3 (1.82.1 to 1.109.1); cases: 30; cells in all: 180\n- Failures found: 3\n" in text
    assert f"- Red cells unpatched: {unpatched} of 90\n- Red cells patched: {patched} of 90\n" in text
    assert "nobody has described" not in text
    assert "shard" not in text


def test_the_headline_counts_dialects() -> None:
    one, other = "dialect-chat-no-index/chat-vllm-stream", "dialect-chat-no-index/messages-vllm-stream"
    text = markdown(results(red(case=one), red(case=other, patched=False), red(case="plain/chat-zai")), None)
    assert "- Dialects: 1, in 2 cells; red unpatched 1, patched 1\n" in text
    assert "Dialects" not in markdown(made(), None)


def test_the_headline_of_a_shard_says_so() -> None:
    assert ", shard 2/3 of 3 releases;" in markdown(made(shard="2/3"), None)


def test_a_failure_that_nobody_has_described_is_in_the_headline_and_the_first_of_the_table() -> None:
    text = markdown(results(red(), red(number="new", case="odd-text/chat-zai")), None)
    assert "- **Red cells with a failure that nobody has described: 1**" in text
    assert "- Failures found: 1\n" in text
    assert text.index("| new | **Failures that nobody has described** |") < text.index("| F1 |")


def test_red_cases_by_release_and_ingress() -> None:
    found = [red(), red(patched=False), red(patched=False, case="a/chat-zai"), red("1.82.1", False, "b/responses-zai")]
    passed = Result("1.109.1", True, CASE, PASSED)
    assert rows(markdown(results(*found, passed), None), "Red cases by release") == [
        ["1.82.1", "1 / 0", "0 / 0", "0 / 0", "1 / 0"],
        ["1.99.4", "2 / 1", "1 / 1", "1 / 0", "0 / 0"],
        ["1.109.1", "0 / 0", "0 / 0", "0 / 0", "0 / 0"],
    ]


def test_of_many_releases_the_newest_of_each_minor_are_shown() -> None:
    releases = [f"1.{minor}.{patch}" for minor in (99, 100) for patch in range(11)]
    shown = [row[0] for row in rows(markdown(made(releases, cases=3), None), "Red cases by release")]
    assert shown == ["1.99.10", "1.100.10"]


def test_without_a_last_run_nothing_is_said_of_changes() -> None:
    assert "last run" not in markdown(made(), None)


def test_what_turned_red_stands_before_what_turned_green() -> None:
    new = results(red(why="the reasoning is gone"), Result("1.99.4", True, "a/chat-zai", PASSED))
    old = results(Result("1.99.4", True, CASE, PASSED), red(case="a/chat-zai", number="F3"))
    text = markdown(new, compare(new, old))
    assert rows(text, "Newly red: 1") == [
        ["1.99.4", "patched", CASE, "passed to failed", "F1", "the reasoning is gone"]
    ]
    assert rows(text, "Newly green: 1") == [["1.99.4", "patched", "a/chat-zai", "failed to passed", "F3", "lost"]]
    assert text.index("Newly red") < text.index("Newly green") < text.index("## Fixes")
    assert "Skipped before" not in text


def test_without_changes_it_says_so() -> None:
    text = markdown(made(), compare(made(), made()))
    assert "Nothing that passed is red now." in text
    assert "Nothing that was red passes now." in text
    assert "Releases compared with themselves: 3; with the nearest older one of the last run: 0." in text


def test_a_case_that_changed_alike_on_several_releases_is_one_line() -> None:
    new = results(*(red(release) for release in RELEASES))
    old = results(*(Result(release, True, CASE, PASSED) for release in RELEASES[:2]), releases=RELEASES[:2])
    shown = rows(markdown(new, compare(new, old)), "Newly red: 3")
    assert [row[0] for row in shown] == ["1.82.1 to 1.99.4", "1.109.1 (against 1.99.4)"]


def test_what_was_not_compared_is_said() -> None:
    new = results(red("1.82.1"), red(case="a/chat-zai"))
    text = markdown(new, compare(new, results(red("1.99.4"), releases=["1.99.4"])))
    assert "**Not compared: 1.82.1; the last run has nothing as old.**" in text
    assert "Cases that the last run did not have: 1; that only it had: 0." in text


def test_long_lists_of_changes_are_cut_with_a_count_of_the_rest() -> None:
    changes = [Change("1.99.4", "1.99.4", True, f"c{place}/chat-zai", PASSED, FAILED) for place in range(1060)]
    text = markdown(results(red()), Comparison(red=changes, surfaced=changes[:1]))
    assert len(rows(text, "Newly red: 1,060")) == 50
    assert "And 1,010 more such lines." in text
    assert len(rows(text, "Skipped before, red now: 1")) == 1


def _with_verdicts(*verdicts: dict[str, str]) -> Results:
    found = results(red(), fixes=(FixInfo("shout", "It shouts `loud`", ("F1",), (CASE,)),))
    infos = [
        ReleaseInfo(release, "messages", "x.whl", "0" * 64, (), one)
        for release, one in zip(RELEASES, verdicts, strict=True)
    ]
    return replace(found, releases=tuple(infos), results=tuple(red(release) for release in RELEASES))


def test_fixes_with_the_ranges_of_their_verdicts() -> None:
    found = _with_verdicts({"shout": "needed"}, {"shout": "needed"}, {"shout": "retired"})
    text = markdown(found, None)
    assert rows(text, "Fixes") == [["shout", "It shouts loud", "1.82.1 to 1.99.4", "1.109.1", ""]]
    assert "something else was found" not in text


def test_any_other_verdict_is_said_loudly() -> None:
    text = markdown(_with_verdicts({"shout": "harmful"}, {}, {"shout": "retired"}), None)
    assert "**Of 1 of them something else was found than that a release needs it or not.**" in text
    assert "| **harmful** on 1.82.1; **not measured** on 1.99.4 |" in text


def test_failures_with_the_releases_that_show_them() -> None:
    found = [red(release, False) for release in RELEASES] + [red("1.82.1"), red("1.109.1", False, "a/chat-zai", "F10")]
    text = markdown(results(*found, red("1.109.1", False, "b/chat-zai", "F2")), None)
    assert rows(text, "Failures") == [
        ["F1", "Thinking becomes visible text", "1.82.1 to 1.109.1", "1", "1.82.1", "0"],
        ["F2", "", "1.109.1", "1", "none", "0"],
        ["F10", "", "1.109.1", "1", "none", "0"],
    ]
    assert "Known, but not seen in this run: F3, N9." in text


def test_what_is_red_without_a_number_is_a_row_too() -> None:
    text = markdown(results(Result("1.99.4", False, CASE, ERRORED, (), "it ended")), None)
    assert rows(text, "Failures")[0][:3] == [
        "none",
        "Red without a number: it errored, or nobody could tell what failed",
        "1.99.4",
    ]
    assert "- Failures found: 0\n" in text


def test_the_guide_names_endpoints() -> None:
    found = [Result(release, patched, CASE, PASSED) for release in RELEASES for patched in (False, True)]
    text = markdown(results(*found[:-2], red("1.109.1", False), found[-1]), None)
    assert rows(text, "Endpoint guide") == [
        ["openai", "none", "/v1/messages"],
        ["openai", "/v1/messages", "1", "1.82.1 to 1.99.4; 0 of 1 on 1.109.1", "1.82.1 to 1.109.1"],
    ]


def test_many_ranges_are_cut_with_a_count_of_the_rest() -> None:
    releases = [f"1.100.{patch}" for patch in range(20)]
    found = [
        red(release) if place % 2 else Result(release, True, CASE, PASSED) for place, release in enumerate(releases)
    ]
    (row,) = rows(markdown(results(*found, releases=releases), None), "Failures")
    assert row[4] == "1.100.1, 1.100.3, 1.100.5, 1.100.7, 1.100.9, 1.100.11 and 4 more"


@pytest.mark.parametrize(
    ("why", "shown"),
    [
        ("a | b \\| c", "a | b \\| c"),
        ("`code` and ``` more", "`code` and ``` more"),
        ("two\nlines\r\n\u2028and\ttabs", "two lines and tabs"),
        ("<script>alert(1)</script> &lt;", "<script>alert(1)</script> &lt;"),
        ("[link](javascript:x) ![image](y)", "[link](javascript:x) ![image](y)"),
        ("*bold* __bold__ _a_ ~~gone~~ $x$", "*bold* __bold__ _a_ ~~gone~~ $x$"),
        ("messages[1].reasoning_content", "messages[1].reasoning_content"),
        ("ends in a backslash \\", "ends in a backslash \\"),
        ("bell \x07 and zero \x00", "bell \ufffd and zero \ufffd"),
        ("half a pair \ud800", "half a pair ?"),
        ("x" * 300, "x" * 197 + "..."),
    ],
)
def test_a_text_of_a_result_is_shown_as_it_is(why: str, shown: str) -> None:
    new = results(red(why=why))
    text = markdown(new, compare(new, results(Result("1.99.4", True, CASE, PASSED))))
    text.encode()
    assert rows(text, "Newly red: 1") == [["1.99.4", "patched", CASE, "passed to failed", "F1", shown]]


def test_a_case_cannot_break_its_row() -> None:
    new = results(red(case="a`|`b/chat-zai"))
    text = markdown(new, compare(new, results(Result("1.99.4", True, "a`|`b/chat-zai", PASSED))))
    assert rows(text, "Newly red: 1")[0][2] == "a`|`b/chat-zai"


@pytest.mark.parametrize(
    ("title", "raw", "shown"),
    [
        ("No `reasoning_content` | <none>", "No `reasoning_content` \\| \\<none>", "No reasoning_content | <none>"),
        ("`a|b` and `c <d>`", "a\\|b and `c <d>`", "a|b and c <d>"),
        ("an odd ` one", "an odd \\` one", "an odd ` one"),
        ("nothing `` in it", "nothing  in it", "nothing  in it"),
    ],
)
def test_a_title_keeps_its_code(title: str, raw: str, shown: str) -> None:
    text = markdown(results(red(), failures={"F1": title}), None)
    assert f"| F1 | {raw} |" in text
    assert rows(text, "Failures")[0][1] == shown


def test_all_sections_are_there_without_results() -> None:
    text = markdown(Results(made().header, (), ()), None)
    assert "- Releases: 0 (none); cases: 30; cells in all: 0" in text
    assert "None." in section(text, "Failures")


def test_the_same_results_give_the_same_text() -> None:
    assert markdown(made(), compare(made(), made())) == markdown(made(), compare(made(), made()))


def test_a_run_in_which_everything_changes_stays_far_below_a_megabyte() -> None:
    releases = [f"1.{minor}.0" for minor in range(82, 112)]
    new, old = made(releases, cases=200), made(releases[::-1], cases=200)
    assert len(markdown(new, compare(new, old)).encode()) < 100_000
