"""A release laid out as a tree that a shared environment's Python imports, instead of an installation of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from scripts import wheels
from scripts.environment import clean
from scripts.paths import BUILD


@contextmanager
def laid_out(base: Path) -> Iterator[Path]:
    """The files of a wheel below a folder of their own, which is gone afterwards."""
    BUILD.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="tree-", dir=BUILD) as folder, wheels.opened(base) as wheel:
        wheel.unpack(Path(folder))
        yield Path(folder)


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
