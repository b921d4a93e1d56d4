"""`python -m tests.round_trip.base_install CASE ...`: play cases as if LiteLLM had been installed without any extra.

What a base install does not bring is kept from being imported. A case is the grid's with `base-install` for the name of
the conversation. Prints what could not be imported in each of them, as JSON: the id to the failures that tell of it.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import logging
import sys
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib import metadata
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import ClassVar

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests import conftest  # noqa: F401  (sets the ground before LiteLLM is imported)
from tests.round_trip.families import PLAYS
from tests.round_trip.grid import Case, cases

FAMILY = "base-install"
Wanted = tuple[str, frozenset[str]]
"""A distribution by its canonical name, and the extras of it that are asked for."""

# What this suite itself needs, to mount the judges and to read what the client was given.
OUR_OWN = ("respx", "anthropic", "cryptography", "packaging", "pytest")
# What LiteLLM's pages of a provider have its users install beside the base: Bedrock's, and Vertex AI's.
PROVIDERS_OWN = ("boto3", "google-auth")


def missing() -> set[str]:
    """The top-level modules that are installed here, but not by LiteLLM's base, its providers or the suite."""
    kept = {name for root in ("litellm", *OUR_OWN, *PROVIDERS_OWN) for name in _required(root)}
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


def ids() -> list[str]:
    """The cases: one conversation for each way of the default grid, whole and streamed."""
    played = (case for case in cases() if case.conversation == PLAYS[FAMILY])
    return [str(replace(case, conversation=FAMILY)) for case in played]


def failures(chosen: Sequence[str]) -> dict[str, list[str]]:
    """Play cases in this process, which must not have imported LiteLLM yet and is spoilt for anything else."""
    _BaseInstall.modules = missing()
    for name in [name for name in sys.modules if name.partition(".")[0] in _BaseInstall.modules]:
        del sys.modules[name]
    sys.meta_path[:] = [_BaseInstall if finder is PathFinder else finder for finder in sys.meta_path]
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    return asyncio.run(_failures(chosen))


async def _failures(chosen: Sequence[str]) -> dict[str, list[str]]:
    # Not before the finder is in its place: this imports LiteLLM.
    play = importlib.import_module("tests.round_trip.play").play
    told = {one: map(str, await play(replace(Case.parse(one), conversation=PLAYS[FAMILY]))) for one in chosen}
    return {one: [text for text in texts if "No module named" in text] for one, texts in told.items()}


if __name__ == "__main__":
    print(json.dumps(failures(sys.argv[1:])))
