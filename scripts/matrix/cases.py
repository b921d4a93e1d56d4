"""Which cases the matrix has: the default grid, and those beside it by which a fix is measured."""

from __future__ import annotations

from scripts.patching.series import Series
from scripts.paths import ROOT
from tests.round_trip import families, grid


def chosen(patches: Series) -> list[str]:
    """The ids of all cases, those of the grid first."""
    of_grid = [str(case) for case in grid.cases()]
    of_fixes = {case for fix in patches.fixes for case in fix.cases}
    return [*of_grid, *sorted(of_fixes - set(of_grid))]


def texts(cases: list[str]) -> dict[str, str]:
    """The text of the file of each conversation that the cases play, by its name; of a dialect, also what it is."""
    played = {one.conversation: one for one in map(grid.Case.parse, cases) if families.node(str(one)) is None}
    return {name: _about(case) + _text(case.script) for name, case in sorted(played.items())}


def _text(conversation: str) -> str:
    return (ROOT / "tests" / "conversations" / f"{conversation}.toml").read_text("utf-8")


def _about(case: grid.Case) -> str:
    if case.dialect is None:
        return ""
    told = [f"A dialect: {case.dialect.says}.", f"Spoken by: {case.dialect.spoken}.", *case.dialect.sources]
    return "".join(f"# {line}\n" for line in told) + "\n"
