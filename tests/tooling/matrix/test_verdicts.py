"""Verdicts: what the cases of a fix, unpatched and patched, say about it; and the measurement that gives them."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from packaging.version import Version

from scripts.__main__ import main
from scripts.errors import CommandFailed
from scripts.matrix import ablation, measure, outcomes, verdicts
from scripts.matrix.measure import Bench, Measured
from scripts.matrix.workers import WORKERS, Run
from scripts.patching import ranges, series
from scripts.patching.wheel import Published
from scripts.releases import upstream
from scripts.releases.upstream import File, Release
from tests.round_trip.jobs import Played
from tests.tooling import made

CASE, ANOTHER = "tool-loop/messages-moonshot", "tool-loop/messages-openai"
OWN, OTHER = {CASE: ["F0"]}, {CASE: ["F99"]}
FITS, DOES_NOT = made.FILES[made.ADAPTER], b"rewritten\n"
Shown = Mapping[str, Sequence[str]]
RUNS: dict[str, tuple[str, list[Shown], bytes]] = {
    "needed": ("needed", [OWN, {}], FITS),
    "needed, and another failure is left": ("needed", [{CASE: ["F0", "F99"]}, OTHER], FITS),
    "insufficient": ("insufficient", [OWN, OWN], FITS),
    "a failure that nobody knows": ("insufficient", [OWN, {CASE: ["new"]}], FITS),
    "a case that ends without a result": ("insufficient", [{CASE: ["errored"]}, {CASE: ["errored"]}], FITS),
    "retired": ("retired", [{}, {}], FITS),
    "only another failure": ("retired", [OTHER, OTHER], FITS),
    "does not apply": ("does not apply", [OWN, OWN], DOES_NOT),
}


def published(folder: Path, adapter: bytes = made.FILES[made.ADAPTER]) -> Published:
    release = Release(Version("1.83.0"), ">=3.9", "experimental_pass_through", ())
    return Published(release, File(made.NAME, "ab" * 32), made.wheel(folder, {**made.FILES, made.ADAPTER: adapter}))


def played(case: str, shown: Shown) -> Played:
    numbers = list(shown.get(case, []))
    outcome = "failed" if numbers else "passed"
    if numbers in (["errored"], ["skipped"]):
        outcome, numbers = numbers[0], []
    return {"case": case, "outcome": outcome, "failures": [], "numbers": numbers, "reason": "", "detail": ""}


class Player:
    """Stands for the players of a bench: each tree gets the next of the answers, and what was asked for is kept."""

    def __init__(self, answers: Sequence[Shown]) -> None:
        self.answers = iter(answers)
        self.asked: list[tuple[str, Mapping[str, bytes], list[str]]] = []

    def __call__(self, base: Published, name: str, changed: Mapping[str, bytes], cases: Sequence[str]) -> list[Played]:
        self.asked.append((name, changed, list(cases)))
        shown = next(self.answers)
        return [played(case, shown) for case in cases]


def playing(monkeypatch: pytest.MonkeyPatch, answers: Sequence[Shown]) -> Player:
    player = Player(answers)
    monkeypatch.setattr(Bench, "play", player)
    return player


@pytest.mark.parametrize(("expected", "shown", "adapter"), RUNS.values(), ids=list(RUNS))
def test_a_verdict_comes_from_the_cases(
    expected: str, shown: list[Shown], adapter: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    player = playing(monkeypatch, shown)
    bench = Bench(series.load(made.patches(tmp_path / "patches")), [CASE])
    found = measure.measure(bench, published(tmp_path, adapter))
    assert found.verdicts == {"shout": expected}
    (_, unpatched, _), (_, patched, _) = player.asked
    assert unpatched == {}, "the first run is on the release as published"
    fixed = expected not in ("retired", "does not apply")
    assert [fix.name for fix in found.applied] == ["shout"] * fixed
    assert (b".upper()" in patched.get(made.ADAPTER, b"")) == fixed
    assert [one.patched for one in found.results] == [False, True]


def _two_fixes(folder: Path) -> Path:
    made.patches(folder)
    (folder / "other").mkdir()
    (folder / "other/fix.toml").write_text(made.FIX.replace(CASE, ANOTHER))
    (folder / "series.toml").write_text('revision = 1\nfixes = ["shout", "other"]\n')
    return folder


def test_a_fix_that_breaks_the_cases_of_another_is_harmful(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    playing(monkeypatch, [OWN, {ANOTHER: ["F99"]}])
    bench = Bench(series.load(_two_fixes(tmp_path / "patches")), [CASE, ANOTHER])
    assert measure.measure(bench, published(tmp_path)).verdicts == {"shout": "needed", "other": "harmful"}


def test_a_release_older_than_all_hooks_of_a_fix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    playing(monkeypatch, [OWN, OWN])
    folder = made.patches(tmp_path / "patches")
    hook = next(folder.glob("*/*.patch"))
    hook.rename(hook.with_name("1.90.0.patch"))
    found = measure.measure(Bench(series.load(folder), [CASE]), published(tmp_path))
    assert found.verdicts == {"shout": "does not apply"}


class Workers:
    """Stands for the processes that play; what they were asked for is kept."""

    def __init__(self, answers: Sequence[Shown | Exception], read: Sequence[tuple[str, str]] = ()) -> None:
        self.answers = iter(answers)
        self.read = read
        self.trees: list[bytes] = []

    def play(self, name: str, tree: Path, cases: Sequence[str]) -> Run:
        self.trees.append((tree / made.ADAPTER).read_bytes())
        shown = next(self.answers)
        if isinstance(shown, Exception):
            raise shown
        return Run([played(case, shown) for case in cases], self.read)


@pytest.fixture
def remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcomes, "FOLDER", tmp_path / "outcomes")
    monkeypatch.setattr("scripts.patching.trees.BUILD", tmp_path / "build")
    monkeypatch.setattr("scripts.patching.trees.STORE", tmp_path / "build/trees")


@pytest.mark.usefixtures("remembered")
def test_a_changed_hook_plays_the_patched_release_again_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workers = Workers([CommandFailed("playing", "killed"), OWN, {}, {}])
    monkeypatch.setattr(Bench, "workers", workers)
    patches, base = made.patches(tmp_path / "patches"), published(tmp_path)
    with pytest.raises(CommandFailed):
        measure.measure(Bench(series.load(patches), [CASE]), base)
    for _ in range(2):
        assert measure.measure(Bench(series.load(patches), [CASE]), base).verdicts == {"shout": "needed"}
    assert [b".upper()" in tree for tree in workers.trees] == [False, False, True]
    (patches / "shout/1.82.1.patch").write_text(made.HOOK.replace(".upper()", ".title()"))
    assert measure.measure(Bench(series.load(patches), [CASE]), base).verdicts == {"shout": "needed"}
    assert [b".title()" in tree for tree in workers.trees] == [False, False, False, True]


@pytest.mark.usefixtures("remembered")
def test_a_module_that_no_hook_of_the_release_reaches_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workers = Workers([OWN, {}, {}])
    monkeypatch.setattr(Bench, "workers", workers)
    patches, base = made.patches(tmp_path / "patches"), published(tmp_path)
    module = patches / "overlay/litellm/thinking_round_trip/shouting.py"
    for text in ("one = 1\n", "two = 2\n"):
        module.write_text(text)
        measure.measure(Bench(series.load(patches), [CASE]), base)
    assert len(workers.trees) == 2
    hook = made.HOOK.replace(" def translate", "+from litellm.thinking_round_trip import shouting\n def translate")
    (patches / "shout/1.82.1.patch").write_text(hook.replace("+1,4", "+1,5"))
    measure.measure(Bench(series.load(patches), [CASE]), base)
    assert len(workers.trees) == 3


def test_an_interrupt_does_not_wait_for_the_releases_that_are_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[object] = []
    closed = threading.Event()

    def slowly(bench: Bench, base: Published) -> Measured:
        started.append(base)
        if len(started) > 1:
            closed.wait(60)
        return Measured(base, (), {}, (), {})

    def interrupt(found: Measured) -> None:
        raise KeyboardInterrupt

    bench = Bench(series.load(made.patches(tmp_path / "patches")), [CASE])
    bench._stack.callback(closed.set)
    monkeypatch.setattr(measure, "measure", slowly)
    with pytest.raises(KeyboardInterrupt):
        measure.measure_all(bench, [published(tmp_path)] * 100, interrupt)
    assert closed.is_set(), "what is being played is ended"
    assert len(started) <= WORKERS + 1


@pytest.mark.parametrize(
    ("without", "expected", "runs"),
    [
        ([{CASE: ["F0"]}], "needed", [[CASE]]),
        ([{}, {ANOTHER: ["F99"]}], "needed", [[CASE], [ANOTHER]]),
        ([{}, {}], "dead weight", [[CASE], [ANOTHER]]),
        ([{CASE: ["skipped"]}, {ANOTHER: ["skipped"]}], "dead weight", [[CASE], [ANOTHER]]),
    ],
    ids=["a case of its own turns red", "only one of another", "none", "none, and some are skipped"],
)
def test_a_fix_without_which_nothing_turns_red_is_dead_weight(
    without: list[Shown], expected: str, runs: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    player = playing(monkeypatch, [OWN, {}, *without])
    bench = Bench(series.load(made.patches(tmp_path / "patches")), [CASE, ANOTHER])
    found = ablation.ablated(bench, measure.measure(bench, published(tmp_path)))
    assert found.verdicts == {"shout": expected}
    assert [cases for _, _, cases in player.asked[2:]] == runs
    assert all(changed == {} for _, changed, _ in player.asked[2:]), "without the fix the release is as published"


def test_a_committed_range_that_is_not_what_was_measured_is_a_finding(tmp_path: Path) -> None:
    measured = '[measured]\nneeded = [{ first = "1.82.1", last = "1.83.0", releases = 2 }]\n'
    patches = series.load(made.patches(tmp_path / "patches", measured=measured))
    assert ranges.differences(patches, {Version("1.83.0"): {"shout": "needed"}}) == []
    assert ranges.differences(patches, {Version("1.83.0"): {"shout": "retired"}}) == [
        "shout on 1.83.0: committed is needed, measured retired"
    ]


MEASURED = '[measured]\nneeded = [{ first = "1.82.1", last = "1.109.1", releases = 176 }]\n'


def test_new_measures_what_was_never_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`nox -s verdicts -- new` after `nox -s lock -- --update`: the new releases, whatever they are called."""
    known = upstream.load()
    patches = made.patches(tmp_path / "patches", measured=MEASURED)
    monkeypatch.setattr(series.load, "__defaults__", (patches,))
    asked: list[Version] = []
    wrote: list[ranges.Verdicts] = []

    def measured(_: object, chosen: Sequence[Release]) -> list[Measured]:
        asked.extend(release.version for release in chosen)
        return [
            Measured(Published(release, File(made.NAME, "ab" * 32), tmp_path), (), {"shout": "needed"}, (), {})
            for release in chosen
        ]

    monkeypatch.setattr(verdicts.verb, "measured", measured)
    monkeypatch.setattr(ranges, "write", lambda lock, series, found: wrote.append(found))
    assert main(["verdicts", "new"]) == 0
    later = [release.version for release in known.releases if release.version > Version("1.109.1")]
    assert asked == later
    assert later
    assert [set(found) for found in wrote] == [set(later)]
    assert capsys.readouterr().out == f"verdicts: {len(later)} releases: {len(later)} times needed\n"


@pytest.mark.parametrize("count", range(9))
def test_every_release_is_begun_once_and_of_more_than_four_no_two_neighbours(count: int) -> None:
    order = measure._apart(count)
    assert sorted(order) == list(range(count))
    assert count <= 4 or not [one for one, other in pairwise(order) if abs(one - other) == 1]


@pytest.mark.usefixtures("remembered")
@pytest.mark.parametrize(("read", "plays"), [([made.ADAPTER], 1), ([made.ADAPTER, "litellm/notes.txt"], 2)])
def test_a_release_that_differs_in_nothing_that_was_read_is_not_played(
    read: list[str], plays: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workers = Workers([{}, {}], [("grid", name) for name in read])
    monkeypatch.setattr(Bench, "workers", workers)
    bench = Bench(series.load(made.patches(tmp_path / "patches")), [CASE])
    for version, notes in (("1.83.0", b"one"), ("1.83.1", b"two")):
        (tmp_path / version).mkdir()
        wheel = made.wheel(tmp_path / version, {**made.FILES, "litellm/notes.txt": notes})
        release = Release(Version(version), ">=3.9", "experimental_pass_through", ())
        assert bench.play(Published(release, File(made.NAME, version), wheel), "unpatched", {}, [CASE])
    assert len(workers.trees) == plays
