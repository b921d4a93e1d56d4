"""How an honest client speaks to each endpoint, and what the endpoint says of its own reasoning."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

from tests.backends import (
    BACKENDS,
    AnthropicMessages,
    Backend,
    BedrockConverse,
    BedrockNova,
    DashScope,
    Gemini,
    VertexAnthropic,
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

# Every endpoint of every cell of the grid, once.
ENDPOINTS = tuple(dict.fromkeys(endpoint for endpoints in BACKENDS.values() for endpoint in endpoints))

_VERTEX = "/v1/projects/p/locations/us-east5/publishers/anthropic/models/claude-sonnet-4-5@20250929"
_NOVA = "us.amazon.nova-2-lite-v1%3A0"
_NOVA_THINKING = {"reasoningConfig": {"type": "enabled", "maxReasoningEffort": "low"}}


def client_of(endpoint: type[Backend], *, stream: bool) -> Honest:
    """An honest client that asks an endpoint to think, and to read again what it thought."""
    if issubclass(endpoint, BedrockConverse):
        url, fields = honest_converse.url(stream=stream), honest_converse.THINKING
        return HonestConverse(endpoint, url=url, additionalModelRequestFields=fields)
    if issubclass(endpoint, BedrockNova):
        url = honest_converse.url(_NOVA, stream=stream)
        return HonestConverse(endpoint, url=url, additionalModelRequestFields=_NOVA_THINKING)
    if issubclass(endpoint, Gemini):
        url = honest_gemini.url(stream=stream)
        return HonestGemini(endpoint, url=url, generationConfig=honest_gemini.THINKING)
    extra: Body = {"stream": True} if stream else {}
    if issubclass(endpoint, AnthropicMessages):
        url = f"{_VERTEX}:{'streamR' if stream else 'r'}awPredict" if issubclass(endpoint, VertexAnthropic) else "/"
        return HonestMessages(endpoint, url=url, headers=INTERLEAVED, thinking=MANUAL, **extra)
    if issubclass(endpoint, MessagesWire):
        return HonestMessages(endpoint, **extra)
    if issubclass(endpoint, Responses):
        return HonestResponses(endpoint, **UNSTORED, **extra)
    if issubclass(endpoint, DashScope):
        return HonestChat(endpoint, preserve_thinking=True, **extra)
    return (HonestParts if issubclass(endpoint, ReasoningList) else HonestChat)(endpoint, **extra)


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
