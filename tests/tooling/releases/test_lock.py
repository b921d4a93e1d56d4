"""scripts.releases.lock: what the check finds, and what an update adds."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from packaging.version import Version

from scripts.errors import BadLock, BadWheel, CannotFetch, EngineError, WrongFile
from scripts.releases import configuration, index, lock, upstream
from scripts.releases.upstream import File, Lock, Release
from tests.tooling import made
from tests.tooling.releases.simple_index import SimpleIndex

ADAPTER = "litellm/llms/anthropic/{}/adapters/transformation.py"


def release(name: str, layout: str = "experimental_pass_through") -> Release:
    files = (File(f"litellm-{name}-py3-none-any.whl", "a" * 64), File(f"litellm-{name}.tar.gz", "b" * 64))
    return Release(Version(name), ">=3.9", layout, files)


ONE, TWO, THREE = release("1.82.1"), release("1.83.0"), release("1.105.0", "pass_through")
DENIED = tuple(lock.DENIED.items())
GOOD = Lock((ONE, TWO, THREE), DENIED)


def written(folder: Path, content: Lock) -> Path:
    path = folder / "upstream.lock"
    path.write_text(upstream.dumps(content), encoding="utf-8")
    return path


def with_files(*files: File) -> Lock:
    return Lock((ONE, replace(TWO, files=files)), DENIED)


# The check.


def test_a_good_lock_has_no_findings(tmp_path: Path) -> None:
    assert lock.check(written(tmp_path, GOOD)) == []


def test_the_lock_of_the_project_has_no_findings() -> None:
    assert lock.check() == []


WHEEL, SOURCE = TWO.files


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (Lock((TWO, ONE), DENIED), "1.82.1 comes after 1.83.0: releases have to be in order."),
        (Lock((ONE, TWO, TWO), DENIED), "1.83.0 is in it twice."),
        (Lock((release("1.82.0"), ONE), DENIED), "1.82.0 is older than 1.82.1, the first supported one."),
        (Lock((ONE, release("1.83.0rc1")), DENIED), "1.83.0rc1 is a pre-release."),
        (Lock((ONE, release("1.83.0+x.1")), DENIED), "1.83.0+x.1 is no upstream release."),
        (Lock((ONE, release("1.82.7")), DENIED), "1.82.7 is denied and supported at the same time."),
        (Lock((ONE,), DENIED[:1]), "1.82.8 is not among the denied releases."),
        (Lock((ONE,), DENIED[1:]), "1.82.7 is not among the denied releases."),
        (Lock((ONE,), (*DENIED, ("1.90.0", " "))), "1.90.0 is denied without a reason."),
        (Lock((release("1.82.1", "elsewhere"),), DENIED), "1.82.1 has the unknown layout 'elsewhere'; known: "),
        (
            Lock((replace(ONE, requires_python="3.9 and up"),), DENIED),
            "1.82.1 has the malformed Python requirement '3.9 and up'.",
        ),
        (with_files(SOURCE, WHEEL), f"{WHEEL.name} comes after {SOURCE.name}: files have to be in order."),
        (with_files(WHEEL, WHEEL, SOURCE), f"{WHEEL.name} is in it twice."),
        (with_files(SOURCE), "1.83.0 has no wheel."),
        (with_files(WHEEL, *THREE.files[1:]), "litellm-1.105.0.tar.gz is no file of 1.83.0."),
        (with_files(File("litellm.exe", "a" * 64), WHEEL), "litellm.exe is no file of 1.83.0."),
        (with_files(replace(WHEEL, sha256="a" * 63), SOURCE), f"{WHEEL.name} has the malformed SHA-256"),
        (with_files(replace(WHEEL, sha256="A" * 64), SOURCE), f"{WHEEL.name} has the malformed SHA-256"),
        (with_files(replace(WHEEL, size=0), SOURCE), f"{WHEEL.name} has the impossible size 0."),
    ],
)
def test_a_fault_is_found(tmp_path: Path, content: Lock, expected: str) -> None:
    (finding,) = [each for each in lock.check(written(tmp_path, content)) if each.startswith(expected)]
    assert "\n" not in finding


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("b" * 64, "c" * 64, "its digest does not fit its content"),
        ("\n[[release]]", "\n# a note\n[[release]]", "its layout is not the tool's"),
        ("layout =", 'url = "x"\nlayout =', "its layout is not the tool's"),
        ("[[denied]]", "[[denied", "not what the tool wrote"),
    ],
)
def test_an_edit_is_found(tmp_path: Path, old: str, new: str, expected: str) -> None:
    path = written(tmp_path, GOOD)
    path.write_text(path.read_text().replace(old, new, 1))
    (finding,) = lock.check(path)
    assert expected in finding


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the verb finds the lock."""
    found = tmp_path / "upstream.lock"
    monkeypatch.setattr(lock, "LOCK", found)
    return found


def run(update: bool = False) -> int:
    return lock.run(argparse.Namespace(update=update))


def test_the_verb_checks(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path.write_text(upstream.dumps(GOOD))
    assert run() == 0
    assert capsys.readouterr().out == (
        "upstream.lock is in order: 3 releases (1.82.1 to 1.105.0), 6 files, 2 denied releases.\n"
    )


def test_the_verb_gives_each_finding_its_own_line(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path.write_text(upstream.dumps(Lock((TWO, ONE), DENIED[1:])))
    assert run() == 1
    assert capsys.readouterr().out.splitlines() == [
        "1.82.1 comes after 1.83.0: releases have to be in order.",
        "1.82.7 is not among the denied releases.",
    ]


def test_the_verb_finds_a_lock_that_is_not_there(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 1
    assert "cannot be read" in capsys.readouterr().out


# The update.


@pytest.fixture
def wheel(simple: SimpleIndex, tmp_path: Path) -> Publish:
    return Publish(simple, tmp_path)


class Publish:
    """Puts made-up releases on the index: a wheel with an adapter at a certain place, and a source distribution."""

    def __init__(self, simple: SimpleIndex, folder: Path) -> None:
        self.simple, self.folder = simple, folder

    def __call__(self, release: str, layouts: Iterable[str] = ("pass_through",), **said: Any) -> tuple[File, File]:
        name = f"litellm-{release}-py3-none-any.whl"
        files: Mapping[str, bytes] = {**made.FILES, **{ADAPTER.format(layout): b"" for layout in layouts}}
        content = made.wheel(self.folder, files, name=name).read_bytes()
        source = f"litellm-{release}.tar.gz"
        return self.simple.add(name, content, **said), self.simple.add(source, b"source", **said)


def updated(before: Lock | None) -> Lock:
    return lock.update(before, index.Index(configuration.configured()).packages())


def names(content: Lock) -> list[str]:
    return [str(each.version) for each in content.releases]


def test_the_first_update_makes_the_whole_lock(wheel: Publish) -> None:
    newer, newer_source = wheel("1.109.0", ["messages"], requires_python=">=3.10")
    old, old_source = wheel("1.82.1", ["experimental_pass_through"])
    assert updated(None) == Lock(
        (
            Release(Version("1.82.1"), ">=3.9", "experimental_pass_through", (old, old_source)),
            Release(Version("1.109.0"), ">=3.10", "messages", (newer, newer_source)),
        ),
        DENIED,
    )


def test_an_update_leaves_out_what_is_not_supported(wheel: Publish, simple: SimpleIndex) -> None:
    for name in ("1.82.0", "1.82.7", "1.82.8", "1.82.8.post1", "1.84.0rc1", "1.84.0.dev2", "1.83.0"):
        wheel(name)
    wheel("1.85.0", yanked=True)
    simple.add("litellm-1.86.0.tar.gz", b"source without a wheel")
    simple.add("litellm_extra-1.87.0.tar.gz", b"another project")
    assert names(updated(None)) == ["1.83.0"]


def test_an_update_asks_for_no_file_of_a_known_or_denied_release(wheel: Publish, simple: SimpleIndex) -> None:
    wheel("1.82.8")
    wheel("1.83.0")
    first = updated(None)
    simple.log.clear()
    assert updated(first) == first
    assert [path for path, _ in simple.log] == ["/simple/litellm/"]


def test_an_update_adds_new_files_of_a_known_release(wheel: Publish, simple: SimpleIndex) -> None:
    wheel("1.83.0")
    first = updated(None)
    late = simple.add("litellm-1.83.0-cp310-abi3-win_amd64.whl", b"for another platform")
    (after,) = updated(first).releases
    assert after == replace(first.releases[0], files=(late, *first.releases[0].files))


def test_an_update_keeps_what_is_gone_from_the_index(wheel: Publish) -> None:
    wheel("1.84.0")
    after = updated(Lock((ONE, TWO), (*DENIED, ("1.90.0", "it was retired."))))
    assert names(after) == ["1.82.1", "1.83.0", "1.84.0"]
    assert after.releases[:2] == (ONE, TWO)
    assert after.denied == (*DENIED, ("1.90.0", "it was retired."))


def test_an_update_keeps_a_release_that_was_yanked_since(wheel: Publish, simple: SimpleIndex) -> None:
    wheel("1.83.0")
    first = updated(None)
    for file in simple.files.values():
        file.yanked = True
    assert updated(first) == first
    simple.files["litellm-1.83.0.tar.gz"].stated = "c" * 64
    with pytest.raises(WrongFile, match=f"found {'c' * 64}"):
        updated(first)


def test_an_update_fills_in_a_size_that_the_index_tells_now(wheel: Publish, simple: SimpleIndex) -> None:
    wheel("1.83.0")
    first = updated(None)
    assert {file.size for file in first.releases[0].files} == {None}
    simple.as_json = True
    sizes = {file.name: file.size for file in updated(first).releases[0].files}
    assert sizes == {name: len(file.content) for name, file in simple.files.items()}


def test_an_update_refuses_another_size(wheel: Publish, simple: SimpleIndex) -> None:
    wheel("1.83.0")
    simple.as_json = True
    (known,) = updated(None).releases
    changed = replace(known, files=tuple(replace(file, size=5) for file in known.files))
    with pytest.raises(WrongFile, match="expected 5 bytes"):
        updated(Lock((changed,), DENIED))


def test_an_update_refuses_another_hash(wheel: Publish) -> None:
    wheel("1.83.0")
    with pytest.raises(WrongFile, match="expected SHA-256 aaaa"):
        updated(Lock((TWO,), DENIED))


def test_an_update_refuses_indexes_that_disagree(
    wheel: Publish, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, _ = wheel("1.83.0")
    page = tmp_path / "more/litellm/index.html"
    page.parent.mkdir(parents=True)
    page.write_text(f'<a href="{file.name}#sha256={"c" * 64}">{file.name}</a>')
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", (tmp_path / "more").as_uri())
    with pytest.raises(WrongFile, match=f"found {'c' * 64}"):
        updated(None)


def test_an_update_needs_hashes(wheel: Publish) -> None:
    wheel("1.83.0", hashed=False)
    with pytest.raises(CannotFetch, match="states no SHA-256"):
        updated(None)


@pytest.mark.parametrize(
    ("layouts", "places"),
    [([], "no place"), (["messages", "pass_through"], "messages and pass_through"), (["elsewhere"], "elsewhere")],
)
def test_an_update_refuses_a_layout_that_is_not_clear(wheel: Publish, layouts: list[str], places: str) -> None:
    wheel("1.83.0", layouts)
    with pytest.raises(EngineError) as error:
        updated(None)
    assert f"its Anthropic adapter is in {places} below litellm/llms/anthropic" in str(error.value)


def test_an_update_refuses_a_wheel_that_runs_at_every_start(simple: SimpleIndex, tmp_path: Path) -> None:
    files = {**made.FILES, ADAPTER.format("messages"): b"", "litellm_init.pth": b"import os"}
    content = made.wheel(tmp_path, files).read_bytes()
    simple.add(made.NAME, content)
    with pytest.raises(BadWheel, match=r"litellm_init\.pth"):
        updated(None)


def test_an_update_looks_at_a_wheel_that_the_cache_has(wheel: Publish, simple: SimpleIndex, cache: Path) -> None:
    file, _ = wheel("1.83.0")
    content = simple.files[file.name].content
    simple.add("litellm-1.83.0-aa-none-any.whl", b"sorts first")
    (cache / file.sha256).mkdir(parents=True)
    (cache / file.sha256 / file.name).write_bytes(content)
    updated(None)
    assert [path for path, _ in simple.log] == ["/simple/litellm/"]


def test_the_verb_updates_and_tells_what_is_new(
    path: Path, wheel: Publish, simple: SimpleIndex, capsys: pytest.CaptureFixture[str]
) -> None:
    wheel("1.83.0")
    assert run(update=True) == 0
    assert capsys.readouterr().out.splitlines() == [
        "1.83.0: new, 2 files, layout pass_through",
        "upstream.lock has 1 releases (1.83.0 to 1.83.0), 2 files, 2 denied releases.",
    ]
    assert lock.check(path) == []
    first = path.read_bytes()
    assert run(update=True) == 0
    assert capsys.readouterr().out.endswith("2 denied releases; nothing was new.\n")
    assert path.read_bytes() == first
    simple.as_json = True
    simple.add("litellm-1.83.0-cp310-abi3-win_amd64.whl", b"late")
    assert run(update=True) == 0
    assert capsys.readouterr().out.splitlines()[:2] == [
        "1.83.0: new file litellm-1.83.0-cp310-abi3-win_amd64.whl",
        "1.83.0: the size of 2 files",
    ]


def test_new_releases_come_with_the_commands_that_are_next(
    path: Path, wheel: Publish, capsys: pytest.CaptureFixture[str]
) -> None:
    wheel("1.83.0")
    assert run(update=True) == 0
    assert lock.NEXT not in capsys.readouterr().out, "the first lock is no new release"
    wheel("1.84.0")
    assert run(update=True) == 0
    assert capsys.readouterr().out.splitlines()[-1] == lock.NEXT
    assert "`nox -s verdicts -- new`" in lock.NEXT


def test_an_update_that_fails_leaves_the_lock_as_it_was(path: Path, wheel: Publish) -> None:
    wheel("1.83.0")
    path.write_text(upstream.dumps(GOOD))
    before = path.read_bytes()
    with pytest.raises(WrongFile):
        run(update=True)
    assert path.read_bytes() == before


def test_a_lock_that_was_edited_is_not_updated(path: Path, wheel: Publish) -> None:
    wheel("1.84.0")
    edited = upstream.dumps(GOOD).replace("a" * 64, "c" * 64)
    path.write_text(edited)
    with pytest.raises(BadLock, match="changed by hand"):
        run(update=True)
    assert path.read_text() == edited


def test_an_index_that_lists_nothing_makes_no_lock(path: Path, simple: SimpleIndex) -> None:
    with pytest.raises(CannotFetch, match="no stable release of LiteLLM from"):
        run(update=True)
    assert not path.exists()
