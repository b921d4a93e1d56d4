"""Thinking in a streamed turn: the chunks that LiteLLM's stream wrapper reads, and its events, without LiteLLM."""

from __future__ import annotations

import asyncio
import copy
import gc
import weakref
from collections import deque
from collections.abc import AsyncIterator, Iterator
from importlib import import_module
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

Event = dict[str, Any]


pytestmark = pytest.mark.usefixtures("overlay")


def chunk(finish: str | None = None, usage: int | None = None, **delta: Any) -> SimpleNamespace:
    fields = {"content": None, "tool_calls": None, "reasoning_content": None, "thinking_blocks": None, **delta}
    choice = SimpleNamespace(delta=SimpleNamespace(**fields), finish_reason=finish)
    return SimpleNamespace(choices=[choice], usage=usage)


def text(words: str) -> SimpleNamespace:
    return chunk(content=words)


def thought(words: str) -> SimpleNamespace:
    return chunk(reasoning_content=words)


def signed(words: str, signature: str | None, index: int | None = None) -> SimpleNamespace:
    block = {"type": "thinking", "thinking": words, "signature": signature, "index": index}
    return chunk(reasoning_content=words, thinking_blocks=[block])


def redacted(data: str) -> SimpleNamespace:
    return chunk(thinking_blocks=[{"type": "redacted_thinking", "data": data}])


def call(name: str | None, arguments: Any, ident: str | None = None, index: int | None = 0) -> SimpleNamespace:
    return SimpleNamespace(
        id=name if ident is None else ident, index=index, function=SimpleNamespace(name=name, arguments=arguments)
    )


def tool(name: str | None, arguments: Any = "", ident: str | None = None, index: int | None = 0) -> SimpleNamespace:
    return chunk(tool_calls=[call(name, arguments, ident, index)])


END = chunk("stop")


class Stream:
    """What a provider streams, for both ways of reading, with an attribute that LiteLLM's logging reads."""

    messages = ("of the prompt",)

    def __init__(self, *chunks: Any) -> None:
        self.chunks = chunks
        self.closed = False
        self._rest = iter(chunks)

    def __iter__(self) -> Iterator[Any]:
        return self

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    def __next__(self) -> Any:
        one = next(self._rest)
        if isinstance(one, Exception):
            raise one
        return one

    async def __anext__(self) -> Any:
        try:
            return next(self)
        except StopIteration:
            raise StopAsyncIteration from None

    async def aclose(self) -> None:
        self.closed = True


class Plain:
    """A stream wrapper of text and calls with the failures that LiteLLM's had.

    It opens a text block before it has read anything, takes the chunk with which a block of another type begins for its
    start alone, and shares its queue with all other streams.
    """

    chunk_queue: ClassVar[deque[Event]] = deque()

    def __init__(self, completion_stream: Any) -> None:
        self.completion_stream = completion_stream
        self.kind, self.index, self.open, self.started, self.over = "text", 0, False, False, False

    def __iter__(self) -> Iterator[Event]:
        return self

    def __aiter__(self) -> AsyncIterator[Event]:
        return self

    def __next__(self) -> Event:
        if self._begun():
            return self.chunk_queue.popleft()
        for one in self.completion_stream:
            self._read(one)
            return self.chunk_queue.popleft()
        return self._ended(StopIteration)

    async def __anext__(self) -> Event:
        if self._begun():
            return self.chunk_queue.popleft()
        async for one in self.completion_stream:
            self._read(one)
            return self.chunk_queue.popleft()
        return self._ended(StopAsyncIteration)

    def _begun(self) -> bool:
        if not self.chunk_queue and not self.started:
            self.started = True
            self._say("message_start")
            self._start({"type": "text", "text": ""})
        return bool(self.chunk_queue)

    def _ended(self, stop: type[Exception]) -> Event:
        if self.over:
            raise stop
        self.over = True
        return {"type": "message_stop"}

    def _read(self, one: Any) -> None:
        if not one.choices:
            self._say("ping")
            return
        delta, finish = one.choices[0].delta, one.choices[0].finish_reason
        if finish:
            self._say("content_block_stop", index=self.index)
            self._say("message_delta", delta={"stop_reason": finish}, usage=one.usage)
            return
        kind = "tool_use" if delta.tool_calls else "text"
        name = delta.tool_calls[0].function.name if delta.tool_calls else None
        if kind != self.kind or name:
            self._say("content_block_stop", index=self.index)
            self.kind, self.index = kind, self.index + 1
            self._start({"type": "tool_use", "name": name} if name else {"type": "text", "text": ""})
        elif delta.tool_calls:
            self._delta("input_json_delta", "partial_json", "".join(c.function.arguments for c in delta.tool_calls))
        else:
            self._delta("text_delta", "text", delta.content or "")

    def _start(self, block: Event) -> None:
        self._say("content_block_start", index=self.index, content_block=block)

    def _delta(self, kind: str, name: str, words: str) -> None:
        self._say("content_block_delta", index=self.index, delta={"type": kind, name: words})

    def _say(self, kind: str, **more: Any) -> None:
        self.chunk_queue.append({"type": kind, **more})


def wrapped(*chunks: Any, plain: type = Plain) -> Any:
    decorate = import_module("litellm.thinking_round_trip.chat.stream").writing_whole_turns
    return decorate(type("Wrapper", (plain,), {}))(completion_stream=Stream(*chunks))


async def _read(stream: Any) -> list[Event]:
    return [event async for event in stream]


def events(*chunks: Any, plain: type = Plain) -> list[Event]:
    """The events of a stream, which must be the same in both ways of reading."""
    whole = asyncio.run(_read(wrapped(*copy.deepcopy(chunks), plain=plain)))
    assert list(wrapped(*chunks, plain=plain)) == whole
    return whole


def turn(*chunks: Any, plain: type = Plain) -> list[Any]:
    """The blocks of a stream as a strict client builds them: one is open at a time, and takes deltas of its type."""
    blocks: list[Event] = []
    is_open = False
    kinds = {"thinking_delta": "thinking", "signature_delta": "thinking", "text_delta": "text"}
    for event in events(*chunks, plain=plain):
        delta = event.get("delta") or {}
        if event["type"] == "content_block_start":
            assert not is_open
            assert event["index"] == len(blocks)
            blocks.append(dict(event["content_block"]))
        elif event["type"] == "content_block_delta":
            assert is_open
            assert event["index"] == len(blocks) - 1
            assert blocks[-1]["type"] == kinds.get(delta["type"], "tool_use")
            name = next(name for name in delta if name != "type")
            blocks[-1][name] = blocks[-1].get(name, "") + delta[name]
        elif event["type"] == "content_block_stop":
            assert is_open
            assert event["index"] == len(blocks) - 1
        elif event["type"] == "message_delta":
            assert not is_open
        is_open = (is_open and event["type"] != "content_block_stop") or event["type"] == "content_block_start"
    return [tuple(value for name, value in block.items() if name != "type") for block in blocks]


@pytest.mark.parametrize(
    ("chunks", "blocks"),
    [
        ([thought("I "), thought("think."), text("So "), text("it is."), END], [("I think.", ""), ("So it is.",)]),
        ([thought("I think."), tool("f"), tool(None, "{}"), END], [("I think.", ""), ("f", "{}")]),
        ([text(""), thought("I think."), text("So."), END], [("I think.", ""), ("So.",)]),
        ([thought("I think."), END], [("I think.", "")]),
        ([text("First."), thought("I think."), text("So."), END], [("First.",), ("I think.", ""), ("So.",)]),
        ([thought("A"), chunk(content="b", reasoning_content="B"), text("c"), END], [("AB", ""), ("bc",)]),
        ([thought("A"), chunk(content="b", tool_calls=[call("f", "{}")]), END], [("A", ""), ("b",), ("f", "{}")]),
        ([thought("A"), chunk("stop", content="b"), chunk()], [("A", ""), ("b",)]),
        ([chunk("stop", content="b", reasoning_content="A")], [("A", ""), ("b",)]),
        ([thought("A"), tool("f", "{}"), tool("g", "[]"), END], [("A", ""), ("f", "{}"), ("g", "[]")]),
        ([thought("A"), tool("f", "{}"), text("b"), text("c"), END], [("A", ""), ("f", "{}"), ("bc",)]),
        ([tool("f"), thought("A"), tool(None, "{}"), text("b"), END], [("f", "{}"), ("A", ""), ("b",)]),
        ([tool("f"), tool(None, "{}"), thought("A"), tool("g"), END], [("f", "{}"), ("A", ""), ("g",)]),
        ([tool("f"), tool(None, "{}"), thought("A"), END], [("f", "{}"), ("A", "")]),
        ([text("a"), tool("f", "{}"), tool(None, " "), text("b"), END], [("a",), ("f", "{} "), ("b",)]),
        ([tool("f"), text("a"), END, text("b")], [("f",), ("ab",)]),
        ([chunk(content="", tool_calls=[]), chunk(content="a", tool_calls=[]), END], [("a",)]),
        ([END], []),
        ([], []),
    ],
)
def test_every_kind_has_blocks_of_its_own(chunks: list[Any], blocks: list[Any]) -> None:
    assert turn(*chunks) == blocks


@pytest.mark.parametrize(
    ("chunks", "blocks"),
    [
        ([signed("A", None), signed("", "s"), text("b"), END], [("A", "s"), ("b",)]),
        ([signed("A", "s"), text("b"), END], [("A", "s"), ("b",)]),
        ([signed("A", None), signed("B", None), signed("AB", "s"), text("c"), END], [("AB", "s"), ("c",)]),
        ([signed("A", "s"), signed("B", "s"), text("c"), END], [("AB", "s"), ("c",)]),
        ([signed("A", None), signed("", "s"), signed("B", None), signed("", "t"), END], [("A", "s"), ("B", "t")]),
        ([signed("A", None, 0), signed("B", None, 1), signed("", "t", 1), END], [("A", ""), ("B", "t")]),
        ([signed("", "s"), text("b"), END], [("", "s"), ("b",)]),
        ([signed("A", None), text("b"), signed("", "s"), text("c"), END], [("A", ""), ("bc",)]),
        ([signed("A", "mistral"), signed("B", "mistral"), text("c"), END], [("AB", ""), ("c",)]),
        ([redacted("d"), signed("A", None), signed("", "s"), END], [("d",), ("A", "s")]),
        ([signed("A", "s"), redacted("d"), text("b"), END], [("A", "s"), ("d",), ("b",)]),
        ([thought("A"), signed("", ""), signed("", "s"), text("b"), END], [("A", "s"), ("b",)]),
        ([signed("A", "s"), signed("", ""), text("b"), END], [("A", "s"), ("b",)]),
        ([signed("A", "s"), text("b"), signed("", "s"), END], [("A", "s"), ("b",)]),
        ([thought("A"), text("b"), signed("A", "s"), END], [("A", ""), ("b",)]),
        ([signed("A", "s"), text("b"), signed("A", "t"), END], [("A", "s"), ("b",), ("A", "t")]),
    ],
)
def test_a_signature_closes_its_block(chunks: list[Any], blocks: list[Any]) -> None:
    assert turn(*chunks) == blocks


def test_thinking_goes_out_before_more_has_been_read() -> None:
    stream = wrapped(thought("A"), RuntimeError("read too far"))
    assert [next(stream)["type"] for _ in range(3)] == ["message_start", "content_block_start", "content_block_delta"]


@pytest.mark.parametrize(
    ("chunks", "blocks"),
    [
        ([tool("f", "{", index=0), tool("g", "[", index=1), tool(None, "}"), tool(None, "]", index=1)],
         [("f", "{}"), ("g", "[]")]),
        ([tool("f", "{", index=0), tool("g", "[", index=1), tool(None, "]", index=1), tool("h", "[]", index=2)],
         [("f", "{"), ("g", "[]"), ("h", "[]")]),
        ([tool("f", "{"), tool("f", "}")], [("f", "{}")]),
        ([tool("f", "{}"), tool("f", "{}")], [("f", "{}"), ("f", "{}")]),
        ([tool("f", "{}"), tool("f", "")], [("f", "{}")]),
        ([tool("f", "", ""), tool(None, "{}", ""), tool("f", "", ""), tool(None, "[]", "")],
         [("f", "{}"), ("f", "[]")]),
        ([tool("f", "", "1"), tool(None, "{}"), tool("f", "", "1", 1), tool(None, "[]", index=1)],
         [("f", "{}"), ("f", "[]")]),
        ([tool("f", "{", "1"), tool("f", "}", "2")], [("f", "{"), ("f", "}")]),
        ([tool("f", "{", "1"), tool(None, "}", "2")], [("f", "{}")]),
        ([tool("f", "{", "1"), tool("g", "[", "2"), tool(None, "}", "1"), tool(None, "]", "2")],
         [("f", "{}"), ("g", "[]")]),
        ([tool("f", "{", index=None), tool(None, "}", index=3)], [("f", "{}")]),
        ([tool("f", "{}"), text("a"), tool(None, " ")], [("f", "{}"), ("a",)]),
        ([tool(None, "{", "1"), tool("f", "}", "")], [("f", "{}")]),
        ([tool(None, "{}", "1")], []),
        ([tool("f", {"a": 1})], [("f", '{"a": 1}')]),
        ([tool("f", None)], [("f",)]),
        ([chunk(tool_calls=[SimpleNamespace(id="1", function=None)]), text("a")], [("a",)]),
    ],
)  # fmt: skip
def test_arguments_go_to_their_call(chunks: list[Any], blocks: list[Any]) -> None:
    assert turn(*chunks, END) == blocks


def reason(*chunks: Any) -> Any:
    return next(event for event in events(*chunks) if event["type"] == "message_delta")["delta"]["stop_reason"]


def test_a_turn_that_ends_with_a_call_asks_for_its_result() -> None:
    assert reason(tool("f", "{}"), chunk("end_turn")) == "tool_use"
    assert reason(tool("f", "{}"), chunk("max_tokens")) == "max_tokens"
    assert reason(tool("f", "{}"), text("a"), chunk("end_turn")) == "end_turn"


def test_the_second_of_two_calls_goes_out_while_it_comes() -> None:
    stream = wrapped(tool("f", "{}"), tool("g", "[", index=1), RuntimeError("read too far"))
    kinds = [next(stream)["type"] for _ in range(6)]
    assert kinds == [
        "message_start",
        *(f"content_block_{kind}" for kind in ("start", "delta", "stop", "start", "delta")),
    ]


class Signing(Plain):
    """Gives one of the calls the field in which LiteLLM has Gemini's signature."""

    def _start(self, block: Event) -> None:
        more = {"id": "c", "provider_specific_fields": {"signature": "s"}} if block.get("name") == "signed" else {}
        super()._start({**block, **more})


SIGNED_CALL = ("signed", "c", {"signature": "s"})


@pytest.mark.parametrize(
    ("chunks", "blocks"),
    [
        ([thought("A"), tool("signed"), tool("f"), END], [("A", "call:c:s"), SIGNED_CALL, ("f",)]),
        ([thought("A"), text("b"), tool("signed"), END], [("A", ""), ("b",), ("", "call:c:s"), SIGNED_CALL]),
        ([signed("A", "own"), tool("signed"), END], [("A", "own"), ("", "call:c:s"), SIGNED_CALL]),
        ([tool("f", "{}"), tool("signed"), text("b"), END], [("f", "{}"), ("", "call:c:s"), SIGNED_CALL, ("b",)]),
        ([thought("A"), tool("f"), END], [("A", ""), ("f",)]),
    ],
)
def test_thinking_before_a_call_bears_its_signature(chunks: list[Any], blocks: list[Any]) -> None:
    assert turn(*chunks, plain=Signing) == blocks


class Compacting(Plain):
    """Writes a block of its own before the turn, and one of another text behind it."""

    def _begun(self) -> bool:
        if not self.started:
            self.started = True
            self._say("message_start")
            self._start({"type": "compaction", "content": ""})
            self._delta("compaction_delta", "content", "Before.")
            self._say("content_block_stop", index=self.index)
        return bool(self.chunk_queue)


def test_blocks_of_litellms_own_stay() -> None:
    decorate = import_module("litellm.thinking_round_trip.chat.stream").writing_whole_turns
    found = list(decorate(type("Wrapper", (Compacting,), {}))(Stream(text("a"), END)))
    assert [event["index"] for event in found if "index" in event] == [0, 0, 0, 1, 1, 1]
    assert found[2]["delta"] == {"type": "compaction_delta", "content": "Before."}


def test_a_refusal_is_for_litellm_to_tell() -> None:
    refusing = chunk(refusal="No.")
    decorated = wrapped(refusing, END)
    decorated._read = lambda one: (
        decorated._delta("text_delta", "text", one.choices[0].delta.refusal)
        if getattr(one.choices[0].delta, "refusal", None)
        else Plain._read(decorated, one)
    )
    assert [event["delta"]["text"] for event in decorated if event["type"] == "content_block_delta"] == ["No."]


def test_a_chunk_without_choices_is_for_litellm() -> None:
    assert [event["type"] for event in events(SimpleNamespace(choices=None), END)][:2] == ["message_start", "ping"]


@pytest.mark.parametrize(
    "chunks",
    [
        [chunk(usage=3), chunk("stop"), chunk(usage=7)],
        [chunk("stop", usage=7)],
        [SimpleNamespace(choices=[], usage=7), chunk("stop"), SimpleNamespace(choices=[])],
        [chunk("length"), chunk("stop"), SimpleNamespace(choices=[], usage=7)],
    ],
)
def test_the_end_comes_once_and_with_the_last_usage(chunks: list[Any]) -> None:
    found = [event for event in events(*chunks) if event["type"] == "message_delta"]
    assert [(event["delta"]["stop_reason"], event["usage"]) for event in found] == [("stop", 7)]


def test_chunks_stay_as_the_provider_gave_them() -> None:
    chunks = [chunk(content="b", reasoning_content="A", tool_calls=[call("f", "{}")]), END]
    before = copy.deepcopy(chunks)
    list(wrapped(*chunks))
    assert chunks == before


def test_streams_at_the_same_time_keep_their_events() -> None:
    one, other = wrapped(text("a"), END), wrapped(text("b"), END)
    pairs = list(zip(one, other, strict=True))
    assert [event.get("type") for event, _ in pairs] == [event.get("type") for _, event in pairs]
    assert pairs[2][0]["delta"] == {"type": "text_delta", "text": "a"}


def test_a_stream_can_be_closed() -> None:
    stream = wrapped(text("a"))
    asyncio.run(stream.completion_stream.aclose())
    assert stream.completion_stream.source.closed
    assert stream.completion_stream.has_dispatched_failure_logging is False


def test_an_error_of_the_provider_reaches_the_wrapper() -> None:
    stream = wrapped(thought("A"), RuntimeError("gone"))
    with pytest.raises(RuntimeError, match="gone"):
        list(stream)


def spent(prompt: int, completion: int, **more: Any) -> Any:
    return SimpleNamespace(prompt_tokens=prompt, completion_tokens=completion, **more)


@pytest.mark.parametrize(
    ("told", "given", "kept"),
    [
        ([spent(5, 7)], spent(12, 28), 0),
        ([spent(5, 1), spent(5, 7)], spent(12, 28), 1),
        ([spent(5, 7)], spent(5, 7, cost=1), "given"),
        ([spent(5, 1), spent(0, 7)], spent(5, 7), "given"),
        ([], spent(12, 28), "given"),
        ([spent(5, 7)], None, 0),
        ([spent(5, None)], None, 0),
    ],
)
def test_what_the_provider_says_that_a_turn_took_is_told(told: list[Any], given: Any, kept: Any) -> None:
    stream = wrapped(text("a"), chunk("stop", usage=given))
    stream.completion_stream.source.chunks = [text("a"), *(chunk(usage=usage) for usage in told)]
    (delta,) = [event for event in stream if event["type"] == "message_delta"]
    assert delta["usage"] is (given if kept == "given" else told[kept])


def test_what_waits_was_said_where_the_stream_breaks_off_behind_it() -> None:
    stream = wrapped(tool("f", '{"a'), text("hello"), RuntimeError("gone"))
    said: list[Any] = []
    with pytest.raises(RuntimeError, match="gone"):
        said.extend(event.get("delta") for event in stream)
    assert {"type": "text_delta", "text": "hello"} in said


def test_a_stream_that_was_read_to_its_end_is_gone_at_once() -> None:
    """Otherwise the collector ends it some time, and it holds the provider's stream until then."""
    gc.disable()
    try:
        stream = wrapped(text("a"), END)
        list(stream)
        gone = weakref.ref(stream)
        del stream
        assert gone() is None
    finally:
        gc.enable()


def test_what_litellm_asks_a_stream_the_stream_answers() -> None:
    stream = wrapped(text("a"), END)
    assert stream.completion_stream.messages == ("of the prompt",)
    assert len(stream.completion_stream.chunks) == 2
