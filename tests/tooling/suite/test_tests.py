"""The verb `tests`: what its words mean to pytest."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.suite.tests import CORES, GRID, PLAIN, SUITE, command, reads_wire, split


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], (None, [])),
        (["1.83.0"], ("1.83.0", [])),
        (["1.83.0", "-k", "tool"], ("1.83.0", ["-k", "tool"])),
        (["-k", "tool"], (None, ["-k", "tool"])),
        (["tool-loop/messages-moonshot"], (None, ["tool-loop/messages-moonshot"])),
    ],
)
def test_the_first_word_of_tests_may_name_a_release(words: list[str], expected: tuple[str | None, list[str]]) -> None:
    name, rest = split(words)
    assert (name, list(rest)) == expected


def test_a_case_s_id_runs_that_case_alone() -> None:
    report = Path("r.xml")
    alone = command(report, ["tool-loop/messages-moonshot", "-x"])
    asynchronous = f"{GRID}::test_round_trip[tool-loop/messages-moonshot]"
    assert alone == ["-m", "pytest", "--junitxml=r.xml", asynchronous, "-x"]
    left_out = command(report, ["tool-loop/messages-groq-stream"])
    assert left_out[-1] == "--every-cell", "pytest has it only if it is asked for every cell"
    special = command(report, ["plain-wire/chat-openai"])
    assert special[3:] == ["tests/round_trip/test_plain.py::test_plain[plain-wire/chat-openai]"]
    both = command(report, ["thinking-text-tool/messages-moonshot"])
    assert both[3:] == [
        f"{GRID}::{test}[thinking-text-tool/messages-moonshot]" for test in ("test_round_trip", "test_round_trip_sync")
    ]
    assert command(report, []) == ["-m", "pytest", "--junitxml=r.xml", *SUITE, *CORES]
    assert command(report, [SUITE[0]])[3:] == [SUITE[0], *CORES], "a whole folder is worth a process for each core"
    assert command(report, [f"{SUITE[0]}/test_seed_cases.py"])[3:] == [f"{SUITE[0]}/test_seed_cases.py"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], True),
        (["-k", "plain"], True),
        ([SUITE[0], "-x"], True),
        (["tests/round_trip/"], True),
        ([f"{PLAIN}::test_plain"], True),
        (["tool-loop/messages-moonshot", "plain-wire/chat-openai"], True),
        (["tool-loop/messages-moonshot", "-x"], False),
        (["-q", GRID], False),
        (["tests/judges"], False),
    ],
)
def test_what_is_sent_without_thinking_is_written_down_where_it_is_looked_at(words: list[str], expected: bool) -> None:
    assert reads_wire(words) is expected
