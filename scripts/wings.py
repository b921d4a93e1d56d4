"""The order of the wings, in the engine and in the overlay: nothing of a lower wing imports a higher one.

So whoever reads a wing needs to know only those below it, and there are no circles between them. What lies outside of
both packages is not held: the engine's wings may import `tests.round_trip`, which knows the cases and the failures.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scripts.paths import PATCHES, ROOT


@dataclass(frozen=True)
class House:
    """A package in wings: its name, its folder, and the rows of its wings, the lowest first.

    Wings of one row stand side by side, and import each other as little as higher ones. `base` are the modules beside
    the wings on which all of them stand; any other module there stands above them all.
    """

    name: str
    folder: Path
    base: frozenset[str]
    rows: tuple[tuple[str, ...], ...]

    @property
    def wings(self) -> frozenset[str]:
        return frozenset(wing for row in self.rows for wing in row)

    def height(self, part: str) -> int:
        """How high a wing, or a module beside the wings, stands."""
        if part in self.base:
            return 0
        found = (height for height, row in enumerate(self.rows, 1) if part in row)
        return next(found, len(self.rows) + 1)

    def may_import(self, part: str, other: str) -> bool:
        """Whether what is in one part of the house may import another part."""
        height, over = self.height(part), self.height(other)
        return part == other or over < height or (over == height and part not in self.wings)


ENGINE = House(
    "scripts",
    ROOT / "scripts",
    frozenset({"commands", "errors", "marked", "paths", "writing"}),
    (("releases",), ("patching",), ("suite",), ("matrix",), ("doctor",), ("bench",)),
)
OVERLAY = House(
    "litellm.thinking_round_trip",
    PATCHES / "overlay" / "litellm" / "thinking_round_trip",
    frozenset({"base_install"}),
    (("blocks",), ("chat", "claude"), ("responses",)),
)


def check(*houses: House) -> list[str]:
    """Findings, one line each: a folder of modules that is no wing, and an import of what does not stand below."""
    return [finding for house in houses or (ENGINE, OVERLAY) for finding in (*_strange(house), *_upward(house))]


def _strange(house: House) -> Iterator[str]:
    """Folders without modules, such as those of data, are no matter of the wings."""
    for folder in sorted(path for path in house.folder.iterdir() if path.is_dir() and any(path.rglob("*.py"))):
        if folder.name not in house.wings:
            place = folder.relative_to(house.folder.parent).as_posix()
            yield f"{place} is no wing: give it a place in scripts/wings.py, or move its modules into a wing."


def _upward(house: House) -> Iterator[str]:
    for path in sorted(house.folder.rglob("*.py")):
        module = path.relative_to(house.folder).with_suffix("").parts
        for line, name in _imported(house, path, module):
            part, other = module[0], name.removeprefix(f"{house.name}.").partition(".")[0]
            if not house.may_import(part, other):
                place = path.relative_to(house.folder.parent).as_posix()
                yield (
                    f"{place}:{line} imports {name}, but {other} does not stand below {part}: move what it needs into"
                    f" {part} or below, or move what needs it up."
                )


def _imported(house: House, path: Path, module: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """What a module imports of its house, at its top or in a function: the line, and the full name."""
    try:
        tree = ast.parse(path.read_bytes())
    except SyntaxError:  # ruff and mypy say so
        return
    package = [*house.name.split("."), *module[:-1]]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*above, *([node.module] if node.module else [])])
            names = [f"{source}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from ((node.lineno, name) for name in names if name.startswith(f"{house.name}."))
