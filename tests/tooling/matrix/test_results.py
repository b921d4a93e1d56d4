"""results.jsonl is read as it was written, and anything that is not whole and right is refused."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scripts.errors import BadResults
from scripts.matrix import results
from scripts.matrix.results import Results
from tests.tooling.matrix.made_results import made


@pytest.mark.parametrize("name", ["results.jsonl", "results.jsonl.gz"])
def test_what_was_written_is_read(tmp_path: Path, name: str) -> None:
    results.write(tmp_path / name, made())
    assert results.read(tmp_path / name) == made()


def test_the_same_results_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.jsonl.gz", "b.jsonl.gz"):
        results.write(tmp_path / name, made())
    assert (tmp_path / "a.jsonl.gz").read_bytes() == (tmp_path / "b.jsonl.gz").read_bytes()
    assert gzip.decompress((tmp_path / "a.jsonl.gz").read_bytes()).startswith(b'{"cases": [')


def _written(tmp_path: Path) -> tuple[Path, list[dict[str, Any]]]:
    path = tmp_path / "results.jsonl"
    results.write(path, made(cases=5))
    return path, [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _refusal(path: Path, lines: list[dict[str, Any]]) -> str:
    path.write_text("".join(f"{json.dumps(line, sort_keys=True)}\n" for line in lines), encoding="utf-8")
    with pytest.raises(BadResults) as refusal:
        results.read(path)
    return str(refusal.value)


def test_a_file_without_its_footer_is_refused(tmp_path: Path) -> None:
    path, lines = _written(tmp_path)
    assert "results.jsonl cannot be used: it has no footer, so it is incomplete." in _refusal(path, lines[:-1])


def test_a_file_that_lost_a_line_is_refused(tmp_path: Path) -> None:
    path, lines = _written(tmp_path)
    assert "its footer does not fit its lines" in _refusal(path, [*lines[:4], *lines[5:]])


def test_a_file_in_which_an_outcome_was_changed_is_refused(tmp_path: Path) -> None:
    path, lines = _written(tmp_path)
    changed = next(line for line in lines if line.get("outcome") == "failed")
    changed["outcome"] = "passed"
    assert "its footer does not fit its lines" in _refusal(path, lines)


def test_a_line_in_another_form_is_refused_by_its_number(tmp_path: Path) -> None:
    path, lines = _written(tmp_path)
    lines[4]["outcome"] = "fine"
    assert "line 5 is not in the form of results.schema.json" in _refusal(path, lines)


@pytest.mark.parametrize("place", [40, 200, 500, -30])
def test_a_flipped_byte_is_refused(tmp_path: Path, place: int) -> None:
    path = tmp_path / "results.jsonl.gz"
    results.write(path, made())
    data = bytearray(path.read_bytes())
    data[place] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(BadResults):
        results.read(path)


def _rewritten(tmp_path: Path, changed: Results) -> str:
    path = tmp_path / "results.jsonl"
    results.write(path, changed)
    with pytest.raises(BadResults) as refusal:
        results.read(path)
    return str(refusal.value)


def test_a_file_that_lacks_a_cell_or_has_it_twice_is_refused(tmp_path: Path) -> None:
    whole = made()
    for cells in (whole.results[1:], (*whole.results, whole.results[0])):
        assert "it has not one result for each" in _rewritten(tmp_path, replace(whole, results=cells))


def test_a_release_that_the_header_does_not_name_is_refused(tmp_path: Path) -> None:
    whole = made()
    header = replace(whole.header, releases=whole.header.releases[1:])
    assert "one that its header does not name" in _rewritten(tmp_path, replace(whole, header=header))


@pytest.mark.parametrize("line", ["[]", "1", '{"kind": ["a"]}', '{"kind": "else"}'])
def test_a_line_that_is_nothing_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "results.jsonl").write_text(f"{line}\n")
    with pytest.raises(BadResults, match="line 1 is not in the form"):
        results.read(tmp_path / "results.jsonl")


def test_two_headers_are_refused(tmp_path: Path) -> None:
    path, lines = _written(tmp_path)
    assert "it has 2 headers" in _refusal(path, [lines[0], *lines])


@pytest.mark.parametrize("data", [b"\x1f\x8bnot gzip", b"{", b"\xff\xfe"])
def test_what_is_no_such_file_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "results.jsonl.gz"
    path.write_bytes(data)
    with pytest.raises(BadResults, match=r"results\.jsonl\.gz cannot be used"):
        results.read(path)


def test_a_cut_gzip_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl.gz"
    results.write(path, made())
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(BadResults):
        results.read(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadResults, match="No such file"):
        results.read(tmp_path / "results.jsonl")
