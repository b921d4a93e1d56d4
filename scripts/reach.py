"""Which modules of the overlay a release with its hooks can run: a fix that it does not have cannot affect it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

PACKAGE = "litellm.thinking_round_trip"


def reachable(changed: Mapping[str, bytes], overlay: Mapping[str, bytes]) -> dict[str, bytes]:
    """The changed files of a release and those modules of the overlay that they import, directly or through others.

    Both are path to content, and so is what is given.
    """
    found = dict(changed)
    waiting = list(changed.values())
    while waiting:
        for module in _imported(waiting.pop()):
            path = _path(module, overlay)
            if path is not None and path not in found:
                found[path] = overlay[path]
                waiting.append(overlay[path])
    return found


def _imported(source: bytes) -> Iterator[str]:
    """The names that a module imports from the overlay, each with all packages above it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        for name in names:
            if name == PACKAGE or name.startswith(f"{PACKAGE}."):
                yield PACKAGE
                yield name


def _path(module: str, overlay: Mapping[str, bytes]) -> str | None:
    """The path of a module; None for a name that is something inside of one."""
    place = module.replace(".", "/")
    return next((path for path in (f"{place}.py", f"{place}/__init__.py") if path in overlay), None)
