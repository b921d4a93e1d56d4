"""The measured ranges: how they are joined, stated, and found to be out of date."""

from __future__ import annotations

from pathlib import Path

import pytest
import tomlkit
from packaging.version import Version

from scripts.errors import BadPatch, Unmeasured
from scripts.patching import ranges, series
from scripts.patching.series import Fix, Run
from scripts.releases.upstream import Lock, Release
from tests.tooling import made

NAMES = ("1.82.1", "1.83.0", "1.99.4", "1.100.0", "1.109.1")
LOCK = Lock(tuple(Release(Version(name), ">=3.9", "messages", ()) for name in NAMES), ())


MEASURED = """
[measured]
needed = [{ first = "1.82.1", last = "1.99.4", releases = 3 }]
retired = [{ first = "1.100.0", last = "1.109.1", releases = 2 }]
"""


def fix(folder: Path, measured: str = "") -> Fix:
    return series.load(made.patches(folder / "patches", measured=measured)).fixes[0]


def run(first: str, last: str, releases: int) -> Run:
    return Run(Version(first), Version(last), releases)


def verdicts(**found: str) -> dict[Version, str]:
    return {Version(name.removeprefix("v").replace("_", ".")): verdict for name, verdict in found.items()}


def test_neighbours_with_one_verdict_are_one_run(tmp_path: Path) -> None:
    found = verdicts(v1_82_1="needed", v1_83_0="needed", v1_99_4="needed", v1_100_0="retired", v1_109_1="needed")
    assert ranges.merge(LOCK, fix(tmp_path), found) == {
        "needed": [run("1.82.1", "1.99.4", 3), run("1.109.1", "1.109.1", 1)],
        "retired": [run("1.100.0", "1.100.0", 1)],
    }


def test_what_was_known_of_other_releases_stays(tmp_path: Path) -> None:
    known = fix(tmp_path, '[measured]\nneeded = [{ first = "1.82.1", last = "1.99.4", releases = 3 }]\n')
    assert ranges.merge(LOCK, known, verdicts(v1_99_4="harmful")) == {
        "needed": [run("1.82.1", "1.83.0", 2)],
        "harmful": [run("1.99.4", "1.99.4", 1)],
    }


def test_a_release_that_nobody_measured_is_a_finding(tmp_path: Path) -> None:
    known = fix(tmp_path, '[measured]\nneeded = [{ first = "1.82.1", last = "1.100.0", releases = 4 }]\n')
    assert ranges.unmeasured(LOCK, known) == [
        "shout was not measured on 1.109.1: run `nox -s verdicts -- 1.109.1`.",
    ]


def test_a_release_that_came_into_a_run_later_is_a_finding(tmp_path: Path) -> None:
    known = fix(tmp_path, '[measured]\nneeded = [{ first = "1.82.1", last = "1.109.1", releases = 4 }]\n')
    (finding,) = ranges.unmeasured(LOCK, known)
    assert "was measured on 4 releases from 1.82.1 to 1.109.1, but there are 5" in finding


@pytest.mark.parametrize(
    ("release", "expected"),
    [("1.82.1", ["shout"]), ("1.99.4", ["shout"]), ("1.100.0", []), ("1.109.1", [])],
)
def test_a_fix_is_needed_where_it_was_measured_to_be(tmp_path: Path, release: str, expected: list[str]) -> None:
    patches = series.load(made.patches(tmp_path / "patches", measured=MEASURED))
    assert [fix.name for fix in ranges.needed(LOCK, patches, Version(release))] == expected


@pytest.mark.parametrize("measured", ["", MEASURED.replace("releases = 3", "releases = 2")], ids=["never", "before"])
def test_an_unmeasured_release_is_refused_with_the_command_that_measures_it(tmp_path: Path, measured: str) -> None:
    patches = series.load(made.patches(tmp_path / "patches", measured=measured))
    with pytest.raises(Unmeasured, match=r"run the cases of shout on it.*`nox -s verdicts -- 1\.83\.0`"):
        ranges.needed(LOCK, patches, Version("1.83.0"))


def test_many_fixes_that_were_not_measured_are_counted_instead_of_named() -> None:
    assert "the cases of shout and whisper on it" in str(Unmeasured("1.83.0", ["shout", "whisper"]))
    assert "the cases of 19 fixes on it" in str(Unmeasured("1.83.0", ["shout"] * 19))


@pytest.mark.parametrize(
    ("measured", "expected"),
    [
        ("", list(NAMES)),
        (MEASURED, []),
        ('[measured]\nneeded = [{ first = "1.82.1", last = "1.100.0", releases = 4 }]\n', ["1.109.1"]),
    ],
)
def test_new_is_what_was_never_measured(tmp_path: Path, measured: str, expected: list[str]) -> None:
    patches = series.load(made.patches(tmp_path / "patches", measured=measured))
    assert [str(release.version) for release in ranges.new(LOCK, patches)] == expected


def test_the_table_is_made_from_the_ranges(tmp_path: Path) -> None:
    runs = {"needed": [run("1.82.1", "1.99.4", 3)]}
    text = ranges.with_table(f"before\n{ranges.MARKERS[0]}\nold\n{ranges.MARKERS[1]}\nafter\n", [(fix(tmp_path), runs)])
    assert text == (
        f"before\n{ranges.MARKERS[0]}\n\n| fix | what it does | needed on | not needed on |\n|---|---|---|---|\n"
        f"| `shout` | Shout | 1.82.1 to 1.99.4 (3 releases) | none |\n\n{ranges.MARKERS[1]}\nafter\n"
    )
    assert ranges.with_table(text, [(fix(tmp_path / "again"), runs)]) == text


def test_a_text_without_markers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadPatch, match="the markers"):
        ranges.with_table("nothing", [])


def test_what_is_written_is_read_again_and_keeps_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = made.patches(tmp_path / "patches", fix="# why we shout\n" + made.FIX)
    readme = tmp_path / "README.md"
    readme.write_text(f"{ranges.MARKERS[0]}\n{ranges.MARKERS[1]}\n")
    monkeypatch.setattr(ranges, "PATCHES", folder)
    monkeypatch.setattr(ranges, "README", readme)
    found = {
        Version(name): {"shout": "needed" if name < "1.99.9" and name != "1.100.0" else "retired"} for name in NAMES
    }
    ranges.write(LOCK, series.load(folder), found)
    again = series.load(folder)
    (read,) = again.fixes
    assert {verdict: list(runs) for verdict, runs in read.measured.items()} == ranges.merge(
        LOCK, read, {release: verdict["shout"] for release, verdict in found.items()}
    )
    text = (folder / "shout/fix.toml").read_text()
    assert text.startswith("# why we shout\n")
    assert tomlkit.parse(text)["title"] == "Shout"
    assert ranges.with_measured(readme.read_text(), again) == readme.read_text()
    assert "| `shout` | Shout | 1.82.1 to 1.99.4" in readme.read_text()
