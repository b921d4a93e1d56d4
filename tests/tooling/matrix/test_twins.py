"""Trees that differ in nothing that is read are known to be twins, and no others."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import pytest

from scripts.matrix import outcomes, twins
from scripts.patching import trees
from tests.round_trip.families import BASE, GRID
from tests.round_trip.jobs import IMPORT

READ = [(IMPORT, "litellm/main.py"), (GRID, "litellm/__pycache__/cost.cpython-311.pyc"), (GRID, "litellm/prices.json")]
FILES = {
    "litellm/main.py": "main",
    "litellm/cost.py": "cost",
    "litellm/prices.json": "prices",
    "litellm/unread.py": "unread",
    "litellm/proxy/pages/abc.js": "page",
    "litellm-1.83.0.dist-info/METADATA": "Requires-Dist: httpx\nVersion: 1.83.0\n",
    "litellm-1.83.0.dist-info/RECORD": "record",
}


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcomes, "FOLDER", tmp_path / "outcomes")
    monkeypatch.setattr(trees, "STORE", tmp_path / "trees")


def tree(key: str, **changed: str | None) -> twins.Subject:
    """A release like FILES, with other contents for some of them, or without some (None)."""
    files: Mapping[str, str | None] = {**FILES, **changed}
    return twins.Subject(key, {name: kept(text) for name, text in files.items() if text is not None})


def kept(text: str) -> str:
    digest = hashlib.sha256(text.encode()).hexdigest()
    path = trees._kept(digest)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return digest


def parts(subject: twins.Subject) -> dict[str, list[str]]:
    return {key: sorted(same) for key, same in twins.of(subject)}


@pytest.fixture
def first() -> twins.Subject:
    subject = tree("first")
    twins.keep(subject, READ)
    return subject


def test_a_tree_with_the_same_files_is_a_twin_and_no_tree_is_its_own(first: twins.Subject) -> None:
    assert parts(tree("second")) == {"first": [GRID]}
    assert parts(first) == {}


@pytest.mark.parametrize("name", ["litellm/unread.py", "litellm-1.83.0.dist-info/RECORD", "litellm/proxy/pages/abc.js"])
def test_what_is_not_read_may_differ(first: twins.Subject, name: str) -> None:
    assert parts(tree("second", **{name: "other"})) == {"first": [GRID]}


@pytest.mark.parametrize("name", ["litellm/main.py", "litellm/cost.py", "litellm/prices.json"])
def test_what_is_read_may_not_directly_or_as_bytecode(first: twins.Subject, name: str) -> None:
    assert parts(tree("second", **{name: "other"})) == {}


def test_a_module_more_or_less_may_be_imported_or_missed(first: twins.Subject) -> None:
    assert parts(tree("second", **{"litellm/new.py": "new"})) == {}
    assert parts(tree("second", **{"litellm/unread.py": None})) == {}
    assert parts(tree("second", **{"litellm/proxy/pages/def.js": "page"})) == {"first": [GRID]}


def test_a_release_is_no_other_for_its_number_but_for_what_it_requires() -> None:
    twins.keep(tree("first"), [*READ, (GRID, "litellm-1.83.0.dist-info/METADATA")])
    moved = {name: None for name in FILES if "dist-info" in name}
    number = "litellm-1.83.1.dist-info/METADATA"
    assert parts(tree("second", **moved, **{number: "Requires-Dist: httpx\nVersion: 1.83.1\n"})) == {"first": [GRID]}
    assert parts(tree("second", **moved, **{number: "Requires-Dist: aiohttp\nVersion: 1.83.1\n"})) == {}


def test_parts_of_the_cases_are_compared_apart() -> None:
    twins.keep(tree("first"), [(BASE, "litellm/unread.py"), *READ])
    assert parts(tree("second", **{"litellm/prices.json": "other"})) == {"first": [BASE]}
    assert parts(tree("second", **{"litellm/unread.py": "other"})) == {"first": [GRID]}


def test_what_later_runs_read_counts_as_well(first: twins.Subject) -> None:
    twins.keep(first, [(GRID, "litellm/unread.py")])
    assert parts(tree("second", **{"litellm/unread.py": "other"})) == {}
    assert parts(tree("second", **{"litellm/main.py": "other"})) == {}


def test_another_harness_is_another_question(first: twins.Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcomes, "harness_digest", lambda: "other")
    assert parts(tree("second")) == {}


@pytest.mark.parametrize("spoilt", ["", "{", "[1]"])
def test_a_spoilt_file_is_of_no_twin(first: twins.Subject, spoilt: str) -> None:
    (path,) = first.folder.iterdir()
    path.write_text(spoilt)
    assert parts(tree("second")) == {}


def test_a_run_that_failed_leaves_nothing() -> None:
    subject = tree("first")
    twins.keep(subject, [])
    assert not subject.folder.exists()
