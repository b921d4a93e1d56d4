"""docs/failures.md: its table, and that the page and the list of failures are about the same numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from markdown_it import MarkdownIt

from scripts.docs import FAILURES
from scripts.errors import BadPatch
from scripts.matrix.failures_page import MARKERS, table, with_table
from scripts.patching import series
from scripts.patching.series import Fix
from tests.round_trip.failures import Description, Known, described, known

BEGIN, END = MARKERS
FIXES = series.load().fixes
OPEN = Description("It is `lost`", ["#1", "#22"], "open")
BESIDE = Description("Told beside", [], "fixed", ["self-heal"], ["messages"], [">=1.83.9,<1.105.2", "==1.106.0"])


def rows(text: str) -> list[list[str]]:
    """The texts of the cells of a page's first table, as a reader of Markdown sees them."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    body = tokens[: next(place for place, token in enumerate(tokens) if token.type == "tbody_close")]
    found: list[list[str]] = []
    for place, token in enumerate(body):
        if token.type == "tr_open":
            found.append([])
        elif token.type == "td_open":
            found[-1].append("".join(child.content for child in body[place + 1].children or []))
    return found[1:]


def row(one: Description, entries: Sequence[Known] = (), fixes: Sequence[Fix] = ()) -> list[str]:
    (found,) = rows(table({"F1": one}, entries, fixes))
    return found


def fix(name: str, *failures: str) -> Fix:
    return Fix(name, "title", "why", "retire", failures, (), ())


def test_a_row_says_what_a_failure_is_and_where_it_stands() -> None:
    found = row(OPEN, [Known("F1", "lost", ">=1.82.1"), Known("F2", "lost", ">=1.80")], [fix("mender", "F2", "F1")])
    shown = "messages, chat, responses since 1.82.1"
    assert found == ["F1", "It is lost", shown, "mender", "#1, #22", "open"]


def test_the_number_and_the_fixes_are_links() -> None:
    text = table(
        {"base-install": OPEN}, [], [fix("one", "base-install"), fix("other", "F1"), fix("two", "base-install")]
    )
    assert "| [base-install](#base-install) |" in text
    assert "| [`one`](../patches/one/fix.toml), [`two`](../patches/two/fix.toml) |" in text


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([(">=1.82.1,<1.99", ())], "messages, chat, responses 1.82.1 to before 1.99"),
        (
            [(">=1.82.1,<1.99", ["chat"]), (">=1.82.1", ["messages"])],
            "messages since 1.82.1; chat 1.82.1 to before 1.99",
        ),
        ([(">=1.100,<1.105", ["chat"]), (">=1.82.1,<1.100", ["chat"])], "chat 1.82.1 to before 1.105"),
        ([(">=1.82.1", ["chat"]), (">=1.90,<1.91", ["chat"])], "chat since 1.82.1"),
        (
            [(">=1.104,<1.104.6", ["chat"]), (">=1.100,<1.103", ["chat"])],
            "chat 1.100 to before 1.103, 1.104 to before 1.104.6",
        ),
        ([("==1.106.0", ["chat"]), (">=1.105,<1.106.0", ["chat"])], "chat 1.105 to before 1.106.0, 1.106.0"),
        ([("==1.106.0", ["chat"]), (">=1.106.0,<1.108", ["chat"])], "chat 1.106.0 to before 1.108"),
    ],
)
def test_where_it_shows_is_what_its_entries_say(entries: list[tuple[str, Sequence[str]]], expected: str) -> None:
    found = [Known("F1", "lost", releases, ingresses=ingresses) for releases, ingresses in entries]
    assert row(OPEN, found)[2] == expected


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (BESIDE, "messages 1.83.9 to before 1.105.2, 1.106.0"),
        (Description("t", [], "fixed", ["F16"], ["messages"]), "messages; as F16"),
        (Description("t", [], "open", [], ["chat", "responses"]), "chat, responses; no case"),
    ],
)
def test_what_no_entry_tells_says_it_itself(one: Description, expected: str) -> None:
    assert row(one)[2] == expected


def test_what_families_show_comes_to_what_entries_say() -> None:
    entry = Known("F1", "lost", ">=1.82.1,<1.83.9", ingresses=["messages", "responses"])
    shown = "messages 1.82.1 to before 1.105.2, 1.106.0; responses 1.82.1 to before 1.83.9"
    assert row(BESIDE, [entry])[2] == shown


def test_only_what_is_between_the_markers_changes() -> None:
    text = with_table(f"before\n\n{BEGIN}\nold\n{END}\n\nafter\n", FIXES)
    assert text.startswith(f"before\n\n{BEGIN}\n\n| number |")
    assert text.endswith(f" |\n\n{END}\n\nafter\n")
    assert "old\n" not in text
    assert with_table(text, FIXES) == text


@pytest.mark.parametrize("text", ["nothing\n", f"{BEGIN}\n", f"{END}\n{BEGIN}\n"])
def test_a_page_without_its_markers_is_refused(text: str) -> None:
    with pytest.raises(BadPatch, match="the markers") as caught:
        with_table(text, FIXES)
    assert str(caught.value).startswith("docs/failures.md")
    assert "\n" not in str(caught.value)


# --- the page of the project


def test_the_committed_table_is_what_the_list_says() -> None:
    text = FAILURES.read_text(encoding="utf-8")
    assert with_table(text, FIXES) == text


def test_every_number_has_its_section_and_every_section_its_number() -> None:
    headings = re.findall(r"^### ([FN]\d+|base-install)$", FAILURES.read_text(encoding="utf-8"), re.MULTILINE)
    assert headings == list(described())


def test_every_row_has_all_its_cells() -> None:
    found = rows(FAILURES.read_text(encoding="utf-8"))
    assert [cells[0] for cells in found] == list(described())
    assert {len(cells) for cells in found} == {6}
    assert all(cells[1] and cells[2] and cells[5] for cells in found)


def test_entries_and_fixes_agree_on_what_is_mended() -> None:
    mending = {(number, one.name) for one in series.load().fixes for number in one.failures}
    assert {(entry.number, entry.mended) for entry in known() if entry.mended} <= mending
