"""The five tests that BerriAI/litellm#25013 names, and two more, on histories that no emulator performed.

The client brings a history from elsewhere and asks once; what is compared is the request that reached the provider.
#25013 wanted the signature as the `id` of a reasoning item: OpenAI rejects that (docs/providers.md#openai-responses),
so there is none.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import litellm
import pytest

from tests.backends import BACKENDS, Dialogue
from tests.backends.respx_mount import mounted
from tests.conversations.model import AssistantTurn, Text
from tests.round_trip.calls import NoSuchEntry, call
from tests.round_trip.routes import ROUTES

Block = dict[str, Any]
Ask = Callable[[str, list[list[Block]]], Awaitable[Any]]

pytestmark = pytest.mark.asyncio(loop_scope="session")

THOUGHT = "The user wants a number; 42 is the one."
SECOND_THOUGHT = "On reflection, 42 it stays."
REPLY = "It is 42."


@pytest.fixture(params=["async", "async-stream", "sync", "sync-stream"])
def ask(request: pytest.FixtureRequest) -> Ask:
    """Replay assistant turns to a backend through `/v1/messages`, and return the request that arrived."""
    synchronous, stream = request.param.startswith("sync"), request.param.endswith("-stream")
    entry = litellm.anthropic.messages.create if synchronous else litellm.anthropic.messages.acreate

    async def send(backend: str, turns: list[list[Block]]) -> Any:
        dialogue = Dialogue([AssistantTurn((Text("And so on."),))])
        with mounted([endpoint(dialogue) for endpoint in BACKENDS[backend]]) as router:
            arguments = {"messages": _history(turns), "max_tokens": 1000, "api_key": "sk-test", "stream": stream}
            try:
                await call(entry, synchronous=synchronous, model=ROUTES[backend].model, **arguments)
            except NoSuchEntry as missing:
                pytest.skip(str(missing))
            assert router.calls.call_count == 1
        assert dialogue.rejections == []
        return dialogue.requests[0].body

    return send


def _history(turns: list[list[Block]]) -> list[Block]:
    """Put a user's message before each turn and after the last one."""
    history: list[Block] = []
    for turn in turns:
        history += [{"role": "user", "content": "Go on."}, {"role": "assistant", "content": turn}]
    return [*history, {"role": "user", "content": "Go on."}]


def thinking(text: str, signature: str | None = "c2lnbmVk") -> Block:
    return {"type": "thinking", "thinking": text, "signature": signature}


def redacted() -> Block:
    return {"type": "redacted_thinking", "data": "c2VhbGVk"}


def text(value: str) -> Block:
    return {"type": "text", "text": value}


def reasoning_item(value: str) -> Block:
    return {"type": "reasoning", "summary": [{"type": "summary_text", "text": value}]}


async def test_thinking_becomes_reasoning_item(ask: Ask) -> None:
    items = (await ask("openai", [[thinking(THOUGHT), text(REPLY)]]))["input"]
    roles = [item.get("role", item["type"]) for item in items]
    assert roles == ["user", "reasoning", "assistant", "user"]
    assert items[1] == reasoning_item(THOUGHT)


async def test_thinking_not_inside_assistant_message(ask: Ask) -> None:
    body = await ask("openai", [[thinking(THOUGHT), text(REPLY)]])
    (message,) = [item for item in body["input"] if item.get("role") == "assistant"]
    assert message["content"] == [{"type": "output_text", "text": REPLY}]
    assert json.dumps(body).count(THOUGHT) == 1


@pytest.mark.parametrize("signature", ["", None])
async def test_empty_thinking_text_skipped(ask: Ask, signature: str | None) -> None:
    """Next to an empty block a full one, so that sending no reasoning at all does not pass for skipping."""
    empty = [thinking("", signature), text(REPLY)]
    items = (await ask("openai", [empty, [thinking(THOUGHT), text(REPLY)]]))["input"]
    assert [item for item in items if item["type"] == "reasoning"] == [reasoning_item(THOUGHT)]
    assert sum(item.get("role") == "assistant" for item in items) == 2


async def test_reasoning_content_set_when_thinking_blocks_present(ask: Ask) -> None:
    body = await ask("moonshot", [[thinking(THOUGHT), thinking(SECOND_THOUGHT), text(REPLY)]])
    (message,) = _assistant_messages(body)
    assert message["reasoning_content"] == f"{THOUGHT}\n{SECOND_THOUGHT}"
    assert message["content"] == REPLY


async def test_no_reasoning_content_without_thinking(ask: Ask) -> None:
    """Of two turns only the one with thinking has it."""
    body = await ask("moonshot", [[thinking(THOUGHT), text(REPLY)], [text(REPLY)]])
    with_thinking, without = _assistant_messages(body)
    assert with_thinking["reasoning_content"] == THOUGHT
    assert "reasoning_content" not in without


async def test_redacted_thinking_adds_nothing_to_reasoning_content(ask: Ask) -> None:
    body = await ask("moonshot", [[redacted(), thinking(THOUGHT), redacted(), text(REPLY)]])
    (message,) = _assistant_messages(body)
    assert message["reasoning_content"] == THOUGHT


async def test_no_reasoning_content_for_redacted_thinking_alone(ask: Ask) -> None:
    """The full turn beside it keeps this from passing where no turn has any."""
    body = await ask("moonshot", [[redacted(), text(REPLY)], [thinking(THOUGHT), text(REPLY)]])
    alone, full = _assistant_messages(body)
    assert "reasoning_content" not in alone
    assert full["reasoning_content"] == THOUGHT


def _assistant_messages(body: Any) -> list[Block]:
    return [message for message in body["messages"] if message["role"] == "assistant"]
