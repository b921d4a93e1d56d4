"""Small made-up wheels and patch folders, for tests that need one with a certain fault."""

from __future__ import annotations

import base64
import hashlib
import stat
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

ADAPTER = "litellm/adapter.py"
METADATA = "Metadata-Version: 2.1\nName: litellm\nVersion: 1.83.0\n\nVersion: not a header\n"
FILES = {
    "litellm/__init__.py": b"",
    ADAPTER: b"def translate(block):\n    kind = block['type']\n    text = block['text']\n    return text\n",
    "litellm-1.83.0.dist-info/METADATA": METADATA.encode(),
    "litellm-1.83.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
}
RECORD = "litellm-1.83.0.dist-info/RECORD"
NAME = "litellm-1.83.0-py3-none-any.whl"


def wheel(
    folder: Path,
    files: Mapping[str, bytes] = FILES,
    record: str | None = None,
    links: Iterable[str] = (),
    name: str = NAME,
) -> Path:
    """Write a wheel with these files; `record` replaces the true RECORD, `links` are entries to make symbolic links."""
    path = folder / name
    place = f"litellm-{name.split('-')[1]}.dist-info/RECORD"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, content in {
            **files,
            place: (true_record(files, place) if record is None else record).encode(),
        }.items():
            info = zipfile.ZipInfo(entry)
            info.external_attr = ((stat.S_IFLNK if entry in links else stat.S_IFREG) | 0o644) << 16
            archive.writestr(info, content)
    return path


def true_record(files: Mapping[str, bytes], place: str = RECORD) -> str:
    """The RECORD that these files should have."""
    rows = [f"{name},sha256={_digest(content)},{len(content)}" for name, content in files.items()]
    return "\n".join([*rows, f"{place},,"]) + "\n"


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


HOOK = """\
From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001
From: Somebody <somebody@example.invalid>
Date: Sat, 21 Nov 2026 00:00:00 +0000
Subject: [PATCH] adapter: shout

Because whispering is not heard.

diff --git a/litellm/adapter.py b/litellm/adapter.py
--- a/litellm/adapter.py
+++ b/litellm/adapter.py
@@ -1,4 +1,4 @@
 def translate(block):
     kind = block['type']
-    text = block['text']
+    text = block['text'].upper()
     return text
"""

FIX = """\
title = "Shout"
why = "Whispering is not heard."
retire = "Never."
failures = ["F0"]
links = []
cases = ["tool-loop/messages-moonshot"]
"""


def patches(folder: Path, hooks: Mapping[str, str] | None = None, fix: str = FIX, measured: str = "") -> Path:
    """Write a patch folder with one fix, `shout`, and its hooks (release to text)."""
    (folder / "shout").mkdir(parents=True)
    (folder / "series.toml").write_text('revision = 1\nfixes = ["shout"]\n')
    (folder / "shout/fix.toml").write_text(fix + measured)
    for release, text in ({"1.82.1": HOOK} if hooks is None else hooks).items():
        (folder / f"shout/{release}.patch").write_text(text)
    module = folder / "overlay/litellm/thinking_round_trip/shouting.py"
    module.parent.mkdir(parents=True)
    module.write_text('"""Shouting."""\n')
    return folder
