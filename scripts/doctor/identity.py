"""Which LiteLLM it is: the dist-info folders, their METADATA, and the notes of a patched wheel."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from packaging.metadata import parse_email
from packaging.tags import Tag, parse_tag
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from scripts.doctor.contents import CannotRead, Contents, is_dist_info
from scripts.doctor.findings import Finding
from scripts.patching.wheel import NOTES
from scripts.releases.upstream import PROJECT

LOCAL = "thinking"
TAGS = 1000
"""A tag such as `py2.py3-none-any` stands for several; more of them than this would be an attack."""


@dataclass(frozen=True)
class Notes:
    """What a patched wheel says of itself: its base, and the hooks and overlay modules (path to SHA-256) in it."""

    release: str
    revision: int
    base: str
    base_sha256: str
    hooks: tuple[str, ...]
    overlay: dict[str, str] = field(hash=False)

    @property
    def fixes(self) -> tuple[str, ...]:
        return tuple(hook.partition("/")[0] for hook in self.hooks)


@dataclass(frozen=True)
class DistInfo:
    """One dist-info folder: what its name and its METADATA say, and what is wrong with it."""

    name: str
    version: Version | None
    tags: frozenset[Tag]
    editable: bool
    notes: Notes | None
    findings: tuple[Finding, ...]

    @property
    def release(self) -> Version | None:
        """The upstream release, without the local part."""
        return self.version and Version(self.version.public)

    @property
    def revision(self) -> int | None:
        """The revision of the patches, as the version has it."""
        parts = (self.version.local or "").split(".") if self.version else []
        return int(parts[1]) if len(parts) == 2 and parts[0] == LOCAL and parts[1].isdecimal() else None


def dist_infos(contents: Contents) -> list[DistInfo]:
    """Every dist-info of LiteLLM, the newest version first."""
    tops = {name.partition("/")[0] for name in contents.names}
    found = [_dist_info(contents, name) for name in sorted(tops) if is_dist_info(name)]
    return sorted(found, key=lambda one: one.version or Version("0"), reverse=True)


def _dist_info(contents: Contents, name: str) -> DistInfo:
    findings: list[Finding] = []
    version = _version(contents, name, findings)
    notes = _notes(contents, name, findings)
    return DistInfo(name, version, _tags(contents, name, findings), _editable(contents, name), notes, tuple(findings))


def _version(contents: Contents, name: str, findings: list[Finding]) -> Version | None:
    """The version that METADATA states, or else the one in the folder's name."""
    named = _parsed(name.removesuffix(".dist-info").partition("-")[2])
    stated = _parsed(_stated(contents, name, findings))
    if named and stated and named != stated:
        findings.append(Finding("dist-info", f"{name} has a METADATA that calls itself {stated}."))
    if not named and not stated:
        findings.append(Finding("dist-info", f"{name} does not say which version it is of."))
    return stated or named


def _stated(contents: Contents, name: str, findings: list[Finding]) -> str:
    try:
        raw, _ = parse_email(contents.read(f"{name}/METADATA"))
    except CannotRead as problem:
        findings.append(Finding("dist-info", f"{name} has no METADATA that can be read: it {problem}."))
        return ""
    if canonicalize_name(raw.get("name", "")) != PROJECT:
        findings.append(Finding("dist-info", f"The METADATA of {name} is not that of LiteLLM."))
        return ""
    return raw.get("version", "")


def _parsed(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def _tags(contents: Contents, name: str, findings: list[Finding]) -> frozenset[Tag]:
    """The platform tags in WHEEL, which is an e-mail's head like METADATA."""
    try:
        text = contents.read(f"{name}/WHEEL").decode("utf-8", "replace")
    except CannotRead as problem:
        findings.append(Finding("dist-info", f"{name} has no WHEEL that can be read: it {problem}."))
        return frozenset()
    told = [line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("Tag:")]
    try:
        return frozenset(tag for one in told for tag in parse_tag(one, limit=TAGS))
    except ValueError:
        findings.append(Finding("dist-info", f"{name} has a WHEEL with a tag that is none."))
        return frozenset()


def _editable(contents: Contents, name: str) -> bool:
    """Whether it was installed in place (PEP 610). The address in the file may hold a password, so nobody says it."""
    data = _json(contents, f"{name}/direct_url.json")
    info = data.get("dir_info") if isinstance(data, dict) else None
    return isinstance(info, dict) and info.get("editable") is True


def _notes(contents: Contents, name: str, findings: list[Finding]) -> Notes | None:
    path = f"{name}/{NOTES}"
    if path not in contents.names:
        return None
    data = _json(contents, path)
    try:
        return _as_notes(data)
    except (KeyError, TypeError, ValueError, AttributeError):
        findings.append(Finding("patch", f"{path} is not what `nox -s wheel` writes."))
        return None


def _as_notes(data: Any) -> Notes:
    base, overlay = data["base"], data["overlay"]
    texts = [data["release"], base["name"], base["sha256"], *data["hooks"], *overlay, *overlay.values()]
    if not _all_texts(texts) or type(data["revision"]) is not int:
        raise TypeError("a number stands where a text should be, or the other way round")
    hooks = tuple(data["hooks"])
    return Notes(data["release"], data["revision"], base["name"], base["sha256"], hooks, dict(overlay))


def _all_texts(values: Iterable[object]) -> bool:
    return all(isinstance(value, str) for value in values)


def _json(contents: Contents, path: str) -> Any:
    try:
        return json.loads(contents.read(path))
    except (CannotRead, ValueError, RecursionError):
        return None
