"""The files of a target: which LiteLLM they are, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from packaging.utils import parse_wheel_filename
from packaging.version import Version

from scripts.doctor import indicators, origin, record
from scripts.doctor.contents import Contents, Folder, Scanned, Wheel, scan
from scripts.doctor.findings import Finding, about
from scripts.doctor.identity import DistInfo, dist_infos
from scripts.doctor.origin import Examined
from scripts.doctor.targets import Installed, WheelFile
from scripts.errors import NothingToExamine
from scripts.patching.series import Series
from scripts.releases.upstream import PROJECT, Lock


@dataclass(frozen=True)
class Files:
    """What the files of a target tell. `info` is None where nothing says which release they are.

    `same` of `listed` files are as RECORD says; `base` is the published wheel that they were compared with; `published`
    is the name of the published file that a wheel is, byte for byte.
    """

    info: DistInfo | None
    same: int
    listed: int
    base: str | None
    published: str | None
    findings: tuple[Finding, ...]


def examine(lock: Lock, patches: Series, target: Installed | WheelFile) -> Files:
    """Read all files of a target once, and compare them with everything there is. Raises CannotExamine."""
    contents = Folder(target.folder, target.prefix) if isinstance(target, Installed) else Wheel(target.path)
    infos = dist_infos(contents)
    records = {info.name: record.read(contents, info.name) for info in infos}
    if isinstance(target, WheelFile) and not infos:
        raise NothingToExamine(str(target.path), "it is no wheel of LiteLLM")
    listed = {name for one in records.values() for name in one.hashes if not contents.outside(name)}
    scanned = {name: scan(contents, name) for name in sorted(contents.names | contents.startup | listed)}
    compared = [(record.compare(records[info.name], contents, scanned, info.name), info) for info in infos]
    # Of two, the one that describes the files: an upgrade that broke off may have left the other.
    best, info = max(compared, key=lambda pair: pair[0].same, default=(record.Compared(0, 0, ()), None))
    findings = [*_left(lock, infos, info), *_of_folder(contents, scanned, infos, info), *best.findings]
    if info is None:
        return Files(None, best.same, best.listed, None, None, tuple(findings))
    findings += [*info.findings, *_of_name(target, info)]
    published = _published(lock, target, info)
    if published:
        return Files(info, best.same, best.listed, None, published, tuple(findings))
    found = origin.compare(lock, patches, Examined(info, records[info.name].hashes, contents, scanned))
    findings += [*_not_published(lock, target, info), *found.findings]
    return Files(info, best.same, best.listed, found.base, None, tuple(findings))


def _published(lock: Lock, target: Installed | WheelFile, info: DistInfo) -> str | None:
    release = next((one for one in lock.releases if one.version == info.version), None)
    if release is None or isinstance(target, Installed):
        return None
    file = origin.is_published(release, target.path)
    return file.name if file else None


def _not_published(lock: Lock, target: Installed | WheelFile, info: DistInfo) -> list[Finding]:
    """A wheel of the version of a release is one of the files that the lock names, or else somebody's own."""
    if isinstance(target, Installed) or not any(one.version == info.version for one in lock.releases):
        return []
    text = f"{target.path.name} is none of the files that upstream published of {info.version} (upstream.lock)."
    return [Finding("upstream", text, files=(target.path.name,))]


def _left(lock: Lock, infos: list[DistInfo], chosen: DistInfo | None) -> list[Finding]:
    """What is left of a denied release that another one was put over."""
    left = [(info, indicators.denied(lock, info.version)) for info in infos if info is not chosen]
    return [
        Finding("denied", f"{info.name} is of a denied release, which was installed here: {reason}")
        for info, reason in left
        if reason
    ]


def _of_folder(
    contents: Contents, scanned: Mapping[str, Scanned], infos: list[DistInfo], chosen: DistInfo | None
) -> list[Finding]:
    """What is wrong whatever release it is."""
    odd: dict[str, list[str]] = {}
    for name, what in contents.odd.items():
        odd.setdefault(what, []).append(name)
    found = [finding for what, names in odd.items() for finding in about("record", names, f"is {what}", f"are {what}")]
    found += _indicators(contents, scanned)
    if isinstance(contents, Folder):
        found += about("record", contents.linked, "is a symbolic link", "are symbolic links", wrong=False)
    if not infos and contents.names:
        found.append(Finding("dist-info", f"{PROJECT} is there without a dist-info: nothing says which release it is."))
    if len(infos) > 1 and chosen:
        names = " and ".join(info.name for info in infos)
        text = f"There are {names}, as after an upgrade that broke off; the files are rather those of {chosen.name}."
        found.append(Finding("dist-info", text))
    return found


def _indicators(contents: Contents, scanned: Mapping[str, Scanned]) -> list[Finding]:
    startup = {name for name in contents.names | contents.startup if name.endswith(indicators.STARTUP_FILE)}
    carried = {name for name in contents.names if indicators.is_startup_file(name)} - startup
    found = about("indicator", startup, "is what the malicious 1.82.8 ran at every start of Python", "are of 1.82.8")
    found += about("indicator", carried, "is a file that Python runs at every start", "run at every start of Python")
    for host in indicators.HOSTS:
        names = [name for name, one in scanned.items() if host in one.mentions]
        found += about("indicator", names, f"names {host}, a host of the malicious uploads", f"name {host}")
    return found


def _of_name(target: Installed | WheelFile, info: DistInfo) -> list[Finding]:
    """A wheel's name has to say what is in it; pip installs it by its name."""
    if isinstance(target, Installed):
        return []
    try:
        project, version = parse_wheel_filename(target.path.name)[:2]
    except ValueError:
        return [Finding("dist-info", f"{target.path.name} is not named as wheels are, and no installer takes it.")]
    if project == PROJECT and version == (info.version or Version("0")):
        return []
    return [Finding("dist-info", f"{target.path.name} is called {project} {version}, and has {info.version} in it.")]
