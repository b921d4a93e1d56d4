"""What went wrong in a case, and which of the known failures (docs/failures.md) each of it is.

`failures.toml` says what each number is, and maps cases and symptoms to the numbers; what it does not know is a new
failure.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from tests.round_trip.grid import INGRESSES, Case

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

NEW = "new"
LIST = Path(__file__).with_name("failures.toml")


@dataclass(frozen=True)
class Failure:
    """One thing that broke a condition of passing.

    `text` is the message; `changed` the first checkpoint (see `trace`) at which the reasoning that it is about was not
    what the backend gave, "" if none; `explain` gives the rest of the report, which takes longer to write than a case
    to play.
    """

    text: str
    changed: str = ""
    explain: Callable[[], Iterable[str]] = field(default=tuple, compare=False)

    def __str__(self) -> str:
        return "\n".join([self.text, *self.explain()])


@dataclass(frozen=True)
class Description:
    """What a number is: its title, the issues and pull requests of BerriAI/litellm, and where it stands there.

    `seen_by` are the families of cases beside the grid (see `families`) that tell it, or the number as which it shows;
    `ingresses` and `releases` (specifiers) say where. All three are for what the entries of `known` do not say.
    """

    title: str
    upstream: Sequence[str]
    state: str
    seen_by: Sequence[str] = ()
    ingresses: Sequence[str] = ()
    releases: Sequence[str] = ()


@dataclass(frozen=True)
class Known:
    """A symptom of a known failure: where it shows, how, and since and until when LiteLLM has it.

    `conversations`, `ingresses`, `backends` and `modes` are the parts of a case's id (none: all); `says` is a pattern
    that is searched in the text of a failure, `changed` the checkpoints at which the reasoning may have changed first
    (none: anywhere). `releases` says which have it, and `mended` names the fix of this project that mends it.
    """

    number: str
    says: str
    releases: str
    conversations: Sequence[str] = ()
    ingresses: Sequence[str] = ()
    backends: Sequence[str] = ()
    modes: Sequence[str] = ()
    changed: Sequence[str] = ()
    mended: str = ""

    def fits(self, case: Case, failure: Failure) -> bool:
        """Whether a failure of a case is this one; in which release it was seen is for `concerns` to say."""
        told = (
            (self.conversations, case.conversation),
            (self.ingresses, case.ingress),
            (self.backends, case.backend),
            (self.modes, case.mode),
            (self.changed, failure.changed),
        )
        here = all(not allowed or one in allowed for allowed, one in told)
        return here and re.search(self.says, failure.text, re.DOTALL) is not None

    def concerns(self, release: str) -> bool:
        """Whether a release has it."""
        return _contains(self.releases, release)


@cache
def _contains(releases: str, release: str) -> bool:
    return SpecifierSet(releases).contains(release, prereleases=True)


@cache
def _listed() -> Mapping[str, Any]:
    return tomllib.loads(LIST.read_text(encoding="utf-8"))


@cache
def known() -> tuple[Known, ...]:
    """All known failures, in the order in which they are tried; more than one entry may have the same number."""
    return tuple(Known(**entry) for entry in _listed()["known"])


@cache
def described() -> Mapping[str, Description]:
    """What each number is, in the order of docs/failures.md; also those that no case can tell."""
    return {number: Description(**told) for number, told in _listed()["failure"].items()}


def titles() -> dict[str, str]:
    """The titles of the numbers that some case can tell, in the grid or beside it."""
    told = {one.number for one in known()}
    return {number: one.title for number, one in described().items() if number in told or one.seen_by}


def is_surveyed(release: str) -> bool:
    """Whether all is listed that fails in a release, and not only what the cases of the grid show of it."""
    return Version(release) >= Version(_listed()["surveyed"])


@cache
def release_under_test() -> str:
    """The release of LiteLLM that is installed, without the revision of its patches."""
    return Version(metadata.version("litellm")).public


def labels(case: Case, failures: Iterable[Failure], release: str) -> list[str]:
    """The numbers of a case's failures, sorted; `new` stands for those that nobody knows of this release."""
    concerning = [one for one in known() if one.concerns(release)]
    found = {next((one.number for one in concerning if one.fits(case, failure)), NEW) for failure in failures}
    return sorted(found, key=lambda number: (len(number), number))


def open_in(release: str, fixes: Iterable[str]) -> set[tuple[str, str]]:
    """The numbers that a release with these fixes in it still has, each with an ingress on which it does."""
    mended = set(fixes)
    still = [one for one in known() if one.mended not in mended and one.concerns(release)]
    return {(one.number, ingress) for one in still for ingress in one.ingresses or INGRESSES}
