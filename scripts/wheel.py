"""The verb `wheel`: published wheels of a release, verified, patched and packed again."""

from __future__ import annotations

import argparse
import errno
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock
from packaging.tags import sys_tags

from scripts import fetch, releases, series, upstream, wheels
from scripts.errors import BadPatch, CannotWrite, NoFile
from scripts.hooks import Hook
from scripts.paths import BUILD, DIST
from scripts.series import Fix, Series
from scripts.upstream import File, Release
from scripts.wheels import Wheel
from scripts.writing import write_text

SUMS = "SHA256SUMS"
NOTES = "thinking_round_trip.json"
"""In dist-info: which release this was made from, and what was changed."""


@dataclass(frozen=True)
class Built:
    """A patched wheel: where it is, its SHA-256, and the fixes that are in it."""

    path: Path
    sha256: str
    fixes: tuple[str, ...]


def run(arguments: argparse.Namespace) -> int:
    """Build `arguments.releases` (names; none means the newest) for `arguments.platform` (a tag, `all`, or None: this one)."""
    lock = upstream.load()
    patches = series.load()
    chosen = [releases.find(lock, name) for name in arguments.releases] or [lock.newest]
    wanted = [(release, file) for release in chosen for file in files_for(release, arguments.platform)]
    needed = {release.version: patches.needed(release.version) for release in chosen}
    paths = fetch.fetch_all([file for _, file in wanted])
    for (release, file), path in zip(wanted, paths):
        _report(build(release, file, path, patches, needed[release.version]))
    return 0


def files_for(release: Release, platform: str | None) -> list[File]:
    """The published wheels for a platform tag (`win_amd64`), for `all`, or, for None, the best one for this interpreter.

    Raises NoFile where upstream published none.
    """
    if platform == "all":
        return release.wheels
    if platform is None:
        return [_best(release)]
    found = [file for file in release.wheels if {tag.platform for tag in file.tags} & {platform, "any"}]
    if not found:
        raise _no_file(release, platform)
    return found


def build(release: Release, file: File, base: Path, patches: Series, fixes: list[Fix], folder: Path = DIST) -> Built:
    """Make the patched wheel of one verified published wheel, and put it and its sum into `folder`.

    Raises BadWheel, HookDoesNotFit and CannotWrite; nothing half-made stays.
    """
    version = f"{release.version}+thinking.{patches.revision}"
    name = file.name.replace(f"-{release.version}-", f"-{version}-", 1)
    with _workshop(folder / name) as room, wheels.opened(base) as original:
        tree = room / "tree"
        original.unpack(tree)
        used = _patch(tree, original, release, patches, fixes)
        _write(tree / original.dist_info / NOTES, _notes(release, file, patches, used))
        wheels.pack(tree, version, room / name)
        built = Built(folder / name, _sha256(room / name), tuple(fix.name for fix in fixes))
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder):
            os.replace(room / name, built.path)
            _write_sums(folder)
    return built


def _best(release: Release) -> File:
    rank = {tag: place for place, tag in enumerate(sys_tags())}
    ranked = [(min(rank[tag] for tag in file.tags & rank.keys()), file.name, file) for file in release.wheels if file.tags & rank.keys()]
    if not ranked:
        raise _no_file(release, "this platform and Python")
    return min(ranked)[2]


def _no_file(release: Release, wanted: str) -> NoFile:
    tags = sorted({tag.platform for file in release.wheels for tag in file.tags})
    return NoFile(str(release.version), wanted, "wheels for " + ", ".join(tags))


@contextmanager
def _workshop(target: Path) -> Iterator[Path]:
    """A folder of our own to build in, gone afterwards; trouble with the disk becomes CannotWrite."""
    try:
        BUILD.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="wheel-", dir=BUILD) as room:
            yield Path(room)
    except OSError as error:
        why = "the disk is full" if error.errno == errno.ENOSPC else str(error.strerror or error)
        raise CannotWrite(str(target), why) from error


def _patch(tree: Path, original: Wheel, release: Release, patches: Series, fixes: list[Fix]) -> list[Hook]:
    if not fixes:
        return []
    changed, used = series.apply(fixes, release.version, original.read)
    taken = set(patches.overlay) & set(original.names)
    if taken:
        raise BadPatch("patches/overlay", f"LiteLLM {release.version} has a file of its own at {min(taken)}")
    for path, content in {**patches.overlay, **changed}.items():
        _write(tree / path, content)
    return used


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(0o644)


def _notes(release: Release, file: File, patches: Series, used: list[Hook]) -> bytes:
    notes = {
        "release": str(release.version),
        "revision": patches.revision,
        "base": {"name": file.name, "sha256": file.sha256},
        "hooks": [hook.name for hook in used],
        "overlay": {path: hashlib.sha256(data).hexdigest() for path, data in patches.overlay.items()} if used else {},
    }
    return (json.dumps(notes, indent=2, sort_keys=True) + "\n").encode()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    # Two builds at once must not lose each other's line of SHA256SUMS.
    with FileLock(BUILD / f"{folder.name}.lock"):
        yield


def _write_sums(folder: Path) -> None:
    found = sorted(folder.glob("litellm-*+thinking.*.whl"))
    write_text(folder / SUMS, "".join(f"{_sha256(path)}  {path.name}\n" for path in found))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        digest = hashlib.sha256()
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _report(built: Built) -> None:
    fixes = ", ".join(built.fixes) or "no fix is needed on this release"
    print(f"{built.path}\n  sha256 {built.sha256}\n  {fixes}")
