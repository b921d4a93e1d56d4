"""What the tables of the chat-completions judges are made of: histories to ask with, and checks of the answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.backends import Backend, Dialogue
from tests.conversations import AssistantTurn, Conversation, Text, ToolUse, UserTurn, load
from tests.judges.asking import ask
from tests.judges.honest import truth
from tests.judges.honest_chat import HonestChat
from tests.judges.replays import told

Message = dict[str, Any]
USER: Message = {"role": "user", "content": "Do I need an umbrella in Oslo?"}
FUNCTION = {"name": "forecast", "arguments": "{}"}
CALL = {"id": "call_1", "type": "function", "function": FUNCTION}
RESULT: Message = {"role": "tool", "tool_call_id": "call_1", "content": "rain"}
TOOLS = [{"type": "function", "function": {"name": "forecast", "parameters": {"type": "object"}}}]

THOUGHTLESS = Conversation(
    "thoughtless",
    "A tool call that nothing was thought about.",
    (
        UserTurn("Do I need an umbrella?"),
        AssistantTurn((Text("Let me look."), ToolUse("forecast", {"city": "Oslo"}, "rain"))),
        AssistantTurn((Text("Yes."),)),
    ),
)


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
    return told(ask(backend(Dialogue(script), lenient=lenient), body))


def check_honest(
    backend: type[Backend],
    name: str,
    stream: bool,
    *,
    client: Callable[..., HonestChat] = HonestChat,
    **extra: Any,
) -> None:
    """Play a conversation: it leaves a clean record, and the history that one with whole answers has."""
    honest = client(backend, stream=stream, **extra).play(load(name))
    assert honest.history == client(backend, **extra).play(load(name)).history
    assert honest.caught(truth) == ""
