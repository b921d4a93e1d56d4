"""What a worker says of cases: all forms of a case are one, and the same failure reads the same each time."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from tests.processes import FORK
from tests.round_trip import families
from tests.round_trip.jobs import Played
from tests.round_trip.reads import Reads
from tests.round_trip.steady import steady
from tests.round_trip.worker import merged


def _form(outcome: str, reason: str = "", numbers: tuple[str, ...] = ()) -> Played:
    failures = [(reason, "wire")] if outcome == "failed" else []
    return {
        "case": "one",
        "outcome": outcome,
        "failures": failures,
        "numbers": list(numbers),
        "reason": reason,
        "detail": reason,
    }


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        (["passed"], "passed"),
        (["passed", "skipped"], "passed"),
        (["skipped", "skipped"], "skipped"),
        (["passed", "failed"], "failed"),
        (["failed", "errored"], "errored"),
    ],
)
def test_a_case_fails_in_any_form_and_is_skipped_in_all(outcomes: list[str], expected: str) -> None:
    assert merged("case", [_form(outcome, outcome) for outcome in outcomes])["outcome"] == expected


def test_all_forms_tell_their_failures_once() -> None:
    case = merged("case", [_form("failed", "a", ("F4",)), _form("failed", "a", ("F3",)), _form("failed", "b")])
    assert case["failures"] == [("a", "wire"), ("b", "wire")]
    assert case["numbers"] == ["F3", "F4"]
    assert case["detail"] == "a\n\nb"


IDS = ("4c0b1f4e-52a1-4c6e-8d0e-0b7a54a2ff01", "9c0b1f4e52a14c6e8d0e0b7a54a2ff01")


def test_ids_are_numbered_in_their_order() -> None:
    one, other = IDS
    assert steady(f"call_{one} and msg_{other}, call_{one}") == "call_<id 1> and msg_<id 2>, call_<id 1>"
    assert steady("resp_bGl0ZWxsbTpjdXN0b20= ends") == "resp_<id 1> ends"
    assert steady("rs_-4308081406640893201, rs_4036352059035557932, rs_1") == "rs_<id 1>, rs_<id 2>, rs_1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'created': 1763733600, 'x': 1763733600.5", "'created': <second>, 'x': <second>"),
        ("'_response_ms': 3.579}", "'_response_ms': <duration>}"),
        ("<object at 0x7fc9e72a6490>", "<object at <address>>"),
        ("/there/litellm/main.py:1", "litellm/main.py:1"),
        ("digest 06712c96b90f, 12 of 1763", "digest 06712c96b90f, 12 of 1763"),
        ("sha256 " + 64 * "a", "sha256 " + 64 * "a"),
    ],
)
def test_what_no_run_shares_is_left_out(text: str, expected: str) -> None:
    assert steady(text, ["/there"]) == expected


def test_the_folder_below_another_is_left_out_as_a_whole() -> None:
    assert steady("/there/env/x/lib/a.py and /there/b.py", ["/there", "/there/env/x"]) == "lib/a.py and b.py"


def _read(tree: Path, into: Path) -> None:
    """In a process of its own, which notes what it reads until it ends."""
    reads = Reads(tree, into)
    sys.path.insert(0, str(tree))
    reads.begin("one")
    importlib.import_module("imported_of_a_tree")
    (tree / "data.json").read_text()
    (tree / "data.json").read_text()
    reads.begin("two")
    child = FORK.Process(target=(tree / "forked.txt").read_text)
    child.start()
    child.join()
    (tree.parent / "elsewhere.txt").read_text()


def test_what_is_read_of_a_tree_is_noted_once_and_for_what(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    for name in ("imported_of_a_tree.py", "data.json", "forked.txt", "unread.py", "../elsewhere.txt"):
        (tree / name).write_text("")
    process = FORK.Process(target=_read, args=(tree, tmp_path / "read.txt"))
    process.start()
    process.join()
    assert process.exitcode == 0
    noted = (tmp_path / "read.txt").read_text().splitlines()
    assert len(noted) == len(set(noted))
    assert {"one\timported_of_a_tree.py", "one\tdata.json", "two\tforked.txt"} <= set(noted)
    assert not [line for line in noted if "elsewhere" in line or "unread" in line]


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("tool-loop/messages-moonshot", families.GRID),
        ("dialect-sse-comments/messages-anthropic-stream", families.GRID),
        ("base-install/messages-openai", families.BASE),
        ("answered-model/messages-anthropic", families.PROXY),
        ("counted/messages-openai", "beside"),
    ],
)
def test_cases_that_read_the_same_files_are_one_part(case: str, expected: str) -> None:
    assert families.part(case) == expected
