"""Shards: every release is in one of them, and only all shards of one run make a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from scripts.errors import BadResults, BadShard
from scripts.matrix import results, shards
from scripts.matrix.results import Results
from scripts.releases import upstream
from tests.tooling.matrix.made_results import made

RELEASES = upstream.load().releases
THREE = ("1.82.1", "1.99.4", "1.109.1")


@pytest.mark.parametrize("count", [1, 2, 8, 20, len(RELEASES)])
def test_every_release_is_in_one_shard(count: int) -> None:
    parts = [shards.part(RELEASES, f"{number}/{count}") for number in range(1, count + 1)]
    assert [release for part in parts for release in part] == list(RELEASES)
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_the_plan_is_what_a_ci_service_starts_from() -> None:
    assert shards.plan(RELEASES[:3], 2) == {
        "include": [
            {"shard": "1/2", "releases": str(RELEASES[0].version)},
            {"shard": "2/2", "releases": f"{RELEASES[1].version} to {RELEASES[2].version}"},
        ]
    }


def test_there_are_no_more_shards_than_releases() -> None:
    assert [one["shard"] for one in shards.plan(RELEASES[:3], 8)["include"]] == ["1/3", "2/3", "3/3"]


@pytest.mark.parametrize(
    ("shard", "why"),
    [
        ("3", "it has to be like 3/8"),
        ("0/8", "like 3/8"),
        ("9/8", "like 3/8"),
        ("1/x", "like 3/8"),
        ("1/4", "no more releases than 3"),
    ],
)
def test_a_part_that_there_is_not_is_refused(shard: str, why: str) -> None:
    with pytest.raises(BadShard, match=why):
        shards.part(RELEASES[:3], shard)


def _split(whole: Results, shard: str, names: Sequence[str]) -> Results:
    return Results(
        replace(whole.header, shard=shard),
        tuple(one for one in whole.releases if one.release in names),
        tuple(one for one in whole.results if one.release in names),
        {one.detail: whole.details[one.detail] for one in whole.results if one.release in names and one.detail},
    )


@pytest.fixture
def written(tmp_path: Path) -> list[Path]:
    """Two shards of a run: a folder with the results of one, and the file of the other."""
    whole = made(THREE)
    (tmp_path / "1-of-2").mkdir()
    results.write(tmp_path / "1-of-2" / "results.jsonl", _split(whole, "1/2", THREE[:1]))
    results.write(tmp_path / "second.jsonl.gz", _split(whole, "2/2", THREE[1:]))
    return [tmp_path / "1-of-2", tmp_path / "second.jsonl.gz"]


def test_all_shards_make_the_whole_in_any_order(written: list[Path]) -> None:
    assert shards.merge(written) == made(THREE)
    assert shards.merge(reversed(written)) == made(THREE)


def test_what_lies_beside_the_shards_is_left_alone(written: list[Path], tmp_path: Path) -> None:
    """`--merge build/matrix/*`, also a second time, when the results of the first time are there as well."""
    beside = [tmp_path / name for name in ("report.html", "report.md", "junit.xml")]
    for path in beside:
        path.write_text("no results")
    results.write(tmp_path / "results.jsonl", made(THREE))
    assert shards.merge([*written, *beside, tmp_path / "results.jsonl"]) == made(THREE)
    assert shards.merge([tmp_path / "results.jsonl"]) == made(THREE)


def _refusal(paths: list[Path]) -> str:
    with pytest.raises(BadResults) as refusal:
        shards.merge(paths)
    return str(refusal.value)


def test_a_missing_shard_is_named_by_its_releases(written: list[Path]) -> None:
    assert "of its run 1.99.4, 1.109.1 are in none of the files" in _refusal(written[:1])


def test_a_shard_twice_is_refused(written: list[Path]) -> None:
    assert "has 1.82.1 too" in _refusal([*written, written[0]])


def test_shards_of_two_runs_are_refused(written: list[Path], tmp_path: Path) -> None:
    other = made(THREE)
    results.write(tmp_path / "other.jsonl", replace(other, header=replace(other.header, run="0" * 64, shard="2/2")))
    assert "it is of another run than" in _refusal([written[0], tmp_path / "other.jsonl"])


def test_reports_alone_are_refused(tmp_path: Path) -> None:
    assert "there are no results in it" in _refusal([tmp_path / "report.html"])


def test_a_folder_without_results_is_refused(tmp_path: Path) -> None:
    assert "No such file" in _refusal([tmp_path])
