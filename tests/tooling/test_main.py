"""A user's mistake is one clear line and exit status 2, whichever verb it is made with."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from werkzeug import Request, Response

from scripts import errors
from scripts.__main__ import VERBS, main
from scripts.errors import EngineError
from scripts.paths import ROOT
from scripts.releases import upstream
from scripts.wings import ENGINE
from tests.tooling.releases.simple_index import SimpleIndex


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["wheel", "1.82.7"], "LiteLLM 1.82.7 is refused: attackers uploaded it"),
        (["wheel", "1.83.0", "1.82.8"], "LiteLLM 1.82.8 is refused: attackers uploaded it"),
        (["wheel", "v1.82.7.0"], "LiteLLM 1.82.7.0 is refused"),
        (["tests", "1.82.8"], "is refused"),
        (["tests", "1.82.7", "--unpatched"], "is refused"),
        (["verdicts", "1.82.8"], "is refused"),
        (["wheel", "1.80.0"], "it is too old. Name a stable release from 1.82.1 on."),
        (["wheel", "1.83.0rc1"], "only stable upstream releases are"),
        (["wheel", "1.83.0+thinking.1"], "only stable upstream releases are"),
        (["wheel", "1.82.99"], "upstream.lock has no such release"),
        (["wheel", "99.0.0"], "add new releases with `nox -s lock -- --update`"),
        (["wheel", "1.99.4", "--platform", "win32"], "LiteLLM of any release has no wheel for win32"),
        (["wheel", "newest"], "'newest' names no release: it is not a version number."),
        (["tests", "1.83.x"], "'1.83.x' names no release"),
        (
            ["wheel", "1.99.4", "--platform", "plan9"],
            "has no wheel for plan9: upstream published wheels",
        ),
        (["verdicts", ""], "'' selects no releases: it is empty"),
        (["verdicts", ">=9"], "'>=9' selects no releases: no supported release fits it"),
        (["verdicts", "==1.82.7"], "LiteLLM 1.82.7 is refused"),
        (["wheel", "1.83.0", "--platform", "plan9"], "LiteLLM of any release has no wheel for plan9"),
        (["tests", "tool-lop/messages-moonshot"], "Perhaps tool-loop/messages-moonshot is meant."),
        (["tests", "1.83.0", "x/y"], "'x/y' names no case: the suite has none with this id."),
        (["verdicts", ">=x"], "it is not a PEP 440 specifier"),
        (["matrix", "--releases", ""], "'' selects no releases: it is empty"),
        (["matrix", "--releases", "1.82.7"], "LiteLLM 1.82.7 is refused"),
        (["matrix", "--releases", "1.83.0,9.9.9"], "LiteLLM 9.9.9 is not supported: upstream.lock has no such release"),
        (["matrix", "--releases", "1.83.0", "--shard", "2/2"], "'2/2' is no shard: there are no more releases than 1"),
        (["matrix", "--shards", "0"], "'0' is no shard: there has to be one at least"),
        (["matrix", "--merge", "nowhere"], "nowhere cannot be used: it cannot be read"),
        (["matrix", "--releases", "1.83.0", "--against", "pyproject.toml"], "pyproject.toml cannot be used: line 1"),
    ],
)
def test_a_bad_request_is_one_line(words: list[str], expected: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith("error: ")
    assert expected in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("words", [["wheel", "--colour"], ["fly"], [], ["lock", "extra"]])
def test_an_unknown_argument_is_exit_status_2(words: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 2


@pytest.mark.parametrize("verb", VERBS)
def test_help_names_the_session(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([verb, "--help"])
    assert caught.value.code == 0
    assert f"usage: nox -s {verb} --" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("verb", "wings"), [([], set()), (["lock"], {"releases"}), (["wheel"], {"releases", "patching"})]
)
def test_only_what_the_verb_needs_is_imported(verb: list[str], wings: set[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "scripts", *verb, "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert {name.split(".")[1] for name in imported if name.startswith("scripts.")} & {*ENGINE.wings, "lint"} == wings


def test_every_error_is_drawn_in_the_tree() -> None:
    kinds = {
        kind.__name__ for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, EngineError)
    }
    drawn = {line.split()[0] for line in (errors.__doc__ or "").split("\n\n")[-1].splitlines()}
    assert kinds == drawn


def test_an_edited_lock_stops_every_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    text = upstream.LOCK.read_text()
    first = upstream.load().first.files[0].sha256
    edited = tmp_path / "upstream.lock"
    edited.write_text(text.replace(first, "0" * 64))
    monkeypatch.setattr(upstream.load, "__defaults__", (edited,))
    assert main(["wheel", "1.83.0"]) == 2
    assert "upstream.lock cannot be used: it was changed by hand" in capfd.readouterr().err


def test_a_kill_is_as_clean_as_an_interrupt(simple: SimpleIndex) -> None:
    asked, over = threading.Event(), threading.Event()

    def hang(request: Request, content: bytes) -> Response:
        asked.set()
        over.wait(60)
        return Response("", 503)

    simple.fail("page", hang)
    command = [sys.executable, "-m", "scripts", "wheel", "1.83.0"]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    assert asked.wait(60)
    process.send_signal(signal.SIGTERM)
    over.set()
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.splitlines()[-1].startswith("interrupted: nothing half-made was left")
    assert "Traceback" not in err
