"""The verb `docs`: the tables that pages have of other files, written and compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import docs
from scripts.__main__ import main
from scripts.errors import BadPatch
from scripts.marked import replaced
from scripts.matrix import consists, failures_page
from scripts.patching import ranges, series
from tests.tooling import made

MARKERS = "<!-- begin -->", "<!-- end -->"
MEASURED = '[measured]\nneeded = [{ first = "1.82.1", last = "1.99.4", releases = 3 }]\n'


def test_what_stands_between_the_markers_is_replaced_and_nothing_else() -> None:
    text = "before <!-- begin -->\nold\n<!-- end -->\nafter\n"
    assert replaced("page.md", text, MARKERS, "new") == "before <!-- begin -->\n\nnew\n\n<!-- end -->\nafter\n"


@pytest.mark.parametrize("text", ["", "<!-- begin -->\n", "<!-- end -->\n<!-- begin -->\n"])
def test_a_page_without_its_markers_is_refused_by_its_name(text: str) -> None:
    with pytest.raises(BadPatch, match=r"page\.md.*the markers <!-- begin --> and <!-- end --> are missing"):
        replaced("page.md", text, MARKERS, "new")


@pytest.fixture
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """The two pages, whose tables are empty, in a clone whose only fix shouts and whose links are all right."""
    fixes, failures = tmp_path / "patches" / "README.md", tmp_path / "failures.md"
    made.patches(fixes.parent, measured=MEASURED)
    fixes.write_text("\n".join(["fixes", *ranges.MARKERS, *consists.MARKERS, ""]))
    failures.write_text("\n".join(["failures", *failures_page.MARKERS, ""]))
    monkeypatch.setattr(series.load, "__defaults__", (fixes.parent,))
    for name, value in {"ROOT": tmp_path, "FIXES": fixes, "FAILURES": failures}.items():
        monkeypatch.setattr(docs, name, value)
    monkeypatch.setattr(docs.links, "findings", list)
    return fixes, failures


def test_the_pages_are_written_and_then_as_they_should_be(
    pages: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert docs.stale(series.load()) == [
        "patches/README.md is not what it is made of: run `nox -s docs`.",
        "failures.md is not what it is made of: run `nox -s docs`.",
    ]
    assert main(["docs"]) == 0
    assert capsys.readouterr().out.endswith("docs: 2 pages written, 0 dead links\n")
    fixes, failures = (page.read_text() for page in pages)
    assert "| `shout` | Shout | 1.82.1 to 1.99.4 (3 releases) | none |" in fixes
    assert "| [`shout`](shout/fix.toml) | [1.82.1](shout/1.82.1.patch)" in fixes
    assert "| [F12](#f12) |" in failures
    assert docs.stale(series.load()) == []
    assert main(["docs"]) == 0
    assert capsys.readouterr().out == "docs: 0 pages written, 0 dead links\n"


@pytest.mark.usefixtures("pages")
def test_a_dead_link_is_a_finding(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(docs.links, "findings", lambda: ["a.md:1: b.md is not in the repository."])
    assert main(["docs"]) == 1
    assert "a.md:1: b.md is not in the repository.\ndocs: 2 pages written, 1 dead links" in capsys.readouterr().out


def test_a_fix_consists_of_what_its_hooks_call_and_what_stands_behind() -> None:
    rows = {line.split("`")[1]: line for line in consists.table(series.load()).splitlines()[2:]}
    assert list(rows) == [fix.name for fix in series.load().fixes]
    heal = rows["self-heal"].split(" | ")[3]
    called, _, behind = heal.partition("; behind: ")
    assert called == "[`claude/heal_hooks`](overlay/litellm/thinking_round_trip/claude/heal_hooks.py)"
    assert "`claude/heal_requests`" in behind
    assert "`blocks/signatures`" in behind
    assert "`chat/" not in heal
    assert rows["null-signature-logging"].endswith("| `types/llms/openai.py` |  |"), "it changes a type alone"
    assert "`llms/anthropic/…/adapters/transformation.py` |" in rows["chat-reasoning-content"], (
        "one path for all layouts"
    )
