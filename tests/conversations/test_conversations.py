"""The loader reads every conversation, and refuses one that would prove less than it seems to."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from tests import conversations
from tests.backends import BACKENDS
from tests.conversations.loader import BadConversation, from_toml, parse
from tests.conversations.model import (
    ELSEWHERE,
    AssistantTurn,
    Conversation,
    Redacted,
    Text,
    Thinking,
    ToolUse,
    UserTurn,
)

USER = {"user": "Hello?"}
THINKING = {"thinking": "A greeting."}
REDACTED = {"redacted": "a greeting"}
REPLY = {"text": "Hello."}
CALL = {"tool": "wave", "input": {}, "result": "done"}
LAST = [REPLY]


@pytest.mark.parametrize("name", conversations.names())
def test_every_conversation_says_what_it_is_about(name: str) -> None:
    conversation = conversations.load(name)
    assert conversation.about.endswith(".")
    thinks = any(turn.of(Thinking) or turn.of(Redacted) for turn in conversation.assistant_turns)
    assert thinks != (name == "plain")


@pytest.mark.parametrize("name", conversations.names())
def test_turns_of_others_are_given_by_backends_of_the_suite(name: str) -> None:
    assert set(conversations.load(name).visitors) <= set(BACKENDS)


def _turns(*turns: Any, **settings: Any) -> dict[str, Any]:
    given = [turn if isinstance(turn, dict) else {"assistant": turn} for turn in turns]
    return {"about": "A test.", **settings, "turn": given}


def _refusal(data: dict[str, Any]) -> str:
    with pytest.raises(BadConversation) as refusal:
        parse("made-up", data)
    return str(refusal.value)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (_turns(), "the last turn must be an assistant's plain text"),
        (_turns(USER, [THINKING, REPLY], USER), "the last turn must be an assistant's plain text"),
        (_turns(USER, [THINKING, REPLY]), "the last turn must be an assistant's plain text"),
        (_turns(USER, [THINKING, CALL]), "the last turn must be an assistant's plain text"),
        (_turns(USER, {"by": ELSEWHERE, "assistant": LAST}), "the last turn must be given by a backend"),
        (_turns(USER, USER, LAST), "a turn out of order"),
        (_turns(LAST), "a turn out of order"),
        (_turns(USER, [THINKING, REPLY], LAST), "a turn out of order"),
        (_turns(USER, [CALL], USER, LAST), "a turn out of order"),
        (_turns(USER, []), "an assistant's turn of nothing"),
        (_turns(USER, [THINKING, {"text": "A greeting. Hello."}], USER, LAST), "thinking is not unique"),
        (_turns(USER, [THINKING, THINKING, REPLY], USER, LAST), "thinking is not unique"),
        (_turns({"user": "A greeting."}, [THINKING, REPLY], USER, LAST), "thinking is not unique"),
        (_turns(USER, [THINKING, {**CALL, "result": "A greeting."}], LAST), "thinking is not unique"),
        (_turns(USER, [THINKING, {**CALL, "input": {"a": "A greeting."}}], LAST), "thinking is not unique"),
        (_turns(USER, [THINKING, CALL], LAST, system="A greeting."), "thinking is not unique"),
        (_turns({**USER, "thinking": False}, [THINKING, CALL], LAST), "thinking is off in this turn"),
        (_turns({**USER, "thinking": False}, [CALL], [REDACTED, CALL], LAST), "thinking is off in this turn"),
        (_turns(USER, [{**THINKING, "signature": ""}, CALL], LAST), "a signature in a turn that is not from"),
        (_turns(USER, [CALL, {**CALL, "input": {"a": "b"}}], LAST), "the tool 'wave' is used with different"),
    ],
)
def test_a_conversation_that_proves_nothing_is_refused(data: dict[str, Any], reason: str) -> None:
    assert f"conversation 'made-up': {reason}" in _refusal(data)


def _with(block: Any) -> dict[str, Any]:
    """A conversation that is sound but for a block."""
    return _turns(USER, [THINKING, block, CALL], LAST)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (_turns(USER, LAST, scoope="ways"), "the file: unknown key 'scoope'; known are about, turn, scope, system, "),
        (_turns({**USER, "by": "openai"}, LAST), "turn 1: unknown key 'by'; known are user, thinking"),
        (_turns(USER, {"assistant": LAST, "thinking": False}), "turn 2: unknown key 'thinking'; known are assistant"),
        (_turns({**USER, "assistant": LAST}), "turn 1: unknown key 'assistant'"),
        (_turns({"system": "x"}), "turn 1: a turn of an unknown kind: ['system']"),
        (_with({"image": "x"}), "turn 2, block 1: a block of an unknown kind: ['image']"),
        (_with({**REPLY, "signature": "x"}), "turn 2, block 1: unknown key 'signature'; known are text, json, times"),
        (_with({**REDACTED, "json": True}), "turn 2, block 1: unknown key 'json'; known are redacted"),
        (_with({**CALL, "id": "x"}), "turn 2, block 1: unknown key 'id'; known are tool, input, result, image"),
        (_with({**THINKING, **REPLY}), "turn 2, block 1: unknown key 'text'; known are thinking, signature"),
    ],
)
def test_an_unknown_key_is_refused_by_name(data: dict[str, Any], reason: str) -> None:
    assert f"conversation 'made-up': {reason}" in _refusal(data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({"turn": []}, "the file: 'about' is missing"),
        ({"about": "A test."}, "the file: 'turn' is missing"),
        ({"about": 1, "turn": []}, "the file: about has to be a string: 1"),
        ({"about": "A test.", "turn": {}}, "the file: turn has to be a list: {}"),
        ({"about": "A test.", "turn": ["user"]}, "turn 1 has to be a table: 'user'"),
        (_turns(USER, LAST, scope="some"), "scope is one of all, unstreamed, ways: 'some'"),
        (_turns(USER, LAST, scope=True), "the file: scope has to be a string: True"),
        (_turns(USER, LAST, cached="yes"), "the file: cached has to be true or false: 'yes'"),
        (_turns(USER, LAST, system=["x"]), "the file: system has to be a string: ['x']"),
        (_turns({"user": ["x"]}, LAST), "turn 1: user has to be a string: ['x']"),
        (_turns({**USER, "thinking": "off"}, LAST), "turn 1: thinking has to be true or false: 'off'"),
        (_turns(USER, {"assistant": "Hello."}), "turn 2: assistant has to be a list: 'Hello.'"),
        (_turns(USER, {"assistant": LAST, "by": True}), "turn 2: by has to be a string: True"),
        (_with("Hello."), "turn 2, block 1 has to be a table: 'Hello.'"),
        (_with({"thinking": 1}), "turn 2, block 1: thinking has to be a string: 1"),
        (_with({"redacted": None}), "turn 2, block 1: redacted has to be a string: None"),
        (_with({"text": "x", "times": True}), "turn 2, block 1: times has to be a whole number: True"),
        (_with({"text": "x", "json": 1}), "turn 2, block 1: json has to be true or false: 1"),
        (_with({"text": "x", "json": True}), "turn 2, block 1: not JSON: "),
        (_with({"text": "[]", "json": True}), "turn 2, block 1: the JSON has to be a string: '[]'"),
        (_with({"tool": "wave", "result": "done"}), "turn 2, block 1: 'input' is missing"),
        (_with({"tool": "wave", "input": {}}), "turn 2, block 1: 'result' is missing"),
        (_with({**CALL, "input": {"a": 1}}), "turn 2, block 1: input.a has to be a string: 1"),
        (_with({**CALL, "image": "x.png"}), "turn 2, block 1: image has to be true or false: 'x.png'"),
    ],
)
def test_a_wrong_type_is_refused_with_its_place(data: dict[str, Any], reason: str) -> None:
    assert f"conversation 'made-up': {reason}" in _refusal(data)


def test_a_file_that_is_no_toml_is_refused() -> None:
    with pytest.raises(BadConversation, match="conversation 'made-up': not TOML: "):
        from_toml("made-up", "about =")


def test_the_same_text_twice_is_fine_when_it_is_not_thinking() -> None:
    parse("made-up", _turns(USER, [THINKING, REPLY], USER, LAST))


@pytest.mark.parametrize(
    ("block", "text"),
    [
        ({"thinking": r'"half: \ud83d"', "json": True}, "half: \ud83d"),
        ({"thinking": "x", "times": 3}, "0: x1: x2: x"),
        ({"thinking": r'"\u0000"', "json": True, "times": 2}, "0: \0001: \000"),
        ({"thinking": r"\u0000"}, r"\u0000"),
    ],
)
def test_a_text_can_be_json_and_long(block: dict[str, Any], text: str) -> None:
    (thinking,) = parse("made-up", _turns(USER, [block, CALL], LAST)).assistant_turns[0].of(Thinking)
    assert thinking.text == text


# What has to exist: each requirement, the conversation that meets it, and what has to be true of that one. The
# predicates look at the data, so a conversation cannot lose what it is there for.

_KIND = {Thinking: "thinking", Redacted: "redacted", Text: "text", ToolUse: "tool"}


def _shapes(conversation: Conversation) -> list[str]:
    """The kinds of block of each turn of an assistant, in order."""
    return [" ".join(_KIND[type(block)] for block in turn.blocks) for turn in conversation.assistant_turns]


def _givers(conversation: Conversation) -> list[str]:
    return [turn.by or "here" for turn in conversation.assistant_turns]


def _thoughts(conversation: Conversation) -> str:
    return "".join(block.text for turn in conversation.assistant_turns for block in turn.of(Thinking))


def _elsewhere(conversation: Conversation) -> list[tuple[str | None, bool]]:
    """The signature of each thinking block from elsewhere, and whether the block has text."""
    return [
        (block.signature, bool(block.text))
        for turn in conversation.assistant_turns
        for block in turn.of(Thinking)
        if turn.by == ELSEWHERE
    ]


def _switches(conversation: Conversation) -> list[tuple[bool, bool]]:
    """For each turn of an assistant: whether the client asks for thinking, and whether there is some."""
    asked, found = True, []
    for turn in conversation.turns:
        if isinstance(turn, UserTurn):
            asked = turn.thinking
        else:
            found.append((asked, bool(turn.of(Thinking))))
    return found


def _images(conversation: Conversation) -> list[bool]:
    """For each tool use, whether its result has an image."""
    return [use.image for turn in conversation.assistant_turns for use in turn.of(ToolUse)]


def _mid_loop(conversation: Conversation, by: str) -> bool:
    """Whether a backend's own tool call is answered by another backend."""
    return any(
        first.by == by and first.of(Thinking) and first.of(ToolUse) and second.by != by
        for first, second in pairwise(conversation.assistant_turns)
    )


def _scripts(text: str) -> set[str]:
    return {unicodedata.name(character, "?").split()[0] for character in text if character.isalpha()}


def _lone_surrogates(conversation: Conversation) -> set[type]:
    """The kinds of block that hold half a surrogate pair."""
    blocks = [block for turn in conversation.assistant_turns for block in turn.blocks]
    texts = [block for block in blocks if isinstance(block, (Thinking, Text))]
    return {type(block) for block in texts if any("\ud800" <= character <= "\udfff" for character in block.text)}


_REQUIREMENTS: list[tuple[str, str, Callable[[Conversation], object]]] = [
    ("one thinking turn", "one-thinking-turn", lambda c: _shapes(c) == ["thinking text", "text"]),
    ("thinking, text and one tool", "thinking-text-tool", lambda c: _shapes(c)[0] == "thinking text tool"),
    ("five rounds", "tool-loop-five", lambda c: _shapes(c)[:6] == [*["thinking text tool"] * 5, "thinking text"]),
    ("parallel tools", "parallel-tools", lambda c: _shapes(c)[0] == "thinking text tool tool"),
    ("a loop that ends without a thought", "tool-loop", lambda c: _shapes(c) == [*["thinking text tool"] * 3, "text"]),
    ("interleaved", "interleaved", lambda c: _shapes(c)[0] == "thinking text tool thinking text tool"),
    ("redacted alone", "redacted-alone", lambda c: _shapes(c)[:2] == ["redacted text tool", "redacted text"]),
    ("redacted first", "redacted-first", lambda c: _shapes(c)[0] == "redacted thinking text tool"),
    ("redacted between", "redacted-between", lambda c: _shapes(c)[0] == "thinking redacted thinking text tool"),
    ("redacted straight to a tool", "redacted-thinking", lambda c: _shapes(c)[0] == "redacted tool"),
    ("signed, without text", "sealed-thinking", lambda c: c.hides and _thoughts(c) == ""),
    ("empty signature", "empty-signature", lambda c: _elsewhere(c) == [("", True)]),
    ("null signature", "null-signature", lambda c: _elsewhere(c) == [(None, True)]),
    ("from elsewhere, then here", "empty-signature", lambda c: _givers(c) == [ELSEWHERE, "here", "here"]),
    ("from elsewhere, then here", "null-signature", lambda c: _givers(c) == [ELSEWHERE, "here", "here"]),
    ("thinking without a word of text", "thinking-then-tool", lambda c: _shapes(c)[0] == "thinking tool"),
    ("a megabyte", "long-thinking", lambda c: 2**20 <= len(_thoughts(c).encode()) < 2**21),
    ("a megabyte in one block", "long-thinking", lambda c: " ".join(_shapes(c)).count("thinking") == 1),
    ("many scripts", "many-scripts", lambda c: len(_scripts(_thoughts(c))) >= 10),
    ("from right to left", "many-scripts", lambda c: {"ARABIC", "HEBREW"} <= _scripts(_thoughts(c))),
    ("many scripts and markup", "odd-text", lambda c: len(_scripts(_thoughts(c))) >= 8 and "</think>" in _thoughts(c)),
    ("emoji", "emoji", lambda c: {"\U0001f680", "\u200d", "\ufe0f", "\U0001f3fd"} <= set(_thoughts(c))),
    ("lone surrogate in thinking only", "lone-surrogate-in-thinking", lambda c: _lone_surrogates(c) == {Thinking}),
    ("lone surrogate in text only", "lone-surrogate-in-text", lambda c: _lone_surrogates(c) == {Text}),
    ("NUL", "nul-in-thinking", lambda c: "\0" in _thoughts(c)),
    ("the tag that ends thinking", "think-tag-in-thinking", lambda c: "</think>" in _thoughts(c)),
    ("JSON", "json-in-thinking", lambda c: _thoughts(c).startswith('[{"type"') and _thoughts(c).endswith('"}')),
    ("server-sent events", "event-stream-in-thinking", lambda c: "\n\nevent: " in _thoughts(c)),
    ("two in a row", "two-thinking-blocks", lambda c: _shapes(c)[0] == "thinking thinking text tool"),
    (
        "thinking switched off and on",
        "thinking-off-and-on",
        lambda c: _switches(c) == [(True, True), (True, True), (False, False), (True, True), (True, False)],
    ),
    (
        "a turn without, between",
        "pause-in-thinking",
        lambda c: _switches(c) == [(True, True), (True, False), (True, True), (True, False)],
    ),
    ("system prompt and cache_control", "system-and-cache", lambda c: c.system and c.cached and c.tools),
    ("an image in a tool's result", "image-in-tool-result", lambda c: _images(c) == [True]),
    (
        "Claude, away in mid-loop and back",
        "claude-away-and-back",
        lambda c: (
            _mid_loop(c, "anthropic-adaptive") and _mid_loop(c, "") and _givers(c)[-2:] == ["anthropic-adaptive"] * 2
        ),
    ),
    (
        "GPT, away in mid-loop and back",
        "openai-away-and-back",
        lambda c: _mid_loop(c, "openai") and _mid_loop(c, "") and _givers(c)[-2:] == ["openai"] * 2,
    ),
    ("from Kimi", "from-kimi", lambda c: _mid_loop(c, "moonshot") and _givers(c)[1:] == ["here"] * 3),
    (
        "from Claude, between turns",
        "claude-to-here",
        lambda c: _givers(c) == ["anthropic-adaptive", "here", "here", "here"],
    ),
    ("nothing to think about", "plain", lambda c: _shapes(c) == ["text tool", "text", "text"]),
    ("... and thinking is off", "plain", lambda c: _switches(c) == [(False, False)] * 3),
]


@pytest.mark.parametrize(("requirement", "name", "holds"), _REQUIREMENTS, ids=[row[0] for row in _REQUIREMENTS])
def test_the_list_of_conversations_is_complete(
    requirement: str, name: str, holds: Callable[[Conversation], object]
) -> None:
    conversation = conversations.load(name)
    assert holds(conversation), f"{requirement}: {_shapes(conversation)} by {_givers(conversation)}"


@pytest.mark.parametrize("holds", [row[2] for row in _REQUIREMENTS], ids=[row[0] for row in _REQUIREMENTS])
def test_small_talk_meets_no_requirement(holds: Callable[[Conversation], object]) -> None:
    assert not holds(parse("small-talk", _turns(USER, LAST)))


def test_no_conversation_is_without_a_requirement() -> None:
    """What nothing is asked of could be changed into nothing."""
    assert set(conversations.names()) == {name for _, name, _ in _REQUIREMENTS}


def test_each_back_end_plays_few_conversations() -> None:
    """The whole grid has a time budget: shapes and texts are played once for each way of translating."""
    everywhere = {name: conversations.load(name).scope for name in conversations.names()}
    assert [name for name, scope in everywhere.items() if scope == "all"] == ["thinking-text-tool"]
    assert [name for name, scope in everywhere.items() if scope == "unstreamed"] == [
        "claude-away-and-back",
        "interleaved",
    ]


def test_a_visitor_is_a_backend_of_the_suite_and_elsewhere_is_none() -> None:
    turns = (
        UserTurn("?"),
        AssistantTurn((Text("!"),), ELSEWHERE),
        UserTurn("?"),
        AssistantTurn((Text("!"),), "openai"),
    )
    assert Conversation("made-up", "A test.", turns).visitors == ("openai",)
