"""Releases in words: which of them were measured, and those that follow one another as ranges."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import groupby

from scripts.matrix.results import Results


def measured(results: Results) -> list[str]:
    """The releases of which there are results, oldest first."""
    found = {one.release for one in results.results}
    return [release for release in results.header.releases if release in found]


def spans(releases: Sequence[str], chosen: Collection[str]) -> tuple[str, ...]:
    """The chosen ones among releases, which are sorted, as ranges of neighbours: `1.82.1 to 1.99.4`, or `1.105.0`."""
    runs = [list(run) for among, run in groupby(releases, key=set(chosen).__contains__) if among]
    return tuple(run[0] if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs)


def newest_of_minors(releases: Sequence[str]) -> list[str]:
    """Of releases, which are sorted, the newest patch release of each minor."""
    return list({release.rpartition(".")[0]: release for release in releases}.values())
