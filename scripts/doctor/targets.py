"""What a word of the user's names: a Python, its environment, a folder of packages, a wheel, or a release.

A Python is found its folders by the layout of its environment and is never started, not even with `-I -S`: who suspects
an environment should not run any of it, and whoever wrote a `.pth` file there may have changed more than that.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.version import InvalidVersion, Version

from scripts.doctor.contents import is_dist_info
from scripts.doctor.identity import LOCAL
from scripts.errors import CannotExamine, NothingToExamine
from scripts.releases.upstream import PROJECT

CONFIGURATION = "pyvenv.cfg"
_PACKAGES = ("site-packages", "dist-packages")


@dataclass(frozen=True)
class Installed:
    """A folder with LiteLLM, or a trace of it, in it; and the environment's, below which scripts are installed."""

    folder: Path
    prefix: Path


@dataclass(frozen=True)
class WheelFile:
    path: Path


@dataclass(frozen=True)
class Named:
    """A release by its name, with the revision of the patches if it is to be patched."""

    release: Version
    revision: int | None


Target = Installed | WheelFile | Named


def find(word: str) -> Target:
    """What a word names; paths come first. Raises NothingToExamine and CannotExamine."""
    if not word:
        raise NothingToExamine("''", "it is an empty word")
    path = _absolute(word)
    try:
        if path.is_dir():
            return _in_folder(word, path)
        if path.exists():
            return WheelFile(path) if path.suffix.lower() == ".whl" else _of_python(word, path)
    except OSError as error:
        raise CannotExamine(word, f"it cannot be looked at ({error.strerror})") from error
    return _release(word)


def _absolute(word: str) -> Path:
    """The path that a word may be: what RECORD lists is told inside from outside by whole paths without `..`."""
    try:
        path = Path(word).expanduser()
    except RuntimeError:  # `~` of a user whom the system does not know
        path = Path(word)
    return Path(os.path.normpath(path.absolute()))


def _release(word: str) -> Named:
    try:
        version = Version(word)
    except InvalidVersion:
        raise NothingToExamine(word, "it is no file or folder that there is, and no release") from None
    own = re.fullmatch(rf"{LOCAL}\.(\d+)", version.local or "")
    if version.local and not own:
        raise NothingToExamine(word, f"{version.local!r} is no revision of these patches")
    return Named(Version(version.public), int(own[1]) if own else None)


def _in_folder(word: str, path: Path) -> Target:
    if has_litellm(path):
        return Installed(path, _prefix(path))
    if is_dist_info(path.name) or (path.name == PROJECT and (path / "__init__.py").is_file()):
        return Installed(path.parent, _prefix(path.parent))
    return _only(word, [path, *_of_environment(path)])


def _of_python(word: str, path: Path) -> Target:
    """By the place of a Python: of an environment as it is called, or else where its links lead."""
    if not path.name.lower().startswith(("python", "pypy")):
        raise NothingToExamine(word, "it is neither a wheel nor a Python")
    for place in (path, path.resolve()):
        folders = [*_of_prefix(place.parent, place.name), *_of_prefix(place.parent.parent, place.name)]
        if folders:
            return _only(word, _with_base(place.parent.parent, folders))
    raise NothingToExamine(word, "no folder of packages is where one of its environment would be")


def _of_environment(prefix: Path) -> list[Path]:
    return _with_base(prefix, list(_of_prefix(prefix, "python")))


def _with_base(prefix: Path, folders: list[Path]) -> list[Path]:
    """An environment may also see what is installed beside the Python that it was made with."""
    settings = _settings(prefix / CONFIGURATION)
    if settings.get("include-system-site-packages", "").lower() != "true" or "home" not in settings:
        return folders
    home = Path(settings["home"])
    return [*folders, *_of_prefix(home, "python"), *_of_prefix(home.parent, "python")]


def _settings(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return {}
    pairs = (line.partition("=") for line in lines)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _of_prefix(prefix: Path, name: str) -> Iterator[Path]:
    """The folders of packages of an environment, on any system; a Python's name may say of which version."""
    found = re.search(r"\d\.\d+", name)
    version = found[0] if found else "3*"
    posix = [f"{lib}/*{version}/{{0}}" for lib in ("lib", "lib64", "local/lib")]
    patterns = ["Lib/{0}", *posix, "lib/python3/{0}"]
    places = [
        place for pattern in patterns for each in _PACKAGES for place in sorted(prefix.glob(pattern.format(each)))
    ]
    seen: dict[Path, Path] = {}  # lib64 is often a link to lib
    for place in places:
        if place.is_dir():
            seen.setdefault(place.resolve(), place)
    yield from seen.values()


def _only(word: str, folders: Iterable[Path]) -> Installed:
    candidates = list(folders)
    found = [folder for folder in candidates if has_litellm(folder)]
    if not found:
        raise NothingToExamine(word, f"LiteLLM is not in {' or '.join(map(str, candidates))}")
    if len({_python_of(folder) for folder in found}) > 1:
        raise NothingToExamine(word, f"LiteLLM is in {' and in '.join(map(str, found))}; name one of them")
    return Installed(found[0], _prefix(found[0]))


def _python_of(folder: Path) -> str:
    return folder.parent.name


def has_litellm(folder: Path) -> bool:
    """Whether LiteLLM, or something that one has left, is in a folder."""
    try:
        names = [entry.name for entry in folder.iterdir()]
    except OSError:
        return False
    return any(name in (PROJECT, "litellm_init.pth") or is_dist_info(name) for name in names)


def _prefix(folder: Path) -> Path:
    """The environment that a folder of packages belongs to; scripts are listed in RECORD relative to the folder."""
    places = [folder, *folder.parents]
    above = 3 if folder.parent.name.startswith(("python", "pypy")) else 2
    return places[min(above, len(places) - 1)]
