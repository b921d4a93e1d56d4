"""A release laid out as a tree that a shared environment's Python imports, instead of an installation of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from scripts import wheels
from scripts.environment import clean
from scripts.paths import BUILD
from scripts.writing import reporting, room


@contextmanager
def laid_out(base: Path) -> Iterator[Path]:
    """The files of a wheel below a folder of their own, which is gone afterwards. Raises BadWheel and CannotWrite."""
    with room("tree", BUILD) as folder:
        with reporting(folder), wheels.opened(base) as wheel:
            wheel.unpack(folder)
        yield folder


def overwrite(tree: Path, changed: Mapping[str, bytes]) -> None:
    """Write files, path to content, into a tree."""
    for name, content in changed.items():
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o644)


def importing(tree: Path) -> dict[str, str]:
    """The variables for a Python that imports LiteLLM from the tree."""
    return {**clean(), "PYTHONPATH": str(tree)}
