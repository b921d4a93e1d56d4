"""Generated conversations are sound, of every kind, as small as a failure allows, and can be kept as files."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import Phase, find, given, settings

from tests import conversations
from tests.conversations import generate
from tests.conversations.loader import from_toml
from tests.conversations.model import AssistantTurn, Conversation, Redacted, Text, Thinking, ToolUse, UserTurn

Predicate = Callable[[Conversation], bool]


@generate.DETERMINISTIC
@given(generate.conversations())
def test_what_is_made_passes_the_loader_and_comes_back_from_its_file(made: Conversation) -> None:
    assert from_toml(made.name, generate.as_toml(made)) == made


@generate.DETERMINISTIC
@given(generate.conversations())
def test_what_is_made_can_be_played_to_every_backend(made: Conversation) -> None:
    for turn in made.assistant_turns:
        assert not isinstance(turn.blocks[-1], (Thinking, Redacted))
        if turn.of(ToolUse):
            assert isinstance(turn.blocks[0], (Thinking, Redacted))
            assert isinstance(turn.blocks[-1], ToolUse)
        assert all(text.text.strip() for text in turn.of(Text))
        assert all(thinking.text.strip() for thinking in turn.of(Thinking))


@generate.DETERMINISTIC
@given(generate.conversations(redacted=False))
def test_what_is_made_without_redacted_thinking_has_thinking_all_the_same(made: Conversation) -> None:
    assert not made.redacts
    assert any(turn.of(Thinking) for turn in made.assistant_turns)


@pytest.mark.parametrize("name", conversations.names())
def test_every_conversation_comes_back_from_its_file(name: str) -> None:
    """By way of UTF-8, in which half a surrogate pair cannot be written."""
    conversation = conversations.load(name)
    assert from_toml(name, generate.as_toml(conversation).encode().decode()) == conversation


def _turn(*kinds: type) -> Predicate:
    """Whether some turn has blocks of just these kinds."""
    return lambda made: any(tuple(map(type, turn.blocks)) == kinds for turn in made.assistant_turns)


def _texts(holds: Callable[[str], bool]) -> Predicate:
    return lambda made: any(holds(thinking.text) for turn in made.assistant_turns for thinking in turn.of(Thinking))


def _find(holds: Predicate, *phases: Phase) -> Conversation:
    thorough = settings(generate.DETERMINISTIC, max_examples=2000, phases=phases)
    return find(generate.conversations(), holds, settings=thorough)


@pytest.mark.parametrize(
    "holds",
    [
        pytest.param(_turn(Thinking, Text), id="thinking before text"),
        pytest.param(_turn(Thinking, ToolUse), id="thinking straight to a tool"),
        pytest.param(_turn(Thinking, Text, ToolUse), id="thinking, text and a tool"),
        pytest.param(_turn(Thinking, Text, ToolUse, ToolUse), id="parallel tools"),
        pytest.param(_turn(Thinking, Text, ToolUse, Thinking, Text, ToolUse), id="interleaved"),
        pytest.param(_turn(Thinking, Thinking, Text), id="two thinking blocks in a row"),
        pytest.param(_turn(Redacted, ToolUse), id="redacted alone"),
        pytest.param(_turn(Redacted, Thinking, Text), id="redacted first"),
        pytest.param(_turn(Thinking, Redacted, Thinking, Text), id="redacted between"),
        pytest.param(lambda made: not made.redacts, id="no redacted thinking at all"),
        pytest.param(lambda made: len(made.tools) == 3, id="three tools"),
        pytest.param(_texts(lambda text: not text.isascii()), id="not in ASCII"),
        pytest.param(_texts(lambda text: max(text) > "\uffff"), id="outside the basic plane"),
        pytest.param(_texts(lambda text: "\n" in text), id="a line break"),
    ],
)
def test_every_kind_occurs(holds: Predicate) -> None:
    assert holds(_find(holds, Phase.generate))


def test_a_failure_shrinks_to_the_least_that_shows_it() -> None:
    found = _find(lambda made: bool(made.tools), Phase.generate, Phase.shrink)
    loop, last = found.assistant_turns
    assert [type(block) for block in loop.blocks] == [Thinking, ToolUse]
    assert found.turns == (UserTurn("0"), loop, last)
    assert last == AssistantTurn((Text("0"),))


def test_the_same_conversations_are_made_in_every_run() -> None:
    assert _made() == _made()


def _made() -> list[Conversation]:
    made: list[Conversation] = []

    @generate.DETERMINISTIC
    @given(generate.conversations())
    def collect(conversation: Conversation) -> None:
        made.append(conversation)

    collect()
    return made
