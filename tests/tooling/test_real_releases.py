"""The engine on real releases: what a user gets. Child processes fetch, from the user's own index or cache."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet
from packaging.version import Version
from uv import find_uv_bin

from scripts.matrix import results
from scripts.patching import ranges, series
from scripts.patching.series import Fix
from scripts.paths import BUILD, DIST, ROOT
from scripts.releases import upstream, wheels
from scripts.suite.requirements import OVERRIDES
from scripts.suite.tests import GRID
from tests.round_trip.failures import NEW
from tests.tooling.junit_numbers import ERRORED, numbers_of
from tests.tooling.published import published

PYTHON = f"cp{sys.version_info.major}{sys.version_info.minor}"


def engine(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scripts", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )


def patched(release: str) -> Path:
    """The patched wheel that the verb `wheel` has left in dist."""
    done = engine("wheel", release)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.splitlines()[0])


def record(wheel: Path) -> dict[str, str]:
    """RECORD without the version in the name of dist-info: path to hash."""
    with wheels.opened(wheel) as opened:
        rows = csv.reader(opened.read(f"{opened.dist_info}/RECORD").decode().splitlines())
        return {path.replace("+thinking.1", ""): digest for path, digest, _ in rows}


def needed(release: str) -> list[Fix]:
    """The fixes that were measured to be needed on a release: those that its wheel gets."""
    return ranges.needed(upstream.load(), series.load(), Version(release))


NEWEST = str(upstream.load().newest.version)


@pytest.mark.parametrize("release", ["1.82.1", "1.83.0", "1.91.5", "1.99.4", NEWEST])
def test_only_what_the_series_names_differs(release: str) -> None:
    before, after = record(published(release)[0]), record(patched(release))
    hooks = [fix.hook_for(Version(release)) for fix in needed(release)]
    hooked = {path for hook in hooks if hook is not None for path in hook.paths}
    info = f"litellm-{release}.dist-info"
    assert set(before) <= set(after), "nothing of upstream's is missing"
    assert {path for path in before if before[path] != after[path]} == {*hooked, f"{info}/METADATA"}
    assert set(after) - set(before) == {*series.load().overlay, f"{info}/thinking_round_trip.json"}


def test_a_wheel_for_windows_is_patched_and_keeps_its_line_ends() -> None:
    done = engine("wheel", "1.99.4", "--platform", "win_amd64")
    assert done.returncode == 0, done.stderr
    with wheels.opened(Path(done.stdout.splitlines()[0])) as opened:
        for fix in needed("1.99.4"):
            hook = fix.hook_for(Version("1.99.4"))
            assert hook is not None
            for file in hook.files:
                content = opened.read(file.path)
                added = [line.value.strip() for hunk in file for line in hunk if line.is_added]
                assert all(line.encode() in content for line in added)
                assert content.count(b"\r\n") == content.count(b"\n") > 0


def test_the_same_wheel_twice_has_the_same_bytes() -> None:
    first = patched("1.83.0").read_bytes()
    assert patched("1.83.0").read_bytes() == first


def test_sums_agree_with_the_wheels() -> None:
    patched("1.83.0")
    done = subprocess.run(["sha256sum", "--check", "SHA256SUMS"], cwd=DIST, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "litellm-1.83.0+thinking.1-py3-none-any.whl: OK" in done.stdout


def test_git_applies_the_hooks_to_the_same_bytes(tmp_path: Path) -> None:
    for release in ("1.82.1", "1.83.0", "1.91.5", "1.99.4", NEWEST):
        tree = tmp_path / release
        with wheels.opened(published(release)[0]) as original:
            changed, used = series.apply(needed(release), Version(release), original.read)
            for path in changed:
                (tree / path).parent.mkdir(parents=True, exist_ok=True)
                (tree / path).write_bytes(original.read(path))
        for hook in used:
            subprocess.run(["git", "apply", ROOT / "patches" / hook.name], cwd=tree, check=True)
        assert changed == {path: (tree / path).read_bytes() for path in changed}


def environment(folder: Path, wheel: Path) -> Path:
    """A clean environment with a wheel and what it requires; gives its Python."""
    code = (
        "from scripts.releases.configuration import configured, environment;"
        "print(*map('='.join, environment(configured()).items()), sep=chr(10))"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    variables = {**os.environ, **dict(line.split("=", 1) for line in told.splitlines())}
    uv = find_uv_bin()
    subprocess.run([uv, "venv", "--quiet", "--seed", "--python", sys.executable, folder], env=variables, check=True)
    python = folder / "bin/python"
    install = [uv, "pip", "install", "--quiet", "--python", python, "--overrides", ROOT / OVERRIDES, wheel]
    subprocess.run(install, env=variables, check=True)
    return python


def output(python: Path, *words: str) -> str:
    variables = {**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    done = subprocess.run([python, *words], env=variables, cwd=BUILD, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize("release", ["1.83.0", "1.99.4"])
def test_installed_it_is_as_sound_as_the_published_one(release: str, tmp_path: Path) -> None:
    before = environment(tmp_path / "before", published(release)[0])
    after = environment(tmp_path / "after", patched(release))
    assert output(after, "-m", "pip", "check") == output(before, "-m", "pip", "check")
    freeze = ["-m", "pip", "list", "--format=freeze"]
    expected = output(before, *freeze).replace(f"litellm=={release}", f"litellm=={release}+thinking.1")
    assert output(after, *freeze) == expected
    code = "import importlib.metadata as m, litellm; print(m.version('litellm'), litellm.acompletion.__name__)"
    assert output(after, "-c", code).split()[-2:] == [f"{release}+thinking.1", "acompletion"]
    pin = ["-m", "pip", "install", "--disable-pip-version-check", "--no-index", f"litellm=={release}"]
    assert f"Requirement already satisfied: litellm=={release}" in output(after, *pin)


def test_a_pin_to_the_release_accepts_the_patched_wheel() -> None:
    assert Version("1.83.0+thinking.1") in SpecifierSet("==1.83.0")
    wheel = patched("1.83.0")
    dry = ["install", "--dry-run", "--no-deps", "--no-index", "--ignore-installed", "--find-links", str(wheel.parent)]
    done = output(Path(sys.executable), "-m", "pip", *dry, "litellm==1.83.0")
    assert "Would install litellm-1.83.0+thinking.1" in done


@pytest.mark.parametrize("release", ["1.82.1", "1.83.0", "1.99.4"])
def test_the_suite_is_red_on_the_published_wheel(release: str) -> None:
    fixes = series.load().fixes
    green = "thinking-text-tool/responses-openai"
    done = engine("tests", release, "--unpatched", "-q", green, *{case for fix in fixes for case in fix.cases})
    assert done.returncode == 1, done.stdout + done.stderr
    numbers = numbers_of(BUILD / "junit" / f"{release}-unpatched.xml")
    for fix in needed(release):
        red = [case for case in fix.cases if set(fix.failures) & set(numbers[case])]
        assert red, f"{fix.name}: no case shows any of {fix.failures}"
    assert numbers[green] == [], "what needs no fix passes, so that a red case means something"


REDISCOVERED = {"F1", "F3", "F4", "F7", "F10", "F11", "F16", "F18", "F19", "F21", "F24"}


@pytest.fixture(scope="module")
def published_1_83_0() -> dict[str, list[str]]:
    """The numbers of each case of the grid on the published wheel, installed."""
    done = engine("tests", "1.83.0", "--unpatched", "-q", GRID)
    assert done.returncode == 1, done.stdout + done.stderr
    return numbers_of(BUILD / "junit" / "1.83.0-unpatched.xml")


def test_the_published_1_83_0_shows_what_the_research_measured(published_1_83_0: dict[str, list[str]]) -> None:
    """Nothing but the grid tells the suite of these failures: each is the number of a case that failed."""
    assert not REDISCOVERED - {number for found in published_1_83_0.values() for number in found}
    assert not [case for case, found in published_1_83_0.items() if NEW in found or ERRORED in found]


def test_a_tree_gives_what_the_installed_wheel_gives(published_1_83_0: dict[str, list[str]], tmp_path: Path) -> None:
    """The matrix plays trees over an environment that all releases share: the outcomes have to be the same."""
    installed = {False: published_1_83_0}
    assert engine("tests", "1.83.0", "-q", GRID).returncode == 0
    installed[True] = numbers_of(BUILD / "junit" / "1.83.0.xml")
    done = engine("matrix", "--releases", "1.83.0", "--no-cache", "--format", "json", "--output", str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    played = results.read(tmp_path / "results.jsonl").results
    for patched, numbers in installed.items():
        found = {one.case: list(one.failures) for one in played if one.patched is patched and one.case in numbers}
        assert found == numbers
        assert len(found) > 400


def _playing(marker: str) -> set[int]:
    """The processes whose command line has a word in it."""
    return {
        int(folder.name)
        for folder in Path("/proc").glob("[0-9]*")
        if marker in (folder / "cmdline").read_bytes().decode(errors="replace")
    }


def _rooms() -> set[Path]:
    """The folders that the engine works in while it runs."""
    return {*BUILD.glob("tree-*"), *BUILD.glob("job-*"), *BUILD.glob("env/shared-*")}


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="it looks for processes in /proc")
def test_an_interrupted_matrix_goes_on_where_it_was(tmp_path: Path) -> None:
    before, rooms = _playing("tests.round_trip.worker"), _rooms()
    words = ["matrix", "--releases", "1.82.2,1.82.3,1.82.4", "--format", "json", "--output", str(tmp_path)]
    command = [sys.executable, "-m", "scripts", *words]
    with subprocess.Popen([*command, "--no-cache"], cwd=ROOT, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        told = next(line for line in running.stderr if line.startswith("[1/3]"))
        running.send_signal(signal.SIGINT)
        rest = running.stderr.read()
    assert running.returncode == 130, rest
    assert "Traceback" not in rest
    assert "run the same command again to go on" in rest
    assert not _playing("tests.round_trip.worker") - before
    assert not _rooms() - rooms
    assert not list(tmp_path.iterdir())
    done = engine(*words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert told.partition("] ")[2] in done.stderr
