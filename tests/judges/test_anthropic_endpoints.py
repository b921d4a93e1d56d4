"""The judges of Anthropic's wire at other providers: docs/providers.md#deepseek and docs/providers.md#minimax, last but
one bullets.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests import conversations
from tests.backends.anthropic_relatives import UnsignedMessages
from tests.backends.deepseek_messages import DeepSeekMessages
from tests.backends.minimax_messages import MiniMaxMessages
from tests.conversations.model import Redacted
from tests.judges.asking import said
from tests.judges.honest import Body, Lie, truth
from tests.judges.honest_messages import ADAPTIVE, MANUAL, HonestMessages

BOTH = [DeepSeekMessages, MiniMaxMessages]
NOT_BACK = "The `content[].thinking` in the thinking mode must be passed back to the API."
OFF = {"thinking": {"type": "disabled"}}


def client(backend: type[UnsignedMessages], name: str, **extra: Any) -> HonestMessages:
    return HonestMessages(backend, model="m", **extra).play(conversations.load(name))


def unthinking(message: int) -> Lie:
    def lie(body: Body) -> None:
        blocks = body["messages"][message]["content"]
        body["messages"][message]["content"] = [block for block in blocks if block["type"] != "thinking"]

    return lie


def block(message: int, index: int, **fields: Any) -> Lie:
    return lambda body: body["messages"][message]["content"][index].update(fields)


def unsigned(body: Body) -> None:
    del body["messages"][1]["content"][0]["signature"]


# thinking-text-tool ends [u, a(thinking, text, tool), u, a(thinking, text), u]: the second turn calls no tool.
@pytest.mark.parametrize("lie", [unthinking(1), unthinking(3), block(1, 0, thinking="")])
def test_deepseek__rejected(lie: Lie) -> None:
    answer = client(DeepSeekMessages, "thinking-text-tool").spoilt(lie)
    code = "invalid_request_error"
    error = {"message": NOT_BACK, "type": code, "param": None, "code": code}
    assert (answer.status, json.loads(answer.body)) == (400, {"error": error})


def test_deepseek__empty_text_is_assumed() -> None:
    """docs/providers.md#deepseek: the sources contradict each other."""
    lenient = client(DeepSeekMessages, "thinking-text-tool", lenient=True)
    assert lenient.spoilt(block(1, 0, thinking="")).status == 200
    assert "reasoning was dropped" in said(lenient.backend)


@pytest.mark.parametrize(
    ("name", "lie"),
    [
        ("thinking-text-tool", lambda body: body.pop("tools")),
        ("thinking-text-tool", lambda body: body.update(OFF)),
        ("one-thinking-turn", truth),
    ],
)
def test_deepseek__not_demanded(name: str, lie: Lie) -> None:
    """docs/providers.md#deepseek: without tools, or with thinking off, nothing has to come back."""
    honest = client(DeepSeekMessages, name)
    lie(honest.body)
    assert honest.spoilt(unthinking(1)).status == 200


def test_deepseek__turn_that_did_not_think() -> None:
    assert client(DeepSeekMessages, "pause-in-thinking", tools=[{"name": "t"}]).caught(truth) == ""


def _unknown_call(body: Body) -> None:
    body["messages"][2]["content"][0]["tool_use_id"] = "toolu_0"


def _manual(body: Body) -> None:
    body.update(thinking=MANUAL)


MINIMAX = [
    (_unknown_call, "invalid params, tool result's tool id(toolu_0) not found (2013)"),
    (_manual, 'invalid thinking.type: "enabled" (allowed: adaptive, disabled) (2013)'),
]


@pytest.mark.parametrize(("lie", "message"), MINIMAX)
def test_minimax__rejected(lie: Lie, message: str) -> None:
    answer = client(MiniMaxMessages, "thinking-text-tool").spoilt(lie)
    body = json.loads(answer.body)
    assert body.pop("request_id")
    error = {"type": "bad_request_error", "message": message, "http_code": "400"}
    assert (answer.status, body) == (400, {"type": "error", "error": error})


@pytest.mark.parametrize(("model", "status"), [("MiniMax-M2.5", 200), ("MiniMax-M3", 400)])
def test_minimax__switch_is_assumed_of_other_models_than_m3(model: str, status: int) -> None:
    """docs/providers.md#minimax: the error was seen with M3."""
    lenient = client(MiniMaxMessages, "thinking-text-tool", lenient=True)
    assert lenient.spoilt(lambda body: body.update(thinking=MANUAL, model=model)).status == status


@pytest.mark.parametrize("lie", [unthinking(1), unthinking(3)])
def test_minimax__loss_without_an_error(lie: Lie) -> None:
    """docs/providers.md#minimax: it must be passed back, but no 400 is documented."""
    honest = client(MiniMaxMessages, "thinking-text-tool")
    assert honest.spoilt(lie).status == 200
    assert "reasoning was dropped" in said(honest.backend)


@pytest.mark.parametrize("thinking", [ADAPTIVE, OFF["thinking"]])
def test_minimax__switches(thinking: Body) -> None:
    honest = client(MiniMaxMessages, "thinking-text-tool", thinking=thinking)
    assert honest.caught(truth) == ""
    assert (honest.history[1]["content"][0]["type"] == "thinking") is (thinking == ADAPTIVE)


@pytest.mark.parametrize("backend", BOTH)
@pytest.mark.parametrize("lie", [unsigned, block(1, 0, signature=""), block(1, 0, signature="RXFRQg==")])
def test_signatures_are_not_verified(backend: type[UnsignedMessages], lie: Lie) -> None:
    assert client(backend, "thinking-text-tool").caught(lie) == ""


@pytest.mark.parametrize("backend", BOTH)
def test_foreign(backend: type[UnsignedMessages]) -> None:
    honest = client(backend, "thinking-text-tool")
    honest.body["messages"][1]["reasoning_content"] = "x"
    honest.body["messages"][3]["content"].insert(1, {"type": "redacted_thinking", "data": "y"})
    noted = honest.caught(truth)
    assert "messages[1].reasoning_content" in noted
    assert "messages[3].content[1]" in noted


@pytest.mark.parametrize("backend", BOTH)
def test_leak(backend: type[UnsignedMessages]) -> None:
    honest = client(backend, "one-thinking-turn")
    thought = honest.body["messages"][1]["content"][0]["thinking"]
    honest.body["messages"][1]["content"] = f"{thought} No: it is the product of two primes."
    assert "thinking became visible text" in honest.caught(truth)


PLAYABLE = [
    name
    for name in conversations.names()
    if not (conversations.load(name).redacts or conversations.load(name).visitors or conversations.load(name).imported)
]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("backend", BOTH)
@pytest.mark.parametrize("name", PLAYABLE)
def test_honest(name: str, backend: type[UnsignedMessages], stream: bool) -> None:
    honest = client(backend, name, stream=stream)
    assert honest.caught(truth) == ""
    if stream:
        assert honest.history == client(backend, name).history


@pytest.mark.parametrize("backend", BOTH)
def test_redacted_thinking_has_no_form(backend: type[UnsignedMessages]) -> None:
    assert not backend.redacts
    with pytest.raises(NotImplementedError, match="has no form for"):
        backend.thought(client(backend, "one-thinking-turn").backend, Redacted("x"), 1, 0, None)  # type: ignore[arg-type]
