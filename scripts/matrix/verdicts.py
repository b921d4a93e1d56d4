"""The verb `verdicts`: write down which releases need which fix, as the matrix measures it, or compare.

How a verdict follows from the cases of a fix: `scripts/matrix/verdict.py`.
"""

from __future__ import annotations

import argparse
from collections import Counter

from scripts.matrix import verb
from scripts.patching import ranges, series
from scripts.releases import releases, upstream

NEW = "new"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the verb takes."""
    parser.add_argument(
        "spec",
        nargs="?",
        default="all",
        metavar="SPEC",
        help="releases (1.83.0,1.91.5), a specifier (>=1.82.1,<1.100), or smoke, minors, all (if not given); "
        f"or {NEW}: those that were never measured",
    )
    parser.add_argument("--check", action="store_true", help="compare with what is committed instead of writing it")


def run(arguments: argparse.Namespace) -> int:
    """Measure the releases of `arguments.spec` and write the ranges, or with `arguments.check` compare (1: differ)."""
    lock, patches = upstream.load(), series.load()
    chosen = ranges.new(lock, patches) if arguments.spec == NEW else releases.select(lock, arguments.spec)
    found = {one.base.release.version: one.verdicts for one in verb.measured(patches, chosen)}
    if not arguments.check:
        ranges.write(lock, patches, found)
        print(f"verdicts: {_summary(found)}")
        return 0
    lines = ranges.differences(patches, found)
    closing = "they differ" if lines else "as committed"
    print("\n".join([*lines, f"verdicts: {len(found)} releases, {len(patches.fixes)} fixes, {closing}"]))
    return int(bool(lines))


def _summary(found: ranges.Verdicts) -> str:
    """How many releases, and how often each verdict was found on them."""
    counts = Counter(verdict for verdicts in found.values() for verdict in verdicts.values())
    told = ", ".join(f"{count} times {verdict}" for verdict, count in counts.most_common())
    return f"{len(found)} releases{': ' if told else ''}{told}"
