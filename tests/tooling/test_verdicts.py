"""Verdicts: what the cases of a fix, unpatched and patched, say about it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path

import pytest
from packaging.version import Version

from scripts import outcomes, series, trees, verdicts
from scripts.errors import CommandFailed
from scripts.upstream import File, Release
from scripts.verdicts import Bench, Failed, results
from scripts.wheel import Published
from tests.tooling import made

CASE = "tool-loop/messages-moonshot"
OWN, OTHER = {CASE: ["F0"]}, {CASE: ["F99"]}
FITS, DOES_NOT = made.FILES[made.ADAPTER], b"rewritten\n"
RUNS = {
    "needed": ("needed", [OWN, {}], FITS),
    "needed, and another failure is left": ("needed", [{CASE: ["F0", "F99"]}, OTHER], FITS),
    "insufficient": ("insufficient", [OWN, OWN], FITS),
    "a failure that nobody knows": ("insufficient", [OWN, {CASE: ["new"]}], FITS),
    "a case that ends without a result": ("insufficient", [{CASE: ["errored"]}, {CASE: ["errored"]}], FITS),
    "retired": ("retired", [{}], FITS),
    "only another failure": ("retired", [OTHER], FITS),
    "does not apply": ("does not apply", [OWN], DOES_NOT),
}


def bench(patches: Path) -> Bench:
    return Bench(Path("python"), series.load(patches), "suite")


def published(folder: Path, adapter: bytes = made.FILES[made.ADAPTER]) -> Published:
    release = Release(Version("1.83.0"), ">=3.9", "experimental_pass_through", ())
    return Published(release, File(made.NAME, "ab"), made.wheel(folder, {**made.FILES, made.ADAPTER: adapter}))


@pytest.mark.parametrize(("expected", "failures", "adapter"), RUNS.values(), ids=list(RUNS))
def test_a_verdict_comes_from_the_cases(
    expected: str, failures: list[Failed], adapter: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = iter(failures)
    seen = []

    def failed(bench: Bench, base: Published, changed: dict[str, bytes], tree: Callable[[], Path]) -> Failed:
        seen.append(changed)
        return next(runs)

    monkeypatch.setattr(verdicts, "_failed", failed)
    found = verdicts.measure(bench(made.patches(tmp_path / "patches")), published(tmp_path, adapter))
    assert found == {"shout": expected}
    assert seen[0] == {}, "the first run is on the release as published"
    assert len(seen) == len(failures)
    for changed in seen[1:]:
        assert b".upper()" in changed[made.ADAPTER]
        assert "litellm/thinking_round_trip/shouting.py" in changed


def test_a_fix_that_breaks_the_cases_of_another_is_harmful(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = made.patches(tmp_path / "patches")
    (folder / "other").mkdir()
    (folder / "other/fix.toml").write_text(made.FIX.replace(CASE, "tool-loop/messages-openai"))
    (folder / "series.toml").write_text('revision = 1\nfixes = ["shout", "other"]\n')
    runs = iter([OWN, {"tool-loop/messages-openai": ["F99"]}])
    monkeypatch.setattr(verdicts, "_failed", lambda *_: next(runs))
    assert verdicts.measure(bench(folder), published(tmp_path)) == {"shout": "needed", "other": "harmful"}


def test_what_was_run_before_is_not_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcomes, "FOLDER", tmp_path / "outcomes")
    answers: list[Failed | Exception] = [CommandFailed("pytest", "killed"), {}, OWN]
    runs = []

    def play(*arguments: object) -> Failed:
        runs.append(arguments)
        answer = answers[len(runs) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(verdicts, "_play", play)
    asked = bench(made.patches(tmp_path / "patches"))
    base = published(tmp_path)
    with pytest.raises(CommandFailed):
        verdicts._failed(asked, base, {}, lambda: tmp_path)
    assert verdicts._failed(asked, base, {}, lambda: tmp_path) == {}, "a run that gave no answer is not remembered"
    assert verdicts._failed(asked, base, {}, lambda: tmp_path) == {}
    assert len(runs) == 2
    assert verdicts._failed(asked, base, {made.ADAPTER: b"other"}, lambda: tmp_path) == OWN, (
        "another content is another question"
    )
    assert len(runs) == 3


@pytest.mark.parametrize(
    ("status", "report"),
    [
        (2, f'<testsuites><testsuite><testcase name="test_round_trip[{CASE}]"/></testsuite></testsuites>'),
        (-9, None),
        (0, "<testsuites><testsuite/></testsuites>"),
    ],
    ids=["collection failed", "killed", "nothing played"],
)
def test_a_run_that_played_nothing_is_no_measurement(
    status: int, report: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def call(command: list[str], *_: object, **__: object) -> int:
        if report is not None:
            place = next(word for word in command if word.startswith("--junitxml=")).partition("=")[2]
            Path(place).write_text(report)
        return status

    monkeypatch.setattr(verdicts, "call", call)
    with pytest.raises(CommandFailed, match=r"on LiteLLM 1\.83\.0 and no result"):
        verdicts._play(Path("python"), published(tmp_path), {}, {CASE}, tmp_path)


def test_an_interrupt_does_not_wait_for_the_releases_that_are_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[object] = []
    busy, cancelled = threading.Event(), threading.Event()
    really_shut_down = ThreadPoolExecutor.shutdown

    def measure(*arguments: object) -> dict[str, str]:
        started.append(arguments)
        busy.set()
        cancelled.wait()
        return {}

    def interrupt(*_: object, **__: object) -> None:
        busy.wait()
        raise KeyboardInterrupt

    def shut_down(pool: ThreadPoolExecutor, wait: bool = True, *, cancel_futures: bool = False) -> None:
        really_shut_down(pool, wait=False, cancel_futures=cancel_futures)
        cancelled.set()
        really_shut_down(pool, wait=wait)

    monkeypatch.setattr(verdicts, "measure", measure)
    monkeypatch.setattr(verdicts, "track", interrupt)
    monkeypatch.setattr(ThreadPoolExecutor, "shutdown", shut_down)
    with pytest.raises(KeyboardInterrupt):
        verdicts._measure_all(bench(made.patches(tmp_path / "patches")), [published(tmp_path)] * 100)
    assert len(started) <= verdicts.WORKERS


def test_a_case_has_the_numbers_of_all_its_forms(tmp_path: Path) -> None:
    report = tmp_path / "junit.xml"
    report.write_text(
        "<testsuites><testsuite>"
        '<testcase name="test_round_trip[a/b-c]"><system-out>words</system-out></testcase>'
        '<testcase name="test_round_trip_sync[a/b-c]"><skipped/></testcase>'
        '<testcase name="test_round_trip[d/b-c]"/>'
        f'<testcase name="test_round_trip_sync[d/b-c]">{_properties("F3 F4")}<failure/></testcase>'
        f'<testcase name="test_round_trip[d/b-d]">{_properties("F4")}<failure/></testcase>'
        f'<testcase name="test_round_trip_sync[d/b-d]">{_properties("F3")}<failure/></testcase>'
        '<testcase name="test_round_trip[e/b-c]"><error/></testcase>'
        '<testcase name="test_round_trip[f/b-c]"><skipped/></testcase>'
        "</testsuite></testsuites>"
    )
    assert results(report) == {
        "a/b-c": [],
        "d/b-c": ["F3", "F4"],
        "d/b-d": ["F3", "F4"],
        "e/b-c": ["errored"],
        "f/b-c": ["skipped"],
    }


def _properties(numbers: str) -> str:
    return f'<properties><property name="failures" value="{numbers}"/></properties>'


@pytest.mark.parametrize(("found", "expected"), [("needed", 0), ("retired", 1)])
def test_a_committed_range_that_is_not_what_was_measured_is_a_finding(
    found: str, expected: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    measured = '[measured]\nneeded = [{ first = "1.82.1", last = "1.83.0", releases = 2 }]\n'
    patches = series.load(made.patches(tmp_path / "patches", measured=measured))
    assert verdicts._compare(patches, {Version("1.83.0"): {"shout": found}}) == expected
    assert ("committed is needed, measured retired" in capsys.readouterr().out) == bool(expected)


def test_both_runs_of_a_release_share_a_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second one finds the bytecode of the first; and none is laid out where both are remembered."""
    monkeypatch.setattr(trees, "BUILD", tmp_path / "build")
    monkeypatch.setattr(outcomes, "FOLDER", tmp_path / "outcomes")
    seen: list[tuple[Path, bool]] = []

    def play(python: Path, base: Published, changed: dict[str, bytes], cases: set[str], tree: Path) -> Failed:
        seen.append((tree, bool(changed)))
        return {} if changed else OWN

    monkeypatch.setattr(verdicts, "_play", play)
    asked, base = bench(made.patches(tmp_path / "patches")), published(tmp_path)
    assert verdicts.measure(asked, base) == {"shout": "needed"}
    (first, _), (second, patched) = seen
    assert (first == second, patched, first.exists()) == (True, True, False)
    monkeypatch.setattr(trees, "laid_out", lambda base: nullcontext(None))
    assert verdicts.measure(asked, base) == {"shout": "needed"}
    assert len(seen) == 2


def test_a_release_older_than_all_hooks_of_a_fix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdicts, "_failed", lambda *_: OWN)
    folder = made.patches(tmp_path / "patches")
    hook = next(folder.glob("*/*.patch"))
    hook.rename(hook.with_name("1.90.0.patch"))
    assert verdicts.measure(bench(folder), published(tmp_path)) == {"shout": "does not apply"}
