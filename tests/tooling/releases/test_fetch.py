"""scripts.releases.fetch: what an index can do wrong, and what the cache keeps."""

from __future__ import annotations

import errno
import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import pytest
import requests
from pytest_httpserver import HTTPServer
from rich.console import Console
from werkzeug import Request, Response

from scripts.errors import CannotFetch, CannotWrite, EngineError, NotCached, WrongFile
from scripts.paths import ROOT
from scripts.releases import fetch, index
from scripts.releases.upstream import File
from tests.tooling.releases.simple_index import Answer, Held, SimpleIndex, cut, status, unsatisfiable, without_range

NAME = "litellm-1.83.0-py3-none-any.whl"
OTHER = "litellm-1.83.0.tar.gz"
CONTENT = bytes(range(256)) * 2048
WRONG = b"x" * len(CONTENT)


@pytest.fixture
def file(simple: SimpleIndex) -> File:
    """A file of half a megabyte on the index."""
    return simple.add(NAME, CONTENT)


def part(cache: Path, file: File) -> Path:
    return cache / file.sha256 / f"{file.name}.part"


def begin(cache: Path, file: File, content: bytes) -> Path:
    """Leave an unfinished download behind."""
    path = part(cache, file)
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return path


def kept(cache: Path) -> list[str]:
    """What the cache has, but for the locks."""
    return sorted(path.name for path in cache.rglob("*") if path.is_file() and path.suffix != ".lock")


def message(error: pytest.ExceptionInfo[EngineError]) -> str:
    text = str(error.value)
    assert "\n" not in text
    return text


def test_a_file_is_fetched_into_a_folder_of_its_hash(file: File, cache: Path) -> None:
    path = fetch.fetch(file)
    assert path == cache / hashlib.sha256(CONTENT).hexdigest() / NAME
    assert path.read_bytes() == CONTENT
    assert kept(cache) == [NAME]


def test_a_cache_in_an_unknown_home_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITELLM_THINKING_CACHE", "~nobody-of-this-name/cache")
    with pytest.raises(CannotWrite, match="The cache ~nobody-of-this-name/cache could not be written"):
        fetch.cache_folder()


def test_several_files_come_in_the_order_that_was_asked_for(file: File, simple: SimpleIndex) -> None:
    other = simple.add(OTHER, b"source")
    assert [path.name for path in fetch.fetch_all([other, file, other], jobs=2)] == [OTHER, NAME, OTHER]
    assert simple.ranges(OTHER) == [None]


def test_a_cached_file_needs_no_index(file: File, simple: SimpleIndex) -> None:
    first = fetch.fetch(file)
    simple.log.clear()
    assert fetch.fetch(file) == first
    assert simple.log == []


def test_a_damaged_cached_file_is_fetched_again(file: File, simple: SimpleIndex) -> None:
    path = fetch.fetch(file)
    path.write_bytes(WRONG)
    assert fetch.fetch(file).read_bytes() == CONTENT
    assert simple.ranges(NAME) == [None, None]


def test_a_damaged_cached_file_is_not_handed_out_when_the_index_is_away(
    file: File, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch.fetch(file).write_bytes(WRONG)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:1/simple")
    with pytest.raises(CannotFetch):
        fetch.fetch(file)
    assert kept(cache) == []


def test_an_altered_file_is_refused(simple: SimpleIndex, cache: Path) -> None:
    file = simple.add(NAME, CONTENT, served=WRONG)
    with pytest.raises(WrongFile) as error:
        fetch.fetch(file)
    assert file.sha256 in message(error)
    assert hashlib.sha256(WRONG).hexdigest() in message(error)
    assert kept(cache) == []


def test_a_truncated_file_is_refused(simple: SimpleIndex, cache: Path) -> None:
    file = simple.add(NAME, CONTENT, served=CONTENT[:-1])
    with pytest.raises(WrongFile, match=NAME):
        fetch.fetch(file)
    assert kept(cache) == []


def test_a_size_that_the_lock_has_is_compared(file: File, cache: Path) -> None:
    with pytest.raises(WrongFile) as error:
        fetch.fetch(File(NAME, file.sha256, 7))
    assert f"expected 7 bytes, found {len(CONTENT)}" in message(error)
    assert kept(cache) == []


def test_a_lock_with_a_wrong_hash_is_told_without_fetching(file: File, simple: SimpleIndex, cache: Path) -> None:
    wrong = File(NAME, "0" * 64)
    with pytest.raises(WrongFile) as error:
        fetch.fetch(wrong)
    assert file.sha256 in message(error)
    assert simple.ranges(NAME) == []
    assert kept(cache) == []


def test_an_index_without_hashes_is_as_good(simple: SimpleIndex) -> None:
    file = simple.add(NAME, CONTENT, hashed=False)
    assert fetch.fetch(file).read_bytes() == CONTENT


def test_a_broken_connection_is_taken_up_where_it_broke(file: File, simple: SimpleIndex) -> None:
    simple.fail(NAME, cut(200_000), cut(100_000))
    assert fetch.fetch(file).read_bytes() == CONTENT
    ranges = simple.ranges(NAME)
    assert ranges[0] is None
    # What had not been written when the connection broke is asked for again.
    starts = [int(str(header).removeprefix("bytes=").removesuffix("-")) for header in ranges[1:]]
    assert 0 < starts[0] <= 200_000
    assert starts[0] < starts[1] <= 300_000


def test_a_connection_that_always_breaks_is_told_and_leaves_what_there_is(
    file: File, simple: SimpleIndex, cache: Path
) -> None:
    simple.fail(NAME, *[cut(70_000)] * (fetch.BREAKS + 1))
    with pytest.raises(CannotFetch, match="broke the connection off"):
        fetch.fetch(file)
    assert kept(cache) == [f"{NAME}.part"]
    assert CONTENT.startswith(part(cache, file).read_bytes())


@pytest.mark.parametrize("code", [500, 502, 503])
def test_a_passing_error_is_tried_again(file: File, simple: SimpleIndex, code: int) -> None:
    simple.fail("page", status(code))
    simple.fail(NAME, status(code), status(code))
    assert fetch.fetch(file).read_bytes() == CONTENT
    assert len(simple.ranges(NAME)) == 3


def test_an_error_that_stays_is_told(
    file: File, simple: SimpleIndex, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_RETRIES", "1")
    simple.fail(NAME, *[status(503)] * 2)
    with pytest.raises(CannotFetch) as error:
        fetch.fetch(file)
    assert "127.0.0.1 answered 503" in message(error)
    assert len(simple.ranges(NAME)) == 2
    assert kept(cache) == []


def test_an_unfinished_download_is_continued(file: File, simple: SimpleIndex, cache: Path) -> None:
    begin(cache, file, CONTENT[:1000])
    assert fetch.fetch(file).read_bytes() == CONTENT
    assert simple.ranges(NAME) == ["bytes=1000-"]
    assert kept(cache) == [NAME]


@pytest.mark.parametrize(
    ("answers", "asked"),
    [([without_range], ["bytes=1000-"]), ([unsatisfiable], ["bytes=1000-", None])],
    ids=["no ranges", "416"],
)
def test_a_server_that_cannot_continue_means_from_the_start(
    file: File, simple: SimpleIndex, cache: Path, answers: list[Answer], asked: list[str | None]
) -> None:
    begin(cache, file, CONTENT[:1000])
    simple.fail(NAME, *answers)
    assert fetch.fetch(file).read_bytes() == CONTENT
    assert simple.ranges(NAME) == asked


def test_a_continued_file_that_is_wrong_is_fetched_once_more_from_the_start(
    file: File, simple: SimpleIndex, cache: Path
) -> None:
    begin(cache, file, WRONG[:1000])
    assert fetch.fetch(file).read_bytes() == CONTENT
    assert simple.ranges(NAME) == ["bytes=1000-", None]


def test_a_continued_file_that_stays_wrong_is_refused(simple: SimpleIndex, cache: Path) -> None:
    file = simple.add(NAME, CONTENT, served=WRONG)
    begin(cache, file, CONTENT[:1000])
    with pytest.raises(WrongFile):
        fetch.fetch(file)
    assert simple.ranges(NAME) == ["bytes=1000-", None]
    assert kept(cache) == []


def test_a_finished_download_that_was_never_put_in_place_is_used(file: File, simple: SimpleIndex, cache: Path) -> None:
    """The server answers 416 to a range behind the end."""
    begin(cache, file, CONTENT)
    assert fetch.fetch(file).read_bytes() == CONTENT
    assert simple.ranges(NAME)[0] == f"bytes={len(CONTENT)}-"


def test_without_a_network_the_error_says_so(
    file: File, cache: Path, server: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://somebody:secret@127.0.0.1:1/simple")
    with pytest.raises(CannotFetch) as error:
        fetch.fetch(file)
    assert "there is no connection to 127.0.0.1" in message(error)
    assert "secret" not in message(error)
    assert kept(cache) == []


def test_without_an_index_only_the_cache_helps(file: File, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(NotCached) as error:
        fetch.fetch(file)
    folder = cache / file.sha256
    assert str(folder) in message(error)
    (folder / NAME).write_bytes(CONTENT)
    assert fetch.fetch(file) == folder / NAME


def test_a_file_that_the_index_does_not_have_is_told(simple: SimpleIndex) -> None:
    with pytest.raises(CannotFetch, match="the package index does not have it"):
        fetch.fetch(File(NAME, "0" * 64))


def test_a_full_disk_leaves_nothing_behind(file: File, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: Callable[..., BinaryIO] = Path.open

    def full(self: Path, mode: str = "r", *arguments: Any) -> Any:
        stream = opened(self, mode, *arguments)
        return _Full(stream) if self.suffix == ".part" and mode == "wb" else stream

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(CannotWrite) as error:
        fetch.fetch(file)
    assert os.strerror(errno.ENOSPC) in message(error)
    assert kept(cache) == []


class _Full:
    """A file on a disk with room for one chunk."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream, self.written = stream, False

    def __enter__(self) -> _Full:
        return self

    def __exit__(self, *_: object) -> None:
        self.stream.close()

    def write(self, chunk: bytes) -> int:
        if self.written:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.written = True
        return self.stream.write(chunk)


def test_a_cache_that_cannot_be_made_is_told(file: File, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a-file").write_text("")
    monkeypatch.setenv("LITELLM_THINKING_CACHE", str(tmp_path / "a-file"))
    with pytest.raises(CannotWrite, match="a-file"):
        fetch.fetch(file)


def test_one_wrong_file_does_not_spoil_the_others(file: File, simple: SimpleIndex, cache: Path) -> None:
    wrong = simple.add(OTHER, b"source", served=b"wrong")
    with pytest.raises(WrongFile, match=OTHER):
        fetch.fetch_all([file, wrong], jobs=1)
    assert kept(cache) == [NAME]


def test_after_one_wrong_file_the_rest_is_given_up_and_can_be_continued(
    file: File, simple: SimpleIndex, cache: Path
) -> None:
    wrong = simple.add(OTHER, b"source", served=b"wrong")
    held = Held(100_000)
    simple.fail(NAME, held)
    simple.fail(OTHER, once_begun(part(cache, file), held))
    with pytest.raises(WrongFile, match=OTHER):
        fetch.fetch_all([file, wrong], jobs=2)
    assert kept(cache) == [f"{NAME}.part"]


def once_begun(path: Path, held: Held) -> Answer:
    """Answer when the other download has begun, and let that one go on soon after."""

    def answer(request: Request, content: bytes) -> Response:
        wait_for(lambda: path.exists() and path.stat().st_size > 0)
        threading.Timer(0.5, held.release.set).start()
        return without_range(request, content)

    return answer


# A shell that starts something in the background lets it ignore the interrupt, and so do all its children.
CHILD = """
import signal, sys
from scripts.releases import fetch, upstream
signal.signal(signal.SIGINT, signal.default_int_handler)
try:
    print(fetch.fetch(upstream.File(*sys.argv[1:])))
except KeyboardInterrupt:
    sys.exit(130)
"""


def start(file: File) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CHILD, file.name, file.sha256]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "it did not happen within 20 s"
        time.sleep(0.01)


def test_two_processes_at_once_fetch_it_once(file: File, simple: SimpleIndex) -> None:
    held = Held(100_000)
    simple.fail(NAME, held)
    children = [start(file), start(file)]
    wait_for(lambda: len([path for path, _ in simple.log if path.startswith("/files/")]) == 1)
    time.sleep(1)  # time for the second one to come to the lock
    held.release.set()
    for child in children:
        out, err = child.communicate(timeout=30)
        assert child.returncode == 0, err
        assert Path(out.strip()).read_bytes() == CONTENT
    assert simple.ranges(NAME) == [None]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals to send to a child")
@pytest.mark.parametrize(("sent", "expected"), [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGINT, 130)])
def test_an_interrupted_download_is_continued(
    file: File, simple: SimpleIndex, cache: Path, sent: signal.Signals, expected: int
) -> None:
    held = Held(200_000)
    simple.fail(NAME, held)
    child = start(file)
    wait_for(lambda: part(cache, file).exists() and part(cache, file).stat().st_size > 0)
    child.send_signal(sent)
    if sent == signal.SIGINT:
        time.sleep(0.3)  # the interrupt is noticed while no data comes; the next chunk ends it
        held.release.set()
    _, err = child.communicate(timeout=30)
    held.release.set()
    assert child.returncode == expected, err
    assert kept(cache) == [f"{NAME}.part"]
    done = part(cache, file).stat().st_size
    assert fetch.fetch(file).read_bytes() == CONTENT
    assert simple.ranges(NAME) == [None, f"bytes={done}-"]


def test_the_cache_folder_is_where_the_variable_says(cache: Path) -> None:
    assert fetch.cache_folder() == cache


def test_the_cache_folder_is_in_the_users_home_otherwise(unconfigured: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LITELLM_THINKING_CACHE", raising=False)
    assert fetch.cache_folder().is_relative_to(unconfigured)


def test_each_fetched_file_is_told_where_there_is_no_terminal(file: File, capsys: pytest.CaptureFixture[str]) -> None:
    fetch.fetch(file)
    fetch.fetch(file)
    told = capsys.readouterr()
    assert told.err == f"Fetched {NAME}\n"
    assert told.out == ""


def test_a_terminal_shows_the_progress(
    file: File, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(fetch, "Console", partial(Console, force_terminal=True, width=150))
    fetch.fetch(file)
    told = capsys.readouterr()
    assert NAME in told.err
    assert "Fetched" not in told.err
    assert told.out == ""


def test_a_terminal_that_cannot_go_back_is_told_as_none(
    file: File, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setattr(fetch, "Console", partial(Console, force_terminal=True, width=150))
    fetch.fetch(file)
    assert capsys.readouterr().err == f"Fetched {NAME}\n"


def test_a_reason_never_carries_the_address() -> None:
    error = requests.ConnectionError("https://me:secret@mirror.example.invalid/simple refused")
    told = index.reason(error, "https://me:secret@mirror.example.invalid/simple")
    assert told == "there is no connection to mirror.example.invalid"
