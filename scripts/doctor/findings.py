"""What the doctor has to say: a sentence, what it is about, and whether something is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

NAMED = 3
"""How many of the files that a finding is about it names; the JSON report has them all."""


@dataclass(frozen=True)
class Finding:
    """`topic` is one of denied, indicator, dist-info, record, upstream, patch, rust, matrix, release.

    `wrong` makes the exit status 1; otherwise it is only worth knowing. `files` are those that it is about.
    """

    topic: str
    text: str
    wrong: bool = True
    files: tuple[str, ...] = ()


def about(topic: str, files: Iterable[str], one: str, many: str, *, wrong: bool = True) -> list[Finding]:
    """A finding about files, none if there are none: `one` follows a file's name, `many` the number of them."""
    found = tuple(sorted(files))
    if not found:
        return []
    text = f"{found[0]} {one}" if len(found) == 1 else f"{len(found)} files {many}: {_some(found)}"
    return [Finding(topic, f"{text}.", wrong, found)]


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
