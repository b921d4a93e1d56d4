"""The three ways into LiteLLM, each with a client that keeps and replays what an ordinary one would.

A client sends its whole history each time, keeps the answer as the official SDK gives it (dumped, never repaired), and
answers tool calls.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from typing import Any, ClassVar

import litellm

from tests.conversations.model import AssistantTurn, Block, Conversation, Redacted, Text, Thinking, ToolUse
from tests.round_trip import accumulate, google, sdk
from tests.round_trip.calls import call
from tests.round_trip.grid import BUILT
from tests.round_trip.routes import Route
from tests.round_trip.seen import Seen, of_completion
from tests.round_trip.trace import Trace

Item = dict[str, Any]
EPHEMERAL = {"cache_control": {"type": "ephemeral"}}
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
MAX_TOKENS = 4096
FIXED = find_spec("litellm.thinking_round_trip") is not None
"""Whether the release has fixes in it, which can be told something."""


class Ingress(ABC):
    """A client of one entry point of LiteLLM, for the length of one conversation."""

    name: ClassVar[str]

    def __init__(self, conversation: Conversation, trace: Trace, *, synchronous: bool) -> None:
        self.conversation = conversation
        self.history: list[Item] = []
        self.thinking = True
        self._trace = trace
        self._synchronous = synchronous

    async def receive(self, route: Route, mode: str) -> Seen:
        """Send the history, keep the answer, and return what it shows.

        `mode` is "" for a whole answer, or how a streamed one is joined. Raises NoSuchEntry, and what LiteLLM and the
        SDK raise.
        """
        arguments = self._arguments(route)
        self._trace.sends(arguments)
        entry = self.entry(self._synchronous)
        answer = await call(entry, synchronous=self._synchronous, **arguments, stream=bool(mode))
        self._trace.adapted(answer)
        kept = self.join(answer, mode) if mode else self.parse(_plain(answer))
        self._trace.kept(kept)
        return self.keep(kept)

    def _arguments(self, route: Route) -> Item:
        switch = route.thinks if self.thinking else route.silent
        account = google.arguments() if route.account else {"api_key": "sk-test"}
        told = route.told if FIXED else {}
        arguments: Item = {"model": route.models.get(self.name, route.model), **account, **route.arguments, **told}
        if self.conversation.tools:
            arguments["tools"] = [self.tool(*tool) for tool in self.conversation.tools.items()]
        return _copy({**arguments, **self.request(), **switch.get(self.name, {})})

    def say(self, text: str, *, thinking: bool) -> None:
        """Add a user turn, and ask for thinking from here on or not."""
        self.thinking = thinking
        self.history.append({"role": "user", "content": self.words(text)})

    def words(self, text: str) -> object:
        """The content of a user turn."""
        return text

    @abstractmethod
    def entry(self, synchronous: bool) -> Any:
        """Return LiteLLM's function."""

    @abstractmethod
    def request(self) -> Item:
        """Return the arguments that this entry takes beside the model and the tools, the history among them."""

    @abstractmethod
    def tool(self, name: str, arguments: Sequence[str]) -> Item:
        """Declare a tool in this entry's form."""

    @abstractmethod
    def bring(self, turn: AssistantTurn) -> None:
        """Add an assistant turn that comes from elsewhere."""

    @abstractmethod
    def answer_tools(self, seen: Seen, uses: Sequence[ToolUse]) -> None:
        """Add the results of the calls that were seen."""

    @abstractmethod
    def parse(self, data: Item) -> Item:
        """Read a whole answer as the SDK does."""

    @abstractmethod
    def join(self, pieces: list[Any], mode: str) -> Item:
        """Build the whole answer from the pieces of a streamed one, as the SDK does."""

    @abstractmethod
    def keep(self, answer: Item) -> Seen:
        """Add the answer to the history."""


class Messages(Ingress):
    """`/v1/messages`: `litellm.anthropic.messages`."""

    name = "messages"

    def entry(self, synchronous: bool) -> Any:
        messages = litellm.anthropic.messages
        return messages.create if synchronous else messages.acreate

    def request(self) -> Item:
        request: Item = {"messages": self.history, "max_tokens": MAX_TOKENS}
        if self.conversation.system:
            request["system"] = [{"type": "text", "text": self.conversation.system, **self._mark()}]
        return request

    def _mark(self) -> Item:
        return EPHEMERAL if self.conversation.cached else {}

    def words(self, text: str) -> object:
        return [{"type": "text", "text": text, **EPHEMERAL}] if self.conversation.cached else text

    def tool(self, name: str, arguments: Sequence[str]) -> Item:
        return {"name": name, "description": name, "input_schema": _schema(arguments), **self._mark()}

    def bring(self, turn: AssistantTurn) -> None:
        blocks = [_message_block(number, block) for number, block in enumerate(turn.blocks)]
        self.history.append({"role": "assistant", "content": blocks})

    def answer_tools(self, seen: Seen, uses: Sequence[ToolUse]) -> None:
        results = [
            {"type": "tool_result", "tool_use_id": ident, "content": self._result(use)}
            for (ident, _, _), use in zip(seen.calls, uses, strict=False)
        ]
        self.history.append({"role": "user", "content": results})

    def _result(self, use: ToolUse) -> object:
        if not use.image:
            return use.result
        source = {"type": "base64", "media_type": "image/png", "data": PIXEL}
        return [{"type": "text", "text": use.result}, {"type": "image", "source": source}]

    def parse(self, data: Item) -> Item:
        return sdk.message(data)

    def join(self, pieces: list[Any], mode: str) -> Item:
        return sdk.message_stream(piece.encode() if isinstance(piece, str) else piece for piece in pieces)

    def keep(self, answer: Item) -> Seen:
        blocks = answer["content"]
        self.history.append({"role": "assistant", "content": blocks})
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

    def request(self) -> Item:
        return {"messages": [*self._system(), *self.history]}

    def _system(self) -> Iterator[Item]:
        if self.conversation.system:
            yield {"role": "system", "content": self.words(self.conversation.system)}

    def words(self, text: str) -> object:
        return [{"type": "text", "text": text, **EPHEMERAL}] if self.conversation.cached else text

    def tool(self, name: str, arguments: Sequence[str]) -> Item:
        function = {"name": name, "description": name, "parameters": _schema(arguments)}
        return {"type": "function", "function": function}

    def bring(self, turn: AssistantTurn) -> None:
        message: Item = {"role": "assistant", "content": "".join(text.text for text in turn.of(Text))}
        blocks = [_message_block(0, block) for block in turn.blocks if isinstance(block, (Thinking, Redacted))]
        if blocks:
            message["reasoning_content"] = "".join(block.text for block in turn.of(Thinking))
            message["thinking_blocks"] = blocks
        self.history.append(message)

    def answer_tools(self, seen: Seen, uses: Sequence[ToolUse]) -> None:
        for (ident, _, _), use in zip(seen.calls, uses, strict=False):
            self.history.append({"role": "tool", "tool_call_id": ident, "content": self._result(use)})

    def _result(self, use: ToolUse) -> object:
        if not use.image:
            return use.result
        url = {"url": f"data:image/png;base64,{PIXEL}"}
        return [{"type": "text", "text": use.result}, {"type": "image_url", "image_url": url}]

    def parse(self, data: Item) -> Item:
        return sdk.completion(data)

    def join(self, pieces: list[Any], mode: str) -> Item:
        """Extend the message by each delta; or, where a case asks for it, let LiteLLM's own builder do that."""
        if mode == BUILT:
            return self.parse(_plain(litellm.stream_chunk_builder(pieces)))
        return accumulate.chat(sdk.completion_chunks([*map(_event, pieces), b"data: [DONE]\n\n"]))

    def keep(self, answer: Item) -> Seen:
        message = answer["choices"][0]["message"]
        self.history.append(message)
        return of_completion(message)


class Responses(Ingress):
    """`/v1/responses`: `litellm.aresponses` and `litellm.responses`, for a client that keeps its own history."""

    name = "responses"

    def entry(self, synchronous: bool) -> Any:
        return litellm.responses if synchronous else litellm.aresponses

    def request(self) -> Item:
        request = {"input": self.history, "store": False, "include": ["reasoning.encrypted_content"]}
        return {**request, "instructions": self.conversation.system} if self.conversation.system else request

    def tool(self, name: str, arguments: Sequence[str]) -> Item:
        return {"type": "function", "name": name, "description": name, "parameters": _schema(arguments)}

    def bring(self, turn: AssistantTurn) -> None:
        raise NotImplementedError("an item of /v1/responses has no signature that could be empty")

    def answer_tools(self, seen: Seen, uses: Sequence[ToolUse]) -> None:
        for (ident, _, _), use in zip(seen.calls, uses, strict=False):
            item = {"type": "function_call_output", "call_id": ident, "output": self._result(use)}
            self.history.append(item)

    def _result(self, use: ToolUse) -> object:
        if not use.image:
            return use.result
        image = {"type": "input_image", "image_url": f"data:image/png;base64,{PIXEL}", "detail": "auto"}
        return [{"type": "input_text", "text": use.result}, image]

    def parse(self, data: Item) -> Item:
        return sdk.response(data)

    def join(self, pieces: list[Any], mode: str) -> Item:
        return accumulate.responses(sdk.response_events(map(_event, pieces)))

    def keep(self, answer: Item) -> Seen:
        items = answer["output"]
        self.history += items
        return Seen(
            [part["text"] for item in items if item["type"] == "reasoning" for part in _thoughts(item)],
            [part.get("text") or "" for item in items if item["type"] == "message" for part in item["content"]],
            [(item["call_id"], item["name"], item["arguments"]) for item in items if item["type"] == "function_call"],
        )


def _thoughts(item: Item) -> list[Item]:
    """What a reasoning item shows: its summary, or the raw text of open models (which some releases put in both)."""
    return item.get("summary") or item.get("content") or []


INGRESSES: dict[str, type[Ingress]] = {one.name: one for one in (Messages, Chat, Responses)}


def _schema(arguments: Sequence[str]) -> Item:
    return {"type": "object", "properties": {name: {"type": "string"} for name in arguments}}


def _message_block(number: int, block: Block) -> Item:
    if isinstance(block, Thinking):
        return {"type": "thinking", "thinking": block.text, "signature": block.signature}
    if isinstance(block, Redacted):
        return {"type": "redacted_thinking", "data": block.seed}
    if isinstance(block, Text):
        return {"type": "text", "text": block.text}
    return {"type": "tool_use", "id": f"call_elsewhere_{number}", "name": block.name, "input": dict(block.input)}


def _event(piece: Any) -> bytes:
    """One server-sent event, as the proxy writes it."""
    data = _plain(piece)
    name = f"event: {data['type']}\n" if "type" in data else ""
    return f"{name}data: {json.dumps(data)}\n\n".encode()


def _plain(answer: Any) -> Item:
    """An answer as JSON data, as the proxy puts it on the wire: what was not set is left out."""
    plain = answer if isinstance(answer, dict) else answer.model_dump(mode="json", exclude_none=True, warnings=False)
    return _copy(plain)


def _copy(data: Item) -> Item:
    """A history of its own for each request: LiteLLM changes the messages it is given, in some releases."""
    copied: Item = json.loads(json.dumps(data))
    return copied
