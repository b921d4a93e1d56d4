"""Write the reports of a run: results.jsonl always, and from it what was asked for."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from scripts.matrix import results as file
from scripts.matrix.comparison import Comparison
from scripts.matrix.junit import junit
from scripts.matrix.markdown import markdown
from scripts.matrix.page import page
from scripts.matrix.results import Results
from scripts.matrix.shards import NAME, OTHERS
from scripts.writing import whole, write_text

FORMATS = ("json", "html", "md", "junit")


def write(folder: Path, results: Results, comparison: Comparison | None, formats: Iterable[str]) -> list[Path]:
    """Write into a folder, and give the files that were written. Raises CannotWrite."""
    file.write(folder / NAME, results)
    # An earlier report would not be of these results.
    for name in OTHERS:
        (folder / name).unlink(missing_ok=True)
    others = [_write(folder, results, comparison, name) for name in formats if name != "json"]
    return [folder / NAME, *others]


def _write(folder: Path, results: Results, comparison: Comparison | None, name: str) -> Path:
    if name == "junit":
        target = folder / "junit.xml"
        with whole(target) as temporary:
            temporary.write_bytes(junit(results))
        return target
    target = folder / f"report.{name}"
    write_text(target, page(results) if name == "html" else markdown(results, comparison))
    return target
