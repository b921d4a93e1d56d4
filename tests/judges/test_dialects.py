"""Dialects say one turn in other words: whoever understands them gets the same, and whoever does not is caught.

A lie (`dialect_lies.py`) is what a broken LiteLLM makes of a form. None shows in the form in which the emulators speak
by themselves: that is what the dialects are for.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import pytest

from tests.backends import BACKENDS, Dialogue
from tests.backends.dialects import DIALECTS, Dialect, Wire, spoken, together, told_usage, wires
from tests.backends.dialects.framing import events, wire_of
from tests.backends.dialects.model import PARTS
from tests.backends.wire import JSON, Answer, sse
from tests.conversations import load
from tests.judges.dialect_lies import LIES, Lie
from tests.judges.dialect_readers import READERS, told, written
from tests.judges.endpoints import client_of
from tests.round_trip.grid import SPEAKERS, SPOKEN
from tests.round_trip.strict import faults

SCRIPT = load(SPOKEN)
WIRES: tuple[Wire, ...] = ("chat", "anthropic", "responses", "gemini", "converse")


def dialogue_of(wire: Wire, *, stream: bool = True) -> Dialogue:
    """What the backend of a wire says to two requests: thinking, a text and calls; then thinking and a text."""
    (endpoint,) = [one for one in BACKENDS[SPEAKERS[wire]] if wire in wires(one)]
    client = client_of(endpoint, stream=stream)
    client.backend.dialogue.script, client.tools = SCRIPT.assistant_turns, SCRIPT.tools
    for step in SCRIPT.turns[:3]:
        client.take(step)
    return client.backend.dialogue


DIALOGUES = {wire: dialogue_of(wire) for wire in WIRES}
ANSWERS = {wire: dialogue.answers for wire, dialogue in DIALOGUES.items()}


def speaks(dialect: Dialect) -> list[Wire]:
    """The wires whose streams have a form."""
    if dialect.wire == "sse":
        return [wire for wire in WIRES if wire != "converse"]
    return [dialect.wire] if dialect.streams else []


def heard(lie: Lie, wire: Wire, dialects: Sequence[Dialect]) -> list[str]:
    """What the suite has to say of what a client is told of both answers."""
    return [fault for number in (0, 1) for fault in _heard(lie, wire, dialects, number)]


def _heard(lie: Lie, wire: Wire, dialects: Sequence[Dialect], number: int) -> list[str]:
    """Of one answer; what a liar cannot read at all, its client does not get."""
    tidy = READERS[wire](events(ANSWERS[wire][number]))
    answer = spoken(ANSWERS[wire][number], dialects)
    try:
        read = lie.misread(lie.hears(answer))
        turn = READERS[wire](read)
        given = written(lie.mistold(read, told(turn)))
        usage = told_usage(True, {wire}, dialects)
        wrong = [*faults("messages", given, DIALOGUES[wire].given[number].parts, usage)]
    except (LookupError, TypeError, ValueError) as error:
        return [f"raised {error!r}"]
    return wrong + ([] if turn.blocks == tidy.blocks else [f"the client saw {turn.blocks}"])


TRUTH = Lie(())


# ---------------------------------------------------------------- the truth

CELLS = [pytest.param(one, wire, id=f"{one.name}-{wire}") for one in DIALECTS.values() for wire in speaks(one)]


@pytest.mark.parametrize(("dialect", "wire"), CELLS)
def test_whoever_understands_a_dialect_gets_the_same_turn(dialect: Dialect, wire: Wire) -> None:
    assert heard(TRUTH, wire, [dialect]) == []


@pytest.mark.parametrize("wire", WIRES)
def test_two_dialects_at_once_are_still_the_same_turn(wire: Wire) -> None:
    spoken_there = [one for one in DIALECTS.values() if wire in speaks(one)]
    pairs = [pair for pair in combinations(spoken_there, 2) if together(pair)]
    assert {f"{one.name} and {other.name}": heard(TRUTH, wire, [one, other]) for one, other in pairs} == {
        f"{one.name} and {other.name}": [] for one, other in pairs
    }


@pytest.mark.parametrize(("dialect", "wire"), CELLS)
def test_a_dialect_changes_what_is_sent(dialect: Dialect, wire: Wire) -> None:
    assert any(spoken(tidy, [dialect]).body != tidy.body for tidy in ANSWERS[wire])


@pytest.mark.parametrize("dialect", [one for one in DIALECTS.values() if one.whole], ids=lambda one: one.name)
def test_a_dialect_of_whole_answers_changes_them(dialect: Dialect) -> None:
    assert dialect.wire != "sse"
    answers = dialogue_of(dialect.wire, stream=False).answers
    assert any(spoken(tidy, [dialect]).body != tidy.body for tidy in answers)
    assert {wire_of(spoken(tidy, [dialect])) for tidy in answers} == {dialect.wire}


@pytest.mark.parametrize("wire", WIRES)
def test_an_error_is_in_no_dialect(wire: Wire) -> None:
    error = Answer(400, JSON, (b'{"error": {"message": "no"}}',))
    assert spoken(error, [one for one in DIALECTS.values() if one.wire == wire]) is error


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=lambda one: one.name)
def test_a_dialect_says_what_it_is_and_who_speaks_it(dialect: Dialect) -> None:
    assert dialect.part in PARTS
    assert dialect.says
    assert dialect.spoken
    assert dialect.sources
    assert dialect.against <= set(DIALECTS)
    assert dialect.streams or dialect.whole


@pytest.mark.parametrize(
    ("stream", "data"),
    [
        (b"", []),
        (b"data: a\n\ndata:b\n\n", ["a", "b"]),
        (b"event: x\r\nid: 1\r\ndata:  a\r\n\r\n: hush\r\r\n\r\n", [" a"]),
        (b"data: a\ndata: b\n\n\n\ndata\n\n", ["a\nb", ""]),
        (b"\xef\xbb\xbfdata: a\n\ndata: cut", ["a"]),
        (b"event: nothing\n\ndatum: a\n\n", []),
    ],
)
def test_events_are_read_as_the_standard_says(stream: bytes, data: list[str]) -> None:
    assert list(sse(stream)) == data


# ---------------------------------------------------------------- the lies


LYING = [
    pytest.param(lie, DIALECTS[name], wire, id=f"{says}-{name}-{wire}")
    for says, lie in LIES.items()
    for name in lie.shows_in
    for wire in speaks(DIALECTS[name])
]


@pytest.mark.parametrize(("lie", "dialect", "wire"), LYING)
def test_who_mishandles_a_dialect_is_caught(lie: Lie, dialect: Dialect, wire: Wire) -> None:
    assert heard(lie, wire, [dialect])


@pytest.mark.parametrize(("says", "lie"), LIES.items(), ids=LIES)
def test_in_the_tidy_form_no_lie_shows(says: str, lie: Lie) -> None:
    for wire in {wire for name in lie.shows_in for wire in speaks(DIALECTS[name])}:
        assert heard(lie, wire, []) == []


def test_there_is_a_lie_about_every_dialect() -> None:
    assert {name for lie in LIES.values() for name in lie.shows_in} == {
        one.name for one in DIALECTS.values() if one.streams
    }
