"""Ways to spoil a request on the chat-completions wire that any provider's judge must notice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.judges.honest import Body, Lie

# Where the assistant turns with reasoning stand in the conversation `thinking-text-tool`, and what the first thinks.
TURN, LATER_TURN = 1, 3
THOUGHT = "The forecast decides it; I have to ask for Oslo."


def field(name: str, change: Callable[[Any], object], turn: int = TURN) -> Lie:
    """Change one field of an assistant message by what it was."""

    def lie(body: Body) -> None:
        message = body["messages"][turn]
        message[name] = change(message.get(name, ""))

    return lie


def lose(name: str, turn: int = TURN) -> Lie:
    return lambda body: body["messages"][turn].pop(name)


def update(**fields: Any) -> Lie:
    """Set parameters of the request."""
    return lambda body: body.update(fields)


def both(*lies: Lie) -> Lie:
    return lambda body: [lie(body) for lie in lies]


def think_aloud(body: Body) -> None:
    message = body["messages"][TURN]
    message["content"] = f"<think>{THOUGHT}</think>{message['content']}"


def foreign_part(body: Body) -> None:
    """Put a content part of Anthropic's wire behind the text."""
    message = body["messages"][TURN]
    message["content"] = [{"type": "text", "text": message["content"]}, {"type": "redacted_thinking", "data": "x"}]


def trade(name: str) -> Lie:
    """Exchange a field between the two assistant turns."""

    def lie(body: Body) -> None:
        one, other = body["messages"][TURN], body["messages"][LATER_TURN]
        one[name], other[name] = other[name], one[name]

    return lie


def common_lies(carrier: str) -> dict[str, tuple[Lie, str]]:
    """Lies about reasoning that is one string in a field, with what the judge must say of each.

    They are for a provider that rejects nothing of it and ignores fields that it does not know; one that does replaces
    the row.
    """
    return {
        "dropped": (lose(carrier), "reasoning was dropped"),
        "later-dropped": (lose(carrier, LATER_TURN), "reasoning was dropped"),
        "emptied": (field(carrier, lambda text: ""), "reasoning was dropped"),
        "null": (field(carrier, lambda text: None), "reasoning was dropped"),
        "placeholder": (field(carrier, lambda text: " "), "a placeholder stands in for the reasoning"),
        "dot": (field(carrier, lambda text: "."), "a placeholder stands in for the reasoning"),
        "changed": (field(carrier, str.upper), "reasoning was changed"),
        "unasked": (field(carrier, lambda text: f"{text}\nAnd more."), "reasoning was changed"),
        "doubled": (field(carrier, lambda text: text + text), "reasoning came back twice"),
        "traded": (trade(carrier), "reasoning was changed"),
        "think-tags": (think_aloud, "thinking became visible text"),
        "foreign-field": (field("signature", lambda text: "c2ln"), "foreign field on the wire"),
        "foreign-parameter": (update(output_config={"effort": "high"}), "foreign parameter on the wire"),
        **visible_lies(),
    }


def visible_lies() -> dict[str, tuple[Lie, str]]:
    """Lies about what is not reasoning."""
    return {
        "text-dropped": (field("content", lambda text: None), "visible text was changed"),
        "calls-dropped": (lose("tool_calls"), "tool calls were changed"),
        "turn-dropped": (lambda body: body["messages"].pop(LATER_TURN), "number of assistant turns changed"),
    }
