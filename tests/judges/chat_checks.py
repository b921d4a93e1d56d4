"""What the tables of the chat-completions judges are made of: histories to ask with, and checks of the answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.backends import Backend, Dialogue
from tests.conversations import AssistantTurn, Text, load
from tests.judges.asking import ask
from tests.judges.honest import truth
from tests.judges.honest_chat import HonestChat

PLAYED = (
    "interleaved",
    "odd-text",
    "parallel-tools",
    "pause-in-thinking",
    "thinking-text-tool",
    "tool-loop",
    "two-thinking-blocks",
)
Message = dict[str, Any]
USER: Message = {"role": "user", "content": "Do I need an umbrella in Oslo?"}
FUNCTION = {"name": "forecast", "arguments": "{}"}
CALL = {"id": "call_1", "type": "function", "function": FUNCTION}
RESULT: Message = {"role": "tool", "tool_call_id": "call_1", "content": "rain"}
TOOLS = [{"type": "function", "function": {"name": "forecast", "parameters": {"type": "object"}}}]


def called(**fields: Any) -> Message:
    """An assistant message with a tool call, and further fields."""
    return {"role": "assistant", "content": "Let me look.", "tool_calls": [CALL], **fields}


def spoke(**fields: Any) -> Message:
    """An assistant message without a tool call, and further fields."""
    return {"role": "assistant", "content": "Yes.", **fields}


def asked(*messages: Message, **parameters: Any) -> dict[str, Any]:
    """The body of a request."""
    return {"model": "m", "messages": list(messages), **parameters}


def answered(backend: type[Backend], body: dict[str, Any], *, lenient: bool = False) -> tuple[int, Any]:
    """Ask a backend that has one turn to say, and return the status and the body of its answer."""
    script = [AssistantTurn((Text("Yes."),))]
    answer = ask(backend(Dialogue(script), lenient=lenient), body)
    return answer.status, json.loads(answer.body)


def check_honest(
    backend: type[Backend], name: str, *, client: Callable[..., HonestChat] = HonestChat, **extra: Any
) -> None:
    """Play a conversation whole and streamed: both leave a clean record, and the same history."""
    whole = client(backend, **extra).play(load(name))
    streamed = client(backend, stream=True, **extra).play(load(name))
    assert streamed.history == whole.history
    assert whole.caught(truth) == ""
    assert streamed.caught(truth) == ""
