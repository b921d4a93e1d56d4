"""What the official SDKs make of an answer: parsed by their types, joined by their streams, dumped to be sent back.

Each function takes an answer as the proxy would put it on the wire (JSON data, or the bytes of a stream in pieces) and
returns plain data. The SDKs drop what does not fit their types and raise on streams that break off; so does this.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import anthropic
import httpx
import httpx2
import openai
from anthropic.lib.streaming import MessageStream
from anthropic.types import Message, RawMessageStreamEvent
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response, ResponseStreamEvent

Item = dict[str, Any]


@cache
def _anthropic() -> anthropic.Anthropic:
    return anthropic.Anthropic(api_key="sk-test", base_url="http://127.0.0.1:9")


@cache
def _openai() -> openai.OpenAI:
    return openai.OpenAI(api_key="sk-test", base_url="http://127.0.0.1:9")


def message(data: Item) -> Item:
    """A whole answer of `/v1/messages`."""
    return Message.construct(**data).to_dict(mode="json")


def message_stream(pieces: Iterable[bytes]) -> Item:
    """A streamed answer of `/v1/messages`, as `client.messages.stream()` joins it. Raises ValueError without an end."""
    response = httpx2.Response(200, content=iter(pieces), request=httpx2.Request("POST", "http://127.0.0.1:9"))
    events: anthropic.Stream[Any] = anthropic.Stream(
        cast_to=RawMessageStreamEvent,  # type: ignore[arg-type]
        response=response,
        client=_anthropic(),
    )
    stream = MessageStream(events, output_format=anthropic.NOT_GIVEN)
    last = ""
    for event in stream:
        last = event.type
    if last != "message_stop":
        raise ValueError(f"the stream broke off after {last!r}")
    joined: Item = stream.current_message_snapshot.to_dict(mode="json")
    return joined


def completion(data: Item) -> Item:
    """A whole answer of `/v1/chat/completions`."""
    return ChatCompletion.construct(**data).to_dict(mode="json")


def completion_chunks(pieces: Iterable[bytes]) -> list[Item]:
    """The chunks of a streamed answer of `/v1/chat/completions`."""
    return [chunk.to_dict(mode="json") for chunk in _openai_stream(pieces, ChatCompletionChunk)]


def response(data: Item) -> Item:
    """A whole answer of `/v1/responses`."""
    return Response.construct(**data).to_dict(mode="json")


def response_events(pieces: Iterable[bytes]) -> list[Item]:
    """The events of a streamed answer of `/v1/responses`."""
    return [event.to_dict(mode="json") for event in _openai_stream(pieces, ResponseStreamEvent)]


def _openai_stream(pieces: Iterable[bytes], cast_to: Any) -> Iterator[Any]:
    answer = httpx.Response(200, content=iter(pieces), request=httpx.Request("POST", "http://127.0.0.1:9"))
    return iter(openai.Stream(cast_to=cast_to, response=answer, client=_openai()))
