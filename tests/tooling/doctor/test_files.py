"""What is broken, hostile or half done in the files that the doctor reads: each a clear finding, and an end to it."""

from __future__ import annotations

import json
import os
import shutil
import time
import zipfile
from pathlib import Path

import pytest
from rich.console import Console

from scripts.doctor import contents, targets
from scripts.doctor.targets import Installed, find
from scripts.doctor.text import show
from scripts.errors import CannotExamine, EngineError, NothingToExamine
from tests.tooling import made
from tests.tooling.doctor.made_installations import INFO, World, record, texts, unpacked, world

__all__ = ["world"]


def rewritten(world: World, files: dict[str, bytes], text: str | None = None, links: tuple[str, ...] = ()) -> Path:
    """A wheel with these files, of the published one's name."""
    folder = world.folder / "odd"
    folder.mkdir()
    return made.wheel(folder, files, text, links)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("METADATA", "litellm-1.83.0.dist-info has no METADATA that can be read: it is not there."),
        ("WHEEL", "litellm-1.83.0.dist-info has no WHEEL that can be read: it is not there."),
        ("RECORD", "litellm-1.83.0.dist-info/RECORD is not there, so no file could be compared with it."),
    ],
)
def test_a_part_of_dist_info_is_missing(world: World, name: str, expected: str) -> None:
    site = world.install()
    (site / INFO / name).unlink()
    report = world.examine(site)
    assert texts(report, "dist-info") == [expected]
    assert report.subject is not None, "the folder's name tells the version"
    assert "--ignore-installed" in report.advice[0].commands[1], "pip cannot uninstall by what is left"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\xff\xfe\n", "{0}/RECORD is not UTF-8 at byte 0, so no file could be compared with it."),
        (b"", "{0}/RECORD is empty, so no file could be compared with it."),
        (b'"litellm/a.py,x,1\n', "{0}/RECORD is no list of files (unexpected end of data), so no file could be"),
    ],
)
def test_a_record_that_cannot_be_read(world: World, data: bytes, expected: str) -> None:
    site = world.install()
    (site / INFO / "RECORD").write_bytes(data)
    report = world.examine(site)
    assert texts(report, "dist-info")[0].startswith(expected.format(INFO))
    assert texts(report, "record") == [], "not each file again"
    assert report.files is not None
    assert report.files.base == made.NAME, "upstream's hashes do not need it"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("litellm/adapter.py", "litellm/adapter.py is a line of RECORD without path, hash and size."),
        ("litellm/adapter.py,,", "litellm/adapter.py has no hash in RECORD."),
        ("litellm/adapter.py,md5=abc,1", "litellm/adapter.py has no SHA-256 in RECORD."),
        ("litellm/adapter.py,sha256=abc,1", "litellm/adapter.py has no SHA-256 in RECORD."),
        ("litellm/adapter.py,sha256=\u00e9\u00e9,1", "litellm/adapter.py has no SHA-256 in RECORD."),
        ("/etc/hostname,sha256=" + "A" * 43 + ",1", "/etc/hostname is in RECORD, and leads out of the environment."),
        ("../../../../a,sha256=" + "A" * 43 + ",1", "../../../../a is in RECORD, and leads out of the environment."),
        ("C:\\a,sha256=" + "A" * 43 + ",1", "C:\\a is in RECORD, and leads out of the environment."),
        ("a\x00b,sha256=" + "A" * 43 + ",1", None),
        ("evil.pth,,", "evil.pth has no hash in RECORD."),
    ],
)
def test_a_line_of_record_that_says_nothing_good(world: World, line: str, expected: str | None) -> None:
    site = world.install()
    place = site / INFO / "RECORD"
    others = [one for one in place.read_text().splitlines() if not one.startswith("litellm/adapter.py,")]
    place.write_text("\n".join([*others, line]) + "\n", encoding="utf-8")
    found = texts(world.examine(site), wrong=True)
    assert expected in found if expected else len(found) > 1


def test_two_hashes_of_one_file(world: World) -> None:
    site = world.install()
    with (site / INFO / "RECORD").open("a") as file:
        file.write(f"{made.ADAPTER},sha256={'A' * 43},1\n")
    assert f"RECORD has two different hashes of {made.ADAPTER}." in texts(world.examine(site), "record")


def test_no_file_outside_the_environment_is_opened(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    site = world.install()
    with (site / INFO / "RECORD").open("a") as file:
        file.write(f"{world.folder}/secret,sha256={'A' * 43},1\n../../../../secret,sha256={'A' * 43},1\n")
    opened: list[str] = []
    whole = contents.Folder.read
    monkeypatch.setattr(contents.Folder, "read", lambda self, name: (opened.append(name), whole(self, name))[1])
    world.examine(site)
    assert made.ADAPTER in opened
    assert not any("secret" in name for name in opened)


def test_metadata_of_another_version_than_the_folder_s_name(world: World) -> None:
    site = world.install()
    metadata = site / INFO / "METADATA"
    metadata.write_text(metadata.read_text().replace("1.83.0", "1.82.1", 1))
    found = texts(world.examine(site), "dist-info")
    assert found == ["litellm-1.83.0.dist-info has a METADATA that calls itself 1.82.1."]


def test_a_platform_that_upstream_has_no_wheel_for(world: World) -> None:
    site = world.install()
    (site / INFO / "WHEEL").write_text("Wheel-Version: 1.0\nTag: cp310-abi3-win_arm64\n")
    record(site / INFO, f"{INFO}/WHEEL")
    assert texts(world.examine(site), "upstream", wrong=True) == [
        "Upstream published no wheel of 1.83.0 for the platform that WHEEL names."
    ]


@pytest.mark.parametrize("tag", ["nonsense", "a-b", "a-b-c-d-e", "", "{0}-{0}-{0}"])
def test_a_tag_that_is_none(world: World, tag: str) -> None:
    site = world.install()
    (site / INFO / "WHEEL").write_text(f"Tag: {tag.format('.'.join(map(str, range(500))))}\n")
    record(site / INFO, f"{INFO}/WHEEL")
    assert texts(world.examine(site), "dist-info") == [f"{INFO} has a WHEEL with a tag that is none."]


def test_metadata_of_something_else(world: World) -> None:
    site = world.install()
    (site / INFO / "METADATA").write_bytes(b"Name: other\nVersion: 3\n\n\xff\n")
    assert "The METADATA of litellm-1.83.0.dist-info is not that of LiteLLM." in texts(world.examine(site), "dist-info")


def test_a_name_without_a_version_and_no_metadata(world: World) -> None:
    site = world.install()
    (site / INFO).rename(site / "litellm-new.dist-info")
    (site / "litellm-new.dist-info/METADATA").unlink()
    report = world.examine(site)
    assert "litellm-new.dist-info does not say which version it is of." in texts(report, "dist-info")
    assert report.subject is None
    assert report.advice[0].text == "Install a release that is known, in a new environment:"


@pytest.mark.parametrize("newer", ["1.83.1", "1.82.9"])
def test_two_dist_infos_as_after_an_upgrade_that_broke_off(world: World, newer: str) -> None:
    site = world.install()
    other = site / f"litellm-{newer}.dist-info"
    shutil.copytree(site / INFO, other)
    (other / "METADATA").write_text(made.METADATA.replace("1.83.0", newer))
    (other / "RECORD").write_text(f"litellm/adapter.py,sha256={'A' * 43},1\n")
    report = world.examine(site)
    (text,) = texts(report, "dist-info")
    assert text.endswith("as after an upgrade that broke off; the files are rather those of litellm-1.83.0.dist-info.")
    assert report.subject is not None
    assert str(report.subject.version) == "1.83.0", "whichever is the newer"


def test_a_package_without_dist_info(world: World) -> None:
    site = world.install()
    shutil.rmtree(site / INFO)
    report = world.examine(site)
    assert texts(report, "dist-info") == ["litellm is there without a dist-info: nothing says which release it is."]
    assert report.wrong
    assert report.measured is None


def test_an_editable_installation(world: World) -> None:
    site = world.install()
    shutil.rmtree(site / "litellm")
    info = site / INFO
    (site / "__editable__.litellm-1.83.0.pth").write_text("/src/litellm\n")
    (info / "direct_url.json").write_text(
        json.dumps({"url": "file:///src/user:secret@host", "dir_info": {"editable": True}})
    )
    (info / "RECORD").write_text("")
    record(info, "__editable__.litellm-1.83.0.pth", f"{INFO}/METADATA", f"{INFO}/WHEEL", f"{INFO}/INSTALLER")
    record(info, f"{INFO}/direct_url.json")
    report = world.examine(site)
    assert texts(report, "upstream") == ["The files were not compared with upstream's: an editable installation."]
    assert texts(report, "indicator") == []
    assert "secret" not in json.dumps([one.text for one in report.findings])


def test_links(world: World) -> None:
    """uv may install files as links; a link to a folder is no installer's."""
    site = world.install()
    target = world.folder / "elsewhere.py"
    (site / made.ADAPTER).rename(target)
    (site / made.ADAPTER).symlink_to(target)
    (site / "litellm/loop").symlink_to(site / "litellm")
    (site / "litellm/gone.py").symlink_to(world.folder / "nowhere")
    report = world.examine(site)
    assert "litellm/loop is a symbolic link to a folder." in texts(report, "record", wrong=True)
    assert "2 files are symbolic links: litellm/adapter.py, litellm/gone.py." in texts(report, "record", wrong=False)
    assert report.files is not None
    assert report.files.same == report.files.listed


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes in folders")
def test_a_pipe_and_a_folder_in_place_of_a_file(world: World) -> None:
    site = world.install()
    for name in (made.ADAPTER, "litellm/__init__.py"):
        (site / name).unlink()
    os.mkfifo(site / made.ADAPTER)
    (site / "litellm/__init__.py").mkdir()
    started = time.monotonic()
    found = texts(world.examine(site), "record")
    assert "2 files in RECORD could not be read (each is no regular file): " in found[0]
    assert time.monotonic() - started < 30


def test_a_file_that_may_not_be_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    site = world.install()
    whole = Path.open

    def refuse(path: Path, *words: str, **named: str) -> object:
        if path.name == "adapter.py":
            raise PermissionError(13, "Permission denied")
        return whole(path, *words, **named)

    monkeypatch.setattr(Path, "open", refuse)
    assert "litellm/adapter.py is in RECORD, and cannot be read (Permission denied)." in texts(world.examine(site))


def test_a_file_that_is_too_large(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "LIMIT", 1 << 20)
    site = world.install()
    with (site / made.ADAPTER).open("wb") as file:
        file.truncate((1 << 20) + 1)
    assert "litellm/adapter.py is in RECORD, and is larger than 1 MiB." in texts(world.examine(site), "record")


def test_a_wheel_that_would_unpack_to_too_much(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "LIMIT", 1 << 20)
    wheel = rewritten(world, {**made.FILES, "litellm/bomb.bin": b"\0" * (1 << 22)})
    assert "litellm/bomb.bin is in RECORD, and says that it unpacks to 4 MiB, and was not unpacked." in texts(
        world.examine(wheel), "record"
    )


def test_a_wheel_that_would_unpack_to_too_much_in_all(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "TOTAL", 1 << 20)
    monkeypatch.setattr(contents.Wheel, "_left", 1 << 20, raising=False)
    wheel = rewritten(world, {**made.FILES, **{f"litellm/{n}.bin": b"\0" * (1 << 19) for n in range(4)}})
    found = contents.Wheel(wheel)
    found._left = 1 << 20
    told = [contents.scan(found, f"litellm/{n}.bin").problem for n in range(4)]
    assert told[:2] == ["", ""]
    assert all("was not unpacked" in problem for problem in told[2:])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../out.py", "../out.py is a path that leads out of the wheel."),
        ("/etc/out.py", "/etc/out.py is a path that leads out of the wheel."),
        ("litellm\\..\\..\\out.py", "litellm\\..\\..\\out.py is a path that leads out of the wheel."),
        ("litellm/link.py", "litellm/link.py is a symbolic link."),
    ],
)
def test_a_path_that_must_not_be_in_a_wheel(world: World, name: str, expected: str) -> None:
    wheel = rewritten(world, {**made.FILES, name: b"x"}, links=("litellm/link.py",))
    assert expected in texts(world.examine(wheel), "record")


def test_a_name_that_is_in_a_wheel_twice(world: World) -> None:
    wheel = rewritten(world, made.FILES)
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr(made.ADAPTER, b"import os\n")
    found = texts(world.examine(wheel), "record")
    assert "litellm/adapter.py is in the wheel twice." in found


def test_a_wheel_whose_data_is_damaged(world: World) -> None:
    wheel = rewritten(world, {**made.FILES, "litellm/long.py": os.urandom(5000)})
    data = bytearray(wheel.read_bytes())
    place = data.index(b"litellm/long.py") + 2000
    data[place] ^= 255
    wheel.write_bytes(data)
    found = texts(world.examine(wheel), "record")
    assert any(text.startswith("litellm/long.py is in RECORD, and cannot be unpacked (Bad CRC-32") for text in found)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("litellm-1.99.4-py3-none-any.whl", "litellm-1.99.4-py3-none-any.whl is called litellm 1.99.4, and has 1.83.0"),
        ("other-1.83.0-py3-none-any.whl", "other-1.83.0-py3-none-any.whl is called other 1.83.0, and has 1.83.0"),
        ("copy.whl", "copy.whl is not named as wheels are, and no installer takes it."),
    ],
)
def test_a_wheel_of_another_name(world: World, name: str, expected: str) -> None:
    path = shutil.copyfile(world.published, world.folder / name)
    assert texts(world.examine(path), "dist-info")[0].startswith(expected)


def test_pages_that_the_proxy_has_moved(world: World) -> None:
    """Two of them have the same text, as upstream's for what is not found."""
    pages = [f"litellm/proxy/_experimental/out/{name}" for name in ("404", "_not-found", "login")]
    texts_of = (b"<p>gone</p>", b"<p>gone</p>", b"<p>log in</p>")
    files = {**made.FILES, **{f"{page}.html": text for page, text in zip(pages, texts_of, strict=True)}}
    wheel = made.wheel(world.folder, files, name="litellm-1.83.0-1-py3-none-any.whl")
    site = unpacked(wheel, world.folder / "other/lib/python3.11/site-packages")
    for page in pages:
        (site / page).mkdir()
        (site / f"{page}.html").rename(site / page / "index.html")
    report = world.examine(site)
    assert texts(report, "record", wrong=True) == []
    (text,) = texts(report, "record")
    assert text.startswith("3 files were moved by the proxy: ")
    (site / pages[2] / "index.html").write_text("<p>another</p>")
    assert texts(world.examine(site), "record", wrong=True) == [
        f"{pages[2]}.html is in RECORD, and is not there.",
        f"{pages[2]}/index.html is not in RECORD.",
    ]


def test_names_of_files_give_a_terminal_no_orders(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    site = world.install()
    (site / "litellm/a\x1b[31mb.py").write_text("")
    show(world.examine(site), Console(highlight=False, force_terminal=True, no_color=True))
    assert "litellm/a\\x1b[31mb.py is not in RECORD." in capfd.readouterr().out.replace("\n", " ")


@pytest.mark.parametrize(
    ("layout", "word"),
    [
        ("lib/python3.11/site-packages", "bin/python"),
        ("lib/python3.11/site-packages", "bin/python3.11"),
        ("lib/python3.11/site-packages", ""),
        ("lib64/python3.11/site-packages", "bin/python"),
        ("Lib/site-packages", "Scripts/python.exe"),
        ("Lib/site-packages", "python.exe"),
        ("Lib/site-packages", ""),
        ("lib/python3/dist-packages", "bin/python3"),
        ("local/lib/python3.11/dist-packages", "bin/python3.11"),
        ("lib/pypy3.10/site-packages", "bin/pypy3"),
    ],
)
def test_the_layouts_of_environments(tmp_path: Path, layout: str, word: str) -> None:
    site = tmp_path / layout
    (site / "litellm").mkdir(parents=True)
    python = tmp_path / word
    if word:
        python.parent.mkdir(exist_ok=True)
        python.write_text("")
    found = find(str(python))
    assert isinstance(found, Installed)
    assert found.folder == site
    assert found.prefix in (tmp_path, tmp_path / "local")


def test_the_version_in_a_python_s_name_counts(tmp_path: Path) -> None:
    for version in ("3.10", "3.11"):
        (tmp_path / f"lib/python{version}/site-packages/litellm").mkdir(parents=True)
        (tmp_path / "bin").mkdir(exist_ok=True)
        (tmp_path / f"bin/python{version}").write_text("")
    found = find(str(tmp_path / "bin/python3.10"))
    assert isinstance(found, Installed)
    assert found.folder.parent.name == "python3.10"
    with pytest.raises(NothingToExamine, match=r"name one of them"):
        find(str(tmp_path))


@pytest.mark.parametrize("sees", ["true", "false"])
def test_an_environment_that_sees_the_system_s_packages(tmp_path: Path, sees: str) -> None:
    (tmp_path / "system/lib/python3.11/site-packages/litellm").mkdir(parents=True)
    (tmp_path / "env/lib/python3.11/site-packages").mkdir(parents=True)
    settings = f"home = {tmp_path}/system/bin\ninclude-system-site-packages = {sees}\n"
    (tmp_path / "env/pyvenv.cfg").write_text(settings)
    if sees == "true":
        found = find(str(tmp_path / "env"))
        assert isinstance(found, Installed)
        assert found.folder == tmp_path / "system/lib/python3.11/site-packages"
    else:
        with pytest.raises(NothingToExamine, match="LiteLLM is not in"):
            find(str(tmp_path / "env"))


def test_a_python_that_is_a_link_belongs_to_the_environment_it_is_in(tmp_path: Path) -> None:
    for name in ("base", "env"):
        (tmp_path / name / "lib/python3.11/site-packages/litellm").mkdir(parents=True)
        (tmp_path / name / "bin").mkdir()
    (tmp_path / "base/bin/python3.11").write_text("")
    (tmp_path / "env/bin/python").symlink_to(tmp_path / "base/bin/python3.11")
    found = find(str(tmp_path / "env/bin/python"))
    assert isinstance(found, Installed)
    assert found.folder == tmp_path / "env/lib/python3.11/site-packages"
    (tmp_path / "python").symlink_to(tmp_path / "base/bin/python3.11")
    linked = find(str(tmp_path / "python"))
    assert isinstance(linked, Installed)
    assert linked.folder == tmp_path / "base/lib/python3.11/site-packages"


@pytest.mark.parametrize("word", ["env", "env/lib/python3.11/site-packages", ".", "../env", "env/bin/../bin/python"])
def test_a_path_that_is_relative(world: World, word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    world.install()
    (world.folder / "env/bin/python").write_text("")
    monkeypatch.chdir(world.folder / ("env" if word.startswith(".") else ""))
    report = world.examine(word)
    assert texts(report, "record") == []
    assert report.files is not None
    assert report.files.same == report.files.listed == 6
    assert report.place == str(world.folder / "env/lib/python3.11/site-packages")


@pytest.mark.parametrize("name", ["litellm", INFO])
def test_a_part_of_litellm_stands_for_the_folder_that_it_is_in(world: World, name: str) -> None:
    site = world.install()
    found = find(str(site / name))
    assert isinstance(found, Installed)
    assert found.folder == site


def test_an_environment_that_is_called_litellm(tmp_path: Path) -> None:
    site = tmp_path / "litellm/lib/python3.11/site-packages"
    (site / "litellm").mkdir(parents=True)
    found = find(str(tmp_path / "litellm"))
    assert isinstance(found, Installed)
    assert found.folder == site


def test_a_folder_at_the_root_has_no_environment_above_it() -> None:
    assert targets._prefix(Path("/")) == Path("/")


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("", "it is an empty word"),
        ("~nobody-of-this-name/env", "it is no file or folder that there is"),
        ("a" * 5000, "File name too long"),
    ],
)
def test_a_word_that_no_system_takes_for_a_path(word: str, expected: str) -> None:
    with pytest.raises(EngineError, match=expected):
        find(word)


def test_a_folder_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(CannotExamine, match="the folder cannot be read"):
        _ = contents.Folder(tmp_path, tmp_path).names
