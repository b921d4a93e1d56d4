"""The chat-completions wire of models whose reasoning stands in the content, between `<think>` and `</think>`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, cast

from tests.backends.base import Body
from tests.backends.chat_completions import ChatCompletions, calls_of, joined, texts_of
from tests.backends.history import Finding, Part
from tests.backends.wire import Request, split
from tests.conversations.model import Block

OPEN, CLOSE = "<think>", "</think>"
_HEAD = re.compile(rf"(?:\s*{OPEN}.*?{CLOSE})+", re.DOTALL)
_THOUGHT = re.compile(rf"{OPEN}(.*?){CLOSE}", re.DOTALL)


class ThinkTags(ChatCompletions):
    """One that gives its reasoning in the text, and reads it there, before any field that it has for it as well.

    `opening` and `closing` are the pieces of a stream in which the tags come, with the white space before them.
    """

    opening: ClassVar[tuple[str, ...]] = (OPEN,)
    closing: ClassVar[tuple[str, ...]] = (CLOSE,)

    def carried(self, message: Mapping[str, Any]) -> dict[str, str]:
        """The texts of all carriers of a message, by the name of the field: aliases of each other."""
        texts = {"content": "\n".join(_THOUGHT.findall(_head(message)))}
        texts.update({name: message.get(name) or "" for name in self.fields})
        return {name: text for name, text in texts.items() if text}

    def parts(self, index: int, message: dict[str, Any]) -> list[Part]:
        at, spoken = f"messages[{index}]", _spoken(message)
        return [*self.reasoning(at, message), *texts_of(at, spoken), *calls_of(at, spoken)]

    def reasoning(self, at: str, message: dict[str, Any]) -> Iterator[Part]:
        for name, text in self.carried(message).items():
            yield Part("reasoning", text, f"{at}.{name}")
            return

    def _disagreeing(self, at: str, message: dict[str, Any]) -> Iterator[Finding]:
        texts = self.carried(message)
        if len(set(texts.values())) > 1:
            yield Finding("the carriers of reasoning disagree", at, f"{at}.{list(texts)[1]}", *list(texts.values())[:2])

    def without_carriers(self, request: Request) -> object:
        body = cast(Body, super().without_carriers(request))
        messages = [_spoken(message) if message["role"] == "assistant" else message for message in body["messages"]]
        return {**body, "messages": messages}

    def part(self, block: Block, number: int, index: int) -> Part:
        """Between tags, a text that has the closing one in it cannot be told from two: this wire cannot carry it."""
        part = super().part(block, number, index)
        return replace(part, value=part.value.replace(CLOSE, "")) if part.kind == "reasoning" else part

    def message(self, parts: Sequence[Part]) -> dict[str, Any]:
        message = super().message(parts)
        thought = joined("reasoning", parts)
        tagged = "".join((*self.opening, thought, *self.closing))
        return {**message, "content": tagged + message["content"]} if thought else message

    def carry(self, reasoning: str) -> dict[str, Any]:
        """There is none in a field of an answer."""
        return {}

    def deltas(self, parts: Sequence[Part]) -> Iterator[dict[str, Any]]:
        thought = joined("reasoning", parts)
        for piece in (*self.opening, *split(thought), *self.closing) if thought else ():
            yield {"content": piece}
        yield from super().deltas([part for part in parts if part.kind != "reasoning"])


def _head(message: Mapping[str, Any]) -> str:
    """What stands before the visible text, be the content a string or parts."""
    content = message.get("content")
    if isinstance(content, list):
        content = content[0].get("text") if content else ""
    match = _HEAD.match(content or "")
    return match.group() if match else ""


def _spoken(message: dict[str, Any]) -> dict[str, Any]:
    """A message whose content is only what the user sees."""
    head, content = _head(message), message.get("content")
    if not head:
        return message
    if isinstance(content, list):
        first = {**content[0], "text": content[0]["text"][len(head) :]}
        return {**message, "content": [first, *content[1:]]}
    return {**message, "content": str(content)[len(head) :]}
