"""A client without a LiteLLM between it and the provider: it replays all that it was given, for the liars to spoil."""

from __future__ import annotations

import copy
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from tests.backends import Backend, Dialogue
from tests.backends.wire import SSE, Answer
from tests.conversations.model import AssistantTurn, Conversation, ToolUse, UserTurn
from tests.judges.asking import ask, said

Body = dict[str, Any]
Lie = Callable[[Body], object]
_H = TypeVar("_H", bound="Honest")


class Honest(ABC):
    """Plays a conversation up to its last request, and leaves that one unsent in `body`.

    `extra` goes into the body of every request: `stream=True` makes it a streamed one. With `turn_to` another backend
    of the same dialogue takes over.
    """

    def __init__(
        self,
        backend: type[Backend],
        *,
        lenient: bool = False,
        url: str = "/",
        headers: Mapping[str, str] | None = None,
        **extra: Any,
    ) -> None:
        self.backend = backend(Dialogue(()), lenient=lenient)
        self.lenient, self.url, self.headers, self.extra = lenient, url, headers or {}, extra
        self.history: list[Body] = []
        self.tools: Mapping[str, tuple[str, ...]] = {}
        self.body: Body = {}

    def play(self: _H, conversation: Conversation) -> _H:
        """Play all but the last turn."""
        self.backend.dialogue.script = conversation.assistant_turns
        self.tools = conversation.tools
        for step in conversation.turns[:-1]:
            self.take(step)
        return self

    def turn_to(self, backend: type[Backend]) -> None:
        """Go on with another backend of the same dialogue."""
        self.backend = backend(self.backend.dialogue, lenient=self.lenient)

    def take(self, step: UserTurn | AssistantTurn) -> None:
        """Say what the user says, or fetch one answer and keep it."""
        if isinstance(step, UserTurn):
            self.history.append({"role": "user", "content": step.text})
        else:
            answer = self.send(self.body)
            assert answer.status == 200, answer.body
            self.keep(self.read(answer), step.of(ToolUse))
        self.body = {**self.request(), **self.extra}

    def send(self, body: Body) -> Answer:
        return ask(self.backend, body, self.url, self.headers)

    def caught(self, lie: Lie) -> str:
        """Spoil the last request, send it, and return all that the backend notes about the conversation."""
        self.spoilt(lie)
        return said(self.backend)

    def spoilt(self, lie: Lie) -> Answer:
        """Spoil the last request, send it, and return the answer."""
        body = copy.deepcopy(self.body)
        lie(body)
        return self.send(body)

    @abstractmethod
    def request(self) -> Body:
        """Return the body that carries the history so far."""

    @abstractmethod
    def read(self, answer: Answer) -> Any:
        """Return the turn in an answer in its native form, rebuilt from its events if it is streamed."""

    @abstractmethod
    def keep(self, turn: Any, uses: list[ToolUse]) -> None:
        """Add a turn and the results of its tools to the history."""


def truth(body: Body) -> None:
    """The lie that changes nothing."""


def events(answer: Answer) -> list[Body]:
    """The events of a streamed answer; each piece is one, and what ends the stream in words is none."""
    assert answer.content_type == SSE
    lines = [line for piece in answer.pieces for line in piece.decode().split("\n")]
    data = [line.removeprefix("data:").strip() for line in lines if line.startswith("data:")]
    return [json.loads(one) for one in data if one != "[DONE]"]


def schema(arguments: tuple[str, ...]) -> Body:
    """The JSON schema of a tool's arguments, all of them strings."""
    return {"type": "object", "properties": {name: {"type": "string"} for name in arguments}, "required": [*arguments]}
