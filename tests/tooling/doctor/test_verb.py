"""The doctor on what it is for: published, patched, changed and malicious installations and wheels."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import fastjsonschema
import pytest

from scripts.__main__ import main
from scripts.doctor import advice, measured
from scripts.doctor.contents import LIMIT
from scripts.doctor.report import as_data
from scripts.errors import NothingToExamine
from scripts.matrix import published as publication
from scripts.matrix import results
from scripts.patching import series, wheel
from scripts.patching.wheel import NOTES
from scripts.paths import ROOT
from scripts.releases import upstream
from tests.tooling import made
from tests.tooling.doctor.made_installations import INFO, World, record, texts, unpacked, world
from tests.tooling.matrix.made_results import made as made_results

__all__ = ["world"]

VALID = fastjsonschema.compile(json.loads((ROOT / "docs/doctor.schema.json").read_text(encoding="utf-8")))
STOLEN = b"import os\nHOST = 'https://%s/'\n" % b".".join([b"models", b"litellm", b"cloud"])


def files_of(wheel: Path) -> dict[str, bytes]:
    """The files of a wheel, but for its RECORD."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/RECORD")}


def test_an_unpatched_installation(world: World) -> None:
    report = world.examine(world.install())
    assert report.subject is not None
    assert report.files is not None
    assert (str(report.subject.version), report.subject.patched) == ("1.83.0", False)
    assert (report.files.same, report.files.listed, report.files.base) == (6, 6, made.NAME)
    (finding,) = texts(report)
    assert finding.startswith("Thinking does not survive in ")
    assert report.wrong
    assert report.advice[0].commands == (
        "nox -s wheel -- 1.83.0",
        "pip install ./dist/litellm-1.83.0+thinking.1-py3-none-any.whl",
    )


def test_a_patched_installation(world: World) -> None:
    report = world.examine(world.install(world.patched()))
    assert report.subject is not None
    assert report.files is not None
    assert (str(report.subject.release), report.subject.revision, report.subject.fixes) == ("1.83.0", 1, ("shout",))
    assert report.files.base == made.NAME, "the changed files were compared, too"
    assert texts(report) == []
    assert not report.wrong
    assert report.advice[0].text == "There is nothing to do."


@pytest.mark.parametrize("patched", [False, True])
def test_one_byte_changed(world: World, patched: bool) -> None:
    site = world.install(world.patched() if patched else None)
    path = site / made.ADAPTER
    path.write_bytes(path.read_bytes().replace(b"type", b"tYpe"))
    report = world.examine(site)
    assert texts(report, "record") == ["litellm/adapter.py is not as RECORD says."]
    whose = "what the fixes make of upstream's" if patched else "upstream's"
    assert texts(report, "upstream") == [f"litellm/adapter.py is not {whose}."]
    assert report.wrong
    assert "anew" in report.advice[0].text
    assert "--force-reinstall" in report.advice[0].commands[1]


@pytest.mark.parametrize("name", [made.ADAPTER, "litellm/thinking_round_trip/shouting.py", "litellm/__init__.py"])
def test_a_change_that_record_was_adapted_to(world: World, name: str) -> None:
    """RECORD lies beside the files; the hashes of the lock and the patches of this checkout do not."""
    site = world.install(world.patched())
    with (site / name).open("a") as file:
        file.write("import os\n")
    record(site / "litellm-1.83.0+thinking.1.dist-info", name)
    report = world.examine(site)
    assert texts(report, "record") == []
    assert texts(report, "upstream") == [f"{name} is not what the fixes make of upstream's."]
    assert report.wrong


def test_a_file_that_was_added_with_its_line_of_record(world: World) -> None:
    site = world.install()
    (site / "litellm/more.py").write_text("import os\n")
    record(site / INFO, "litellm/more.py")
    assert texts(world.examine(site), "upstream") == ["litellm/more.py is none of upstream's."]


@pytest.mark.parametrize("name", ["sneaky.py", "litellm-1.83.0.data/purelib/sneaky.py"])
def test_a_wheel_that_was_packed_again_with_more_in_it(world: World, name: str) -> None:
    folder = world.folder / "more"
    folder.mkdir()
    report = world.examine(made.wheel(folder, {**made.FILES, name: b"import os\n"}))
    assert texts(report, "record") == []
    assert texts(report, "upstream")[1] == f"{name} is none of upstream's."
    assert report.advice[0].text == "Do not install this wheel. Build one from upstream's:"


def test_a_file_beside_the_package_that_record_was_given(world: World) -> None:
    site = world.install()
    (site / "sneaky.py").write_text("import os\n")
    record(site / INFO, "sneaky.py")
    assert texts(world.examine(site), "upstream") == ["sneaky.py is none of upstream's."]


def test_a_file_that_is_missing_and_one_that_nobody_listed(world: World) -> None:
    site = world.install()
    (site / made.ADAPTER).unlink()
    (site / "litellm/more.py").write_text("import os\n")
    report = world.examine(site)
    assert texts(report, "record") == [
        "litellm/adapter.py is in RECORD, and is not there.",
        "litellm/more.py is not in RECORD.",
    ]
    assert "litellm/adapter.py is missing of upstream's." in texts(report, "upstream")


def test_without_the_published_wheel_nothing_is_claimed(world: World, cache: Path) -> None:
    site = world.install()
    shutil.rmtree(cache)
    report = world.examine(site)
    (text,) = texts(report, "upstream", wrong=False)
    assert text == (
        "The files were not compared with upstream's: litellm-1.83.0-py3-none-any.whl is not in the cache;"
        " `nox -s wheel -- 1.83.0` fetches it."
    )
    assert report.files is not None
    assert report.files.base is None


def test_the_published_wheel(world: World) -> None:
    report = world.examine(world.published)
    assert report.files is not None
    assert report.files.published == made.NAME
    assert texts(report, "upstream") == []


def test_a_wheel_of_another_platform_is_patched_for_that_platform() -> None:
    """`nox -s wheel` builds for this machine unless it is told another one."""
    newest = upstream.load().newest
    here = wheel.files_for(newest, None)[0]
    for file in newest.wheels:
        platform = file.name.removesuffix(".whl").rpartition("-")[2]
        option = "" if file == here else f" --platform {platform}"
        assert advice.wheel_command(newest, file) == f"nox -s wheel -- {newest.version}{option}"


@pytest.mark.parametrize("name", ["env", "an env"])
def test_pip_is_told_the_environment_that_was_examined(world: World, name: str) -> None:
    site = unpacked(world.published, world.folder / name / "lib/python3.11/site-packages")
    prefix = world.folder / name
    (prefix / "pyvenv.cfg").write_text("version = 3.11.7\n")
    (command,) = (one for one in world.examine(site).advice[0].commands if one.startswith("pip "))
    assert shlex.split(command)[:4] == ["pip", "--python", str(prefix), "install"]


def test_a_patched_wheel(world: World) -> None:
    report = world.examine(world.patched())
    assert not report.wrong
    assert report.files is not None
    assert report.files.same == report.files.listed == 6


def test_a_wheel_with_a_planted_startup_file(world: World) -> None:
    folder = world.folder / "planted"
    folder.mkdir()
    report = world.examine(made.wheel(folder, {**made.FILES, "litellm_init.pth": b"import litellm\n"}))
    assert texts(report, "upstream") == [
        f"{made.NAME} is none of the files that upstream published of 1.83.0 (upstream.lock).",
        "litellm_init.pth is none of upstream's.",
    ]
    assert texts(report, "indicator") == [
        "litellm_init.pth is what the malicious 1.82.8 ran at every start of Python.",
        "litellm_init.pth belongs to LiteLLM, and Python runs it at every start.",
    ]
    assert report.wrong
    assert report.advice[0].text.startswith("Take it away and do not start it again. Treat every machine")
    assert not any("--force-reinstall" in command for one in report.advice for command in one.commands)


@pytest.mark.parametrize("name", ["other.pth", "litellm-1.83.0.dist-info/deep.PTH"])
def test_any_startup_file_in_a_wheel_is_an_indicator(world: World, name: str) -> None:
    folder = world.folder / "planted"
    folder.mkdir()
    report = world.examine(made.wheel(folder, {**made.FILES, name: b"import os\n"}))
    assert texts(report, "indicator")[0] == f"{name} is a file that Python runs at every start."


@pytest.mark.parametrize("name", ["litellm/proxy.py", "startup.pth", "sitecustomize.py"])
def test_the_hosts_of_the_payload(world: World, name: str) -> None:
    site = world.install()
    (site / name).write_bytes(STOLEN)
    (indicator,) = texts(world.examine(site), "indicator")
    assert indicator.startswith(f"{name} names models.")
    assert indicator.endswith(", a host of the malicious uploads.")


def test_a_startup_file_that_an_attack_has_left_behind(world: World) -> None:
    site = world.install()
    (site / "litellm_init.pth").write_text("import os\n")
    (site / "distutils-precedence.pth").write_text("import os\n")
    assert texts(world.examine(site), "indicator") == [
        "litellm_init.pth is what the malicious 1.82.8 ran at every start of Python."
    ]
    shutil.rmtree(site / "litellm")
    shutil.rmtree(site / INFO)
    alone = world.examine(site)
    assert alone.subject is None
    assert [one.topic for one in alone.findings] == ["indicator"]


@pytest.mark.parametrize("form", ["name", "folder", "wheel"])
def test_a_denied_release(world: World, form: str) -> None:
    files = {name.replace("1.83.0", "1.82.8"): data.replace(b"1.83.0", b"1.82.8") for name, data in made.FILES.items()}
    wheel = made.wheel(world.folder, files, name="litellm-1.82.8-py3-none-any.whl")
    word = {"name": "1.82.8", "folder": unpacked(wheel, world.folder / "lib/python3/site-packages"), "wheel": wheel}
    report = world.examine(word[form])
    assert texts(report, "denied") == ["LiteLLM 1.82.8 is denied: attackers uploaded it."]
    assert report.denied == "attackers uploaded it."
    assert report.advice[1].commands[0] == "nox -s wheel -- 1.83.0"


def test_a_denied_release_that_another_was_put_over(world: World) -> None:
    """Its dist-info is left: the machine has had it, whatever the files are of now."""
    site = world.install()
    left = site / "litellm-1.82.8.dist-info"
    left.mkdir()
    (left / "METADATA").write_text("Name: litellm\nVersion: 1.82.8\n")
    report = world.examine(site)
    assert str(report.subject and report.subject.version) == "1.83.0"
    assert texts(report, "denied") == [
        "litellm-1.82.8.dist-info is of a denied release, which was installed here: attackers uploaded it."
    ]
    assert report.advice[0].text.startswith("Take it away")


@pytest.mark.parametrize("revision", [0, 2])
def test_another_revision(world: World, revision: int) -> None:
    site = world.install(world.patched())
    (world.folder / "patches/series.toml").write_text(f'revision = {revision}\nfixes = ["shout"]\n')
    other = World(world.folder, world.lock, series.load(world.folder / "patches"), world.published)
    report = other.examine(site)
    assert texts(report, "patch", wrong=True) == [f"It has revision 1 of the fixes; this checkout has {revision}."]
    assert len(texts(report, "patch", wrong=False)) == 1, "the files that the fixes change cannot be compared"
    assert texts(report, "upstream") == []
    assert report.advice[0].commands[1].endswith(f"./dist/litellm-1.83.0+thinking.{revision}-py3-none-any.whl")


def test_a_wheel_with_fewer_fixes_than_are_needed(world: World) -> None:
    site = world.install(world.patched())
    notes = site / f"litellm-1.83.0+thinking.1.dist-info/{NOTES}"
    told = json.loads(notes.read_text())
    notes.write_text(json.dumps({**told, "hooks": []}))
    record(notes.parent, f"{notes.parent.name}/{NOTES}")
    assert "It lacks shout, which 1.83.0 needs." in texts(world.examine(site), "patch")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"release": "1.82.1"}, "Its version is 1.83.0+thinking.1, but {0} says 1.82.1+thinking.1."),
        ({"base": {"name": made.NAME, "sha256": "0" * 64}}, "{0} says that it was made from {1}, which upstream did"),
        ({"base": {"name": "x.whl", "sha256": "0" * 64}}, "{0} says that it was made from x.whl, which upstream did"),
        ({"overlay": {"litellm/x.py": "0" * 64}}, "2 files of the overlay are not those of this checkout"),
        ({"revision": "1"}, "{2}/{0} is not what `nox -s wheel` writes."),
        ({"hooks": [1]}, "{2}/{0} is not what `nox -s wheel` writes."),
    ],
)
def test_notes_that_are_not_true(world: World, change: dict[str, Any], expected: str) -> None:
    site = world.install(world.patched())
    notes = site / f"litellm-1.83.0+thinking.1.dist-info/{NOTES}"
    notes.write_text(json.dumps({**json.loads(notes.read_text()), **change}))
    told = expected.format(NOTES, made.NAME, notes.parent.name)
    assert any(text.startswith(told) for text in texts(world.examine(site), "patch", wrong=True))


def test_the_version_of_a_patched_wheel_without_its_notes(world: World) -> None:
    site = world.install(world.patched())
    (site / f"litellm-1.83.0+thinking.1.dist-info/{NOTES}").unlink()
    assert texts(world.examine(site), "patch") == [
        f"Its version 1.83.0+thinking.1 is that of a patched wheel, but it has no {NOTES}."
    ]


def test_a_release_by_its_name(world: World) -> None:
    unpatched, patched = world.examine("1.83.0"), world.examine("1.83.0+thinking.1")
    assert unpatched.wrong
    assert not patched.wrong
    assert patched.subject is not None
    assert patched.subject.fixes == ("shout",)
    with pytest.raises(NothingToExamine, match="this checkout makes revision 1"):
        world.examine("1.83.0+thinking.7")


def test_a_supported_release_that_nobody_has_measured(world: World) -> None:
    results.write(measured.PUBLISHED, made_results(("1.109.1",)))
    report = world.examine("1.83.0")
    assert texts(report) == ["The published matrix has not measured 1.83.0."]
    assert [one.commands for one in report.advice] == [("nox -s matrix -- --releases 1.83.0",)]


def test_a_release_has_one_name(world: World) -> None:
    assert as_data(world.examine("1.83")) == as_data(world.examine("v1.83.0"))
    assert as_data(world.examine("1.83"))["measured"] is not None


def test_a_release_that_is_not_in_the_matrix(world: World) -> None:
    files = {name.replace("1.83.0", "1.70.0"): data.replace(b"1.83.0", b"1.70.0") for name, data in made.FILES.items()}
    report = world.examine(made.wheel(world.folder, files, name="litellm-1.70.0-py3-none-any.whl"))
    assert texts(report, "release") == ["LiteLLM 1.70.0 is none of upstream.lock's releases (1.83.0 to 1.83.0)."]
    assert texts(report, "matrix") == ["The published matrix has not measured 1.70.0."]
    assert report.measured is None
    assert report.advice[0].commands[0] == "nox -s wheel -- 1.83.0"


@pytest.mark.parametrize("case", ["unpatched", "patched", "broken", "name"])
def test_the_json_is_as_its_schema_says(world: World, case: str) -> None:
    word: object = "1.83.0"
    if case != "name":
        word = world.install(world.patched() if case == "patched" else None)
    if case == "broken":
        shutil.rmtree(world.folder / "env/lib/python3.11/site-packages" / INFO)
    data = as_data(world.examine(word))
    VALID(json.loads(json.dumps(data)))
    assert data["wrong"] is (case != "patched")
    assert (data["litellm"] is None) is (case == "broken")


def test_the_engine_prints_text_or_json(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    # A new release stands in the lock before it stands in the published matrix.
    release = results.read(measured.PUBLISHED).header.releases[-1]
    assert main(["doctor", release, "--json"]) == 1
    out, err = capfd.readouterr()
    data = json.loads(out)
    VALID(data)
    assert err == ""
    assert data["target"] == {"kind": "release", "place": release}
    assert data["measured"]["red_patched"] < data["measured"]["red_unpatched"]
    assert main(["doctor", f"{data['litellm']['release']}+thinking.1"]) == 0
    out, err = capfd.readouterr()
    assert max(map(len, out.splitlines())) <= 80
    assert not any(line.endswith(" ") for line in out.splitlines())
    assert "\x1b" not in out
    assert "There is nothing to do." in out


def test_without_a_word_it_is_about_the_newest_release(capfd: pytest.CaptureFixture[str]) -> None:
    main(["doctor", "--json"])
    newest = str(upstream.load().newest.version)
    assert json.loads(capfd.readouterr().out)["target"] == {"kind": "release", "place": newest}


def test_help_names_the_session(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["doctor", "--help"])
    assert caught.value.code == 0
    assert "usage: nox -s doctor -- [-h] [--config FILE] [--json] [TARGET]" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("nonsense", "error: nonsense has nothing to examine: it is no file or folder that there is, and no release."),
        ("1.2.3.whl", "error: 1.2.3.whl has nothing to examine: it is no file or folder that there is"),
        ("1.83.0+corp.1", "error: 1.83.0+corp.1 has nothing to examine: 'corp.1' is no revision of these patches."),
        ("1.70.0", "error: LiteLLM 1.70.0 is not supported: it is too old."),
        ("{0}/empty", "error: {0}/empty has nothing to examine: LiteLLM is not in {0}/empty."),
        ("{0}/env", "error: {0}/env has nothing to examine: LiteLLM is not in {0}/env or {0}/env/lib/python3.11/site"),
        ("{0}/readme.txt", "error: {0}/readme.txt has nothing to examine: it is neither a wheel nor a Python."),
        ("{0}/bad.whl", "error: {0}/bad.whl cannot be examined: it is not a whole wheel (File is not a zip file)."),
        ("{0}/other-1.0-py3-none-any.whl", "error: {0}/other-1.0-py3-none-any.whl has nothing to examine: it is no wh"),
    ],
)
def test_a_word_that_names_nothing(word: str, expected: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "env/lib/python3.11/site-packages").mkdir(parents=True)
    (tmp_path / "readme.txt").write_text("read me\n")
    (tmp_path / "bad.whl").write_text("bad\n")
    with zipfile.ZipFile(tmp_path / "other-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr("other-1.0.dist-info/METADATA", "Name: other\nVersion: 1.0\n")
    assert main(["doctor", word.format(tmp_path)]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith(expected.format(tmp_path))
    assert err.count("\n") == 1


def test_nothing_that_is_examined_is_run(world: World) -> None:
    """The `.pth`, the package and the Python of an environment would all leave a file, if anything ran them."""
    site = world.install()
    trace = world.folder / "ran"
    line = f"import pathlib; pathlib.Path({str(trace)!r}).touch()\n"
    for name in ("litellm_init.pth", "sitecustomize.py", "litellm/__init__.py"):
        (site / name).write_text(line)
    python = world.folder / "env/bin/python3.11"
    python.write_text(f"#!/bin/sh\ntouch {trace}\n")
    python.chmod(0o755)
    (world.folder / "env/pyvenv.cfg").write_text("version = 3.11.7\n")
    assert world.examine(python).wrong
    assert not trace.exists()


def test_the_doctor_needs_neither_litellm_nor_the_network(world: World) -> None:
    code = (
        "import socket, sys; socket.socket.connect = None\n"
        "from scripts.__main__ import main; status = main(sys.argv[1:])\n"
        "assert not any(name.split('.')[0] == 'litellm' for name in sys.modules); sys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "doctor", str(world.install())],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert (done.returncode, done.stderr) == (1, "")


def test_the_published_matrix_is_what_is_read() -> None:
    assert publication.FOLDER / publication.RESULTS == measured.PUBLISHED
    assert LIMIT > 1 << 27
