"""A patched wheel: what is in it, and that it appears whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from packaging.version import Version

from scripts.errors import BadPatch, CannotWrite, HookDoesNotFit, NoFile
from scripts.patching import packing, series, wheel
from scripts.patching.series import Series
from scripts.patching.wheel import Built, Published
from scripts.releases import wheels
from scripts.releases.upstream import File, Release
from tests.tooling import made

PATCHED = "litellm-1.83.0+thinking.1-py3-none-any.whl"


@pytest.fixture(autouse=True)
def _own_workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheel, "BUILD", tmp_path / "build")


def release(*names: str) -> Release:
    return Release(
        Version("1.83.0"), ">=3.9", "experimental_pass_through", tuple(File(name, "0" * 64) for name in names)
    )


def build(
    folder: Path, files: dict[str, bytes] | None = None, patches: Series | None = None, needed: bool = True
) -> Built:
    """Build from a made-up published wheel into `folder`/dist."""
    folder.mkdir(exist_ok=True)
    base = made.wheel(folder, made.FILES if files is None else files)
    loaded = patches or series.load(made.patches(folder / "patches"))
    fixes = list(loaded.fixes) if needed else []
    return wheel.build(Published(release(made.NAME), File(made.NAME, "ab"), base), loaded, fixes, folder / "dist")


def contents(path: Path) -> dict[str, bytes]:
    with wheels.opened(path) as opened:
        return {name: opened.read(name) for name in opened.names}


def left_over(folder: Path) -> list[str]:
    """Everything in dist and in the workshop but locks and sums."""
    found = [*folder.glob("build/*"), *folder.glob("dist/*"), *folder.glob("dist/.*")]
    return [path.name for path in found if path.suffix != ".lock"]


def test_only_what_the_series_names_differs(tmp_path: Path) -> None:
    built = build(tmp_path)
    assert built.path == tmp_path / "dist" / PATCHED
    now = {name.replace("+thinking.1", ""): data for name, data in contents(built.path).items()}
    changed = {name for name in now if made.FILES.get(name) != now[name]}
    assert changed == {
        made.ADAPTER,
        made.RECORD,
        "litellm-1.83.0.dist-info/METADATA",
        "litellm-1.83.0.dist-info/thinking_round_trip.json",
        "litellm/thinking_round_trip/shouting.py",
    }
    assert set(made.FILES) <= set(now)
    assert b".upper()" in now[made.ADAPTER]


def test_the_wheel_says_what_it_was_made_from(tmp_path: Path) -> None:
    notes = json.loads(contents(build(tmp_path).path)["litellm-1.83.0+thinking.1.dist-info/thinking_round_trip.json"])
    assert notes["base"] == {"name": made.NAME, "sha256": "ab"}
    assert (notes["release"], notes["revision"], notes["hooks"]) == ("1.83.0", 1, ["shout/1.82.1.patch"])
    module = tmp_path / "patches/overlay/litellm/thinking_round_trip/shouting.py"
    assert notes["overlay"] == {
        "litellm/thinking_round_trip/shouting.py": hashlib.sha256(module.read_bytes()).hexdigest()
    }


def test_a_release_that_needs_nothing_changes_its_version_alone(tmp_path: Path) -> None:
    now = {name.replace("+thinking.1", ""): data for name, data in contents(build(tmp_path, needed=False).path).items()}
    assert {name for name in now if made.FILES.get(name) != now[name]} == {
        made.RECORD,
        "litellm-1.83.0.dist-info/METADATA",
        "litellm-1.83.0.dist-info/thinking_round_trip.json",
    }


def test_building_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    first = build(tmp_path / "a")
    second = build(tmp_path / "b")
    assert first.path.read_bytes() == second.path.read_bytes()
    assert first.sha256 == second.sha256 == hashlib.sha256(first.path.read_bytes()).hexdigest()


def test_sums_list_every_patched_wheel(tmp_path: Path) -> None:
    (tmp_path / "dist").mkdir()
    other = tmp_path / "dist/litellm-1.82.1+thinking.1-py3-none-any.whl"
    other.write_bytes(b"older")
    built = build(tmp_path)
    assert (tmp_path / "dist/SHA256SUMS").read_text() == (
        f"{hashlib.sha256(b'older').hexdigest()}  {other.name}\n{built.sha256}  {PATCHED}\n"
    )


def test_nothing_stays_of_a_hook_that_does_not_fit(tmp_path: Path) -> None:
    with pytest.raises(HookDoesNotFit):
        build(tmp_path, {**made.FILES, made.ADAPTER: b"rewritten\n"})
    assert left_over(tmp_path) == []


def test_a_file_of_upstream_in_the_overlay_s_place_is_not_overwritten(tmp_path: Path) -> None:
    with pytest.raises(BadPatch, match="has a file of its own at litellm/thinking_round_trip/shouting"):
        build(tmp_path, {**made.FILES, "litellm/thinking_round_trip/shouting.py": b""})
    assert left_over(tmp_path) == []


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(folder: Path, version: str, target: Path) -> None:
        target.write_bytes(b"half a wheel")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(packing, "pack", full)
    with pytest.raises(CannotWrite, match="the disk is full"):
        build(tmp_path)
    assert left_over(tmp_path) == []


def test_an_interrupt_leaves_the_older_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = build(tmp_path).path.read_bytes()

    def interrupted(folder: Path, version: str, target: Path) -> None:
        target.write_bytes(b"half a wheel")
        raise KeyboardInterrupt

    monkeypatch.setattr(packing, "pack", interrupted)
    with pytest.raises(KeyboardInterrupt):
        build(tmp_path, patches=series.load(tmp_path / "patches"))
    assert sorted(left_over(tmp_path)) == ["SHA256SUMS", PATCHED]
    assert (tmp_path / "dist" / PATCHED).read_bytes() == before


def test_sums_are_written_by_one_build_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second build waits while the first one is between its wheel and the sums, and so both are listed."""
    older = made.patches(tmp_path / "patches")
    inside, go_on = threading.Event(), threading.Event()
    write = wheel.write_text

    def slow(target: Path, text: str) -> None:
        if not inside.is_set():
            inside.set()
            assert not go_on.wait(1), "the second build came in between"
        write(target, text)
        go_on.set()

    monkeypatch.setattr(wheel, "write_text", slow)
    patches = series.load(older)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(_build, tmp_path, "1.83.1", patches)
        assert inside.wait(60)
        second = pool.submit(_build, tmp_path, "1.83.2", patches)
        names = [first.result().path.name, second.result().path.name]
    listed = [line.split()[1] for line in (tmp_path / "dist/SHA256SUMS").read_text().splitlines()]
    assert listed == names


def _build(folder: Path, version: str, patches: Series) -> Built:
    files = {path.replace("1.83.0", version): data for path, data in made.FILES.items()}
    base = made.wheel(folder, files, name=made.NAME.replace("1.83.0", version))
    asked = Release(Version(version), ">=3.9", "experimental_pass_through", ())
    return wheel.build(Published(asked, File(base.name, "ab"), base), patches, [], folder / "dist")


def test_a_dist_on_another_disk_is_written_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def replace(path: Path, target: Path) -> Path:
        if path.parent != target.parent:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return really(path, target)

    really = Path.replace
    monkeypatch.setattr(Path, "replace", replace)
    assert build(tmp_path).path.exists()


def test_the_user_s_umask_changes_nothing(tmp_path: Path) -> None:
    files = {**made.FILES, "litellm/tool.sh": b"#!/bin/sh\n"}
    first = build(tmp_path / "a", files)
    before = os.umask(0o077)
    try:
        second = build(tmp_path / "b", files)
    finally:
        os.umask(before)
    assert first.path.read_bytes() == second.path.read_bytes()


WHEELS = (
    "litellm-1.83.0-cp311-cp311-win_amd64.whl",
    "litellm-1.83.0-cp312-cp312-win_amd64.whl",
    "litellm-1.83.0-cp312-cp312-musllinux_1_2_x86_64.whl",
    "litellm-1.83.0.tar.gz",
)


@pytest.mark.parametrize(
    ("names", "platform", "expected"),
    [
        (WHEELS, "win_amd64", [0, 1]),
        (WHEELS, "musllinux_1_2_x86_64", [2]),
        (WHEELS, "all", [0, 1, 2]),
        ((made.NAME,), "win_amd64", [0]),
        ((made.NAME,), None, [0]),
    ],
)
def test_wheels_are_chosen_by_platform(names: tuple[str, ...], platform: str | None, expected: list[int]) -> None:
    assert [file.name for file in wheel.files_for(release(*names), platform)] == [names[place] for place in expected]


@pytest.mark.parametrize("platform", ["plan9", None])
def test_a_platform_without_a_wheel_is_told_which_ones_there_are(platform: str | None) -> None:
    foreign = "litellm-1.83.0-cp39-cp39-win32.whl"
    with pytest.raises(NoFile, match="upstream published wheels for win32"):
        wheel.files_for(release(foreign), platform)
