"""upstream.lock: every supported release of LiteLLM with its files by name, size and SHA-256."""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.tags import Tag
from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from scripts.errors import BadLock
from scripts.paths import LOCK

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PROJECT = "litellm"
LAYOUTS = ("experimental_pass_through", "pass_through", "messages")
"""Where the Anthropic adapters of a release are, below litellm/llms/anthropic/; oldest first."""

_HEAD = """\
# Every supported release of LiteLLM: each published file by name, size (where the package index tells it) and SHA-256.
# Written by `nox -s lock -- --update`, which only adds; the digest makes a change by hand show.
"""


@dataclass(frozen=True)
class File:
    """One published file: a wheel or a source distribution. `size` is in bytes, None where the index tells none."""

    name: str
    sha256: str
    size: int | None = None

    @property
    def is_wheel(self) -> bool:
        return self.name.endswith(".whl")

    @property
    def tags(self) -> frozenset[Tag]:
        """The platform tags of a wheel."""
        return parse_wheel_filename(self.name)[3]

    @property
    def release(self) -> Version:
        """The release that the file name says it belongs to. Raises ValueError for any other name."""
        try:
            parsed = parse_wheel_filename if self.is_wheel else parse_sdist_filename
            project, version = parsed(self.name)[:2]
        except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion) as error:
            raise ValueError(str(error)) from error
        if project != PROJECT:
            raise ValueError(f"{self.name} belongs to {project}")
        return version


@dataclass(frozen=True)
class Release:
    """One release: its version, Python requirement, adapter layout (one of LAYOUTS) and files, sorted by name."""

    version: Version
    requires_python: str
    layout: str
    files: tuple[File, ...]

    @property
    def wheels(self) -> list[File]:
        return [file for file in self.files if file.is_wheel]


@dataclass(frozen=True)
class Lock:
    """The releases, oldest first, and the denied ones with the reason (docs/failures.md#supply-chain-compromise)."""

    releases: tuple[Release, ...]
    denied: tuple[tuple[str, str], ...]

    @property
    def first(self) -> Release:
        return self.releases[0]

    @property
    def newest(self) -> Release:
        return self.releases[-1]


def load(path: Path = LOCK) -> Lock:
    """Read the lock. Raises BadLock where it cannot be read, or does not agree with its own digest."""
    lock, stated = read(path)
    if stated != digest(lock):
        raise BadLock("it was changed by hand: its digest does not fit its content")
    return lock


def read(path: Path) -> tuple[Lock, str]:
    """The lock and the digest it states, whether or not they agree. Raises BadLock where it cannot be read."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        lock = _parse(data)
        stated = str(data["digest"])
    except OSError as error:
        raise BadLock(f"it cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
        raise BadLock(f"it is not what the tool wrote ({error})") from error
    if not lock.releases:
        raise BadLock("it names no release")
    return lock, stated


def digest(lock: Lock) -> str:
    """The SHA-256 over everything the lock says, as `sha256:<hex>`."""
    content = json.dumps(_plain(lock), sort_keys=True, ensure_ascii=False)
    return "sha256:" + hashlib.sha256(content.encode()).hexdigest()


def dumps(lock: Lock) -> str:
    """The lock as TOML text, one line per file, in a fixed order."""
    parts = [_HEAD, f"digest = {_quoted(digest(lock))}\n"]
    parts += [f"\n[[denied]]\nrelease = {_quoted(name)}\nreason = {_quoted(why)}\n" for name, why in lock.denied]
    parts += [_release_text(release) for release in lock.releases]
    return "".join(parts)


def _release_text(release: Release) -> str:
    lines = [
        "\n[[release]]",
        f"release = {_quoted(str(release.version))}",
        f"requires-python = {_quoted(release.requires_python)}",
        f"layout = {_quoted(release.layout)}",
        "files = [",
        *(f"  {_file_text(file)}," for file in release.files),
        "]\n",
    ]
    return "\n".join(lines)


def _file_text(file: File) -> str:
    size = "" if file.size is None else f", size = {file.size}"
    return f"{{ name = {_quoted(file.name)}{size}, sha256 = {_quoted(file.sha256)} }}"


def _quoted(text: str) -> str:
    # A JSON string of printable text is a TOML basic string.
    return json.dumps(text, ensure_ascii=False)


def _parse(data: dict[str, Any]) -> Lock:
    releases = tuple(_parse_release(entry) for entry in data["release"])
    denied = tuple((str(Version(_text(entry["release"]))), _text(entry["reason"])) for entry in data["denied"])
    return Lock(releases, denied)


def _parse_release(entry: dict[str, Any]) -> Release:
    files = tuple(_parse_file(file) for file in entry["files"])
    return Release(Version(entry["release"]), _text(entry["requires-python"]), _text(entry["layout"]), files)


def _parse_file(entry: dict[str, Any]) -> File:
    size = entry.get("size")
    if size is not None and type(size) is not int:
        raise TypeError(f"the size {size!r} is no number of bytes")
    return File(_text(entry["name"]), _text(entry["sha256"]), size)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} stands where a text should be")
    return value


def _plain(lock: Lock) -> dict[str, Any]:
    return {
        "denied": [list(pair) for pair in lock.denied],
        "releases": [
            [
                str(release.version),
                release.requires_python,
                release.layout,
                [[file.name, file.size, file.sha256] for file in release.files],
            ]
            for release in lock.releases
        ],
    }
