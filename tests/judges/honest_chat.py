"""The honest client of the chat-completions wire: `HonestChat(Moonshot, stream=True).play(conversation)`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from tests.backends.wire import Answer
from tests.conversations.model import ToolUse
from tests.judges.honest import Body, Honest, events, schema

# The strings of a delta that say what it is: they are repeated, not continued.
NAMES = frozenset({"role", "id", "type", "name", "format"})


class HonestChat(Honest):
    """Keeps each assistant message as it came, in full."""

    def request(self) -> Body:
        tools = [
            {"type": "function", "function": {"name": name, "parameters": schema(arguments)}}
            for name, arguments in self.tools.items()
        ]
        body = {"model": "m", "messages": list(self.history)}
        return {**body, "tools": tools} if tools else body

    def read(self, answer: Answer) -> Any:
        if self.extra.get("stream"):
            return rebuilt(events(answer))
        return json.loads(answer.body)["choices"][0]["message"]

    def keep(self, turn: Any, uses: list[ToolUse]) -> None:
        self.history.append(turn)
        for call, use in zip(turn.get("tool_calls") or [], uses, strict=True):
            self.history.append({"role": "tool", "tool_call_id": call["id"], "content": use.result})


def rebuilt(chunks: Iterable[Body]) -> Body:
    """Build the assistant message out of the chunks of a stream."""
    message: Body = {}
    for chunk in chunks:
        for choice in chunk["choices"]:
            message = _merged(message, choice["delta"])
    for call in message.get("tool_calls") or []:
        call.pop("index")
    return message


def _merged(one: Body, more: Body) -> Body:
    return {**one, **{key: _continued(key, one.get(key), value) for key, value in more.items()}}


def _continued(key: str, old: Any, new: Any) -> Any:
    if new is None or old in (None, ""):
        return old if new is None else new
    if isinstance(old, str):
        return new if key in NAMES else old + new
    if isinstance(old, dict):
        return _merged(old, new)
    return _appended(old, new) if isinstance(old, list) else new


def _appended(old: list[Any], new: list[Any]) -> list[Any]:
    """Entries with an `index` continue the one that has it; others are further ones."""
    entries = list(old)
    for entry in new:
        at = [i for i, one in enumerate(entries) if "index" in entry and one.get("index") == entry["index"]]
        if at:
            entries[at[0]] = _merged(entries[at[0]], entry)
        else:
            entries.append(entry)
    return entries
