"""What is known to remain open through the proxy, on releases where somebody has looked.

The fixes are for `/v1/messages`, so most of it is on the other endpoint. On a patched wheel (`--known-failures`) a case
that fails as an entry of `known.toml` says is told as open; an entry whose cases all pass is stale, and fails the run.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.clients.client import Client

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

LIST = Path(__file__).with_name("known.toml")


@dataclass(frozen=True)
class Open:
    """An open failure: its number in docs/failures.md, or a name where it is no matter of thinking; and who shows it.

    `says` is a pattern that is searched in what a case failed with. `clients`, `models` and `streamed` are arguments of
    the cases (none: all), `releases` those on which it was seen, and `why` says why it is open.
    """

    number: str
    says: str
    why: str
    releases: Sequence[str]
    clients: Sequence[str] = ()
    models: Sequence[str] = ()
    streamed: bool | None = None

    def fits(self, release: str, arguments: Mapping[str, Any], text: str) -> bool:
        """Whether a case with these arguments shows it by what it failed with."""
        client = next((value.name for value in arguments.values() if isinstance(value, Client)), "")
        return (
            release in self.releases
            and (not self.clients or client in self.clients)
            and (not self.models or arguments.get("model", "") in self.models)
            and (self.streamed is None or arguments.get("streamed") is self.streamed)
            and re.search(self.says, text) is not None
        )


@cache
def known() -> tuple[Open, ...]:
    """All entries, in the order of the file."""
    return tuple(Open(**entry) for entry in tomllib.loads(LIST.read_text(encoding="utf-8"))["open"])


def number_of(release: str, arguments: Mapping[str, Any], text: str) -> str:
    """The number of the entry that a failed case shows; "" if it is none."""
    return next((one.number for one in known() if one.fits(release, arguments, text)), "")


def listed(release: str) -> set[str]:
    """The numbers that are open on a release."""
    return {one.number for one in known() if release in one.releases}
