"""Which cases the matrix has: the default grid, and those beside it by which a fix is measured."""

from __future__ import annotations

from scripts.patching.series import Series
from scripts.paths import ROOT
from tests import conversations
from tests.round_trip import families, grid


def chosen(patches: Series) -> list[str]:
    """The ids of all cases, those of the grid first."""
    of_grid = [str(case) for case in grid.cases()]
    of_fixes = {case for fix in patches.fixes for case in fix.cases}
    return [*of_grid, *sorted(of_fixes - set(of_grid))]


def texts(cases: list[str]) -> dict[str, str]:
    """The text of the file of each conversation that the cases play, by its name."""
    played = {case.partition("/")[0] for case in cases if families.node(case) is None}
    folder = ROOT / "tests" / "conversations"
    return {name: (folder / f"{name}.toml").read_text("utf-8") for name in conversations.names() if name in played}
