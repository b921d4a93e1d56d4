"""The verb `wheel`: published wheels of a release, verified, patched and packed again."""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock
from packaging.tags import sys_tags
from packaging.version import Version

from scripts.errors import BadPatch, NoFile
from scripts.patching import packing, ranges, series, trees
from scripts.patching.hooks import Hook
from scripts.patching.series import Fix, Series
from scripts.paths import BUILD, DIST
from scripts.releases import fetch, releases, upstream, wheels
from scripts.releases.upstream import File, Lock, Release
from scripts.releases.wheels import Wheel
from scripts.writing import reporting, room, whole, write_text

SUMS = "SHA256SUMS"
NOTES = "thinking_round_trip.json"
"""In dist-info: which release this was made from, and what was changed."""


@dataclass(frozen=True)
class Published:
    """A wheel of a release as upstream published it: what the lock says of it, and where it lies, verified."""

    release: Release
    file: File
    path: Path


@dataclass(frozen=True)
class Built:
    """A patched wheel: where it is, its SHA-256, and the fixes that are in it."""

    path: Path
    sha256: str
    fixes: tuple[str, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the verb takes."""
    parser.add_argument("releases", nargs="*", metavar="RELEASE", help="such as 1.83.0; the newest if none is named")
    parser.add_argument(
        "--platform", metavar="TAG", help="a platform such as win_amd64, or all; this machine's if not given"
    )


def run(arguments: argparse.Namespace) -> int:
    """Build `arguments.releases` (none: the newest) for `arguments.platform` (a tag, `all`, or None: this one)."""
    lock = upstream.load()
    patches = series.load()
    chosen = [releases.find(lock, name) for name in arguments.releases] or [lock.newest]
    _check_platform(lock, arguments.platform)
    wanted = [(release, file) for release in chosen for file in files_for(release, arguments.platform)]
    needed = {release.version: ranges.needed(lock, patches, release.version) for release in chosen}
    paths = fetch.fetch_all([file for _, file in wanted])
    for (release, file), path in zip(wanted, paths, strict=True):
        _report(build(Published(release, file, path), patches, needed[release.version]))
    return 0


def files_for(release: Release, platform: str | None) -> list[File]:
    """The published wheels for a platform tag (`win_amd64`), for `all`, or for None the best for this interpreter.

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


def build(base: Published, patches: Series, fixes: list[Fix], folder: Path = DIST) -> Built:
    """Make the patched wheel of a published one, and put it and its sum into `folder`.

    Raises BadWheel, BadPatch, HookDoesNotFit and CannotWrite; nothing half-made stays.
    """
    release = base.release.version
    version = f"{release}+thinking.{patches.revision}"
    name = base.file.name.replace(f"-{release}-", f"-{version}-", 1)
    with room("wheel", BUILD) as place, reporting(folder / name), wheels.opened(base.path) as original:
        tree = place / "tree"
        original.unpack(tree)
        changed, used = _changes(original, release, patches, fixes)
        notes = {f"{original.dist_info}/{NOTES}": _notes(base, patches, used)}
        trees.overwrite(tree, {**changed, **notes})
        packing.pack(tree, version, place / name)
        _publish(place / name, folder)
    return Built(folder / name, _sha256(folder / name), tuple(fix.name for fix in fixes))


def _publish(wheel: Path, folder: Path) -> None:
    """Put a finished wheel into the folder; two builds at once must not lose each other's line of the sums."""
    with FileLock(BUILD / f"{folder.name}.lock"):
        with whole(folder / wheel.name) as temporary:  # not moved: the folder may be on another disk
            shutil.copyfile(wheel, temporary)
        found = sorted(folder.glob("litellm-*+thinking.*.whl"))
        write_text(folder / SUMS, "".join(f"{_sha256(path)}  {path.name}\n" for path in found))


def _best(release: Release) -> File:
    rank = {tag: place for place, tag in enumerate(sys_tags())}
    fitting = [file for file in release.wheels if file.tags & rank.keys()]
    if not fitting:
        raise _no_file(release, "this platform and Python")
    return min(fitting, key=lambda file: min(rank[tag] for tag in file.tags & rank.keys()))


def _check_platform(lock: Lock, platform: str | None) -> None:
    """Wheels of pure Python fit any platform, so a mistyped one has to be noticed by itself."""
    known = {tag.platform for release in lock.releases for file in release.wheels for tag in file.tags}
    if platform not in (None, "all", *known):
        raise NoFile("of any release", str(platform), _platforms(lock.releases))


def _no_file(release: Release, wanted: str) -> NoFile:
    return NoFile(str(release.version), wanted, _platforms([release]))


def _platforms(releases: Iterable[Release]) -> str:
    tags = {tag.platform for release in releases for file in release.wheels for tag in file.tags}
    return "wheels for " + ", ".join(sorted(tags))


def _changes(
    original: Wheel, release: Version, patches: Series, fixes: list[Fix]
) -> tuple[dict[str, bytes], list[Hook]]:
    """What the fixes and the overlay make of a wheel: path to content, and the hooks that did it."""
    if not fixes:
        return {}, []
    taken = set(patches.overlay) & set(original.names)
    if taken:
        raise BadPatch("patches/overlay", f"LiteLLM {release} has a file of its own at {min(taken)}")
    changed, used = series.apply(fixes, release, original.read)
    return {**patches.overlay, **changed}, used


def _notes(base: Published, patches: Series, used: list[Hook]) -> bytes:
    overlay = patches.overlay if used else {}
    notes = {
        "release": str(base.release.version),
        "revision": patches.revision,
        "base": {"name": base.file.name, "sha256": base.file.sha256},
        "hooks": [hook.name for hook in used],
        "overlay": {path: hashlib.sha256(data).hexdigest() for path, data in overlay.items()},
    }
    return (json.dumps(notes, indent=2, sort_keys=True) + "\n").encode()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        digest = hashlib.sha256()
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _report(built: Built) -> None:
    fixes = ", ".join(built.fixes) or "no fix is needed on this release"
    print(f"{built.path}\n  sha256 {built.sha256}\n  {fixes}")
