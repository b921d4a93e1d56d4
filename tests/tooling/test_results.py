"""results.jsonl is read as it was written, and anything that is not whole and right is refused."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from scripts.errors import BadResults
from scripts.matrix import results
from tests.tooling.made_results import made


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
