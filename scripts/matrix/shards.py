"""Spread the releases of a run over several machines, and put what they found together again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from scripts.errors import BadResults, BadShard
from scripts.matrix import results
from scripts.matrix.results import Results
from scripts.releases.upstream import Release

WHOLE = "1/1"
NAME = "results.jsonl"
OTHERS = ("report.html", "report.md", "junit.xml")


def part(releases: Sequence[Release], shard: str) -> list[Release]:
    """The releases of a shard such as 3/8: neighbours, which share most of their files. Raises BadShard."""
    number, count = _parsed(shard)
    if count > len(releases):
        raise BadShard(shard, f"there are no more releases than {len(releases)}")
    return list(releases[len(releases) * (number - 1) // count : len(releases) * number // count])


def plan(releases: Sequence[Release], count: int) -> dict[str, list[dict[str, str]]]:
    """What a CI service starts its machines from: `count` shards by their names, and the releases that each has.

    There are no more shards than releases. Raises BadShard.
    """
    if count < 1:
        raise BadShard(str(count), "there has to be one at least")
    count = min(count, len(releases))
    shards = [f"{number}/{count}" for number in range(1, count + 1)]
    parts = [(shard, part(releases, shard)) for shard in shards]
    return {"include": [{"shard": shard, "releases": _span(found)} for shard, found in parts]}


def folder_of(shard: str) -> str:
    """The name of the folder for the results of a shard; the whole run needs none."""
    return "" if shard == WHOLE else shard.replace("/", "-of-")


def merge(paths: Iterable[Path]) -> Results:
    """The whole of a run, from the results of all its shards: files, or folders in which there is one.

    What else the matrix leaves beside them may be among the paths: other reports, and what was merged before. Raises
    BadResults where the shards are not of one run, or not all there.
    """
    files = [path / NAME if path.is_dir() else path for path in paths if path.name not in OTHERS]
    found = [(path, results.read(path)) for path in files]
    if not found:
        raise BadResults("what was named", "there are no results in it")
    read = [(path, one) for path, one in found if one.header.shard != WHOLE] or found
    first = read[0][1].header
    seen: dict[str, Path] = {}
    for path, one in read:
        if replace(one.header, shard="") != replace(first, shard=""):
            raise BadResults(str(path), f"it is of another run than {read[0][0]}")
        for release in one.releases:
            if release.release in seen:
                raise BadResults(str(path), f"{seen[release.release]} has {release.release} too")
            seen[release.release] = path
    missing = [release for release in first.releases if release not in seen]
    if missing:
        raise BadResults(str(read[0][0]), f"of its run {_listed(missing)} are in none of the files")
    return _joined([one for _, one in read])


def _joined(parts: Sequence[Results]) -> Results:
    place = {release: number for number, release in enumerate(parts[0].header.releases)}
    ordered = sorted(parts, key=lambda one: min(place[info.release] for info in one.releases))
    return Results(
        replace(parts[0].header, shard=WHOLE),
        tuple(info for one in ordered for info in one.releases),
        tuple(result for one in ordered for result in one.results),
        {digest: text for one in ordered for digest, text in one.details.items()},
    )


def _parsed(shard: str) -> tuple[int, int]:
    found = re.fullmatch(r"([1-9]\d*)/([1-9]\d*)", shard)
    if not found or int(found[1]) > int(found[2]):
        raise BadShard(shard, "it has to be like 3/8, the third of eight parts")
    return int(found[1]), int(found[2])


def _span(releases: Sequence[Release]) -> str:
    first, last = releases[0].version, releases[-1].version
    return str(first) if first == last else f"{first} to {last}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} others" if len(names) > 5 else "")
