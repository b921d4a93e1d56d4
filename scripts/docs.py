"""The verb `docs`: write the tables in pages that are made of something else in the repository, and check the links.

Two more are written by those who measure what they say: `verdicts` writes the table of the fixes' ranges as well, and
`matrix -- --publish` what is in `docs/matrix/` and the README's headline.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from scripts import links
from scripts.matrix import consists, failures_page
from scripts.patching import ranges, series
from scripts.patching.series import Series
from scripts.paths import PATCHES, ROOT
from scripts.writing import write_text

FIXES = PATCHES / "README.md"
FAILURES = ROOT / "docs" / "failures.md"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the verb takes: nothing."""


def run(arguments: argparse.Namespace) -> int:
    """Write the pages that are not as they should be, and tell of each dead link (1: there is one). Raises BadPatch."""
    changed = _changed(series.load())
    for path, text in changed.items():
        write_text(path, text)
        print(f"{path.relative_to(ROOT).as_posix()} is written anew.")
    dead = links.findings()
    print("\n".join([*dead, f"docs: {len(changed)} pages written, {len(dead)} dead links"]))
    return int(bool(dead))


def stale(patches: Series) -> list[str]:
    """Findings: pages whose tables are not what they are made of. Raises BadPatch."""
    names = [path.relative_to(ROOT).as_posix() for path in _changed(patches)]
    return [f"{name} is not what it is made of: run `nox -s docs`." for name in names]


def _changed(patches: Series) -> dict[Path, str]:
    """The text of each page that has to be written."""
    before = {path: path.read_text(encoding="utf-8") for path in (FIXES, FAILURES)}
    after = {
        FIXES: consists.with_table(ranges.with_measured(before[FIXES], patches), patches),
        FAILURES: failures_page.with_table(before[FAILURES], patches.fixes),
    }
    return {path: text for path, text in after.items() if text != before[path]}
