"""A hook: a `.patch` mail whose few changed lines make a release's adapter call the overlay. Applied without fuzz."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_string
from email.policy import default as mail_policy
from pathlib import Path

from packaging.version import InvalidVersion, Version
from unidiff.constants import LINE_TYPE_NO_NEWLINE
from unidiff.errors import UnidiffParseError
from unidiff.patch import Hunk, PatchedFile, PatchSet

from scripts.errors import BadPatch, HookDoesNotFit


@dataclass(frozen=True)
class Hook:
    """One `.patch` file: the fix it belongs to, the first release its text fits, and its diff."""

    fix: str
    since: Version
    subject: str
    body: str
    files: PatchSet

    @property
    def name(self) -> str:
        return f"{self.fix}/{self.since}.patch"

    @property
    def paths(self) -> list[str]:
        """The files it changes, relative to the source tree (and to the wheel)."""
        return [file.path for file in self.files]

    @property
    def text(self) -> str:
        """What it changes, without line numbers: two hooks with the same text do the same."""
        return "".join(str(line) for file in self.files for hunk in file for line in hunk)


def load(path: Path) -> Hook:
    """Read one `patches/<fix>/<release>.patch`. Raises BadPatch."""
    name = f"{path.parent.name}/{path.name}"
    try:
        since = Version(path.stem)
        mail, marker, diff = path.read_text(encoding="utf-8").partition("\ndiff --git ")
        files = PatchSet(marker.lstrip("\n") + diff)
        headers = message_from_string(mail, policy=mail_policy)
        body = str(headers.get_content())
    except InvalidVersion:
        raise BadPatch(name, "its name is not the first release that it fits") from None
    except (OSError, UnicodeDecodeError, LookupError, UnidiffParseError) as error:
        raise BadPatch(name, str(error)) from error
    hook = Hook(path.parent.name, since, headers["Subject"] or "", body, files)
    _check(name, hook)
    return hook


def apply(hook: Hook, release: str, read: Callable[[str], bytes]) -> dict[str, bytes]:
    """The files that the hook changes, path to new content; `read` gives a file of the release, or raises KeyError.

    Every hunk has to be in the file exactly once, to the letter; the file keeps its line ends. Raises HookDoesNotFit,
    which names the hunk. Nothing is written in any case.
    """
    changed = {}
    for file in hook.files:
        try:
            text = read(file.path).decode()
        except KeyError:
            raise _misfit(hook, release, file, 0, "the release has no such file") from None
        changed[file.path] = _patched(hook, release, file, text).encode()
    return changed


def _patched(hook: Hook, release: str, file: PatchedFile, text: str) -> str:
    line_end = _line_end(text)
    lines = text.split(line_end)
    result: list[str] = []
    end = 0
    for number, hunk in enumerate(file, 1):
        before, after = _sides(hunk)
        places = _places(lines, before)
        if len(places) != 1:
            why = "its lines are not there" if not places else f"its lines are there {len(places)} times"
            raise _misfit(hook, release, file, number, why)
        if places[0] < end:
            raise _misfit(hook, release, file, number, "its lines come before those of the hunk in front of it")
        result += lines[end : places[0]] + after
        end = places[0] + len(before)
    return line_end.join(result + lines[end:])


def _line_end(text: str) -> str:
    """Upstream's wheels for Windows have Windows line ends throughout; a file that mixes both has none of its own."""
    return "\r\n" if text.count("\r\n") == text.count("\n") > 0 else "\n"


def _sides(hunk: Hunk) -> tuple[list[str], list[str]]:
    before = [line.value.rstrip("\n") for line in hunk if line.is_context or line.is_removed]
    after = [line.value.rstrip("\n") for line in hunk if line.is_context or line.is_added]
    return before, after


def _places(lines: list[str], wanted: list[str]) -> list[int]:
    size = len(wanted)
    starts = (index for index, line in enumerate(lines) if line == wanted[0])
    return [start for start in starts if lines[start : start + size] == wanted]


def _misfit(hook: Hook, release: str, file: PatchedFile, number: int, why: str) -> HookDoesNotFit:
    hunk = f"hunk {number} of {len(file)} ({_header(file[number - 1])})" if number else "the diff"
    return HookDoesNotFit(release, hook.fix, f"{hook.since}.patch", file.path, hunk, why)


def _header(hunk: Hunk) -> str:
    return f"@@ -{hunk.source_start},{hunk.source_length} +{hunk.target_start},{hunk.target_length} @@"


def _check(name: str, hook: Hook) -> None:
    if not hook.subject or not hook.body.strip():
        raise BadPatch(name, "it is not a full mail: a subject and a body that says why are missing")
    if not hook.files:
        raise BadPatch(name, "it has no diff")
    for file in hook.files:
        if not file.is_modified_file or file.is_rename:
            raise BadPatch(name, f"it adds, removes or renames {file.path}; new modules belong to the overlay")
        if not all(_sides(hunk)[0] for hunk in file):
            raise BadPatch(name, f"a hunk in {file.path} has no line that says where it belongs")
        if any(line.line_type == LINE_TYPE_NO_NEWLINE for hunk in file for line in hunk):
            raise BadPatch(name, f"it changes the end of {file.path}, where a line break is missing")
