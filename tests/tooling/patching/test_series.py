"""The series: what it reads, what it refuses, and which fixes a release needs."""

from __future__ import annotations

from pathlib import Path

import pytest
from packaging.version import Version

from scripts.errors import BadPatch, HookDoesNotFit
from scripts.patching import series
from tests.tooling import made

MEASURED = """
[measured]
needed = [{ first = "1.82.1", last = "1.99.4", releases = 3 }]
retired = [{ first = "1.100.0", last = "1.109.1", releases = 2 }]
"""


def test_it_reads_fixes_hooks_and_overlay(tmp_path: Path) -> None:
    loaded = series.load(made.patches(tmp_path / "patches", measured=MEASURED))
    (fix,) = loaded.fixes
    assert (loaded.revision, fix.name, fix.title) == (1, "shout", "Shout")
    assert [hook.name for hook in fix.hooks] == ["shout/1.82.1.patch"]
    assert list(loaded.overlay) == ["litellm/thinking_round_trip/shouting.py"]


def test_a_text_serves_releases_up_to_the_next_one(tmp_path: Path) -> None:
    hooks = {"1.82.1": made.HOOK, "1.91.0": made.HOOK, "1.98.0": made.HOOK}
    (fix,) = series.load(made.patches(tmp_path / "patches", hooks)).fixes
    chosen = {release: fix.hook_for(Version(release)) for release in ("1.82.0", "1.90.7", "1.91.0", "1.109.1")}
    assert {release: hook and str(hook.since) for release, hook in chosen.items()} == {
        "1.82.0": None,
        "1.90.7": "1.82.1",
        "1.91.0": "1.91.0",
        "1.109.1": "1.98.0",
    }


def test_a_later_fix_sees_what_an_earlier_one_changed(tmp_path: Path) -> None:
    folder = made.patches(tmp_path / "patches")
    second = made.HOOK.replace("block['text'].upper()", "block['text'].lower()")
    second = second.replace("-    text = block['text']\n", "-    text = block['text'].upper()\n")
    (folder / "whisper").mkdir()
    (folder / "whisper/fix.toml").write_text(made.FIX)
    (folder / "whisper/1.82.1.patch").write_text(second)
    (folder / "series.toml").write_text('revision = 1\nfixes = ["shout", "whisper"]\n')
    loaded = series.load(folder)
    changed, used = series.apply(loaded.fixes, Version("1.83.0"), made.FILES.__getitem__)
    assert changed == {made.ADAPTER: made.FILES[made.ADAPTER].replace(b"block['text']", b"block['text'].lower()")}
    assert [hook.fix for hook in used] == ["shout", "whisper"]
    with pytest.raises(HookDoesNotFit, match="whisper"):
        series.apply(loaded.fixes[1:], Version("1.83.0"), made.FILES.__getitem__)


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("series.toml", "revision = ", "series.toml cannot be used"),
        ("series.toml", 'fixes = ["shout"]', "'revision' has to be there, as a whole number"),
        ("series.toml", 'revision = true\nfixes = ["shout"]', "'revision' has to be there, as a whole number"),
        ("series.toml", "revision = 1\nfixes = [5]", "'fixes' has to be there, as a list of texts"),
        ("series.toml", 'revision = 1\nfixes = ["shout", "shout"]', "lists a fix twice"),
        ("series.toml", 'revision = 1\nfixes = ["absent"]', "absent/fix.toml cannot be used"),
        ("shout/fix.toml", made.FIX.replace('why = "Whispering is not heard."', ""), "'why' has to be there"),
        ("shout/fix.toml", made.FIX + 'colour = "red"', "nothing reads its key 'colour'"),
        ("shout/fix.toml", made.FIX + "[measured]\nperhaps = []", "knows only needed, retired"),
        ("shout/fix.toml", made.FIX + '[measured]\nneeded = [{ first = "x" }]', "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, file: str, text: str, expected: str) -> None:
    folder = made.patches(tmp_path / "patches")
    (folder / file).write_text(text)
    with pytest.raises(BadPatch, match=expected):
        series.load(folder)


def test_a_fix_without_a_hook_for_the_release_is_named(tmp_path: Path) -> None:
    loaded = series.load(made.patches(tmp_path / "patches", {"1.91.0": made.HOOK}))
    with pytest.raises(BadPatch, match=r"has no hook for 1\.83\.0"):
        series.apply(loaded.fixes, Version("1.83.0"), made.FILES.__getitem__)
