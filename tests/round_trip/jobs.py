"""What the engine and a worker (`tests.round_trip.worker`) say to each other, as JSON."""

from __future__ import annotations

from typing import TypedDict

IMPORT = "import"
"""What a file is read for that LiteLLM and the suite read on being imported, before any of the cases."""


class Job(TypedDict):
    """The cases to play on a tree, and files: for what becomes of them (gzip), for which of the tree's files were read
    (lines of `reads`, each for a part of the cases or for IMPORT), and for what else is printed.
    """

    tree: str
    cases: list[str]
    report: str
    read: str
    log: str


class Done(TypedDict):
    """How the process of a job ended, and the most memory that one has taken so far, in bytes (0: not known here)."""

    status: int | None
    memory: int


class Played(TypedDict):
    """What became of a case. `failures` are pairs: the text, and the checkpoint at which the reasoning changed first.

    `outcome` is passed, failed, errored or skipped; `numbers` are the failures that a case beside the grid told by
    itself; `reason` says why there is no pass, and `detail` explains it at length.
    """

    case: str
    outcome: str
    failures: list[tuple[str, str]]
    numbers: list[str]
    reason: str
    detail: str
