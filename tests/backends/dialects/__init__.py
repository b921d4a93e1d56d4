"""Dialects: the forms in which real servers send one and the same answer.

    a backend's answer -> its events -> the dialects, one after the other -> written anew -> LiteLLM

A backend says a turn in the one form of its module. A dialect says it in another, of any backend with the same wire; it
never changes the turn. What is known of each, and where from, stands with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import reduce

from tests.backends.anthropic_wire import MessagesWire
from tests.backends.base import Backend
from tests.backends.bedrock_converse import Converse
from tests.backends.chat_completions import ChatCompletions
from tests.backends.dialects import anthropic, chat, converse, gemini, responses, sse
from tests.backends.dialects.framing import events, wire_of, written
from tests.backends.dialects.model import PARTS, Dialect, Wire
from tests.backends.gemini import Gemini
from tests.backends.responses import Responses
from tests.backends.wire import JSON, SSE, Answer, encode

__all__ = ["DIALECTS", "PARTS", "Dialect", "Wire", "spoken", "together", "told_usage", "wires"]

DIALECTS: Mapping[str, Dialect] = {
    one.name: one for wire in (chat, anthropic, responses, gemini, converse, sse) for one in wire.DIALECTS
}

# The first class that an endpoint is of decides: Converse has the rules of Anthropic's wire, and a form of its own.
_WIRES: dict[type, Wire] = {
    Converse: "converse",
    MessagesWire: "anthropic",
    Responses: "responses",
    Gemini: "gemini",
    ChatCompletions: "chat",
}


def wires(endpoint: type[Backend]) -> set[Wire]:
    """The wires whose dialects an endpoint can speak."""
    wire = next(wire for base, wire in _WIRES.items() if issubclass(endpoint, base))
    return {wire} if wire == "converse" else {wire, "sse"}


def together(dialects: Iterable[Dialect]) -> bool:
    """Whether one server could speak all of them at once."""
    told = list(dialects)
    return not any(one.excludes(other) for number, one in enumerate(told) for other in told[:number])


def spoken(answer: Answer, dialects: Sequence[Dialect]) -> Answer:
    """The answer in some dialects at once: in those of its wire; an error stays as it is."""
    if answer.status != 200:
        return answer
    wire = wire_of(answer)
    ordered = sorted(dialects, key=lambda one: PARTS.index(one.part))
    if answer.content_type == JSON:
        rewriters = [one.whole for one in ordered if one.wire == wire and one.whole]
        body = reduce(lambda told, rewrite: rewrite(told), rewriters, json.loads(answer.body))
        return replace(answer, pieces=(encode(body),))
    streams = [one.stream for one in ordered if one.wire == wire and one.stream]
    told = written(answer, reduce(lambda said, rewrite: rewrite(said), streams, events(answer)))
    raws = [one.raw for one in ordered if one.raw and one.wire in (wire, "sse") and answer.content_type == SSE]
    return replace(told, pieces=reduce(lambda pieces, rewrite: rewrite(pieces), raws, told.pieces))


def told_usage(streamed: bool, speaks: Iterable[Wire], dialects: Iterable[Dialect]) -> tuple[int, int] | None:
    """The tokens in and out that the emulators tell of an answer; None where they tell none.

    A stream of chat completions has none unless a dialect puts it there. Of Gemini's a thought has its own.
    """
    if "gemini" in speaks:
        return 1, 2
    silent = streamed and "chat" in speaks and all(one.part != "usage" for one in dialects)
    return None if silent else (1, 1)
