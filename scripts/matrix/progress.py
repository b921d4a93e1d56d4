"""How far a run is: a bar with the time left on a terminal, a line for each release elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from scripts.matrix.measure import Measured, Tell


@contextmanager
def shown(total: int) -> Iterator[Tell]:
    """Show the progress of a run over `total` releases, and give what is to be called with each that is done."""
    console = Console(stderr=True, highlight=False)
    with _bar(console) as bar:
        task = bar.add_task("measuring", total=total)

        def tell(measured: Measured) -> None:
            bar.advance(task)
            console.print(f"[{int(bar.tasks[0].completed)}/{total}] {summary(measured)}", soft_wrap=True, markup=False)

        yield tell


def summary(measured: Measured) -> str:
    """One line: how many cases are red on the release, unpatched and patched."""
    red = {patched: sum(one.red for one in measured.results if one.patched is patched) for patched in (False, True)}
    cases = len(measured.results) // 2
    return f"{measured.base.release.version}: {red[False]} of {cases} cases red unpatched, {red[True]} patched"


def _bar(console: Console) -> Progress:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left:"),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=console, disable=not console.is_interactive, speed_estimate_period=300)
