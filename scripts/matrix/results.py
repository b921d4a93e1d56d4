"""results.jsonl: what a run of the matrix measured, as one file that is whole or refused.

A header, a line for each release, one for each (release, unpatched or patched, case), the details that these name, and
a footer. `docs/matrix/results.schema.json` is the form of each line; a name that ends in `.gz` is compressed.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, cast

import fastjsonschema

from scripts.errors import BadResults
from scripts.paths import ROOT
from scripts.writing import whole
from tests.round_trip.grid import DIALECT

FORMAT = 1
SCHEMA = ROOT / "docs" / "matrix" / "results.schema.json"

PASSED, FAILED, ERRORED, SKIPPED = "passed", "failed", "errored", "skipped"
RED = (FAILED, ERRORED)
"""The outcomes that are bad news."""

Line = dict[str, Any]


@dataclass(frozen=True)
class FixInfo:
    """A fix as the report needs it: the numbers of what it mends, and its cases."""

    name: str
    title: str
    failures: tuple[str, ...]
    cases: tuple[str, ...]


@dataclass(frozen=True)
class Header:
    """What all shards of a run share, and which of them this is (`shard`, such as 3/8).

    `run` is the digest of everything that the results depend on; `releases` are those of the whole run, oldest first.
    `conversations` has the text of each conversation's file by name, `failures` the title of each failure by number.
    """

    run: str
    python: str
    revision: int
    releases: tuple[str, ...]
    shard: str
    cases: tuple[str, ...]
    conversations: dict[str, str]
    failures: dict[str, str]
    fixes: tuple[FixInfo, ...]


@dataclass(frozen=True)
class ReleaseInfo:
    """A release that was measured: its wheel, the fixes in its patched variant, and the verdict of each fix."""

    release: str
    layout: str
    wheel: str
    sha256: str
    applied: tuple[str, ...]
    verdicts: dict[str, str]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one case on one release, unpatched or patched.

    `outcome` is one of PASSED, FAILED, ERRORED, SKIPPED; `failures` are the numbers of what failed, `reason` says what
    went wrong first, and `detail` is the digest of the text that explains it, "" where there is none.
    """

    release: str
    patched: bool
    case: str
    outcome: str
    failures: tuple[str, ...] = ()
    reason: str = ""
    detail: str = ""

    @property
    def red(self) -> bool:
        return self.outcome in RED


@dataclass(frozen=True)
class Results:
    """A whole file. `details` are the explanations by their digest."""

    header: Header
    releases: tuple[ReleaseInfo, ...]
    results: tuple[Result, ...]
    details: dict[str, str] = field(default_factory=dict)

    def red(self, *, patched: bool) -> int:
        """How many cells of a variant are red."""
        return sum(one.red for one in self.results if one.patched is patched)

    @property
    def dialects(self) -> frozenset[str]:
        """The dialects in which cases are played, as their ids have them."""
        return frozenset(case.partition("/")[0] for case in self.header.cases if case.startswith(DIALECT))


def write(path: Path, results: Results) -> None:
    """Write a file, whole or not at all; the same results give the same bytes. Raises CannotWrite."""
    with whole(path) as temporary, temporary.open("wb") as plain, _packed(path, plain) as file:
        digest = hashlib.sha256()
        for line in _lines(results):
            data = _dumped(line)
            digest.update(data)
            file.write(data)
        file.write(_dumped(_footer(results, digest.hexdigest())))


def read(path: Path) -> Results:
    """Read a file and check all of it. Raises BadResults where it is not whole and right, or cannot be read."""
    try:
        with _opened(path) as file:
            lines, digest = _checked(path, file)
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise BadResults(str(path), f"it cannot be read ({error})") from error
    kinds: dict[str, list[Line]] = {"header": [], "release": [], "result": [], "detail": [], "footer": []}
    for line in lines:
        kinds[line.pop("kind")].append(line)
    _check_whole(path, kinds, digest)
    return Results(
        _header(kinds["header"][0]),
        tuple(ReleaseInfo(**{**line, "applied": tuple(line["applied"])}) for line in kinds["release"]),
        tuple(Result(**{**line, "failures": tuple(line["failures"])}) for line in kinds["result"]),
        {line["digest"]: line["text"] for line in kinds["detail"]},
    )


def digest_of(text: str) -> str:
    """The digest by which results name a detail."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@cache
def _validator(kind: object) -> Callable[[object], object]:
    """The published schema of one kind of line as a function; of a kind that it does not know, all of it."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    if kind in schema["definitions"]:
        schema = {"$ref": f"#/definitions/{kind}", "definitions": schema["definitions"]}
    compiled: Callable[[object], object] = fastjsonschema.compile(schema)
    return compiled


def _lines(results: Results) -> Iterator[Line]:
    header = asdict(results.header)
    yield {"kind": "header", "format": FORMAT, **header}
    for release in results.releases:
        yield {"kind": "release", **asdict(release)}
    for result in results.results:
        line = {name: getattr(result, name) for name in Result.__slots__ if name != "detail" or result.detail}
        yield {"kind": "result", **line}
    for digest, text in sorted(results.details.items()):
        yield {"kind": "detail", "digest": digest, "text": text}


def _footer(results: Results, digest: str) -> Line:
    counts = {
        "releases": len(results.releases),
        "results": len(results.results),
        "details": len(results.details),
    }
    return {"kind": "footer", **counts, "sha256": digest}


def _dumped(line: Line) -> bytes:
    return (json.dumps(line, sort_keys=True) + "\n").encode("ascii")


def _packed(path: Path, file: BinaryIO) -> AbstractContextManager[BinaryIO]:
    # Neither a name nor a time in it: the same results give the same bytes.
    packed = gzip.GzipFile("", "wb", fileobj=file, mtime=0) if path.suffix == ".gz" else nullcontext(file)
    return cast("AbstractContextManager[BinaryIO]", packed)


def _opened(path: Path) -> BinaryIO:
    return cast("BinaryIO", gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")


def _checked(path: Path, file: Iterable[bytes]) -> tuple[list[Line], str]:
    """The lines, each of which is right by itself, and the digest of all but the last."""
    digest, lines, last = hashlib.sha256(), [], b""
    for number, data in enumerate(file, 1):
        digest.update(last)
        last = data
        try:
            line = json.loads(data)
            _validator(line.get("kind"))(line)
        except (ValueError, AttributeError, TypeError, fastjsonschema.JsonSchemaValueException) as error:
            raise BadResults(str(path), f"line {number} is not in the form of results.schema.json ({error})") from error
        lines.append(line)
    return lines, digest.hexdigest()


def _check_whole(path: Path, kinds: dict[str, list[Line]], digest: str) -> None:
    footers = kinds["footer"]
    if len(footers) != 1:
        raise BadResults(str(path), "it has no footer, so it is incomplete" if not footers else "it has two footers")
    counted = {f"{kind}s": len(kinds[kind]) for kind in ("release", "result", "detail")}
    stated = {name: footers[0][name] for name in counted}
    if len(kinds["header"]) != 1:
        raise BadResults(str(path), f"it has {len(kinds['header'])} headers")
    if counted != stated or digest != footers[0]["sha256"]:
        raise BadResults(str(path), "its footer does not fit its lines: it was cut or changed")
    _check_cells(path, kinds)


def _check_cells(path: Path, kinds: dict[str, list[Line]]) -> None:
    """Each release of the file has one result for each case and variant, and no other release has any."""
    header = kinds["header"][0]
    releases = [line["release"] for line in kinds["release"]]
    if len(set(releases)) != len(releases) or not set(releases) <= set(header["releases"]):
        raise BadResults(str(path), "it has a release twice, or one that its header does not name")
    cells = {(line["release"], line["patched"], line["case"]) for line in kinds["result"]}
    wanted = {(release, patched, case) for release in releases for patched in (False, True) for case in header["cases"]}
    if cells != wanted or len(cells) != len(kinds["result"]):
        raise BadResults(str(path), "it has not one result for each release, variant and case")


def _header(line: Line) -> Header:
    fixes = tuple(
        FixInfo(fix["name"], fix["title"], tuple(fix["failures"]), tuple(fix["cases"])) for fix in line["fixes"]
    )
    told = {name: value for name, value in line.items() if name != "format"}
    return Header(**{**told, "releases": tuple(line["releases"]), "cases": tuple(line["cases"]), "fixes": fixes})
