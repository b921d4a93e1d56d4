"""Outcomes are remembered by what they depend on, and by nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from scripts.matrix import outcomes
from tests.round_trip.jobs import Played

LOOP, PLAIN, HEAL = "tool-loop/messages-moonshot", "plain/chat-openai", "self-heal-modified/messages-anthropic"


def played(case: str, outcome: str = "passed") -> Played:
    return {"case": case, "outcome": outcome, "failures": [], "numbers": [], "reason": "", "detail": ""}


class Player:
    """Plays, and keeps what it was asked for."""

    def __init__(self, outcome: str = "passed") -> None:
        self.asked: list[list[str]] = []
        self.outcome = outcome

    def __call__(self, cases: list[str]) -> Sequence[Played]:
        self.asked.append(cases)
        return [played(case, self.outcome) for case in cases]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(outcomes, "FOLDER", tmp_path / "outcomes")
    return tmp_path / "outcomes"


def test_what_was_played_is_not_played_again() -> None:
    play = Player()
    assert [outcomes.played("key", [LOOP, PLAIN], play) for _ in range(2)] == [[played(LOOP), played(PLAIN)]] * 2
    assert play.asked == [[LOOP, PLAIN]]


def test_only_what_is_new_is_played() -> None:
    play = Player()
    outcomes.played("key", [LOOP], play)
    assert [one["case"] for one in outcomes.played("key", [PLAIN, LOOP], play)] == [PLAIN, LOOP]
    assert play.asked == [[LOOP], [PLAIN]]


def test_another_tree_is_another_question() -> None:
    play = Player()
    outcomes.played("key", [LOOP], play)
    outcomes.played("other", [LOOP], play)
    assert len(play.asked) == 2


def test_everything_is_played_anew_when_that_is_asked_for() -> None:
    outcomes.played("key", [LOOP], Player("failed"))
    assert outcomes.played("key", [LOOP], Player(), anew=True) == [played(LOOP)]
    assert outcomes.played("key", [LOOP], Player("failed")) == [played(LOOP)], "and is remembered"


def test_playing_some_cases_anew_forgets_none_of_the_others() -> None:
    play = Player()
    outcomes.played("key", [LOOP, PLAIN], play)
    outcomes.played("key", [LOOP], play, anew=True)
    outcomes.played("key", [LOOP, PLAIN], play)
    assert play.asked == [[LOOP, PLAIN], [LOOP]]


def test_an_error_may_be_of_the_moment_and_is_not_remembered() -> None:
    assert outcomes.played("key", [LOOP], Player("errored")) == [played(LOOP, "errored")]
    assert outcomes.played("key", [LOOP], Player()) == [played(LOOP)]


def test_what_raises_is_not_remembered() -> None:
    def interrupted(cases: list[str]) -> Sequence[Played]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        outcomes.played("key", [LOOP], interrupted)
    assert outcomes.played("key", [LOOP], Player()) == [played(LOOP)]


def test_what_became_of_a_case_on_a_twin_is_not_played_again() -> None:
    outcomes.played("twin", [LOOP, HEAL], Player("failed"))
    play = Player()
    assert outcomes.played("key", [LOOP, PLAIN], play, twins=lambda: [("twin", ["grid"])]) == [
        played(LOOP, "failed"),
        played(PLAIN),
    ]
    assert play.asked == [[PLAIN]]
    assert outcomes.played("key", [HEAL], play, twins=lambda: [("twin", ["grid"])]) == [played(HEAL)], "another part"


def test_what_is_a_twins_stays_with_it() -> None:
    outcomes.played("twin", [LOOP], Player("failed"))
    outcomes.played("key", [LOOP, PLAIN], Player(), twins=lambda: [("twin", ["grid"])])
    assert outcomes.played("key", [LOOP], Player()) == [played(LOOP)]


def test_everything_anew_asks_no_twin() -> None:
    outcomes.played("twin", [LOOP], Player("failed"))
    assert outcomes.played("key", [LOOP], Player(), twins=lambda: [("twin", ["grid"])], anew=True) == [played(LOOP)]


def test_a_spoilt_file_is_measured_again(folder: Path) -> None:
    outcomes.played("key", [LOOP], Player("failed"))
    (path,) = folder.iterdir()
    whole = path.read_bytes()
    for spoilt in (whole[:-9], whole[:30] + bytes([whole[30] ^ 0xFF]) + whole[31:], b"", b"no gzip"):
        path.write_bytes(spoilt)
        assert outcomes.played("key", [LOOP], Player()) == [played(LOOP)]


def test_a_changed_conversation_concerns_its_own_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    play = Player()
    outcomes.played("key", [LOOP, PLAIN], play)
    before = outcomes.source_digest
    monkeypatch.setattr(outcomes, "source_digest", lambda case: "new" if case == LOOP else before(case))
    outcomes.played("key", [LOOP, PLAIN], play)
    assert play.asked == [[LOOP, PLAIN], [LOOP]]


def test_a_case_depends_on_its_conversation_or_its_test() -> None:
    assert outcomes.source_digest(LOOP) == outcomes.source_digest("tool-loop/chat-openai-stream")
    assert len({outcomes.source_digest(case) for case in (LOOP, PLAIN, HEAL)}) == 3
    assert outcomes.source_digest("call-ids/chat-gemini") != outcomes.source_digest("tools-known/messages-bedrock-kimi")


def test_a_case_beside_the_grid_depends_on_the_conversation_that_it_plays(monkeypatch: pytest.MonkeyPatch) -> None:
    case = "base-install/messages-openai-stream"
    before = outcomes.source_digest(case)
    monkeypatch.setattr(outcomes.families, "PLAYS", {"base-install": "tool-loop"})
    outcomes.source_digest.cache_clear()
    assert outcomes.source_digest(case) != before
    outcomes.source_digest.cache_clear()


@pytest.mark.parametrize(
    ("place", "counts"),
    [
        ("tests/backends/moonshot.py", True),
        ("tests/conversations/loader.py", True),
        ("tests/round_trip/play.py", True),
        ("tests/loopback.py", True),
        ("tests/requirements.txt", True),
        ("tests/conversations/tool-loop.toml", False),
        ("tests/round_trip/failures.toml", False),
        ("tests/round_trip/families.py", False),
        ("tests/round_trip/test_gates.py", False),
    ],
)
def test_the_harness_is_what_every_case_depends_on(
    place: str, counts: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (place, "pyproject.toml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / "pyproject.toml").write_text("[tool.pytest.ini_options]\n")
    for name in (*outcomes.HARNESS, *outcomes.LOCKS):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        if "." in name:
            (tmp_path / name).touch()
    monkeypatch.setattr(outcomes, "ROOT", tmp_path)
    digests = []
    for text in ("one", "two"):
        (tmp_path / place).write_text(text)
        outcomes.harness_digest.cache_clear()
        digests.append(outcomes.harness_digest())
    outcomes.harness_digest.cache_clear()
    assert (digests[0] != digests[1]) == counts


def test_a_key_depends_on_the_harness_the_wheel_and_the_changes() -> None:
    keys = {
        outcomes.key("harness", "wheel", {}),
        outcomes.key("other", "wheel", {}),
        outcomes.key("harness", "other", {}),
        outcomes.key("harness", "wheel", {"a.py": b"1"}),
        outcomes.key("harness", "wheel", {"a.py": b"2"}),
        outcomes.key("harness", "wheel", {"b.py": b"1"}),
    }
    assert len(keys) == 6
