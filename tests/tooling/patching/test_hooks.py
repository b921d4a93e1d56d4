"""Hooks apply to the letter, in exactly one place, or not at all."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.version import Version

from scripts.errors import BadPatch, HookDoesNotFit
from scripts.patching import hooks
from scripts.patching.hooks import Hook
from tests.tooling import made


def hook(folder: Path, text: str = made.HOOK, name: str = "1.82.1.patch") -> Hook:
    path = folder / "shout" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return hooks.load(path)


def reader(content: bytes) -> Callable[[str], bytes]:
    return {made.ADAPTER: content}.__getitem__


ORIGINAL = made.FILES[made.ADAPTER]
NEW_FILE = """\
From: Somebody <somebody@example.invalid>
Subject: [PATCH] adapter: new

Because.

diff --git a/litellm/new.py b/litellm/new.py
new file mode 100644
--- /dev/null
+++ b/litellm/new.py
@@ -0,0 +1 @@
+new = 1
"""


def test_a_hook_is_a_mail_with_a_diff(tmp_path: Path) -> None:
    loaded = hook(tmp_path)
    assert (loaded.fix, loaded.since, loaded.name) == ("shout", Version("1.82.1"), "shout/1.82.1.patch")
    assert loaded.subject == "[PATCH] adapter: shout"
    assert "whispering" in loaded.body
    assert loaded.paths == [made.ADAPTER]


def test_it_changes_its_lines_wherever_they_are(tmp_path: Path) -> None:
    moved = b"import json\n\n\n" + ORIGINAL + b"\nafter = 1"
    changed = hooks.apply(hook(tmp_path), "1.83.0", reader(moved))
    assert changed == {made.ADAPTER: moved.replace(b"block['text']", b"block['text'].upper()")}


def test_a_file_keeps_its_line_ends(tmp_path: Path) -> None:
    """The wheels for Windows have Windows line ends."""
    windows = ORIGINAL.replace(b"\n", b"\r\n")
    changed = hooks.apply(hook(tmp_path), "1.83.0", reader(windows))
    assert changed == {made.ADAPTER: windows.replace(b"block['text']", b"block['text'].upper()")}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (ORIGINAL.replace(b"kind", b"sort"), "its lines are not there"),
        (ORIGINAL.replace(b"    return", b"  return"), "its lines are not there"),
        (ORIGINAL.replace(b"\n", b"\r\n", 2), "its lines are not there"),
        (ORIGINAL + ORIGINAL, "its lines are there 2 times"),
        (b"", "its lines are not there"),
    ],
    ids=["context", "white-space", "line-ends", "ambiguous", "empty"],
)
def test_a_hook_that_does_not_fit_is_named_with_its_hunk(tmp_path: Path, content: bytes, expected: str) -> None:
    with pytest.raises(HookDoesNotFit) as caught:
        hooks.apply(hook(tmp_path), "1.83.0", reader(content))
    message = str(caught.value)
    assert "The fix shout does not apply to LiteLLM 1.83.0: hunk 1 of 1 (@@ -1,4 +1,4 @@)" in message
    assert f"of 1.82.1.patch in {made.ADAPTER}: {expected}" in message
    assert "\n" not in message


def test_the_second_hunk_is_named_when_the_first_one_fits(tmp_path: Path) -> None:
    two = made.HOOK + "@@ -10,1 +10,1 @@\n-gone = True\n+gone = False\n"
    with pytest.raises(HookDoesNotFit, match=r"hunk 2 of 2 \(@@ -10,1"):
        hooks.apply(hook(tmp_path, two), "1.83.0", reader(ORIGINAL))


def test_hunks_have_to_follow_each_other(tmp_path: Path) -> None:
    two = made.HOOK + "@@ -10,1 +10,1 @@\n-import json\n+import orjson\n"
    with pytest.raises(HookDoesNotFit, match="come before those of the hunk in front of it"):
        hooks.apply(hook(tmp_path, two), "1.83.0", reader(b"import json\n" + ORIGINAL))


def test_a_file_that_the_release_lacks_is_named(tmp_path: Path) -> None:
    with pytest.raises(HookDoesNotFit, match="the release has no such file"):
        hooks.apply(hook(tmp_path), "1.83.0", {}.__getitem__)


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        (made.HOOK.replace("Subject:", "X-Subject:"), "1.82.1.patch", "not a full mail"),
        (made.HOOK.replace("Because whispering is not heard.\n", ""), "1.82.1.patch", "not a full mail"),
        (made.HOOK.partition("diff --git")[0], "1.82.1.patch", "it has no diff"),
        (made.HOOK, "first.patch", "its name is not the first release"),
        (NEW_FILE, "1.82.1.patch", "new modules belong"),
        (made.HOOK.replace("@@ -1,4 +1,4 @@", "@@ -1,9 +1,9 @@"), "1.82.1.patch", "shout/1.82.1.patch cannot be used"),
        (made.HOOK.partition("@@")[0] + "@@ -1,0 +1,1 @@\n+import json\n", "1.82.1.patch", "no line that says where"),
        (
            made.HOOK.replace("Subject", "Content-Type: text/plain; charset=klingon\nSubject"),
            "1.82.1.patch",
            "cannot be used",
        ),
        (made.HOOK + "\\ No newline at end of file\n", "1.82.1.patch", "a line break is missing"),
    ],
    ids=[
        "no-subject",
        "no-body",
        "no-diff",
        "name",
        "new-file",
        "short-hunk",
        "no-context",
        "charset",
        "no-line-break",
    ],
)
def test_a_patch_that_is_not_a_hook_is_refused(tmp_path: Path, text: str, name: str, expected: str) -> None:
    with pytest.raises(BadPatch, match=expected):
        hook(tmp_path, text, name)


def test_git_agrees(tmp_path: Path) -> None:
    loaded = hook(tmp_path)
    target = tmp_path / made.ADAPTER
    target.parent.mkdir()
    target.write_bytes(ORIGINAL + b"\n" * 30)
    ours = hooks.apply(loaded, "1.83.0", reader(target.read_bytes()))
    subprocess.run(["git", "apply", tmp_path / "shout/1.82.1.patch"], cwd=tmp_path, check=True)
    assert ours == {made.ADAPTER: target.read_bytes()}
