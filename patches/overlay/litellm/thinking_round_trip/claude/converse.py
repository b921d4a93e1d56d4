"""Thinking on its way to Bedrock Converse (failures F15, F21, F35 and F36; docs/providers.md#bedrock-converse).

Each model gets what it takes of the thinking (`converse_blocks`), in its place.

LiteLLM's translator knows thinking only in front of a turn, makes text of what has no signature, and sorts calls to the
end. So it gets a short word of text in place of the thinking, and the word is looked for in what it made.
"""

from __future__ import annotations

import inspect
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import wraps
from typing import Any, NamedTuple, Optional

from litellm.thinking_round_trip.blocks.bedrock_models import takes_text
from litellm.thinking_round_trip.blocks.reasoning_items import is_thinking
from litellm.thinking_round_trip.blocks.signatures import is_foreign
from litellm.thinking_round_trip.claude.converse_blocks import Reader, reader

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
            plain, places = taken_out(messages, reader(model, kwargs.get("base_model")))
            return put_back(await convert(plain, model, *args, **kwargs), places)

        return converted_later

    @wraps(convert)
    def converted(messages: Any, model: str, *args: Any, **kwargs: Any) -> Any:
        plain, places = taken_out(messages, reader(model, kwargs.get("base_model")))
        return put_back(convert(plain, model, *args, **kwargs), places)

    return converted


def taken_out(messages: Any, who: Reader) -> tuple[Any, dict[str, Place]]:
    """The messages with words in place of their thinking, and what each word stands for; the same list without any.

    A turn whose thinking goes where LiteLLM puts it needs no words: signed, in front of a turn in one message.
    """
    if not isinstance(messages, list) or not any(_Thoughts(message, who).given for message in messages):
        return messages, {}
    turns = _Turns(who)
    out: list[Any] = []
    last = len(messages) - 1
    for index, message in enumerate(messages):
        if not _is_assistant(message):
            turns.ended = True
            out.append(message)
        elif turns.ended and (index == last or not _is_assistant(messages[index + 1])):
            out.extend(turns.alone(message))
        else:
            out.extend(turns.one_of_several(message))
    return (out, turns.places) if turns.changed else (messages, {})


def _is_assistant(message: Any) -> bool:
    return hasattr(message, "get") and message.get("role") == "assistant"


def _says_something(message: Mapping[str, Any]) -> bool:
    return bool(message.get("content") or message.get("tool_calls") or message.get("function_call"))


class _Thoughts:
    """The thinking of a message: `blocks` beside its content, where LiteLLM's adapters put it, `inner` ones in it.

    What is no thinking block, in whichever place, is LiteLLM's own matter, and so are the blocks next to it. A model
    that takes unsigned text gets that of a client which kept it in `reasoning_content` alone.
    """

    def __init__(self, message: Any, who: Reader) -> None:
        self.blocks: Sequence[Block] = ()
        self.inner: Sequence[Block] = ()
        if not _is_assistant(message):
            return
        blocks, content = message.get("thinking_blocks"), message.get("content")
        if isinstance(blocks, list) and all(map(is_thinking, blocks)):
            self.blocks = blocks
        if isinstance(content, list):
            self.inner = [element for element in content if is_thinking(element)]
        text = message.get("reasoning_content")
        if who.takes_text and isinstance(text, str) and not self._has_text(blocks):
            self.blocks = [*self.blocks, {"type": "thinking", "thinking": text}]

    def _has_text(self, blocks: Any) -> bool:
        if self.inner or (blocks and not self.blocks):
            return True
        return any(block.get("thinking") for block in self.blocks)

    @property
    def given(self) -> bool:
        return bool(self.blocks or self.inner)


class _Turns:
    """Reads messages one after another, and counts the calls of the turn that they belong to.

    `ended` says that the next message begins a turn, `changed` that one of them is not as it came.
    """

    def __init__(self, who: Reader) -> None:
        self.places: dict[str, Place] = {}
        self.ended = True
        self.changed = False
        self._who = who
        self._secret = ""
        self._calls = _Calls()

    def alone(self, message: Any) -> Sequence[Any]:
        """Read a turn that is one message."""
        thoughts = _Thoughts(message, self._who)
        if not thoughts.given:
            return (message,)
        if self._who.claude and not thoughts.inner and all(map(_goes_as_it_is, thoughts.blocks)):
            return (message,)
        self.changed = True
        self._calls = _Calls()
        if thoughts.inner or any(map(self._who.blocks, thoughts.blocks)):
            return list(self._without(message, thoughts))
        rest = dict(message)
        rest.pop("thinking_blocks", None)
        return (rest,) if _says_something(rest) else list(self._without(message, thoughts))

    def one_of_several(self, message: Any) -> Sequence[Any]:
        """Read a message that is a part of a turn."""
        if self.ended:
            self._calls = _Calls()
            self.ended = False
        thoughts = _Thoughts(message, self._who)
        read: Sequence[Any] = (message,)
        if thoughts.given:
            self.changed = True
            read = list(self._without(message, thoughts))
        self._calls.add(message.get("tool_calls"))
        return read

    def _without(self, message: Any, thoughts: _Thoughts) -> Iterator[Any]:
        ahead = [block for block in thoughts.blocks if not _is_among(block, thoughts.inner)]
        if ahead:
            yield {"role": "assistant", "content": self._word(ahead)}
        rest = dict(message)
        if thoughts.blocks:
            rest.pop("thinking_blocks", None)
        if thoughts.inner:
            rest["content"] = [self._element(one) if is_thinking(one) else one for one in message["content"]]
        if _says_something(rest):
            yield rest

    def _element(self, block: Block) -> Block:
        kept = {key: block[key] for key in ("cache_control",) if block.get(key)}
        return {"type": "text", "text": self._word([block]), **kept}

    def _word(self, blocks: Iterable[Block]) -> str:
        self._secret = self._secret or secrets.token_hex(8)
        word = f"thinking-{self._secret}-{len(self.places)}"
        sent = [one for block in blocks for one in self._who.blocks(block)]
        self.places[word] = Place(sent, self._calls.count)
        return word


class _Calls:
    """Counts calls as the translator does: it leaves out one whose id is there already."""

    def __init__(self) -> None:
        self.count = 0
        self._names: set[str] = set()

    def add(self, calls: Any) -> None:
        """Count the calls of a message."""
        for call in calls if isinstance(calls, list) else ():
            name = call.get("id") if hasattr(call, "get") else None
            if not isinstance(name, str) or not name:
                self.count += 1
            elif name not in self._names:
                self._names.add(name)
                self.count += 1


def _goes_as_it_is(block: Block) -> bool:
    return block.get("type") == "thinking" and bool(block.get("thinking")) and not is_foreign(block.get("signature"))


def _is_among(block: Block, others: Iterable[Block]) -> bool:
    """Chat clients may give the same thinking twice, in the content and beside it."""
    keys = ("thinking", "signature", "data")
    return any(all(block.get(key) == one.get(key) for key in keys) for one in others)


def put_back(contents: Any, places: Mapping[str, Place]) -> Any:
    """Put what the words stand for in their places. A turn of which nothing remains is left out."""
    if not places:
        return contents
    out: list[Any] = []
    parted = False
    for message in contents:
        content = message["content"]
        if any(_place(block, places) for block in content):
            content = _replaced(_in_place(content, places), places)
            parted = not content
            if content:
                out.append({**message, "content": content})
        elif parted and out and out[-1]["role"] == message["role"]:
            out[-1] = {**message, "content": [*out[-1]["content"], *content]}  # Converse wants the roles to alternate
        else:
            out.append(message)
    return out


def _place(block: Block, places: Mapping[str, Place]) -> Optional[Place]:
    text = block.get("text")
    return places.get(text) if isinstance(text, str) else None


def _replaced(content: Iterable[Block], places: Mapping[str, Place]) -> list[Block]:
    out: list[Block] = []
    for block in content:
        place = _place(block, places)
        out.extend([block] if place is None else place.blocks)
    return out


def _in_place(content: list[Block], places: Mapping[str, Place]) -> list[Block]:
    """Take the calls back from behind a word that they stood before."""
    first = next((index for index, block in enumerate(content) if "toolUse" in block), None)
    if first is None or _stands_right(content, places):
        return content
    calls = list(_calls(content[first:]))
    out: list[Block] = []
    given = 0
    for block in [*content[:first], *(one for one in content[first:] if not _belongs_to_call(one))]:
        place = _place(block, places)
        while place is not None and given < min(place.calls, len(calls)):
            out.extend(calls[given])
            given += 1
        out.append(block)
    return [*out, *(block for call in calls[given:] for block in call)]


def _stands_right(content: Iterable[Block], places: Mapping[str, Place]) -> bool:
    calls = 0
    for block in content:
        place = _place(block, places)
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


def knows_tools(supported: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate the method of `AmazonConverseConfig` that names the parameters which a model takes.

    LiteLLM takes tools for unsupported by a model that its table of prices has not, or has without a word about them,
    and `drop_params` leaves them out. Those that take their reasoning back take it with their calls (N86).
    """

    @wraps(supported)
    def with_tools(self: Any, model: str) -> Any:
        names = supported(self, model)
        return names if "tools" in names or not takes_text(model) else [*names, "tools"]

    return with_tools


NOVA_EFFORTS = {"none": "low", "minimal": "low", "xhigh": "high", "max": "high"}
"""Efforts that Nova 2 does not have, and the nearest that it has (N17)."""


def nova_effort(method: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate the method of `AmazonConverseConfig` that takes an effort and makes Nova's `reasoningConfig` of it."""

    @wraps(method)
    def method_of_nova(self: Any, reasoning_effort: str) -> Any:
        return method(self, NOVA_EFFORTS.get(reasoning_effort, reasoning_effort))

    return method_of_nova
