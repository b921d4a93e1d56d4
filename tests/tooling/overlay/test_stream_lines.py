"""The lines of a stream of events, without LiteLLM."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from importlib import import_module
from typing import Any

import pytest

ODD = "data: so\x85on\u2028\u2029\x0b\x0c\x1c\x1d\x1e."


pytestmark = pytest.mark.usefixtures("overlay")


def of(name: str) -> Any:
    return getattr(import_module("litellm.thinking_round_trip.chat.stream_lines"), name)


class Response:
    headers: Mapping[str, str] = {}

    def __init__(self, *texts: str) -> None:
        self.texts = texts

    def iter_text(self) -> Iterator[str]:
        yield from self.texts

    async def aiter_text(self) -> AsyncIterator[str]:
        for text in self.texts:
            yield text

    def iter_lines(self) -> list[str]:
        return ["httpx's own"]

    aiter_lines = iter_lines


async def _all(lines: AsyncIterator[str]) -> list[str]:
    return [line async for line in lines]


async def _apost(texts: Any, stream: bool = False) -> Response:
    return Response(*texts)


def _post(texts: Any, stream: bool = False) -> Response:
    return Response(*texts)


@pytest.mark.parametrize(
    ("texts", "lines"),
    [
        ([], []),
        (["a\nb\r\nc\rd"], ["a", "b", "c", "d"]),
        (["a\n\n", "b\n"], ["a", "", "b"]),
        (["a", "b", "c\nd", "", "\n"], ["abc", "d"]),
        (["a\r", "\nb\r", "c\r"], ["a", "b", "c"]),
        (["a\r", "\r\n", "\n", "b"], ["a", "", "", "b"]),
        (["x", "y\r", "\nz"], ["xy", "z"]),
        ([ODD + "\n\n"], [ODD, ""]),
        (list(ODD + "\r\n" + ODD), [ODD, ODD]),
    ],
)
def test_a_line_ends_as_the_format_says(texts: list[str], lines: list[str]) -> None:
    decorate = of("with_lines_of_events")
    assert list(decorate(_post)(texts, stream=True).iter_lines()) == lines
    response = asyncio.run(decorate(_apost)(texts, stream=True))
    assert asyncio.run(_all(response.aiter_lines())) == lines


INDENTED = ["data: {", 'data: "a": {"b": 1},', 'data: "c": 2', "data: }"]


@pytest.mark.parametrize(
    ("lines", "read"),
    [
        ([], []),
        (["event: a", 'data: {"a": 1}', ""], ["event: a", 'data: {"a": 1}', ""]),
        ([": alive", "", 'data: {"a": 1}'], ["", 'data: {"a": 1}']),
        (["id: 7", "retry: 3000", 'data:{"a": 1}'], ['data:{"a": 1}']),
        (INDENTED, ['data: {\n"a": {"b": 1},\n"c": 2\n}']),
        ([*INDENTED, "", "data: [DONE]"], ['data: {\n"a": {"b": 1},\n"c": 2\n}', "", "data: [DONE]"]),
        # Events one below the other, and what is no object, stay as they are.
        (['data: {"a": 1}', 'data: {"a": 2}'], ['data: {"a": 1}', 'data: {"a": 2}']),
        (["data: so", "data: on"], ["data: so", "data: on"]),
        # So does what ends, or is ended by something else, before it is whole.
        (["data: {", 'data: "a"', ""], ["data: {", 'data: "a"', ""]),
        (["data: {", 'data: "a"'], ["data: {", 'data: "a"']),
        (['{"a": 1}', "[", "]"], ['{"a": 1}', "[", "]"]),
    ],
)
def test_an_event_is_read_on_one_line(lines: list[str], read: list[str]) -> None:
    def split() -> Iterator[str]:
        yield from lines

    async def asplit() -> AsyncIterator[str]:
        for line in lines:
            yield line

    decorate = of("with_whole_events")
    assert list(decorate(split)()) == read
    assert asyncio.run(_all(decorate(asplit)())) == read


@pytest.mark.parametrize(
    ("kind", "read"),
    [("text/event-stream; charset=utf-8", ['data: {"a": 1}']), ("application/x-ndjson", [":", 'data: {"a": 1}'])],
)
def test_only_events_lose_their_comments(kind: str, read: list[str]) -> None:
    def post(stream: bool) -> Response:
        response = Response(':\ndata: {"a": 1}\n')
        response.headers = {"content-type": kind}
        return response

    assert list(of("with_lines_of_events")(post)(stream=True).iter_lines()) == read


def test_only_streams_are_touched() -> None:
    assert of("with_lines_of_events")(_post)(["a"]).iter_lines() == ["httpx's own"]
    assert of("with_lines_of_events")(lambda stream: stream)(stream=True) is True


class Chunks:
    def chunk_parser(self, chunk: dict[str, Any]) -> tuple[str, Any]:
        return "chunk", chunk

    def _handle_string_chunk(self, str_line: str) -> tuple[str, Any]:
        return ("end", None) if "[DONE]" in str_line else ("line", str_line)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("data: [DONE]", ("end", None)),
        ("[DONE]", ("end", None)),
        ('data: "[DONE]"', ("end", None)),
        ('data: {"a": 1}', ("line", 'data: {"a": 1}')),
        ("data: " + json.dumps({"a": "data: [DONE]"}), ("chunk", {"a": "data: [DONE]"})),
        (json.dumps({"a": "[DONE]"}), ("chunk", {"a": "[DONE]"})),
    ],
)
def test_the_end_stands_alone(line: str, found: tuple[str, Any]) -> None:
    decorated = of("ending_with_done_alone")(type("One", (Chunks,), {}))
    assert decorated()._handle_string_chunk(str_line=line) == found
