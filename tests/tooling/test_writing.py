"""What is written appears whole or not at all."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from scripts.errors import CannotWrite
from scripts.writing import room, whole, write_text


def write_half(target: Path, error: BaseException) -> None:
    with whole(target) as temporary:
        temporary.write_text("half")
        raise error


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "deep/file"
    with whole(target) as temporary:
        temporary.write_text("half")
        assert not target.exists()
    assert target.read_text() == "half"
    assert [path.name for path in target.parent.iterdir()] == ["file"]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("no")], ids=["interrupt", "mistake"])
def test_nothing_stays_of_a_file_that_was_not_finished(error: BaseException, tmp_path: Path) -> None:
    target = tmp_path / "file"
    write_text(target, "before")
    with pytest.raises(type(error)):
        write_half(target, error)
    assert target.read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match="the disk is full"):
        write_half(tmp_path / "file", OSError(errno.ENOSPC, "No space left on device"))
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_is_no_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "build").write_text("a file")
    with pytest.raises(CannotWrite, match="could not be written"), whole(tmp_path / "build/file"):
        pytest.fail("there is no such folder")
    with pytest.raises(CannotWrite, match="could not be written"), room("tree", tmp_path / "build"):
        pytest.fail("there is no such folder")


def test_a_room_is_gone_afterwards(tmp_path: Path) -> None:
    with room("tree", tmp_path / "build") as first, room("tree", tmp_path / "build") as second:
        assert first != second
        (first / "file").write_text("")
    assert list((tmp_path / "build").iterdir()) == []
