"""The verb `matrix`: what it writes, and what its exit status says."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from packaging.version import Version

from scripts.__main__ import main
from scripts.matrix import results, verb
from scripts.matrix.measure import Measured
from scripts.matrix.results import FAILED, PASSED, ReleaseInfo, Result, Results
from scripts.patching import series
from scripts.patching.wheel import Published
from scripts.releases import upstream
from scripts.releases.upstream import File, Release
from tests.tooling import made

CASE, OTHER = "tool-loop/messages-moonshot", "tool-loop/chat-openai"
RELEASES = ["1.83.0", "1.99.4"]
MEASURED = '[measured]\nneeded = [{ first = "1.82.1", last = "1.109.1", releases = 176 }]\n'
Shown = dict[tuple[str, bool, str], str]


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A series of one fix, needed everywhere, and reports that go nowhere else."""
    patches = made.patches(tmp_path / "patches", measured=MEASURED)
    monkeypatch.setattr(series.load, "__defaults__", (patches,))
    monkeypatch.setattr(verb, "FOLDER", tmp_path / "build")
    monkeypatch.setattr(verb.cases, "chosen", lambda patches: [CASE, OTHER])
    return tmp_path / "build"


Measuring = Callable[..., None]


@pytest.fixture
def measuring(monkeypatch: pytest.MonkeyPatch) -> Measuring:
    """Let a run find that the fix does its work, but for the outcomes and the verdict that are given."""

    def prepare(shown: Shown | None = None, verdict: str = "needed") -> None:
        def measured(patches: object, chosen: Sequence[Release], *, anew: bool, ablate: bool) -> list[Measured]:
            return [_measured(release, shown or {}, verdict) for release in chosen]

        monkeypatch.setattr(verb, "measured", measured)

    prepare()
    return prepare


def _measured(release: Release, shown: Shown, verdict: str) -> Measured:
    name = str(release.version)
    base = Published(Release(Version(name), ">=3.9", "messages", ()), File(made.NAME, "ab" * 32), Path("wheel"))
    outcomes = {(False, CASE): FAILED, (True, CASE): PASSED, (False, OTHER): PASSED, (True, OTHER): PASSED}
    found = [
        _result(name, patched, case, shown.get((name, patched, case), outcome))
        for (patched, case), outcome in outcomes.items()
    ]
    return Measured(base, (), {"shout": verdict}, tuple(found), {})


def _result(release: str, patched: bool, case: str, outcome: str) -> Result:
    failed = outcome == FAILED
    return Result(release, patched, case, outcome, ("F3",) if failed else (), "It was lost." if failed else "")


def _run(*words: str) -> int:
    return main(["matrix", *words])


@pytest.mark.usefixtures("measuring")
def test_a_run_leaves_four_reports_and_is_content(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("--releases", ",".join(RELEASES)) == 0
    assert {path.name for path in place.iterdir()} == {"results.jsonl", "report.html", "report.md", "junit.xml"}
    assert "matrix: 2 releases, 2 red cells unpatched, 0 patched, 0 findings" in capsys.readouterr().out
    found = results.read(place / "results.jsonl")
    assert found.header.releases == tuple(RELEASES)
    assert found.header.shard == "1/1"
    assert [one.verdicts for one in found.releases] == [{"shout": "needed"}] * 2


@pytest.mark.usefixtures("measuring")
def test_only_the_reports_that_were_asked_for_are_written(place: Path) -> None:
    assert _run("--releases", "1.83.0", "--format", "md", "--format", "junit", "--output", str(place / "mine")) == 0
    assert {path.name for path in (place / "mine").iterdir()} == {"results.jsonl", "report.md", "junit.xml"}


@pytest.mark.usefixtures("measuring")
def test_shards_are_merged_to_what_one_run_gives(place: Path, tmp_path: Path) -> None:
    spec = ["--releases", ",".join(RELEASES), "--format", "json"]
    for shard in ("1/2", "2/2"):
        assert _run(*spec, "--shard", shard) == 0
    assert {path.name for path in place.iterdir()} == {"1-of-2", "2-of-2"}
    assert _run("--merge", str(place / "1-of-2"), str(place / "2-of-2"), "--format", "json") == 0
    merged = (place / "results.jsonl").read_bytes()
    assert _run(*spec, "--output", str(tmp_path / "whole")) == 0
    assert merged == (tmp_path / "whole" / "results.jsonl").read_bytes()


def test_a_fix_that_is_not_what_was_committed_is_a_finding(
    measuring: Measuring, capsys: pytest.CaptureFixture[str]
) -> None:
    measuring(verdict="insufficient")
    assert _run("--releases", "1.83.0", "--format", "json") == 1
    assert "shout on 1.83.0: committed is needed, measured insufficient" in capsys.readouterr().out


def test_a_case_that_only_the_patched_release_fails_is_a_finding(
    measuring: Measuring, capsys: pytest.CaptureFixture[str]
) -> None:
    measuring({("1.83.0", True, OTHER): FAILED})
    assert _run("--releases", "1.83.0", "--format", "json") == 1
    assert f"{OTHER} on 1.83.0 passes unpatched and fails patched." in capsys.readouterr().out


@pytest.mark.parametrize(("before", "status"), [(PASSED, 1), (FAILED, 0)])
def test_what_turned_red_since_an_earlier_run_is_a_finding(
    before: str, status: int, measuring: Measuring, place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    measuring({("1.83.0", False, OTHER): before, ("1.83.0", True, OTHER): before})
    _run("--releases", "1.83.0", "--format", "json", "--output", str(tmp_path / "old"))
    measuring({("1.83.0", False, OTHER): FAILED, ("1.83.0", True, OTHER): FAILED})
    capsys.readouterr()
    against = ["--against", str(tmp_path / "old" / "results.jsonl")]
    assert _run("--releases", "1.83.0", "--format", "md", *against) == status
    assert ("2 cells turned red that were green" in capsys.readouterr().out) == bool(status)
    assert (OTHER in (place / "report.md").read_text()) == bool(status)


def test_earlier_results_that_are_broken_are_known_before_anything_is_played(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(verb, "measured", None)
    (tmp_path / "old.jsonl").write_text("")
    assert _run("--releases", "1.83.0", "--against", str(tmp_path / "old.jsonl")) == 2
    assert "it has no footer, so it is incomplete" in capsys.readouterr().err


def test_a_part_is_not_published(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(verb, "measured", None)
    assert _run("--releases", "1.83.0", "--publish") == 2
    missing = len(upstream.load().releases) - 1
    assert (
        f"The matrix is not published: {missing} releases of upstream.lock are not in the run"
        in capsys.readouterr().err
    )
    assert _run("--shard", "1/2", "--publish") == 2


def test_a_plan_is_json_and_runs_nothing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(verb, "measured", None)
    assert _run("--shards", "3") == 0
    plan = json.loads(capsys.readouterr().out)
    assert [one["shard"] for one in plan["include"]] == ["1/3", "2/3", "3/3"]


@pytest.mark.usefixtures("measuring")
def test_results_of_another_series_say_so(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _run("--releases", "1.83.0", "--format", "json")
    old: Results = results.read(place / "results.jsonl")
    release: ReleaseInfo = replace(old.releases[0], verdicts={})
    results.write(place / "results.jsonl", replace(old, releases=(release,)))
    assert _run("--merge", str(place / "results.jsonl"), "--format", "json") == 1
    assert "committed is needed, measured None" in capsys.readouterr().out
