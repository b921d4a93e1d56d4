"""The three ways into LiteLLM, each with a client that keeps and replays what an ordinary one would.

A client sends its whole history each time, keeps the answer as it came (dumped, never repaired), and answers tool
calls.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import litellm

from tests.conversations.model import Conversation, ToolUse
from tests.round_trip import accumulate
from tests.round_trip.calls import call
from tests.round_trip.seen import Seen

Item = dict[str, Any]


class Ingress(ABC):
    """A client of one entry point of LiteLLM, for the length of one conversation."""

    name: ClassVar[str]

    def __init__(self, model: str, conversation: Conversation, *, synchronous: bool) -> None:
        self._synchronous = synchronous
        self._history: list[Item] = []
        self._arguments: dict[str, Any] = {"model": model, "api_key": "sk-test"}
        if conversation.tools:
            self._arguments["tools"] = [self.tool(*tool) for tool in conversation.tools.items()]

    async def receive(self, *, stream: bool) -> Seen:
        """Send the history, keep the answer, and return what it shows. Raises NoSuchEntry, and what LiteLLM raises."""
        entry, arguments = self.entry(self._synchronous), {**self._arguments, **self.request()}
        answer = await call(entry, synchronous=self._synchronous, **arguments, stream=stream)
        return self.keep(self.join(answer) if stream else _dump(answer))

    @abstractmethod
    def entry(self, synchronous: bool) -> Any:
        """Return LiteLLM's function."""

    @abstractmethod
    def request(self) -> dict[str, Any]:
        """Return the arguments that this entry takes beside the model and the tools."""

    @abstractmethod
    def tool(self, name: str, arguments: Sequence[str]) -> Item:
        """Declare a tool in this entry's form."""

    @abstractmethod
    def say(self, text: str) -> None:
        """Add a user turn."""

    @abstractmethod
    def answer_tools(self, seen: Seen, uses: Sequence[ToolUse]) -> None:
        """Add the results of the calls that were seen."""

    @abstractmethod
    def join(self, pieces: list[Any]) -> Item:
        """Build the whole answer from the pieces of a streamed one."""

    @abstractmethod
    def keep(self, answer: Item) -> Seen:
        """Add the answer to the history."""


class Messages(Ingress):
    """`/v1/messages`: `litellm.anthropic.messages`."""

    name = "messages"

    def entry(self, synchronous: bool) -> Any:
        messages = litellm.anthropic.messages
        return messages.create if synchronous else messages.acreate

    def request(self) -> dict[str, Any]:
        return {"messages": _copy(self._history), "max_tokens": 1000}

    def tool(self, name: str, arguments: Sequence[str]) -> Item:
        return {"name": name, "description": name, "input_schema": _schema(arguments)}

    def say(self, text: str) -> None:
        self._history.append({"role": "user", "content": text})

    def answer_tools(self, seen: Seen, uses: Sequence[ToolUse]) -> None:
        results = [
            {"type": "tool_result", "tool_use_id": ident, "content": use.result}
            for (ident, _, _), use in zip(seen.calls, uses, strict=False)
        ]
        self._history.append({"role": "user", "content": results})

    def join(self, pieces: list[Any]) -> Item:
        return accumulate.messages(pieces)

    def keep(self, answer: Item) -> Seen:
        blocks = answer["content"]
        self._history.append({"role": "assistant", "content": blocks})
        return Seen(
            [block["thinking"] for block in blocks if block["type"] == "thinking"],
            [block["text"] for block in blocks if block["type"] == "text"],
            [
                (block["id"], block["name"], json.dumps(block["input"]))
                for block in blocks
                if block["type"] == "tool_use"
            ],
        )


class Chat(Ingress):
    """`/v1/chat/completions`: `litellm.acompletion` and `litellm.completion`."""

    name = "chat"

    def entry(self, synchronous: bool) -> Any:
        return litellm.completion if synchronous else litellm.acompletion

    def request(self) -> dict[str, Any]:
        return {"messages": _copy(self._history)}

    def tool(self, name: str, arguments: Sequence[str]) -> Item:
        function = {"name": name, "description": name, "parameters": _schema(arguments)}
        return {"type": "function", "function": function}

    def say(self, text: str) -> None:
        self._history.append({"role": "user", "content": text})

    def answer_tools(self, seen: Seen, uses: Sequence[ToolUse]) -> None:
        for (ident, _, _), use in zip(seen.calls, uses, strict=False):
            self._history.append({"role": "tool", "tool_call_id": ident, "content": use.result})

    def join(self, pieces: list[Any]) -> Item:
        return accumulate.chat([_dump(piece) for piece in pieces])

    def keep(self, answer: Item) -> Seen:
        message = answer["choices"][0]["message"]
        self._history.append(message)
        calls = message.get("tool_calls") or []
        return Seen(
            [message["reasoning_content"]] if message.get("reasoning_content") else [],
            [message["content"]] if message.get("content") else [],
            [(call["id"], call["function"]["name"], call["function"]["arguments"]) for call in calls],
        )


class Responses(Ingress):
    """`/v1/responses`: `litellm.aresponses` and `litellm.responses`, for a client that keeps its own history."""

    name = "responses"

    def entry(self, synchronous: bool) -> Any:
        return litellm.responses if synchronous else litellm.aresponses

    def request(self) -> dict[str, Any]:
        include = ["reasoning.encrypted_content"]
        return {"input": _copy(self._history), "store": False, "include": include}

    def tool(self, name: str, arguments: Sequence[str]) -> Item:
        return {
            "type": "function",
            "name": name,
            "description": name,
            "parameters": _schema(arguments),
        }

    def say(self, text: str) -> None:
        self._history.append({"role": "user", "content": text})

    def answer_tools(self, seen: Seen, uses: Sequence[ToolUse]) -> None:
        for (ident, _, _), use in zip(seen.calls, uses, strict=False):
            item = {"type": "function_call_output", "call_id": ident, "output": use.result}
            self._history.append(item)

    def join(self, pieces: list[Any]) -> Item:
        return accumulate.responses([_dump(piece) for piece in pieces])

    def keep(self, answer: Item) -> Seen:
        items = answer["output"]
        self._history += items
        return Seen(
            [part["text"] for item in items if item["type"] == "reasoning" for part in item["summary"]],
            [part["text"] for item in items if item["type"] == "message" for part in item["content"]],
            [(item["call_id"], item["name"], item["arguments"]) for item in items if item["type"] == "function_call"],
        )


INGRESSES: dict[str, type[Ingress]] = {one.name: one for one in (Messages, Chat, Responses)}


def _schema(arguments: Sequence[str]) -> Item:
    return {"type": "object", "properties": {name: {"type": "string"} for name in arguments}}


def _dump(answer: Any) -> Item:
    """Dump an answer to plain data, as a client does that writes its history down.

    What was not set is left out: LiteLLM fills its own defaults in, and the SDKs' types do not send those back either.
    """
    plain = answer if isinstance(answer, dict) else answer.model_dump(mode="json", exclude_none=True, warnings=False)
    dumped: Item = _copy(plain)
    return dumped


def _copy(data: Any) -> Any:
    """A history of its own for each request: LiteLLM changes the messages it is given, in some releases."""
    return json.loads(json.dumps(data))
