"""Wheels of real releases: what a user gets. Child processes fetch, from the user's own index or cache."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet
from packaging.version import Version
from uv import find_uv_bin

from scripts.patching import series
from scripts.paths import BUILD, DIST, ROOT
from scripts.releases import wheels
from scripts.suite.requirements import OVERRIDES
from tests.releases.engine import NEWEST, engine, needed
from tests.tooling.published import published


@cache
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
    patched.cache_clear()
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


@pytest.mark.parametrize("release", ["1.99.4"])
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
