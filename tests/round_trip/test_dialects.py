"""Several dialects at once: what no single one shows, on `/v1/messages`.

A real server speaks several: its calls come whole, its usage in every chunk, its lines end with CR and LF. Every two
that can be spoken together are, in as few answers as a greedy choice finds; and Hypothesis makes up others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, groupby

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests import conversations
from tests.backends import BACKENDS
from tests.backends.dialects import DIALECTS, PARTS, Dialect, Wire, together
from tests.conversations import generate
from tests.conversations.model import Conversation
from tests.round_trip.failures import NEW, Failure, is_surveyed, labels, release_under_test
from tests.round_trip.grid import DIALECT, SPEAKERS, SPOKEN, STREAM, Case
from tests.round_trip.play import speak

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),  # one loop for the whole session, as for the grid
    pytest.mark.skipif(
        not is_surveyed(release_under_test()), reason="of this release only what the grid's cases show is listed"
    ),
]

Row = tuple[Dialect, ...]


def of_wire(wire: Wire) -> list[Dialect]:
    """The dialects of a wire's streams, by part."""
    heard = {wire} if wire == "converse" else {wire, "sse"}
    return sorted(
        (one for one in DIALECTS.values() if one.wire in heard and one.streams), key=lambda one: PARTS.index(one.part)
    )


def covering(dialects: Sequence[Dialect]) -> Iterator[Row]:
    """Rows of dialects that can be spoken at once, so that every such pair is in one of them.

    Greedy: a row begins with a pair that is not covered, and takes of each part what covers most pairs more.
    """
    missing = {frozenset(pair) for pair in combinations(dialects, 2) if together(pair)}
    for pair in [pair for pair in combinations(dialects, 2) if together(pair)]:
        if frozenset(pair) in missing:
            row = _filled(pair, dialects, missing)
            missing -= set(map(frozenset, combinations(row, 2)))
            yield row


def _filled(row: Row, dialects: Sequence[Dialect], missing: set[frozenset[Dialect]]) -> Row:
    for _, same in groupby(dialects, key=lambda one: one.part):
        fitting = [one for one in same if one not in row and together([*row, one])]
        gains = {one: sum(frozenset((one, other)) in missing for other in row) for one in fitting}
        best = max(fitting, key=gains.__getitem__, default=None)
        if best is not None and gains[best]:
            row = (*row, best)
    return row


ROWS = [(wire, row) for wire in SPEAKERS for row in covering(of_wire(wire))]


@pytest.mark.parametrize("wire", SPEAKERS)
def test_the_rows_have_every_pair(wire: Wire) -> None:
    rows = [row for of, row in ROWS if of == wire]
    pairs = {frozenset(pair) for pair in combinations(of_wire(wire), 2) if together(pair)}
    assert {frozenset(pair) for row in rows for pair in combinations(row, 2)} == pairs
    assert all(map(together, rows))


@pytest.mark.parametrize(("wire", "row"), ROWS, ids=lambda told: told if isinstance(told, str) else _name(told))
async def test_dialects_together_are_the_same_turn(wire: Wire, row: Row) -> None:
    case = Case(f"{DIALECT}{row[0].name}", "messages", SPEAKERS[wire], STREAM)
    failures = await speak(case, conversations.load(SPOKEN), row)
    assert not failures, "\n\n".join(map(str, failures))


def _name(row: Row) -> str:
    return "+".join(one.form for one in row)


# Nothing is shrunk: that would play hundreds of conversations for each wire that fails.
EXAMPLES = settings(generate.DETERMINISTIC, max_examples=10, phases=[Phase.generate], report_multiple_bugs=False)


@pytest.mark.parametrize("wire", SPEAKERS)
@EXAMPLES
@given(data=st.data())
async def test_a_generated_conversation_in_generated_dialects_fails_in_no_new_way(
    wire: Wire, data: st.DataObject
) -> None:
    """What fails in the tidy form as well is no matter of dialects."""
    backend = SPEAKERS[wire]
    redacts = any(endpoint.redacts for endpoint in BACKENDS[backend])
    script = data.draw(generate.conversations(redacted=redacts))
    row = tuple(
        data.draw(st.lists(st.sampled_from(of_wire(wire)), min_size=1, max_size=4, unique=True).filter(together))
    )
    case = Case("generated", "messages", backend, STREAM)
    failures = await speak(case, script, row)
    if labels(case, failures, release_under_test()) not in ([], [NEW]):
        return
    tidy = {one.text for one in await speak(case, script, ())} if failures else set()
    new = [one for one in failures if one.text not in tidy]
    if new:
        raise AssertionError(_told(row, script, new))


def _told(row: Row, script: Conversation, failures: list[Failure]) -> str:
    return "\n\n".join([_name(row), *map(str, failures), generate.as_toml(script)])
