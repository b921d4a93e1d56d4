"""Chat completions whose assistant content may be a list of parts, with reasoning among the texts."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence

from tests.backends.chat_completions import ChatCompletions, calls_of, texts_of
from tests.backends.content_parts import Item, parts_of
from tests.backends.history import Part
from tests.backends.wire import Request


class ReasoningParts(ChatCompletions):
    """Takes reasoning back as a part of the content: one of the `carriers`."""

    @abstractmethod
    def thoughts(self, at: str, part: Item) -> Iterator[Part]:
        """Read one part that carries reasoning."""

    def parts(self, index: int, message: Item) -> list[Part]:
        at = f"messages[{index}]"
        return [*self.reasoning(at, message), *self._content(at, message), *calls_of(at, message)]

    def _content(self, at: str, message: Item) -> Iterator[Part]:
        if not isinstance(message.get("content"), list):
            yield from texts_of(at, message)
        for index, part in parts_of(message):
            place = f"{at}.content[{index}]"
            if part.get("type") in self.carriers:
                yield from self.thoughts(place, part)
            else:
                yield Part("text", part.get("text") or "", place)

    def without_carriers(self, request: Request) -> object:
        body = super().without_carriers(request)
        assert isinstance(body, dict)
        return {**body, "messages": [self._blanked(message) for message in body["messages"]]}

    def _blanked(self, message: Item) -> Item:
        """Only an assistant's parts are carriers: anywhere else they are text that somebody sees."""
        if message["role"] != "assistant" or not parts_of(message):
            return message
        content = [None if part.get("type") in self.carriers else part for _, part in parts_of(message)]
        return {**message, "content": content}


class ReasoningList(ReasoningParts):
    """Gives its reasoning that way as well: thoughts and texts in order, the calls in a field beside them."""

    @abstractmethod
    def thought(self, part: Part) -> Item:
        """Write the content part of a thought."""

    @abstractmethod
    def thought_pieces(self, part: Part) -> Iterator[Item]:
        """Write the content parts of a thought that is streamed."""

    def message(self, parts: Sequence[Part]) -> Item:
        message = super().message(parts)
        if any(part.kind == "reasoning" for part in parts):
            message["content"] = [self._written(part) for part in parts if part.kind != "tool"]
        return message

    def _written(self, part: Part) -> Item:
        return self.thought(part) if part.kind == "reasoning" else {"type": "text", "text": part.value}

    def carry(self, reasoning: str) -> Item:
        return {}

    def deltas(self, parts: Sequence[Part]) -> Iterator[Item]:
        for part in parts:
            if part.kind == "reasoning":
                yield from ({"content": [piece]} for piece in self.thought_pieces(part))
            elif part.kind == "text":
                yield from super().deltas([part])
        yield from super().deltas([part for part in parts if part.kind == "tool"])
