"""Trees: hard links into a store that keeps each content once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from scripts.errors import BadWheel
from scripts.patching import trees
from tests.tooling import made


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(trees, "BUILD", tmp_path / "build")
    monkeypatch.setattr(trees, "STORE", tmp_path / "build" / "trees")
    return tmp_path / "build" / "trees"


def _import(tree: Path) -> None:
    subprocess.run([sys.executable, "-c", "import litellm.adapter"], env=trees.importing(tree), check=True)


def test_a_tree_is_the_wheel_with_what_was_changed(tmp_path: Path) -> None:
    changed = {made.ADAPTER: b"other = 1\n", "litellm/new/module.py": b"new = 1\n"}
    with trees.laid_out(made.wheel(tmp_path), changed) as tree:
        files = {path.relative_to(tree).as_posix(): path.read_bytes() for path in tree.rglob("*") if path.is_file()}
    assert {**files, made.RECORD: b""} == {**made.FILES, **changed, made.RECORD: b""}
    assert not tree.exists()


def test_the_same_content_is_kept_once(tmp_path: Path) -> None:
    wheel = made.wheel(tmp_path)
    with trees.laid_out(wheel) as one, trees.laid_out(wheel, {"litellm/copy.py": made.FILES[made.ADAPTER]}) as other:
        inodes = {(path / name).stat().st_ino for path, name in ((one, made.ADAPTER), (other, "litellm/copy.py"))}
        assert len(inodes) == 1


def test_a_wheel_is_unpacked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = made.wheel(tmp_path)
    with trees.laid_out(wheel):
        pass
    monkeypatch.setattr(trees.wheels, "opened", None)
    with trees.laid_out(wheel) as tree:
        assert (tree / made.ADAPTER).read_bytes() == made.FILES[made.ADAPTER]


@pytest.mark.parametrize("lost", ["wheels", "files"])
def test_a_store_that_lost_something_is_filled_again(tmp_path: Path, store: Path, lost: str) -> None:
    wheel = made.wheel(tmp_path)
    with trees.laid_out(wheel):
        pass
    next(path for path in (store / lost).rglob("*") if path.is_file()).unlink()
    with trees.laid_out(wheel) as tree:
        assert (tree / made.ADAPTER).read_bytes() == made.FILES[made.ADAPTER]


def test_a_wheel_that_is_refused_leaves_nothing(tmp_path: Path, store: Path) -> None:
    bad = made.wheel(tmp_path, {**made.FILES, "litellm_init.pth": b"import os\n"})
    with pytest.raises(BadWheel), trees.laid_out(bad):
        pass
    assert not list(store.rglob("*"))


def test_bytecode_is_made_once_for_a_content(tmp_path: Path) -> None:
    wheel = made.wheel(tmp_path)
    for _ in range(2):
        with trees.laid_out(wheel) as tree:
            _import(tree)
    with trees.laid_out(wheel) as tree:
        (compiled,) = (tree / "litellm/__pycache__").glob("adapter.*.pyc")
        before = compiled.stat().st_ino
        _import(tree)
        assert compiled.stat().st_ino == before, "Python took the bytecode of the store for that of the source"


def test_changed_content_does_not_run_with_the_bytecode_of_the_wheel(tmp_path: Path) -> None:
    wheel = made.wheel(tmp_path)
    with trees.laid_out(wheel) as tree:
        _import(tree)
    old = made.FILES[made.ADAPTER]
    new = old.replace(b"return text", b"return None")
    assert len(new) == len(old), "of the same size and time, as Python compares them"
    for content, expected in ((new, "None"), (old, "x")):
        with trees.laid_out(wheel, {made.ADAPTER: content}) as tree:
            code = "from litellm.adapter import translate; print(translate({'type': '', 'text': 'x'}))"
            variables = trees.importing(tree)
            told = subprocess.run([sys.executable, "-c", code], env=variables, capture_output=True, check=True)
        assert told.stdout.decode().strip() == expected


def test_where_there_are_no_hard_links_files_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(trees.os, "link", refuse)
    with trees.laid_out(made.wheel(tmp_path)) as tree:
        assert (tree / made.ADAPTER).read_bytes() == made.FILES[made.ADAPTER]
