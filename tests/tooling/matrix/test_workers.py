"""The processes that play: asked, reused, given up, and ended."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import pytest

from scripts.errors import CommandFailed
from scripts.matrix import workers
from scripts.matrix.workers import Workers

CASE = "tool-loop/messages-moonshot"
# Plays as the tree says: its name is the exit status of the process, or what the worker does instead.
WORKER = """
import gzip, json, os, pathlib, sys, time
for line in sys.stdin:
    job = json.loads(line)
    name = pathlib.Path(job["tree"]).name
    if name == "die":
        sys.exit(3)
    if name == "hang":
        time.sleep(60)
    with gzip.open(job["report"], "wt") as report:
        report.write(json.dumps({"case": job["cases"][0], "worker": os.getpid()}) + chr(10))
    pathlib.Path(job["read"]).write_text("import\\tlitellm/main.py\\ngrid\\tlitellm/cost.py")
    print(json.dumps({"status": int(name), "memory": 7}), flush=True)
"""


@pytest.fixture
def played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workers:
    """Workers whose Python runs what is above, whatever it is told to."""
    (tmp_path / "worker.py").write_text(WORKER)
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\nexec {sys.executable} {tmp_path}/worker.py\n")
    python.chmod(0o755)
    monkeypatch.setattr(workers, "BUILD", tmp_path / "build")
    monkeypatch.setattr(workers, "ROOT", tmp_path)
    monkeypatch.setattr(workers, "LOGS", tmp_path / "build/logs")
    return Workers(python)


pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-in for a worker is a shell script")


def test_a_worker_is_used_again(played: Workers) -> None:
    runs = [played.play("one", Path("0"), [CASE]) for _ in range(2)]
    assert runs[0].played == runs[1].played
    assert runs[0].read == [("import", "litellm/main.py"), ("grid", "litellm/cost.py")]
    assert played.memory == 7
    played.close()


def test_a_tree_that_cannot_be_played_has_errors_and_the_next_one_goes_on(played: Workers) -> None:
    run = played.play("1.83.0-patched", Path("9"), [CASE])
    (error,) = run.played
    assert not run.read, "of such a tree nothing is known"
    assert error["outcome"] == "errored"
    assert error["reason"] == "playing it ended with exit status 9; build/logs/1.83.0-patched.log has what it printed"
    assert played.play("next", Path("0"), [CASE]).played[0]["case"] == CASE
    played.close()


def test_a_worker_that_ends_is_an_error_and_is_replaced(played: Workers) -> None:
    with pytest.raises(CommandFailed, match=r"it ended, or took more than"):
        played.play("one", Path("die"), [CASE])
    assert played.play("next", Path("0"), [CASE]).played[0]["case"] == CASE
    played.close()


def test_a_worker_that_takes_too_long_is_given_up(played: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "LIMIT", 0.5)
    with pytest.raises(CommandFailed, match=r"took more than"):
        played.play("one", Path("hang"), [CASE])


def test_closing_ends_what_is_being_played_and_starts_nothing_more(played: Workers) -> None:
    raised: list[CommandFailed] = []

    def play() -> None:
        try:
            played.play("one", Path("hang"), [CASE])
        except CommandFailed as error:
            raised.append(error)

    thread = threading.Thread(target=play)
    thread.start()
    while not played._all:
        pass
    played.close()
    thread.join(10)
    assert len(raised) == 1
    with pytest.raises(CommandFailed, match="it was interrupted"):
        played.play("two", Path("0"), [CASE])
