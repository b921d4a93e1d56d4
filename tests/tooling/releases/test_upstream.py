"""scripts.releases.upstream: the lock as a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from packaging.version import Version

from scripts.errors import BadLock
from scripts.releases import upstream
from scripts.releases.upstream import File, Lock, Release

WHEEL = File("litellm-1.83.0-py3-none-any.whl", "a" * 64)
SOURCE = File("litellm-1.83.0.tar.gz", "b" * 64, 1234)
RELEASE = Release(Version("1.83.0"), ">=3.9, <4", "experimental_pass_through", (WHEEL, SOURCE))
LOCK = Lock((RELEASE,), (("1.82.7", 'it "steals" \\ things'),))


def written(folder: Path, text: str) -> Path:
    path = folder / "upstream.lock"
    path.write_text(text, encoding="utf-8")
    return path


def test_what_was_written_is_read(tmp_path: Path) -> None:
    assert upstream.load(written(tmp_path, upstream.dumps(LOCK))) == LOCK


def test_the_same_lock_gives_the_same_text() -> None:
    assert upstream.dumps(LOCK) == upstream.dumps(Lock((RELEASE,), LOCK.denied))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a" * 64, "c" * 64),
        ("size = 1234", "size = 1235"),
        (", size = 1234", ""),
        ("1.83.0.tar.gz", "1.83.0.zip"),
        ('release = "1.83.0"', 'release = "1.83.1"'),
        (">=3.9, <4", ">=3.9"),
        ("experimental_pass_through", "messages"),
        ("steals", "gives"),
        ('digest = "sha256:', 'digest = "sha256:0'),
    ],
)
def test_a_change_by_hand_is_refused(tmp_path: Path, old: str, new: str) -> None:
    text = upstream.dumps(LOCK)
    assert text.count(old) == 1
    with pytest.raises(BadLock, match="changed by hand"):
        upstream.load(written(tmp_path, text.replace(old, new)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("digest = ", "fingerprint = "),
        ("[[denied]]", "[[denied]"),
        ("size = 1234", 'size = "many"'),
        ("size = 1234", "size = true"),
        (f'sha256 = "{"a" * 64}"', "sha256 = 12"),
        ('release = "1.83.0"', 'release = "newest"'),
        ('release = "1.82.7"', 'release = "the bad one"'),
        ("[[release]]", "[[other]]"),
    ],
)
def test_what_is_no_lock_is_refused(tmp_path: Path, old: str, new: str) -> None:
    text = upstream.dumps(LOCK)
    assert text.count(old) == 1
    with pytest.raises(BadLock, match="not what the tool wrote") as error:
        upstream.load(written(tmp_path, text.replace(old, new)))
    assert "\n" not in str(error.value)


def test_a_lock_without_releases_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadLock, match="names no release"):
        upstream.load(written(tmp_path, 'digest = ""\nrelease = []\ndenied = []\n'))


def test_a_lock_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadLock, match="cannot be read"):
        upstream.load(tmp_path / "upstream.lock")


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "upstream.lock"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(BadLock):
        upstream.load(path)


def test_wheels_are_told_from_sources() -> None:
    assert RELEASE.wheels == [WHEEL]
    assert {str(tag) for tag in WHEEL.tags} == {"py3-none-any"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("litellm-1.83.0-py3-none-any.whl", "1.83.0"),
        ("litellm-1.99.4-cp310-abi3-win_amd64.whl", "1.99.4"),
        ("litellm-1.83.0.tar.gz", "1.83.0"),
        ("litellm-1.83.0rc1.tar.gz", "1.83.0rc1"),
    ],
)
def test_a_file_name_tells_the_release(name: str, expected: str) -> None:
    assert File(name, "").release == Version(expected)


@pytest.mark.parametrize(
    "name", ["litellm_proxy-1.83.0-py3-none-any.whl", "litellm-1.83.0.exe", "litellm-x.tar.gz", "litellm.whl", ""]
)
def test_another_file_name_tells_none(name: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        File(name, "").release
