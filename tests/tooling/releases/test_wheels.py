"""A bad wheel is refused before anything is read from it, and packing changes what it should and no more."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from scripts.errors import BadWheel
from scripts.releases import wheels
from tests.tooling import made


def refusal(path: Path) -> str:
    with pytest.raises(BadWheel) as caught, wheels.opened(path):
        pytest.fail("it was opened")
    return str(caught.value)


def test_a_good_wheel_opens(tmp_path: Path) -> None:
    with wheels.opened(made.wheel(tmp_path)) as wheel:
        assert set(wheel.names) == {*made.FILES, made.RECORD}
        assert wheel.read(made.ADAPTER) == made.FILES[made.ADAPTER]
        with pytest.raises(KeyError):
            wheel.read("litellm/absent.py")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("litellm_init.pth", "carries 'litellm_init.pth', which Python would run at every start"),
        ("litellm-1.83.0.data/purelib/x.PTH", "which Python would run at every start"),
        ("../evil.py", "the path '../evil.py' leads out of it"),
        ("litellm/../../evil.py", "leads out of it"),
        ("/etc/evil", "leads out of it"),
        ("litellm\\..\\..\\evil.py", "leads out of it"),
        ("C:/evil.py", "leads out of it"),
    ],
)
def test_a_dangerous_entry_is_refused(tmp_path: Path, name: str, expected: str) -> None:
    assert expected in refusal(made.wheel(tmp_path, {**made.FILES, name: b"import os"}))


def test_two_dots_within_a_name_are_harmless(tmp_path: Path) -> None:
    # LiteLLM's user interface has files such as 00rvson..zjub.js from 1.86.7 on.
    with wheels.opened(made.wheel(tmp_path, {**made.FILES, "litellm/00rvson..zjub.js": b""})) as wheel:
        assert "litellm/00rvson..zjub.js" in wheel.names


def test_a_symbolic_link_is_refused(tmp_path: Path) -> None:
    path = made.wheel(tmp_path, {**made.FILES, "litellm/link": b"/etc/passwd"}, links=["litellm/link"])
    assert "'litellm/link' is a symbolic link" in refusal(path)


def test_an_entry_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    path = made.wheel(tmp_path)
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(made.ADAPTER, made.FILES[made.ADAPTER])
    assert "carries 'litellm/adapter.py' twice" in refusal(path)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (made.true_record({**made.FILES, made.ADAPTER: b"something else"}), "disagrees with its RECORD"),
        (made.true_record({k: v for k, v in made.FILES.items() if k != made.ADAPTER}), "disagrees with its RECORD"),
        (
            made.true_record({**made.FILES, "litellm/gone.py": b""}),
            "'litellm/gone.py' is in RECORD but not in the wheel",
        ),
        (made.true_record(made.FILES).replace("sha256=", "md5="), "Weak hash algorithm"),
        (made.true_record(made.FILES).replace(",sha256=", ","), "it is not a whole wheel"),
    ],
    ids=["other-hash", "unlisted-file", "missing-file", "weak-hash", "no-algorithm"],
)
def test_a_wrong_record_is_refused(tmp_path: Path, record: str, expected: str) -> None:
    assert expected in refusal(made.wheel(tmp_path, record=record))


def test_a_file_without_a_hash_in_record_is_refused(tmp_path: Path) -> None:
    rows = made.true_record(made.FILES).splitlines()
    bare = [f"{made.ADAPTER},," if row.startswith(made.ADAPTER) else row for row in rows]
    assert made.ADAPTER in refusal(made.wheel(tmp_path, record="\n".join(bare) + "\n"))


def test_a_truncated_wheel_is_refused(tmp_path: Path) -> None:
    path = made.wheel(tmp_path)
    path.write_bytes(path.read_bytes()[:-40])
    assert "it is not a whole wheel" in refusal(path)


def test_a_damaged_entry_is_refused(tmp_path: Path) -> None:
    path = made.wheel(tmp_path)
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        start = archive.getinfo(made.ADAPTER).header_offset
    data[start + 60] ^= 0xFF
    path.write_bytes(data)
    assert "disagrees with its RECORD" in refusal(path)
