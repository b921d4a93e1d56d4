"""The judge of Claude on Vertex AI: docs/providers.md#claude-on-vertex-ai; the rules are those of
docs/providers.md#anthropic-messages.
"""

from __future__ import annotations

import json
import re

import pytest

from tests import conversations
from tests.backends import Dialogue
from tests.backends.anthropic_messages import AnthropicMessages
from tests.backends.vertex_anthropic import VertexAnthropic
from tests.judges.asking import ask
from tests.judges.honest import Body, Lie, truth
from tests.judges.honest_messages import INTERLEAVED, MANUAL, HonestMessages

AT = "/v1/projects/p/locations/us-east5/publishers/anthropic/models/claude-sonnet-4-5@20250929:"
VERSION = "vertex-2023-10-16"


class HonestVertex(HonestMessages):
    """Names the model in the address and not in the body."""

    def request(self) -> Body:
        body = super().request()
        del body["model"]
        return {**body, "anthropic_version": VERSION}


def client(name: str, *, stream: bool = False) -> HonestVertex:
    url = AT + ("streamRawPredict" if stream else "rawPredict")
    extra = {"stream": True} if stream else {}
    honest = HonestVertex(VertexAnthropic, url=url, headers=INTERLEAVED, thinking=MANUAL, **extra)
    return honest.play(conversations.load(name))


def _forge(body: Body) -> None:
    body["messages"][1]["content"][0]["signature"] = "RXFRQg=="


def _null(body: Body) -> None:
    body["messages"][1]["content"][0]["signature"] = None


REJECTED = [
    (_forge, "messages.1.content.0: Invalid `signature` in `thinking` block"),
    (_null, "messages.1.content.0.thinking.signature.str: Input should be a valid string"),
    (lambda body: body.update(thinking={"type": "adaptive"}), "adaptive thinking is not supported on this model"),
]


@pytest.mark.parametrize(("lie", "message"), REJECTED)
def test_rejected(lie: Lie, message: str) -> None:
    honest = client("thinking-text-tool")
    answer = honest.spoilt(lie)
    ident = answer.headers["request-id"]
    error = {"type": "invalid_request_error", "message": message}
    assert json.loads(answer.body) == {"type": "error", "error": error, "request_id": ident}
    assert answer.status == 400
    assert ident.startswith("req_vrtx_")


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    "name", ["thinking-text-tool", "tool-loop", "interleaved", "parallel-tools", "redacted-thinking"]
)
def test_honest(name: str, stream: bool) -> None:
    assert client(name, stream=stream).caught(truth) == ""


def test_betas__in_the_body() -> None:
    honest = HonestVertex(
        VertexAnthropic, url=f"{AT}rawPredict", thinking=MANUAL, anthropic_beta=list(INTERLEAVED.values())
    )
    honest.play(conversations.load("tool-loop"))
    assert honest.body["messages"][3]["content"][0]["type"] == "thinking"
    assert honest.caught(truth) == ""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (f"{AT}rawPredict", True),
        (f"{AT}streamRawPredict", True),
        (f"{AT}predict", False),
        (f"{AT.replace('anthropic', 'google')}rawPredict", False),
    ],
)
def test_path(path: str, expected: bool) -> None:
    assert bool(re.fullmatch(VertexAnthropic.path, path)) is expected


def test_signature_of_the_other_platform() -> None:
    """What Anthropic's own API signed is good here, and the other way round; a forged one is at neither."""
    script = conversations.load("one-thinking-turn").assistant_turns
    there = HonestMessages(AnthropicMessages, headers=INTERLEAVED, thinking=MANUAL)
    there.play(conversations.load("one-thinking-turn"))
    assert b"Invalid `signature`" not in ask(VertexAnthropic(Dialogue(script)), there.body, f"{AT}rawPredict").body
    here = client("one-thinking-turn")
    body = {**here.body, "model": "claude-sonnet-4-5"}
    assert b"Invalid `signature`" not in ask(AnthropicMessages(Dialogue(script)), body).body
    body["messages"][1]["content"][0]["signature"] += "A"
    assert b"Invalid `signature`" in ask(AnthropicMessages(Dialogue(script)), body).body
