"""However the network cuts a stream, the client has the same turn: a chunk is no event, and no character.

What the provider streams is cut in other places than between its events, and LiteLLM has to make the same of it; and
what LiteLLM streams on `/v1/messages` is cut too, which tells whether it is a stream at all or counts on its pieces.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from tests.backends.respx_mount import Recut
from tests.backends.wire import JSON, Answer
from tests.conversations.loader import parse
from tests.round_trip import sdk
from tests.round_trip.grid import INGRESSES, STREAM, WIRES, Case
from tests.round_trip.play import Stage, perform
from tests.round_trip.routes import ROUTES

# One loop for the whole session, as for the grid.
pytestmark = pytest.mark.asyncio(loop_scope="session")

SCRIPT = parse(
    "splits",
    {
        "about": "Characters of two, three and four bytes, joined emoji and marks, in thinking, text and a call.",
        "turn": [
            {"user": "What is the weather in Ålesund? ☂"},
            {
                "assistant": [
                    {"thinking": "Ålesund — 天気 🌦️ e\u0301: I ask. 👩‍🚀🏳️‍🌈"},
                    {"text": "Je regarde… 🔎 ждите"},
                    {"tool": "forecast", "input": {"city": "Ålesund 🏔️"}, "result": "雨, 12 °C"},
                ]
            },
            {"assistant": [{"thinking": "雨 means rain; कहो «take an umbrella» ☔."}, {"text": "Regen: ☔ 带伞."}]},
            {"user": "Takk 🙏"},
            {"assistant": [{"text": "Vær så god 🙂"}]},
        ],
    },
)


def _in_one(pieces: tuple[bytes, ...]) -> Iterator[bytes]:
    yield b"".join(pieces)


def _in_the_middle_of_events(pieces: tuple[bytes, ...]) -> Iterator[bytes]:
    """What ends one event arrives with what begins the next one; so do the frames of a binary stream."""
    rest = b""
    for piece in pieces:
        half = len(piece) // 2
        yield rest + piece[:half]
        rest = piece[half:]
    yield rest


def _inside_characters(pieces: tuple[bytes, ...]) -> Iterator[bytes]:
    """Behind the first byte of each character that has more than one."""
    return (piece for piece in re.split(rb"(?<=[\xc0-\xff])", b"".join(pieces)) if piece)


def _at_every_byte(pieces: tuple[bytes, ...]) -> Iterator[bytes]:
    return (bytes([byte]) for byte in b"".join(pieces))


CUTS: dict[str, Callable[[tuple[bytes, ...]], Iterator[bytes]]] = {
    "in-one": _in_one,
    "in-the-middle-of-events": _in_the_middle_of_events,
    "inside-characters": _inside_characters,
    "at-every-byte": _at_every_byte,
}


def recut(cut: str) -> Recut:
    """Cut streams; a whole answer is left alone, and no byte is changed."""

    def apply(answer: Answer) -> Answer:
        if answer.content_type == JSON:
            return answer
        other = dataclasses.replace(answer, pieces=tuple(CUTS[cut](answer.pieces)))
        assert other.body == answer.body
        return other

    return apply


def told(stage: Stage) -> Any:
    """What the client has in the end, and what it missed; the random ids of LiteLLM are numbered as they come.

    Of an error the beginning counts: some quote what LiteLLM remembers of earlier calls.
    """
    names: dict[str, str] = {}
    text = json.dumps([stage.client.history, [failure.text[:150] for failure in stage.failures]])
    return json.loads(_RANDOM.sub(lambda found: names.setdefault(found[0], f"id {len(names)}"), text))


# A UUID with or without its dashes, and what is left of one in the id of a call to Gemini. What backends mint is longer
# or shorter.
_RANDOM = re.compile(r"(?<![0-9a-f])([0-9a-f]{8}(-?)([0-9a-f]{4}\2){3}[0-9a-f]{12}|[0-9a-f]{28})(?![0-9a-f])")
CELLS = [
    Case("splits", ingress, backend, STREAM)
    for backend in WIRES
    for ingress in INGRESSES
    if ingress not in ROUTES[backend].impossible
]
_uncut: dict[Case, Stage] = {}


async def uncut(case: Case) -> Stage:
    """The conversation as it goes when each event comes in a piece of its own; played once."""
    if case not in _uncut:
        _uncut[case] = await perform(case, SCRIPT)
    return _uncut[case]


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("case", CELLS, ids=str)
async def test_a_stream_from_the_provider_may_be_cut_anywhere(case: Case, cut: str) -> None:
    before = told(await uncut(case))
    after = told(await perform(case, SCRIPT, recut=recut(cut)))
    assert after == before


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("case", [case for case in CELLS if case.ingress == "messages"], ids=str)
async def test_a_stream_to_the_client_may_be_cut_anywhere(case: Case, cut: str) -> None:
    stage = await uncut(case)
    for exchange in stage.trace.exchanges.values():
        pieces = tuple(piece.encode() if isinstance(piece, str) else piece for piece in exchange.given or [])
        assert _joined(tuple(CUTS[cut](pieces))) == _joined(pieces)


def _joined(pieces: Sequence[bytes]) -> Any:
    """The message that the SDK makes of a stream; or how it fails."""
    try:
        return sdk.message_stream(pieces)
    except ValueError as error:
        return str(error)
