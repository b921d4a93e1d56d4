"""The thinking in the answers of chat providers, whatever carries it, without LiteLLM."""

from __future__ import annotations

import copy
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest

CLAUDE = "anthropic-claude-v1"


pytestmark = pytest.mark.usefixtures("overlay")


def of(module: str, name: str) -> Any:
    return getattr(import_module(f"litellm.thinking_round_trip.{module}"), name)


def detail(text: str | None, signature: str | None = None, **more: Any) -> dict[str, Any]:
    return {"type": "reasoning.text", "text": text, "signature": signature, "format": CLAUDE, **more}


def thinking(text: str, signature: str = "", **more: Any) -> dict[str, Any]:
    return {"type": "thinking", "thinking": text, "signature": signature, **more}


SEALED = {"type": "reasoning.encrypted", "data": "d", "format": CLAUDE, "index": 1}
REDACTED = {"type": "redacted_thinking", "data": "d"}


@pytest.mark.parametrize(
    ("message", "blocks"),
    [
        ({}, []),
        ({"content": "a"}, []),
        ({"reasoning_content": "A"}, [thinking("A")]),
        ({"reasoning": "A"}, [thinking("A")]),
        ({"reasoning": "A", "reasoning_content": "A"}, [thinking("A")]),
        ({"reasoning": {"summary": "A"}}, []),
        ({"reasoning_content": "AB", "thinking_blocks": [thinking("A", "s"), thinking("B", "t")]},
         [thinking("A", "s"), thinking("B", "t")]),
        ({"thinking_blocks": [thinking("A", "mistral")]}, [thinking("A")]),
        ({"thinking_blocks": [{"type": "thinking", "thinking": None, "signature": None}]}, []),
        ({"thinking_blocks": [REDACTED, {"type": "redacted_thinking", "data": ""}]}, [REDACTED]),
        ({"thinking_blocks": [thinking("", "s", index=2)], "reasoning_content": "A"}, [thinking("A", "s", index=2)]),
        ({"reasoning": "A", "reasoning_details": [detail("A", "s", index=0)]}, [thinking("A", "s", index=0)]),
        ({"provider_specific_fields": {"reasoning_details": [detail("A", "s")]}}, [thinking("A", "s")]),
        ({"reasoning_details": [detail("A"), SEALED, detail(None, "s")]}, [thinking("A"), REDACTED, thinking("", "s")]),
        ({"reasoning": "A", "reasoning_details": [detail("A", format="unknown")]}, [thinking("A")]),
        ({"reasoning": "A", "reasoning_details": [{"type": "reasoning.summary", "summary": "A", "format": CLAUDE}]},
         [thinking("A")]),
    ],
)  # fmt: skip
def test_thinking_is_found_in_every_carrier(message: dict[str, Any], blocks: list[Any]) -> None:
    assert of("chat.answers", "thinking_of")(message) == blocks
    assert of("chat.answers", "thinking_of")(SimpleNamespace(**message)) == blocks


def response(**message: Any) -> SimpleNamespace:
    return SimpleNamespace(choices=[SimpleNamespace(message=SimpleNamespace(**message))])


class Adapter:
    def translate(self, response: Any, mapping: Any = None) -> tuple[Any, Any]:
        return response, mapping


def met(answer: Any) -> Any:
    """What the adapter is asked to translate."""
    translate = of("chat.answers_whole", "with_all_thinking")(Adapter.translate)
    translated, mapping = translate(Adapter(), response=answer, mapping={"a": "b"})
    assert mapping == {"a": "b"}
    return translated


@pytest.mark.parametrize(
    "message",
    [
        {"content": "a"},
        {"reasoning_content": "A"},
        {"reasoning_content": "A", "provider_specific_fields": {"reasoning": "A"}},
        {"thinking_blocks": [thinking("A", "s")], "reasoning_details": [detail("B", "t")]},
    ],
)
def test_an_answer_that_says_it_where_it_is_read_stays(message: dict[str, Any]) -> None:
    answer = response(**message)
    assert met(answer) is answer


def test_groqs_reasoning_is_read() -> None:
    answer = response(content="a", reasoning="A")
    assert met(answer).choices[0].message.reasoning_content == "A"
    assert not hasattr(answer.choices[0].message, "reasoning_content")


def test_claudes_details_are_blocks() -> None:
    fields = {"reasoning_details": [detail("A", "s", index=0), SEALED]}
    answer = response(reasoning_content="A", provider_specific_fields=fields)
    before = copy.deepcopy(answer)
    assert met(answer).choices[0].message.thinking_blocks == [thinking("A", "s"), REDACTED]
    assert answer == before


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        ([thinking("A"), {"type": "text", "text": ""}, {"type": "tool_use"}], [thinking("A"), {"type": "tool_use"}]),
        ([{"type": "text", "text": "a"}, {"type": "text", "text": ""}], [{"type": "text", "text": "a"}]),
        ([{"type": "text", "text": ""}], [{"type": "text", "text": ""}]),
        (None, None),
    ],
)
def test_an_empty_text_is_no_block(content: Any, kept: Any) -> None:
    translate = of("chat.answers_whole", "with_all_thinking")(lambda self, response: {"content": content})
    assert translate(None, response(content=""))["content"] == kept


def test_groqs_answer_has_its_reasoning_twice() -> None:
    transform = of("chat.answers_whole", "with_reasoning_content")(lambda self, model, raw: raw)
    message = transform(None, model="m", raw=response(reasoning="A")).choices[0].message
    assert (message.reasoning, message.reasoning_content) == ("A", "A")
    message = transform(None, "m", response(reasoning="A", reasoning_content="B")).choices[0].message
    assert message.reasoning_content == "B"
    assert not hasattr(transform(None, "m", response(content="a")).choices[0].message, "reasoning_content")


def chunk(finish: str | None = None, **delta: Any) -> SimpleNamespace:
    return SimpleNamespace(
        choices=[SimpleNamespace(delta=SimpleNamespace(**delta), finish_reason=finish)], usage=finish and 7
    )


@pytest.mark.parametrize("delta", [{}, {"reasoning_details": None}, {"reasoning_details": [detail(None)]}])
def test_an_empty_chunk_is_empty(delta: dict[str, Any]) -> None:
    check = of("chat.answers_stream", "keeping_details")(lambda self, *args: False)
    assert check(None, {}, chunk(**delta), {}) is False


@pytest.mark.parametrize(
    "delta",
    [{"reasoning_details": [detail("", "s")]}, {"thinking_blocks": [thinking("", "s")]}, {"reasoning": "A"}],
)
def test_a_chunk_with_reasoning_is_not_empty(delta: dict[str, Any]) -> None:
    check = of("chat.answers_stream", "keeping_details")(lambda self, *args: False)
    assert check(None, completion_obj={}, model_response=chunk(**delta), response_obj={})
    assert of("chat.answers_stream", "keeping_details")(lambda self, *args: True)(None, {}, chunk(), {})


def thoughts(*texts: str) -> dict[str, Any]:
    return {"type": "thinking", "thinking": [{"type": "text", "text": text} for text in texts]}


def words(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


@pytest.mark.parametrize(
    ("chunks", "joined"),
    [
        ([thoughts("A", "B"), words("c")], [thoughts("AB"), words("c")]),
        ([thoughts("A"), words("b"), thoughts("C"), words("d")], [thoughts("A\n\nC"), words("bd")]),
        ([words("b"), {"type": "reference"}, words("d")], [{"type": "reference"}, words("bd")]),
        ([thoughts("A"), thoughts()], [thoughts("A")]),
    ],
)
def test_chunks_are_joined_by_type(chunks: list[Any], joined: list[Any]) -> None:
    convert = of("chat.answers_chunks", "with_joined_chunks")(lambda response_data: response_data)
    answer = convert({"choices": [{"message": {"content": chunks}}]})
    assert answer["choices"][0]["message"]["content"] == joined


@pytest.mark.parametrize("content", [None, "a", [], [thoughts("A"), words("b")], [words("b")], ["odd"]])
def test_a_content_with_one_of_each_stays(content: Any) -> None:
    data = {"choices": [{"message": {"content": content}}, {"message": None}, {}]}
    assert (
        of("chat.answers_chunks", "with_joined_chunks")(lambda data: data)(data)["choices"][0]["message"]["content"]
        is content
    )
