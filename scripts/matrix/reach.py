"""Which modules of the overlay a release with its hooks can run: a fix that it does not have cannot affect it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import accumulate

PACKAGE = "litellm.thinking_round_trip"

LONG = 400
"""Lines of a module from which on it is not parsed as a whole: there are many, of each of many releases."""
# How a hook imports the overlay; a test holds that each does it in this way.
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


def called(added: Iterable[bytes], overlay: Mapping[str, bytes]) -> dict[str, bytes]:
    """The modules of the overlay, path to content, that lines which hooks add to LiteLLM import by themselves."""
    statements = [found[1] for text in added for found in _STATEMENT.finditer(text)]
    paths = (_path(module, overlay) for statement in statements for module in _imported(statement))
    return {path: overlay[path] for path in sorted(filter(None, paths))}


@cache
def _imported(source: bytes) -> frozenset[str]:
    """The names that a module imports from the overlay, each with the packages above it."""
    found = [name for text in _statements(source) for node in ast.walk(ast.parse(text)) for name in _names(node)]
    return frozenset(name for name in found if name == PACKAGE or name.startswith(f"{PACKAGE}."))


def _statements(source: bytes) -> Iterator[bytes]:
    """What has to be parsed of a module: of LiteLLM's own, which are long, only what the hooks have put there."""
    if source.count(b"\n") < LONG:
        yield source
    else:
        yield from (found[1] for found in _STATEMENT.finditer(source))


def _names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        imported = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        imported = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    else:
        imported = []
    for name in imported:
        yield from accumulate(name.split("."), lambda above, part: f"{above}.{part}")


def _path(module: str, overlay: Mapping[str, bytes]) -> str | None:
    """The path of a module; None for a name that is something inside of one."""
    place = module.replace(".", "/")
    return next((path for path in (f"{place}.py", f"{place}/__init__.py") if path in overlay), None)
