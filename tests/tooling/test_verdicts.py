"""Verdicts: what the cases of a fix, unpatched and patched, say about it."""

from __future__ import annotations

from pathlib import Path

import pytest
from packaging.version import Version

from scripts import series, verdicts
from scripts.upstream import Release
from scripts.verdicts import Bench, passed
from tests.tooling import made

CASE = "tool-loop/messages-moonshot"
RUNS = {
    "needed": ([{CASE}, set()], made.FILES[made.ADAPTER]),
    "insufficient": ([{CASE}, {CASE}], made.FILES[made.ADAPTER]),
    "retired": ([set()], made.FILES[made.ADAPTER]),
    "does not apply": ([{CASE}], b"rewritten\n"),
}


@pytest.mark.parametrize("expected", list(RUNS))
def test_a_verdict_comes_from_the_cases(expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failures, adapter = RUNS[expected]
    bench = Bench(Path("python"), series.load(made.patches(tmp_path / "patches")))
    base = made.wheel(tmp_path, {**made.FILES, made.ADAPTER: adapter})
    runs = iter(failures)
    seen = []

    def failed(bench: Bench, tree: Path, fixes: object) -> set[str]:
        seen.append((tree / made.ADAPTER).read_bytes())
        return next(runs)

    monkeypatch.setattr(verdicts, "_failed", failed)
    release = Release(Version("1.83.0"), ">=3.9", "experimental_pass_through", ())
    assert verdicts.measure(bench, release, base) == {"shout": expected}
    assert seen[0] == adapter, "the first run is on the release as published"
    assert len(seen) == len(failures)
    assert all(b".upper()" in patched for patched in seen[1:]), "the second one is on the patched tree"


def test_a_fix_that_breaks_the_cases_of_another_is_harmful(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = made.patches(tmp_path / "patches")
    (folder / "other").mkdir()
    (folder / "other/fix.toml").write_text(made.FIX.replace(CASE, "tool-loop/messages-openai"))
    (folder / "series.toml").write_text('revision = 1\nfixes = ["shout", "other"]\n')
    runs = iter([{CASE}, {"tool-loop/messages-openai"}])
    monkeypatch.setattr(verdicts, "_failed", lambda *_: next(runs))
    release = Release(Version("1.83.0"), ">=3.9", "experimental_pass_through", ())
    found = verdicts.measure(Bench(Path("python"), series.load(folder)), release, made.wheel(tmp_path))
    assert found == {"shout": "needed", "other": "harmful"}


def test_a_case_has_passed_when_one_form_did_and_none_failed(tmp_path: Path) -> None:
    report = tmp_path / "junit.xml"
    report.write_text(
        "<testsuites><testsuite>"
        '<testcase name="test_round_trip[a/b-c]"><system-out>words</system-out></testcase>'
        '<testcase name="test_round_trip_sync[a/b-c]"><skipped/></testcase>'
        '<testcase name="test_round_trip[d/b-c]"/>'
        '<testcase name="test_round_trip_sync[d/b-c]"><failure/></testcase>'
        '<testcase name="test_round_trip[e/b-c]"><error/></testcase>'
        '<testcase name="test_round_trip[f/b-c]"><skipped/></testcase>'
        "</testsuite></testsuites>"
    )
    assert passed(report) == {"a/b-c"}


@pytest.mark.parametrize(("found", "expected"), [("needed", 0), ("retired", 1)])
def test_a_committed_range_that_is_not_what_was_measured_is_a_finding(
    found: str, expected: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    measured = '[measured]\nneeded = [{ first = "1.82.1", last = "1.83.0", releases = 2 }]\n'
    patches = series.load(made.patches(tmp_path / "patches", measured=measured))
    assert verdicts._compare(patches, {Version("1.83.0"): {"shout": found}}) == expected
    assert ("committed is needed, measured retired" in capsys.readouterr().out) == bool(expected)
