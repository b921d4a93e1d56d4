"""What is published of the matrix follows from one file, and a change by hand shows."""

from __future__ import annotations

import base64
import zlib
from pathlib import Path

import pytest

from scripts.errors import BadPatch, BadResults
from scripts.matrix import cases, published, results
from scripts.matrix.results import Results
from scripts.patching import series
from tests.round_trip.failures import titles
from tests.tooling.matrix.made_results import made

PUBLISHED = ("report.html", "report.md", "headline-light.svg", "headline-dark.svg")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(published, "ROOT", tmp_path)
    monkeypatch.setattr(published, "FOLDER", tmp_path / "docs/matrix")
    monkeypatch.setattr(published, "README", tmp_path / "README.md")
    (tmp_path / "README.md").write_text(f"before\n\n{published.MARKERS[0]}\nold\n{published.MARKERS[1]}\n\nafter\n")
    return tmp_path


@pytest.fixture
def told(place: Path) -> Results:
    published.publish(made())
    return made()


def test_all_of_it_is_written(place: Path, told: Results) -> None:
    assert results.read(place / "docs/matrix/results.jsonl.gz") == told
    names = {path.name for path in (place / "docs/matrix").iterdir()}
    assert names == {"results.jsonl.gz", *PUBLISHED}
    assert published.stale() == []


def test_the_readme_has_the_headline_between_its_markers(place: Path, told: Results) -> None:
    text = (place / "README.md").read_text()
    assert text.startswith(
        f"before\n\n{published.MARKERS[0]}\n\nMeasured on 3 releases, 1.82.1 to 1.109.1, with 30 cases each:"
    )
    assert text.endswith(f"\n\n{published.MARKERS[1]}\n\nafter\n")
    red = [sum(one.red for one in told.results if one.patched is patched) for patched in (False, True)]
    assert f"**3 failures, {red[0]} red cells unpatched, {red[1]} patched**" in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 120


@pytest.mark.parametrize("name", [*(f"docs/matrix/{name}" for name in PUBLISHED), "README.md"])
@pytest.mark.usefixtures("told")
def test_a_change_by_hand_is_found(place: Path, name: str) -> None:
    path = place / name
    path.write_text(path.read_text().replace("releases", "of them"))
    (finding,) = published.stale()
    assert finding.startswith(f"{name} is not what docs/matrix/results.jsonl.gz gives: run `nox -s matrix -- --merge")


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(("text", "findings"), [(None, 0), ('{"other":1}', 1)])
def test_only_the_content_of_a_chunk_counts(place: Path, text: str | None, findings: int) -> None:
    """Two machines may deflate the same text to different bytes."""
    path = place / "docs/matrix/report.html"
    page = path.read_text()
    packed = page.partition('id="chunk-data">')[2].partition("<")[0]
    content = text.encode() if text else zlib.decompress(base64.b64decode(packed))
    path.write_text(page.replace(packed, base64.b64encode(zlib.compress(content, 1)).decode()))
    assert path.read_text() != page
    assert len(published.stale()) == findings


@pytest.mark.usefixtures("told")
def test_a_report_that_is_not_there_is_found(place: Path) -> None:
    (place / "docs/matrix/report.md").unlink()
    assert len(published.stale()) == 1


def test_without_the_results_there_is_nothing_to_compare_with(place: Path) -> None:
    with pytest.raises(BadResults, match="No such file"):
        published.stale()


def test_a_readme_without_markers_is_refused_before_anything_is_written(place: Path) -> None:
    (place / "README.md").write_text("nothing\n")
    with pytest.raises(BadPatch, match="the markers"):
        published.publish(made())
    assert not (place / "docs").exists()


def test_every_failure_that_a_fix_mends_has_a_title() -> None:
    assert {number for fix in series.load().fixes for number in fix.failures} <= set(titles())


def test_the_cases_are_those_of_the_grid_and_of_the_fixes() -> None:
    patches = series.load()
    chosen = cases.chosen(patches)
    assert {case for fix in patches.fixes for case in fix.cases} <= set(chosen)
    assert len(chosen) == len(set(chosen))
    assert cases.texts(chosen)["tool-loop"].startswith("about = ")
    assert "self-heal-modified" not in cases.texts(chosen)
