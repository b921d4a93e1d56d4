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


_KINDS: dict[str, Predicate] = {
    "thinking before text": _turn(Thinking, Text),
    "thinking straight to a tool": _turn(Thinking, ToolUse),
    "thinking, text and a tool": _turn(Thinking, Text, ToolUse),
    "parallel tools": _turn(Thinking, Text, ToolUse, ToolUse),
    "interleaved": _turn(Thinking, Text, ToolUse, Thinking, Text, ToolUse),
    "two thinking blocks in a row": _turn(Thinking, Thinking, Text),
    "redacted alone": _turn(Redacted, ToolUse),
    "redacted first": _turn(Redacted, Thinking, Text),
    "redacted between": _turn(Thinking, Redacted, Thinking, Text),
    "no redacted thinking at all": lambda made: not made.redacts,
    "three tools": lambda made: len(made.tools) == 3,
    "not in ASCII": _texts(lambda text: not text.isascii()),
    "outside the basic plane": _texts(lambda text: max(text) > "\uffff"),
    "a line break": _texts(lambda text: "\n" in text),
}


def test_every_kind_occurs() -> None:
    """All kinds are looked for among the same conversations: to search for each one takes several times as long."""
    made = _made(900)
    assert [kind for kind, holds in _KINDS.items() if not any(map(holds, made))] == []


def test_a_failure_shrinks_to_the_least_that_shows_it() -> None:
    shrinking = settings(generate.DETERMINISTIC, max_examples=2000, phases=[Phase.generate, Phase.shrink])
    found = find(generate.conversations(), lambda made: bool(made.tools), settings=shrinking)
    loop, last = found.assistant_turns
    assert [type(block) for block in loop.blocks] == [Thinking, ToolUse]
    assert found.turns == (UserTurn("0"), loop, last)
    assert last == AssistantTurn((Text("0"),))


def test_the_same_conversations_are_made_in_every_run() -> None:
    assert _made(30) == _made(30)


def _made(number: int) -> list[Conversation]:
    made: list[Conversation] = []

    @settings(generate.DETERMINISTIC, max_examples=number)
    @given(generate.conversations())
    def collect(conversation: Conversation) -> None:
        made.append(conversation)

    collect()
    return made
