"""What the published matrix knows of a release, read without all that it knows of the others.

The file has 185,000 cells in 86 MB of text. Only the lines of the releases in question are parsed; of the others the
red cells are counted by the form in which `results.write` puts them, sorted keys, which the digest of the file proves.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.errors import BadResults
from scripts.matrix import published
from scripts.matrix.guide import advice
from scripts.matrix.results import RED, SKIPPED, Header, Result, Results
from tests.round_trip import families
from tests.round_trip.grid import Case

PUBLISHED = published.FOLDER / published.RESULTS

Route = tuple[str, str]
"""A backend and an ingress."""


@dataclass(frozen=True)
class Failure:
    """A failure of a release: its number, its title, and the cells that show it, by backend and ingress."""

    number: str
    title: str
    cells: dict[Route, int]


@dataclass(frozen=True)
class Score:
    """How a route does on a release: whether it is intact, and the cases of the grid that passed and that are red."""

    intact: bool
    passed: int
    red: int


@dataclass(frozen=True)
class Matrix:
    """Some releases of the published matrix, and the number of red cells of all, by release and variant."""

    results: Results
    red: Counter[tuple[str, bool]]

    @property
    def revision(self) -> int:
        """The revision of the fixes that the patched variant had."""
        return self.results.header.revision

    def has(self, release: str) -> bool:
        return release in self.results.header.releases

    def failures(self, release: str, *, patched: bool) -> list[Failure]:
        """What fails on a release, by number."""
        found: defaultdict[str, Counter[Route]] = defaultdict(Counter)
        for one in self._red_cells(release, patched):
            case = Case.parse(one.case)
            for number in one.failures or (one.outcome,):
                found[number][case.backend, case.ingress] += 1
        titles = self.results.header.failures
        return [Failure(number, titles.get(number, ""), dict(found[number])) for number in sorted(found, key=_order)]

    def scores(self, release: str, *, patched: bool) -> dict[Route, Score]:
        """How each route of the grid does; `guide` says what counts."""
        intact = advice(self.results, release, patched=patched)
        counted: Counter[tuple[Route, bool]] = Counter()
        for one in self._cells(release, patched):
            if families.node(one.case) is None and one.outcome != SKIPPED:
                case = Case.parse(one.case)
                counted[(case.backend, case.ingress), one.red] += 1
        routes = {route for route, _ in counted}
        return {
            route: Score(route[1] in intact[route[0]], counted[route, False], counted[route, True]) for route in routes
        }

    def best(self) -> str:
        """The release with the fewest red cells when it is patched; of several the newest."""
        releases = self.results.header.releases
        return min(reversed(releases), key=lambda release: self.red[release, True])

    def _cells(self, release: str, patched: bool) -> Iterator[Result]:
        return (one for one in self.results.results if one.release == release and one.patched is patched)

    def _red_cells(self, release: str, patched: bool) -> Iterator[Result]:
        return (one for one in self._cells(release, patched) if one.red)


def read(releases: Collection[str], path: Path | None = None) -> Matrix:
    """Read the cells of some releases. Raises BadResults where the file is not whole, or cannot be read."""
    path = path or PUBLISHED
    try:
        data = gzip.decompress(path.read_bytes())
        lines = data.splitlines(keepends=True)
        _check(path, data, lines)
        found = [_result(line) for line in lines if _release_of(line) in releases]
        return Matrix(Results(_header(lines), (), tuple(found)), _red(lines))
    except (OSError, EOFError, zlib.error) as error:
        raise BadResults(str(path), f"it cannot be read ({error})") from error
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise BadResults(str(path), f"it is not what the matrix wrote ({error})") from error


def _check(path: Path, data: bytes, lines: list[bytes]) -> None:
    footer = json.loads(lines[-1])
    if footer.get("kind") != "footer":
        raise BadResults(str(path), "it has no footer, so it is incomplete")
    if footer["sha256"] != hashlib.sha256(data[: -len(lines[-1])]).hexdigest():
        raise BadResults(str(path), "its footer does not fit its lines: it was cut or changed")


def _header(lines: list[bytes]) -> Header:
    """The header, less what nobody asks of it here."""
    line = json.loads(lines[0])
    told = {name: line[name] for name in ("run", "python", "revision", "shard", "failures")}
    return Header(**told, releases=tuple(line["releases"]), cases=tuple(line["cases"]), conversations={}, fixes=())


def _result(line: bytes) -> Result:
    told: dict[str, Any] = json.loads(line)
    told.pop("kind")
    return Result(**{**told, "failures": tuple(told["failures"])})


def _release_of(line: bytes) -> str:
    """The release of a line that is a result, in which it stands last; "" of any other."""
    return line.rpartition(_RELEASE)[2][:-3].decode() if line.startswith(_RESULT) else ""


def _red(lines: list[bytes]) -> Counter[tuple[str, bool]]:
    # A quote inside a text is escaped, so none of this can stand in a reason.
    red = (line for line in lines if line.startswith(_RESULT) and any(outcome in line for outcome in _OUTCOMES))
    return Counter((_release_of(line), b'"patched": true' in line) for line in red)


_RESULT, _RELEASE = b'{"case": ', b'"release": "'
_OUTCOMES = tuple(f'"outcome": "{outcome}"'.encode() for outcome in RED)


def _order(number: str) -> tuple[str, int, str]:
    """F2 before F10, and both before N1."""
    letters = number.rstrip("0123456789")
    return letters, int(number[len(letters) :] or 0), number
