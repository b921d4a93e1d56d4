"""The grid leaves nothing out without saying so, and an id names one case."""

from __future__ import annotations

from collections import Counter
from itertools import product

import pytest

from tests import conversations
from tests.backends import BACKENDS, AnthropicMessages
from tests.backends.dialects import DIALECTS, Dialect, wires
from tests.round_trip.grid import (
    DIALECT,
    INGRESSES,
    MODES,
    SPEAKERS,
    SPOKEN,
    STREAM,
    WHOLE,
    WIRES,
    Case,
    cases,
    cells,
)
from tests.round_trip.routes import ROUTES


def test_every_cell_is_played_or_says_why_not() -> None:
    """The canary: what is here by itself, a file or an emulator, has to turn up."""
    told = {(case.conversation, case.ingress, case.backend, case.mode): reason for case, reason in cells()}
    said = set(product(conversations.names(), INGRESSES, BACKENDS, MODES))
    spoken = set(product(map(f"{DIALECT}{{}}".format, DIALECTS), INGRESSES, BACKENDS, (WHOLE, STREAM)))
    assert set(told) == said | spoken
    assert all(reason == reason.strip() and not reason.endswith(".") for reason in told.values())
    assert len(cases()) == sum(not reason for reason in told.values())


def test_every_backend_can_be_reached() -> None:
    assert set(ROUTES) == set(BACKENDS)
    for name, route in ROUTES.items():
        assert set(route.impossible) < set(INGRESSES), f"{name} is reached in no way at all"


@pytest.mark.parametrize("name", conversations.names())
def test_every_conversation_is_played_whole_and_streamed(name: str) -> None:
    played = {(case.ingress, case.mode) for case in cases() if case.conversation == name}
    assert {("messages", WHOLE), ("messages", STREAM), ("chat", WHOLE)} <= played


def test_every_backend_is_played_by_every_way_in() -> None:
    """Whole and streamed, several thoughts in a turn, and as the guest of a conversation with Claude."""
    played = {(case.conversation, case.ingress, case.backend, case.mode) for case in cases()}
    for backend, route in ROUTES.items():
        for ingress in set(INGRESSES) - set(route.impossible):
            assert ("thinking-text-tool", ingress, backend, WHOLE) in played
        if "messages" not in route.impossible:
            assert ("thinking-text-tool", "messages", backend, STREAM) in played
            assert ("interleaved", "messages", backend, WHOLE) in played
            visited = ("claude-away-and-back", "messages", backend, WHOLE) in played
            assert visited != (AnthropicMessages in BACKENDS[backend])


def test_what_is_left_out_for_time_can_be_asked_for() -> None:
    few, every = set(map(str, cases())), set(map(str, cases(every=True)))
    assert few < every
    assert "tool-loop-five/messages-groq-stream" in every - few


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=lambda one: one.name)
def test_every_dialect_is_heard_by_default(dialect: Dialect) -> None:
    """On /v1/messages in each of its forms, and on the others by each wire and part that shows there."""
    played = {(case.ingress, case.mode) for case in cases() if case.dialect is dialect}
    forms = {mode for mode, has in ((WHOLE, dialect.whole), (STREAM, dialect.streams)) if has}
    assert {("messages", mode) for mode in forms} <= played
    assert all(mode in forms for _, mode in played)


def test_a_dialect_is_spoken_by_backends_of_its_wire() -> None:
    every = {(str(case.dialect.wire), case.backend) for case in cases(every=True) if case.dialect}
    assert {("chat", "moonshot"), ("anthropic", "vertex_anthropic"), ("converse", "bedrock-kimi")} <= every
    assert {("chat", "anthropic"), ("sse", "bedrock"), ("gemini", "openai")}.isdisjoint(every)
    assert all(wire in wires(BACKENDS[backend][0]) for wire, backend in SPEAKERS.items())


def test_a_case_in_a_dialect_plays_a_conversation() -> None:
    case = Case.parse("dialect-chat-call-whole/messages-vllm-stream")
    assert (case.script, case.dialect) == (SPOKEN, DIALECTS["chat-call-whole"])
    assert Case.parse("plain/messages-vllm").script == "plain"


def test_a_wire_form_has_one_backend_that_stands_for_it() -> None:
    assert set(WIRES) <= set(BACKENDS)


def test_an_id_names_one_case() -> None:
    (double, count), *_ = Counter(map(str, cases())).most_common(1)
    assert count == 1, double
    for case in cases():
        assert Case.parse(str(case)) == case


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("", ["", "", ""]),
        ("-stream", ["-stream"] * 3),
        ("-built", ["-built"] * 3),
        ("-last-streamed", ["", "", "-stream"]),
    ],
)
def test_a_mode_says_how_each_turn_comes(mode: str, expected: list[str]) -> None:
    case = Case("tool-loop", "messages", "moonshot", mode)
    assert [case.streams(turn, 3) for turn in (1, 2, 3)] == expected
