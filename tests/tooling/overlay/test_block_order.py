"""The order of a turn's blocks for Bedrock Converse and Gemini, without LiteLLM."""

from __future__ import annotations

from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.tooling.overlay.conftest import Overlay

Block = dict[str, Any]


@pytest.fixture
def order(overlay: Overlay) -> ModuleType:
    module: ModuleType = overlay("chat.block_order")
    return module


def thinking(words: str) -> Block:
    return {"type": "thinking", "thinking": words, "signature": "s"}


def text(words: str) -> Block:
    return {"type": "text", "text": words}


def call(name: str) -> Block:
    return {"type": "tool_use", "id": name, "name": "f", "input": {}}


REDACTED: Block = {"type": "redacted_thinking", "data": "d"}


def turn(*blocks: Block) -> dict[str, Any]:
    return {"role": "assistant", "content": list(blocks)}


ASKED = {"role": "user", "content": [text("u"), thinking("no turn of the model")]}


@pytest.mark.parametrize(
    "message",
    [
        turn(thinking("1"), REDACTED, thinking("2"), text("a"), text("b"), call("x"), call("y")),
        turn(call("x"), text("a")),
        turn(thinking("1")),
        turn(),
        {"role": "assistant", "content": "words"},
        {"role": "assistant", "content": None},
        ASKED,
    ],
)
def test_what_keeps_its_order_stays_the_same_object(order: ModuleType, message: dict[str, Any]) -> None:
    messages = [ASKED, message]
    assert order.split_turns(messages) is messages


@pytest.mark.parametrize(
    ("blocks", "sizes"),
    [
        ([thinking("1"), text("a"), call("x"), thinking("2"), text("b"), call("y")], [3, 3]),
        ([thinking("1"), text("a"), REDACTED, text("b")], [2, 2]),
        ([text("a"), thinking("1"), call("x")], [1, 2]),
        ([thinking("1"), call("x"), text("a")], [2, 1]),
        ([thinking("1"), call("x"), {"type": "image"}, thinking("2")], [3, 1]),
    ],
)
def test_a_turn_is_split_where_a_block_would_move(order: ModuleType, blocks: list[Block], sizes: list[int]) -> None:
    message = {**turn(*blocks), "id": "m"}
    parts = order.split_turns([ASKED, message])[1:]
    assert [len(part["content"]) for part in parts] == sizes
    assert [block for part in parts for block in part["content"]] == blocks
    assert all(part["id"] == "m" and part["role"] == "assistant" for part in parts)
    assert message == {**turn(*blocks), "id": "m"}


INTERLEAVED = turn(thinking("1"), call("x"), thinking("2"), call("y"))


@pytest.mark.parametrize(
    ("model", "provider", "split"),
    [
        ("bedrock/converse/us.anthropic.claude-sonnet-4-5", None, True),
        ("converse/us.amazon.nova-2-lite-v1:0", "bedrock", True),
        ("gemini-3.1-pro-preview", "gemini", True),
        ("gemini/gemini-3.1-pro-preview", None, True),
        ("gemini-3.1-pro-preview", "vertex_ai", True),
        ("vertex_ai/mistral-large", None, False),
        ("bedrock/invoke/mistral.mistral-7b", "bedrock", False),
        ("openai/gpt-oss-120b", "groq", False),
        ("openrouter/google/gemini-3-pro", None, False),
        ("gpt-5", None, False),
    ],
)
def test_only_wires_with_an_order_get_several_messages(
    order: ModuleType, model: str, provider: str | None, split: bool
) -> None:
    seen = order.keeps_order(lambda **kwargs: kwargs["messages"])
    extra = {"custom_llm_provider": provider} if provider else None
    assert len(seen(messages=[INTERLEAVED], model=model, extra_kwargs=extra)) == (2 if split else 1)


CONVERSE: list[Block] = [
    {"reasoningContent": {"reasoningText": {"text": "1"}}},
    {"text": "a"},
    {"toolUse": {}},
    {"reasoningContent": {"redactedContent": "x"}},
    {"text": "b"},
    {"toolUse": {}},
]
GEMINI: list[Block] = [
    {"text": "1", "thought": True},
    {"text": "a"},
    {"functionCall": {}},
    {"text": "2", "thought": True},
    {"text": "b"},
    {"functionCall": {}},
]
JOINED = [thinking("1"), REDACTED, text("ab"), call("x"), call("y")]
RESTORED = [thinking("1"), text("a"), call("x"), REDACTED, text("b"), call("y")]


class Answer:
    def __init__(self, blocks: list[Block]) -> None:
        self._blocks = blocks

    def json(self) -> Any:
        return {"output": {"message": {"content": self._blocks}}}


def through(order: ModuleType, transformed: Any) -> list[Block]:
    translate = order.restores_order(lambda _self, _response, **_: {"content": list(JOINED)})
    content = translate(None, transformed)["content"]
    assert isinstance(content, list)
    return content


def thoughtful() -> SimpleNamespace:
    """A chat response with thinking in it."""
    message = SimpleNamespace(thinking_blocks=[thinking("1")])
    return SimpleNamespace(_hidden_params={}, choices=[SimpleNamespace(message=message)])


def test_of_an_answer_without_thinking_nothing_is_read(order: ModuleType) -> None:
    for response in (None, SimpleNamespace(), SimpleNamespace(choices=[SimpleNamespace(message=None)])):
        transform = order.remembers_converse_order(lambda _self, model, response, out: out)
        assert transform(None, "m", object(), response) is response


def test_a_converse_answer_gets_its_order_back(order: ModuleType) -> None:
    response = thoughtful()
    transform = order.remembers_converse_order(lambda _self, model, response, out: out)
    assert transform(None, "m", Answer(CONVERSE), response) is response
    assert through(order, response) == RESTORED


def test_a_gemini_answer_gets_its_order_back(order: ModuleType) -> None:
    response = SimpleNamespace(_hidden_params={})
    transform = order.remembers_gemini_order(lambda _self, completion_response, out: out)
    transform(None, {"candidates": [{"content": {"parts": GEMINI}}]}, response)
    assert through(order, response) == RESTORED


@pytest.mark.parametrize("blocks", [CONVERSE[:3], CONVERSE[1:3], []])
def test_an_answer_in_order_is_left_alone(order: ModuleType, blocks: list[Block]) -> None:
    response = thoughtful()
    order.remembers_converse_order(lambda _self, model, response, out: out)(None, "m", Answer(blocks), response)
    assert response._hidden_params == {}
    assert through(order, response) == JOINED


def test_several_candidates_have_no_one_order(order: ModuleType) -> None:
    assert order.gemini_pieces({"candidates": [{"content": {"parts": GEMINI}}] * 2}) == []
    assert order.gemini_pieces({}) == []
    assert order.gemini_pieces(SimpleNamespace()) == []
    for odd in ({"a": 1}, [None], [{"content": "words"}], [{"content": {"parts": {}}}]):
        assert order.gemini_pieces({"candidates": odd}) == []


@pytest.mark.parametrize(
    "content",
    [
        [*JOINED, {"type": "server_tool_use"}],
        JOINED[1:],
        JOINED[:-1],
        [thinking("1"), REDACTED, text("changed"), call("x"), call("y")],
    ],
)
def test_other_blocks_than_the_models_stay_where_they_are(order: ModuleType, content: list[Block]) -> None:
    assert order.in_order(content, order.converse_pieces(Answer(CONVERSE).json())) is content


def test_an_unknown_block_in_the_order_changes_nothing(order: ModuleType) -> None:
    assert order.in_order(JOINED, [*order.converse_pieces(Answer(CONVERSE).json()), ("other", 0)]) is JOINED


def part(thoughts: str = "", calls: str = "") -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": "t"}
    if thoughts:
        message["reasoning_content"] = thoughts
    return {**message, "tool_calls": [{"id": name} for name in calls]} if calls else message


def test_the_last_message_of_a_turn_has_all_its_calls(order: ModuleType) -> None:
    messages = [part("1", "a"), part("2", "bc"), part(), {"role": "tool"}, {"role": "tool"}, part("3", "d")]
    converted = order.keeps_calls(lambda messages, model: messages)(messages, "m")
    calls = [[call["id"] for call in one.get("tool_calls", [])] for one in converted]
    assert calls == [["a"], ["b", "c"], ["a", "b", "c"], [], [], ["d"]]
    assert [one.get("reasoning_content") for one in converted] == ["1", "2", None, None, None, "3"]
    assert messages[2] == part()


@pytest.mark.parametrize(
    "messages", [[part("1", "a"), {"role": "tool"}, part("2")], [part("", "a"), part("", "b")], []]
)
def test_other_turns_keep_their_calls_where_they_were(order: ModuleType, messages: list[Any]) -> None:
    assert order.with_calls(messages) is messages


def test_the_order_that_is_kept_holds_no_words(order: ModuleType) -> None:
    """LiteLLM hands what it keeps with an answer to callbacks, also where it redacts what was said."""
    pieces = order.converse_pieces(Answer(CONVERSE).json())
    assert {type(size) for _, size in pieces} == {int}
    assert sum(size for _, size in pieces) == sum(len(block["text"]) for block in CONVERSE if "text" in block)
