"""Thinking on its way to Bedrock Converse (failures F15, F21, F35 and F36; docs/providers.md#bedrock-converse).

Claude gets its signed and its redacted thinking as they were, each in its place. What Claude did not sign is left out,
or becomes text that says what it is (`unsigned_thinking`), and other models get no reasoning at all: they reject it.

LiteLLM's translator knows thinking only in front of a turn, makes text of what has no signature, and sorts calls to the
end. So it gets a short word of text in place of the thinking, and the word is looked for in what it made.
"""

from __future__ import annotations

import inspect
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import wraps
from typing import Any, NamedTuple, Optional

from litellm.thinking_round_trip.blocks.claude_family import Target
from litellm.thinking_round_trip.blocks.redacted import converse_content, native_data
from litellm.thinking_round_trip.blocks.signatures import is_foreign
from litellm.thinking_round_trip.claude.unsigned_thinking import as_text

THINKING = ("thinking", "redacted_thinking")

Block = Mapping[str, Any]


class Place(NamedTuple):
    """A place where thinking stood: what Converse gets there, and how many calls of its turn stand before it."""

    blocks: Sequence[Block]
    calls: int


def carries_thinking(convert: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a translator of chat messages for Converse, which takes `messages` and `model`; also a coroutine's."""
    if inspect.iscoroutinefunction(convert):

        @wraps(convert)
        async def converted_later(messages: Any, model: str, *args: Any, **kwargs: Any) -> Any:
            plain, places = taken_out(messages, is_claude(model, kwargs.get("base_model")))
            return put_back(await convert(plain, model, *args, **kwargs), places)

        return converted_later

    @wraps(convert)
    def converted(messages: Any, model: str, *args: Any, **kwargs: Any) -> Any:
        plain, places = taken_out(messages, is_claude(model, kwargs.get("base_model")))
        return put_back(convert(plain, model, *args, **kwargs), places)

    return converted


def is_claude(model: str, base_model: Optional[str] = None) -> bool:
    """Whether a model of Bedrock takes thinking back; `base_model` says what an ARN without a name stands for."""
    if base_model and "claude" not in model.lower():
        return Target(base_model, "bedrock").is_claude
    return Target(model, "bedrock").is_claude


def taken_out(messages: Sequence[Any], claude: bool) -> tuple[Sequence[Any], dict[str, Place]]:
    """The messages with words in place of their thinking, and what each word stands for; the same list without any.

    A turn whose thinking goes where LiteLLM puts it needs no words: signed, in front of a turn in one message.
    """
    turns = _Turns(claude)
    out: list[Any] = []
    last = len(messages) - 1
    for index, message in enumerate(messages):
        if message["role"] != "assistant":
            turns.ended = True
            out.append(message)
        elif turns.ended and (index == last or messages[index + 1]["role"] != "assistant"):
            out.extend(turns.alone(message))
        else:
            out.extend(turns.one_of_several(message))
    return (out, turns.places) if turns.changed else (messages, {})


def _elements(message: Any) -> Sequence[Any]:
    """Thinking in the content of a message; LiteLLM's adapters have it beside the content."""
    content = message.get("content")
    return [element for element in content if _is_thinking(element)] if isinstance(content, list) else ()


def _is_thinking(element: Any) -> bool:
    return isinstance(element, dict) and element.get("type") in THINKING


def _says_something(message: Mapping[str, Any]) -> bool:
    return bool(message.get("content") or message.get("tool_calls") or message.get("function_call"))


class _Turns:
    """Reads messages one after another, and counts the calls of the turn that they belong to.

    `ended` says that the next message begins a turn, `changed` that one of them is not as it came.
    """

    def __init__(self, claude: bool) -> None:
        self.places: dict[str, Place] = {}
        self.ended = True
        self.changed = False
        self._claude = claude
        self._secret = ""
        self._calls: list[Any] = []

    def alone(self, message: Any) -> Sequence[Any]:
        """Read a turn that is one message."""
        blocks, inner = message.get("thinking_blocks"), _elements(message)
        if not blocks and not inner:
            return (message,)
        if self._claude and not inner and all(map(_goes_as_it_is, blocks)):
            return (message,)
        self.changed = True
        self._calls = []
        if inner or any(converse_blocks(block, self._claude) for block in blocks):
            return list(self._without(message, inner))
        rest = dict(message)
        del rest["thinking_blocks"]
        return (rest,) if _says_something(rest) else list(self._without(message, inner))

    def one_of_several(self, message: Any) -> Sequence[Any]:
        """Read a message that is a part of a turn."""
        if self.ended:
            self._calls = []
            self.ended = False
        inner = _elements(message)
        read: Sequence[Any] = (message,)
        if message.get("thinking_blocks") or inner:
            self.changed = True
            read = list(self._without(message, inner))
        self._count(message.get("tool_calls") or ())
        return read

    def _without(self, message: Any, inner: Sequence[Any]) -> Iterator[Any]:
        ahead = [block for block in message.get("thinking_blocks") or () if not _is_among(block, inner)]
        if ahead:
            yield {"role": "assistant", "content": self._word(ahead)}
        rest = dict(message)
        rest.pop("thinking_blocks", None)
        if inner:
            rest["content"] = [self._element(one) if _is_thinking(one) else one for one in message["content"]]
        if _says_something(rest):
            yield rest

    def _element(self, block: Block) -> Block:
        kept = {key: block[key] for key in ("cache_control",) if block.get(key)}
        return {"type": "text", "text": self._word([block]), **kept}

    def _word(self, blocks: Iterable[Block]) -> str:
        self._secret = self._secret or secrets.token_hex(8)
        word = f"thinking-{self._secret}-{len(self.places)}"
        sent = [one for block in blocks for one in converse_blocks(block, self._claude)]
        self.places[word] = Place(sent, len(self._calls))
        return word

    def _count(self, calls: Iterable[Any]) -> None:
        """The translator leaves out a call whose id is there already."""
        for call in calls:
            name = call.get("id")
            if not name or name not in self._calls:
                self._calls.append(name)


def _goes_as_it_is(block: Block) -> bool:
    return block.get("type") == "thinking" and bool(block.get("thinking")) and not is_foreign(block.get("signature"))


def _is_among(block: Block, others: Iterable[Block]) -> bool:
    """Chat clients may give the same thinking twice, in the content and beside it."""
    keys = ("thinking", "signature", "data")
    return any(all(block.get(key) == one.get(key) for key in keys) for one in others)


def converse_blocks(block: Block, claude: bool) -> Sequence[Block]:
    """What goes to Converse of a block of thinking: a block of its own, a text, or nothing."""
    if not claude:
        return ()
    text, redacts = block.get("thinking") or "", block.get("type") == "redacted_thinking"
    seal = block.get("data") if redacts else block.get("signature")
    if is_foreign(seal):
        return ({"text": f"[Reasoning] {text}"},) if text.strip() and as_text(None) else ()
    if redacts:
        return ({"reasoningContent": {"redactedContent": converse_content(str(seal))}},)
    return ({"reasoningContent": {"reasoningText": {"text": text, "signature": seal}}},)


def put_back(contents: Any, places: Mapping[str, Place]) -> Any:
    """Put what the words stand for in their places. A turn of which nothing remains is left out."""
    if not places:
        return contents
    out: list[Any] = []
    parted = False
    for message in contents:
        content = message["content"]
        if any(block.get("text") in places for block in content):
            content = _replaced(_in_place(content, places), places)
            parted = not content
            if content:
                out.append({**message, "content": content})
        elif parted and out and out[-1]["role"] == message["role"]:
            out[-1] = {**message, "content": [*out[-1]["content"], *content]}  # Converse wants the roles to alternate
        else:
            out.append(message)
    return out


def _replaced(content: Iterable[Block], places: Mapping[str, Place]) -> list[Block]:
    out: list[Block] = []
    for block in content:
        place = places.get(block.get("text") or "")
        out.extend([block] if place is None else place.blocks)
    return out


def _in_place(content: list[Block], places: Mapping[str, Place]) -> list[Block]:
    """Take the calls back from behind a word that they stood before."""
    if _stands_right(content, places):
        return content
    first = next(index for index, block in enumerate(content) if "toolUse" in block)
    calls = list(_calls(content[first:]))
    out: list[Block] = []
    given = 0
    for block in [*content[:first], *(one for one in content[first:] if not _belongs_to_call(one))]:
        place = places.get(block.get("text") or "")
        while place is not None and given < min(place.calls, len(calls)):
            out.extend(calls[given])
            given += 1
        out.append(block)
    return [*out, *(block for call in calls[given:] for block in call)]


def _stands_right(content: Iterable[Block], places: Mapping[str, Place]) -> bool:
    calls = 0
    for block in content:
        place = places.get(block.get("text") or "")
        if place is not None and place.calls != calls:
            return False
        calls += "toolUse" in block
    return True


def _belongs_to_call(block: Block) -> bool:
    return "toolUse" in block or "cachePoint" in block


def _calls(content: Iterable[Block]) -> Iterator[list[Block]]:
    """Each call with the cache points behind it."""
    call: list[Block] = []
    for block in content:
        if "toolUse" in block and call:
            yield call
            call = []
        if _belongs_to_call(block):
            call.append(block)
    if call:
        yield call


def gives_native_data(read: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate what makes thinking blocks of an answer's `reasoningContent`: redacted ones get Claude's own data.

    So they open at Claude's other platforms as well, which do not know Bedrock's wrapping.
    """

    @wraps(read)
    def blocks(*args: Any, **kwargs: Any) -> Any:
        found = read(*args, **kwargs)
        for block in found or ():
            if block.get("type") == "redacted_thinking" and isinstance(block.get("data"), str):
                block["data"] = native_data(block["data"])
        return found

    return blocks


NOVA_EFFORTS = {"none": "low", "minimal": "low", "xhigh": "high", "max": "high"}
"""Efforts that Nova 2 does not have, and the nearest that it has (N17)."""


def nova_effort(method: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate the method of `AmazonConverseConfig` that takes an effort and makes Nova's `reasoningConfig` of it."""

    @wraps(method)
    def method_of_nova(self: Any, reasoning_effort: str) -> Any:
        return method(self, NOVA_EFFORTS.get(reasoning_effort, reasoning_effort))

    return method_of_nova
