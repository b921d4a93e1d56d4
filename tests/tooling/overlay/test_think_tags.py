"""Reasoning between tags in an answer's text, without LiteLLM."""

from __future__ import annotations

import asyncio
import itertools
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest

pytestmark = pytest.mark.usefixtures("overlay")


def of(module: str, name: str) -> Any:
    return getattr(import_module(f"litellm.thinking_round_trip.chat.{module}"), name)


def in_pieces(pieces: list[str], *, begun: bool = False) -> tuple[str, str]:
    splitter = of("think_tags", "Splitter")(begun=begun)
    told = [*map(splitter.told, pieces), splitter.rest()]
    return "".join(one.reasoning for one in told), "".join(one.text for one in told)


ANSWERS = [
    ("<think>A</think>B", ("A", "B")),
    ("\n <think>\nA\n</think>\n\nB", ("\nA\n", "\n\nB")),
    ("<think>A</think>", ("A", "")),
    ("<think>A</think>\n\n", ("A", "")),
    ("<think>A", ("A", "")),
    ("<think>a < b </thin", ("a < b </thin", "")),
    ("<think>\n\n</think>\n\nB", ("", "\n\nB")),
    ("<think> \n", ("", "")),
    ("B", ("", "B")),
    ("", ("", "")),
    ("<", ("", "<")),
    (" <thin", ("", " <thin")),
    ("<thinner>", ("", "<thinner>")),
    ("B speaks of <think>A</think>.", ("", "B speaks of <think>A</think>.")),
    ("<think>A</think>B <think>C</think>", ("A", "B <think>C</think>")),
    ("<think>A <think> B</think>C", ("A <think> B", "C")),
    ("<think>A</think>\n<think>B</think>C", ("A", "\n<think>B</think>C")),
    ("A</think>B", ("", "A</think>B")),
]
BEGUN = [
    ("A</think>B", ("A", "B")),
    ("<think>A</think>B", ("A", "B")),
    ("\nA\n</think>\n\nB", ("\nA\n", "\n\nB")),
    ("</think>B", ("", "B")),
    ("A", ("A", "")),
]


@pytest.mark.parametrize(("answer", "told", "begun"), [
    *((answer, told, False) for answer, told in ANSWERS), *((answer, told, True) for answer, told in BEGUN)
])  # fmt: skip
def test_an_answer_is_told_apart_wherever_it_is_cut(answer: str, told: tuple[str, str], begun: bool) -> None:
    assert of("think_tags", "split")(answer, begun=begun) == told
    assert in_pieces(list(answer), begun=begun) == told
    for cut in range(len(answer)):
        assert in_pieces([answer[:cut], answer[cut:]], begun=begun) == told


@pytest.mark.parametrize("begun", [False, True])
def test_pieces_say_what_the_whole_says(begun: bool) -> None:
    split = of("think_tags", "split")
    for pieces in itertools.product(("<", "think", "<think>", "</", "</think>", ">", "A", " \n"), repeat=4):
        assert in_pieces(list(pieces), begun=begun) == split("".join(pieces), begun=begun)


class Delta(SimpleNamespace):
    """A delta of LiteLLM's."""

    def model_dump(self) -> dict[str, Any]:
        return dict(vars(self))


def chunk(content: str | None = None, *, finish: str | None = None, usage: Any = None, **delta: Any) -> Any:
    choice = SimpleNamespace(index=0, delta=Delta(content=content, **delta), finish_reason=finish)
    return SimpleNamespace(choices=[choice], usage=usage)


def stream(*chunks: Any, provider: str = "fireworks_ai", model: str = "m", **arguments: Any) -> list[Any]:
    """What becomes of the chunks of LiteLLM's stream wrapper."""

    class Wrapper:
        def chunk_creator(self, chunk: Any) -> Any:
            return chunk

        def finish_reason_handler(self) -> Any:
            return chunk(finish="stop")

    wrapper = of("think_tags_hooks", "telling_thoughts")(Wrapper)()
    assert answered(wrapper, provider=provider, model=model, **arguments) is wrapper
    return [made for one in chunks if (made := wrapper.chunk_creator(chunk=one))] + [wrapper.finish_reason_handler()]


def answered(answer: Any, *, provider: str, model: str = "m", api_base: str | None = None, **arguments: Any) -> Any:
    """What LiteLLM's `completion` gives, decorated."""
    details = {"custom_llm_provider": provider, "model": model, "litellm_params": {"api_base": api_base}}
    record = SimpleNamespace(model_call_details=details)
    complete = of("think_tags_hooks", "splitting_tags")(lambda *args, **kwargs: answer)
    return complete(model=model, litellm_logging_obj=record, **arguments)


def told(chunks: list[Any]) -> tuple[str, str]:
    deltas = [one.choices[0].delta for one in chunks if one.choices]
    return (
        "".join(getattr(delta, "reasoning_content", None) or "" for delta in deltas),
        "".join(delta.content or "" for delta in deltas),
    )


def test_a_stream_is_told_apart_and_its_empty_chunks_stay_away() -> None:
    chunks = stream(chunk("<th", role="assistant"), chunk("ink>A"), chunk("</think>"), chunk("B"))
    assert told(chunks) == ("A", "B")
    assert [one.choices[0].delta.content for one in chunks] == [None, "B", None]
    assert chunks[0].choices[0].delta.role == "assistant"


def test_what_was_held_back_comes_with_the_end_and_before_a_call() -> None:
    assert told(stream(chunk("<"), chunk(finish="stop"))) == ("", "<")
    assert told(stream(chunk("<"))) == ("", "<")
    assert told(stream(chunk("<think>A <"), chunk(tool_calls=["c"]), chunk("B"))) == ("A <", "B")


def test_a_chunk_with_more_in_it_stays() -> None:
    usage = stream(chunk("<think>", usage={"total_tokens": 1}))
    assert usage[0].usage == {"total_tokens": 1}
    assert len(stream(chunk("<think>", annotations=["a"]))) == 2
    empty = SimpleNamespace(choices=[], usage=None)
    assert stream(empty)[0] is empty


def test_a_server_with_a_parser_is_left_alone() -> None:
    chunks = [chunk(reasoning_content="A"), chunk("<think> is a tag")]
    assert told(stream(*chunks)) == ("A", "<think> is a tag")
    older = stream(chunk(reasoning="A"), chunk("B"), model="qwq", reasoning_carrier="think_tags")
    assert told(older) == ("", "B"), "LiteLLM before 1.83 leaves the thought in the field that the server has for it"


def test_choices_are_told_apart_each_by_itself() -> None:
    def both(first: str, second: str) -> Any:
        deltas = [Delta(content=first), Delta(content=second)]
        choices = [SimpleNamespace(index=at, delta=delta, finish_reason=None) for at, delta in enumerate(deltas)]
        return SimpleNamespace(choices=choices, usage=None)

    chunks = stream(both("<think>A", "B"), both("</think>", "<think>"), both("C", "D"))[:-1]
    said = [[one.choices[at].delta for one in chunks] for at in (0, 1)]
    assert ["".join(delta.content or "" for delta in deltas) for deltas in said] == ["C", "B<think>D"]
    assert [getattr(delta, "reasoning_content", None) for delta in said[0]] == ["A", None, None]


def test_a_format_that_was_asked_for_begins_with_no_thought() -> None:
    named = {"provider": "hosted_vllm", "model": "qwq", "reasoning_carrier": "think_tags"}
    assert told(stream(chunk("{}"), response_format={"type": "json_object"}, **named)) == ("", "{}")
    assert told(stream(chunk("{}"), **named)) == ("{}", "")


def test_a_chunk_s_probabilities_stay() -> None:
    silent = chunk("<think>")
    silent.choices[0].logprobs = {"content": []}
    assert stream(silent)[0] is silent


@pytest.mark.parametrize(("target", "splits"), [
    ({"provider": "fireworks_ai"}, True),
    ({"provider": "minimax"}, True),
    ({"provider": "openai", "api_base": "https://api.fireworks.ai/inference/v1"}, True),
    ({"provider": "hosted_vllm"}, False),
    ({"provider": "hosted_vllm", "reasoning_carrier": "think_tags"}, True),
    ({"provider": "openai"}, False),
    ({"provider": "fireworks_ai", "text_completion": True}, False),
    ({"provider": "fireworks_ai", "merge_reasoning_content_in_choices": True}, False),
])  # fmt: skip
def test_it_is_done_where_it_is_known_or_said(target: dict[str, Any], splits: bool) -> None:
    assert told(stream(chunk("<think>A</think>B"), **target)) == (("A", "B") if splits else ("", "<think>A</think>B"))


def test_a_template_that_begins_the_thought_needs_a_deployment_that_says_so() -> None:
    named = {"provider": "hosted_vllm", "model": "Qwen/Qwen3-235B-A22B-Thinking-2507"}
    assert told(stream(chunk("A</think>B"), reasoning_carrier="think_tags", **named)) == ("A", "B")
    assert told(stream(chunk("A</think>B"), **named)) == ("", "A</think>B")


def whole(content: Any, finish: str | None = None, **fields: Any) -> Any:
    message = SimpleNamespace(content=content, **fields)
    return SimpleNamespace(choices=[SimpleNamespace(message=message, finish_reason=finish)])


@pytest.mark.parametrize(("content", "fields", "after"), [
    ("<think>A</think>B", {}, ("A", "B")),
    ("<think>A</think>", {}, ("A", "")),
    ("<think>A</think>\n", {"tool_calls": ["c"]}, ("A", None)),
    ("<think>\n</think>B", {}, (None, "B")),
    ("B", {}, (None, "B")),
    (None, {}, (None, None)),
    ("<think> is a tag", {"reasoning_content": "A"}, ("A", "<think> is a tag")),
])  # fmt: skip
def test_a_whole_answer_is_told_apart(content: Any, fields: dict[str, Any], after: tuple[Any, Any]) -> None:
    message = answered(whole(content, **fields), provider="fireworks_ai").choices[0].message
    assert (getattr(message, "reasoning_content", None), message.content) == after


@pytest.mark.parametrize(("content", "fields", "after"), [
    ("A</think>B", {}, ("A", "B")),
    ("A", {"finish": "length"}, ("A", "")),
    ("{}", {"finish": "stop"}, (None, "{}")),
    ("B", {"reasoning_content": ""}, ("", "B")),
    ("B", {"reasoning_content": "A"}, ("A", "B")),
])  # fmt: skip
def test_a_whole_answer_that_begins_with_a_thought(
    content: Any, fields: dict[str, Any], after: tuple[Any, Any]
) -> None:
    answer = answered(whole(content, **fields), provider="vllm", model="qwq", reasoning_carrier="think_tags")
    message = answer.choices[0].message
    assert (getattr(message, "reasoning_content", None), message.content) == after


def test_a_whole_answer_that_opens_a_thought_and_ends_without_closing_it_is_text() -> None:
    message = answered(whole("<think> is a tag.", "stop"), provider="fireworks_ai").choices[0].message
    assert message.content == "<think> is a tag."


def test_an_answer_that_is_awaited_is_told_apart() -> None:
    async def later() -> Any:
        return whole("<think>A</think>B")

    message = asyncio.run(answered(later(), provider="minimax")).choices[0].message
    assert (message.reasoning_content, message.content) == ("A", "B")


def test_an_answer_without_a_record_of_its_call_is_left_alone() -> None:
    complete = of("think_tags_hooks", "splitting_tags")(lambda **kwargs: kwargs["mock"])
    answer = whole("<think>A</think>B")
    assert complete(mock=answer) is answer
    assert answer.choices[0].message.content == "<think>A</think>B"
