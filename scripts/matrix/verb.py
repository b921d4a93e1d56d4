"""The verb `matrix`: every release, unpatched and patched, against every case; and the reports of what was found."""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from packaging.version import Version

from scripts.matrix import ablation, cases, outcomes, progress, report, results, shards
from scripts.matrix import published as publication
from scripts.matrix.comparison import Comparison, compare
from scripts.matrix.measure import Bench, Measured, measure_all
from scripts.matrix.results import FixInfo, Header, Result, Results
from scripts.patching import ranges, series, wheel
from scripts.patching.series import Series
from scripts.patching.wheel import Published
from scripts.paths import BUILD
from scripts.releases import fetch, releases, upstream
from scripts.releases.upstream import Release
from scripts.suite import environment
from tests.round_trip import failures

FOLDER = BUILD / "matrix"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the verb takes."""
    parser.add_argument("--releases", metavar="SPEC", default="all", help="as for verdicts; all of them if not given")
    parts = parser.add_mutually_exclusive_group()
    parts.add_argument("--shard", metavar="I/N", default="1/1", help="only the I-th of N parts of the releases")
    parts.add_argument("--shards", metavar="N", type=int, help="only print the N shards, as JSON for a CI service")
    parts.add_argument("--merge", metavar="FILE", type=Path, nargs="+", help="put the results of all shards together")
    parser.add_argument(
        "--against", metavar="FILE", type=Path, help="say what changed since these results (1: for ill)"
    )
    parser.add_argument("--ablate", action="store_true", help="leave each fix out once, and name dead weight")
    parser.add_argument("--no-cache", action="store_true", help="play what was played before, too")
    parser.add_argument(
        "--format", choices=("json", "md", "html", "junit"), action="append", help="a report to write; all if not given"
    )
    parser.add_argument("--publish", action="store_true", help="also write docs/matrix and the README's headline")
    parser.add_argument("--output", metavar="FOLDER", type=Path, help="where to, if not build/matrix")


def run(arguments: argparse.Namespace) -> int:
    """Measure, or put shards together, and write the reports; or with `arguments.shards` plan a run and do nothing.

    1 where a cell turned red that was green, passes unpatched and fails patched, or where a fix is not what `fix.toml`
    says of it.
    """
    lock, patches = upstream.load(), series.load()
    if arguments.shards is not None:
        print(json.dumps(shards.plan(releases.select(lock, arguments.releases), arguments.shards)))
        return 0
    # Before anything is measured: what cannot be done is better known now.
    old = results.read(arguments.against) if arguments.against else None
    if arguments.merge:
        found = shards.merge(arguments.merge)
    else:
        chosen = releases.select(lock, arguments.releases)
        if arguments.publish:
            publication.check(lock, [str(release.version) for release in shards.part(chosen, arguments.shard)])
        found = _measured(patches, chosen, arguments)
    if arguments.publish:
        publication.check(lock, found.header.releases)
    comparison = compare(found, old) if old else None
    folder = arguments.output or FOLDER / shards.folder_of(found.header.shard)
    written = report.write(folder, found, comparison, arguments.format or report.FORMATS)
    written += publication.publish(found) if arguments.publish else []
    print("\n".join(map(str, written)))
    return _status(patches, found, comparison)


def measured(patches: Series, chosen: Sequence[Release], *, anew: bool = False, ablate: bool = False) -> list[Measured]:
    """What is found on releases, in their order; `anew` also plays what is remembered, `ablate` leaves fixes out."""
    bases = published(chosen)
    with Bench(patches, cases.chosen(patches), anew) as bench, progress.shown(len(bases)) as tell:
        return measure_all(bench, bases, tell, ablation.ablated if ablate else None)


def published(chosen: Sequence[Release]) -> list[Published]:
    """The published wheels of releases for this machine, verified.

    Raises WrongPython where one does not run here, NoFile, and what `fetch` raises.
    """
    for release in chosen:
        environment.check_python(release)
    files = [wheel.files_for(release, None)[0] for release in chosen]
    return [Published(*base) for base in zip(chosen, files, fetch.fetch_all(files), strict=True)]


def _measured(patches: Series, chosen: Sequence[Release], arguments: argparse.Namespace) -> Results:
    part = shards.part(chosen, arguments.shard)
    found = measured(patches, part, anew=arguments.no_cache, ablate=arguments.ablate)
    return Results(
        _header(patches, chosen, arguments.shard, arguments.ablate),
        tuple(one.info for one in found),
        tuple(result for one in found for result in one.results),
        found[0].details,
    )


def _header(patches: Series, chosen: Sequence[Release], shard: str, ablate: bool) -> Header:
    played = cases.chosen(patches)
    return Header(
        run=_digest(patches, chosen, played, ablate),
        python=outcomes.PYTHON,
        revision=patches.revision,
        releases=tuple(str(release.version) for release in chosen),
        shard=shard,
        cases=tuple(played),
        conversations=cases.texts(played),
        failures=failures.titles(),
        fixes=tuple(FixInfo(fix.name, fix.title, fix.failures, fix.cases) for fix in patches.fixes),
    )


def _digest(patches: Series, chosen: Sequence[Release], played: Sequence[str], ablate: bool) -> str:
    """The digest of all that a run depends on, whichever shard of it this is."""
    told = [
        f"ablate: {ablate}",
        outcomes.harness_digest(),
        failures.LIST.read_text(encoding="utf-8"),
        *(f"{case}:{outcomes.source_digest(case)}" for case in played),
        *(f"{file.name}:{file.sha256}" for release in chosen for file in release.files),
        *(f"{name}:{hashlib.sha256(data).hexdigest()}" for name, data in sorted(patches.overlay.items())),
        *(f"{fix.name}:{hook.name}:{hook.text}" for fix in patches.fixes for hook in fix.hooks),
    ]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _status(patches: Series, found: Results, comparison: Comparison | None) -> int:
    """Say what is not as it was, not as it is committed, or worse than without fixes. 1 where there is such a thing."""
    lines = ranges.differences(patches, {Version(one.release): one.verdicts for one in found.releases})
    lines += [f"{broken.case} on {broken.release} passes unpatched and fails patched." for broken in _broken(found)]
    if comparison and comparison.red:
        lines.append(f"{len(comparison.red)} cells turned red that were green; report.md says which.")
    print("\n".join([*lines, f"matrix: {_headline(found)}, {len(lines)} findings"]))
    return int(bool(lines))


def _broken(found: Results) -> list[Result]:
    good = {(one.release, one.case) for one in found.results if not one.patched and one.outcome == results.PASSED}
    return [one for one in found.results if one.patched and one.red and (one.release, one.case) in good]


def _headline(found: Results) -> str:
    red = [found.red(patched=patched) for patched in (False, True)]
    return f"{len(found.releases)} releases, {red[0]} red cells unpatched, {red[1]} patched"
