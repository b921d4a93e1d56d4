"""Clients without a LiteLLM between them and the provider: the wire as it should be, for the liars to spoil."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from typing import Any

from tests.backends import Backend
from tests.conversations.model import AssistantTurn, Conversation, ToolUse, UserTurn

Body = dict[str, Any]


class Honest(ABC):
    """Plays a conversation up to its last request, and leaves that one unsent in `body`."""

    def __init__(self, backend: type[Backend], conversation: Conversation, **extra: Any) -> None:
        self.backend = backend(conversation.assistant_turns)
        self.history: list[Body] = []
        self.body: Body = {}
        for step in conversation.turns[:-1]:
            self._take(step, extra)
        self.body = {**self.request(), **extra}

    def _take(self, step: UserTurn | AssistantTurn, extra: Body) -> None:
        if isinstance(step, UserTurn):
            self.history.append({"role": "user", "content": step.text})
        else:
            body = {**self.request(), **extra}
            self.keep(json.loads(self.backend.answer(json.dumps(body).encode()).body), step.of(ToolUse))

    @abstractmethod
    def request(self) -> Body:
        """Return the body that carries the history so far."""

    @abstractmethod
    def keep(self, answer: Any, uses: list[ToolUse]) -> None:
        """Add an answer and the results of its tools to the history."""


class HonestResponses(Honest):
    def request(self) -> Body:
        return {"model": "m", "input": list(self.history)}

    def keep(self, answer: Any, uses: list[ToolUse]) -> None:
        self.history += answer["output"]
        calls = [item for item in answer["output"] if item["type"] == "function_call"]
        for call, use in zip(calls, uses, strict=True):
            output = {
                "type": "function_call_output",
                "call_id": call["call_id"],
                "output": use.result,
            }
            self.history.append(output)


class HonestChat(Honest):
    def request(self) -> Body:
        return {"model": "m", "messages": list(self.history)}

    def keep(self, answer: Any, uses: list[ToolUse]) -> None:
        message = answer["choices"][0]["message"]
        self.history.append(message)
        for call, use in zip(message.get("tool_calls", []), uses, strict=True):
            self.history.append({"role": "tool", "tool_call_id": call["id"], "content": use.result})
