"""Conversations as data: one TOML file each, read by `load`."""

from tests.conversations.loader import load, names
from tests.conversations.model import (
    AssistantTurn,
    Conversation,
    Redacted,
    Text,
    Thinking,
    ToolUse,
    UserTurn,
)

__all__ = [
    "AssistantTurn",
    "Conversation",
    "Redacted",
    "Text",
    "Thinking",
    "ToolUse",
    "UserTurn",
    "load",
    "names",
]
