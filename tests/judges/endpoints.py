"""How an honest client speaks to each endpoint, and what the endpoint says of its own reasoning."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.backends import (
    BACKENDS,
    AnthropicMessages,
    Backend,
    BedrockConverse,
    BedrockDeepSeek,
    BedrockGptOss,
    BedrockKimi,
    BedrockMiniMax,
    BedrockNova,
    DashScope,
    Gemini,
    VertexAnthropic,
    VertexGemini,
)
from tests.backends.anthropic_wire import MessagesWire
from tests.backends.history import Part
from tests.backends.reasoning_parts import ReasoningList
from tests.backends.responses import Responses
from tests.backends.wire import Request
from tests.conversations import load
from tests.judges import honest_converse, honest_gemini
from tests.judges.honest import Body, Honest
from tests.judges.honest_chat import HonestChat
from tests.judges.honest_converse import HonestConverse
from tests.judges.honest_gemini import HonestGemini
from tests.judges.honest_messages import INTERLEAVED, MANUAL, HonestMessages
from tests.judges.honest_parts import HonestParts
from tests.judges.honest_responses import UNSTORED, HonestResponses

Settings = dict[str, Any]

# Every endpoint of every cell of the grid, once.
ENDPOINTS = tuple(dict.fromkeys(endpoint for endpoints in BACKENDS.values() for endpoint in endpoints))

_VERTEX = "/v1/projects/p/locations/us-east5/publishers/anthropic/models/claude-sonnet-4-5@20250929"
_NOVA = "us.amazon.nova-2-lite-v1%3A0"
_NOVA_THINKING = {"reasoningConfig": {"type": "enabled", "maxReasoningEffort": "low"}}


def client_of(endpoint: type[Backend], *, stream: bool, lenient: bool = False) -> Honest:
    """An honest client that asks an endpoint to think, and to read again what it thought."""
    kind, settings = next(row for base, row in _CLIENTS.items() if issubclass(endpoint, base))
    return kind(endpoint, lenient=lenient, **settings(stream))


def _in_the_body(stream: bool, **settings: Any) -> Settings:
    return {"stream": True, **settings} if stream else settings


def _converse(model: str, fields: Body) -> Callable[[bool], Settings]:
    return lambda stream: {
        "url": honest_converse.url(model, stream=stream),
        "additionalModelRequestFields": fields,
    }


def _gemini(stream: bool) -> Settings:
    return {"url": honest_gemini.url(stream=stream), "generationConfig": honest_gemini.THINKING}


def _vertex_gemini(stream: bool) -> Settings:
    return {**_gemini(stream), "url": honest_gemini.url(stream=stream, of=honest_gemini.VERTEX)}


def _anthropic(stream: bool) -> Settings:
    return _in_the_body(stream, headers=INTERLEAVED, thinking=MANUAL)


def _vertex(stream: bool) -> Settings:
    return {**_anthropic(stream), "url": f"{_VERTEX}:{'streamR' if stream else 'r'}awPredict"}


def _responses(stream: bool) -> Settings:
    return _in_the_body(stream, **UNSTORED)


def _preserved(stream: bool) -> Settings:
    return _in_the_body(stream, preserve_thinking=True)


# The first class that an endpoint is of decides.
_CLIENTS: dict[type, tuple[type[Honest], Callable[[bool], Settings]]] = {
    BedrockConverse: (HonestConverse, _converse(honest_converse.CLAUDE, honest_converse.THINKING)),
    BedrockNova: (HonestConverse, _converse(_NOVA, _NOVA_THINKING)),
    BedrockKimi: (HonestConverse, _converse("global.moonshotai.kimi-k3", {})),
    BedrockMiniMax: (HonestConverse, _converse("minimax.minimax-m2", {})),
    BedrockGptOss: (HonestConverse, _converse("openai.gpt-oss-120b-1%3A0", {})),
    BedrockDeepSeek: (HonestConverse, _converse("deepseek.v3-v1%3A0", {})),
    VertexGemini: (HonestGemini, _vertex_gemini),
    Gemini: (HonestGemini, _gemini),
    VertexAnthropic: (HonestMessages, _vertex),
    AnthropicMessages: (HonestMessages, _anthropic),
    MessagesWire: (HonestMessages, _in_the_body),
    Responses: (HonestResponses, _responses),
    DashScope: (HonestChat, _preserved),
    ReasoningList: (HonestParts, _in_the_body),
    Backend: (HonestChat, _in_the_body),
}


@dataclass(frozen=True)
class Nature:
    """What an endpoint gives out as reasoning, and what of it must come back."""

    given: list[Part]
    asked: list[Part]

    @property
    def seals(self) -> bool:
        return any(part.detail for part in self.asked)


@cache
def nature(endpoint: type[Backend]) -> Nature:
    """Ask for one turn with thinking and a tool, and let the backend say what it gave and what it expects."""
    client, conversation = client_of(endpoint, stream=False), load("thinking-text-tool")
    client.backend.dialogue.script, client.tools = conversation.assistant_turns, conversation.tools
    for step in conversation.turns[:2]:
        client.take(step)
    (given,) = client.backend.dialogue.given
    expected = client.backend.expected(given, Request(client.url, json.dumps(client.body).encode(), client.headers))
    thoughts, asked = ([part for part in parts if part.kind == "reasoning"] for parts in (given.parts, expected))
    return Nature(thoughts, [part for part in asked if not part.optional])
