"""Which modules of the overlay a release with its hooks can run: a fix that it does not have cannot affect it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

PACKAGE = "litellm.thinking_round_trip"

# Only these are parsed: LiteLLM's own modules are long, and there is a matrix of them.
_STATEMENT = re.compile(
    rb"^[ \t]*((?:from|import)[ \t]+litellm\.thinking_round_trip\b(?:[^\n(]*\([^)]*\)|[^\n]*))", re.MULTILINE
)


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
    """The names that a module imports from the overlay, each with the package above it."""
    for found in _STATEMENT.finditer(source):
        (node,) = ast.parse(found[1]).body
        if isinstance(node, ast.ImportFrom):
            yield from (PACKAGE, str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names))
        elif isinstance(node, ast.Import):
            yield from (PACKAGE, *(alias.name for alias in node.names))


def _path(module: str, overlay: Mapping[str, bytes]) -> str | None:
    """The path of a module; None for a name that is something inside of one."""
    place = module.replace(".", "/")
    return next((path for path in (f"{place}.py", f"{place}/__init__.py") if path in overlay), None)
