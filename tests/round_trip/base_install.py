"""`python -m tests.round_trip.base_install`: play a streamed case as if LiteLLM had been installed without any extra.

What a base install does not bring is kept from being imported. Prints the failures of the case, as JSON.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import logging
import sys
import warnings
from collections.abc import Iterator, Sequence
from importlib import metadata
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import ClassVar

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests import conftest  # noqa: F401  (sets the ground before LiteLLM is imported)
from tests.round_trip.families import PLAYS
from tests.round_trip.grid import Case

Wanted = tuple[str, frozenset[str]]
"""A distribution by its canonical name, and the extras of it that are asked for."""

# What this suite itself needs, to mount the judges and to read what the client was given.
OUR_OWN = ("respx", "anthropic", "cryptography", "packaging", "pytest")


def missing() -> set[str]:
    """The top-level modules that are installed here and that neither LiteLLM's base install nor the suite brings."""
    kept = {name for root in ("litellm", *OUR_OWN) for name in _required(root)}
    owners = metadata.packages_distributions()
    return {module for module, names in owners.items() if not {canonicalize_name(name) for name in names} & kept}


def _required(root: str) -> Iterator[str]:
    """A distribution and all that it requires, without extras."""
    seen: set[Wanted] = set()
    waiting: list[Wanted] = [(root, frozenset())]
    while waiting:
        wanted = waiting.pop()
        if wanted not in seen:
            seen.add(wanted)
            yield wanted[0]
            waiting += _requirements(*wanted)


def _requirements(name: str, extras: frozenset[str]) -> list[Wanted]:
    try:
        told = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return []
    wanted = (Requirement(text) for text in told)
    return [
        (canonicalize_name(one.name), frozenset(one.extras))
        for one in wanted
        if one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in extras | {""})
    ]


class _BaseInstall(PathFinder):
    """Finds modules in the search path as ever, but none that a base install does not bring."""

    modules: ClassVar[set[str]] = set()

    @classmethod
    def find_spec(
        cls, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return None if fullname.partition(".")[0] in cls.modules else super().find_spec(fullname, path, target)


def failures() -> list[str]:
    """Play the case in this process, which must not have imported LiteLLM yet and is spoilt for anything else."""
    _BaseInstall.modules = missing()
    for name in [name for name in sys.modules if name.partition(".")[0] in _BaseInstall.modules]:
        del sys.modules[name]
    sys.meta_path[:] = [_BaseInstall if finder is PathFinder else finder for finder in sys.meta_path]
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    return asyncio.run(_failures())


async def _failures() -> list[str]:
    # Not before the finder is in its place: this imports LiteLLM.
    play = importlib.import_module("tests.round_trip.play").play
    return [str(failure) for failure in await play(Case(PLAYS["base-install"], "messages", "openai", "-stream"))]


if __name__ == "__main__":
    print(json.dumps(failures()))
