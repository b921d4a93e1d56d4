"""Claude's signed thinking in a stream from OpenRouter, where LiteLLM looks for it (failure N4)."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator, Callable, Iterator
from functools import wraps
from typing import Any, TypeVar

from litellm.thinking_round_trip.chat.answers import Block, claude_details, field

Check = TypeVar("Check", bound=Callable[..., bool])
Wrapper = TypeVar("Wrapper", bound=type)


def keeping_details(is_chunk_non_empty: Check) -> Check:
    """Decorate LiteLLM's method that tells which chunks of a stream it may drop: those with reasoning stay.

    OpenRouter gives the signature late, in an entry of `reasoning_details` without text and with nothing else in the
    chunk (docs/providers.md#openrouter); and the oldest releases do not know the field `reasoning` (N1).
    """

    @wraps(is_chunk_non_empty)
    def checked(self: Any, completion_obj: Any, model_response: Any, response_obj: Any) -> bool:
        if is_chunk_non_empty(self, completion_obj, model_response, response_obj):
            return True
        choices = field(model_response, "choices")
        delta = field(choices[0], "delta") if choices else None
        return bool(claude_details(delta) or field(delta, "reasoning"))

    return checked  # type: ignore[return-value]  # of the same signature, which TypeVar cannot say


def reading_details(wrapper: Wrapper) -> Wrapper:
    """Decorate LiteLLM's class of stream wrappers: `reasoning_details` in a chunk become its `thinking_blocks`."""
    init = wrapper.__init__  # type: ignore[misc]  # of a class that is about to be extended, not of an instance

    @wraps(init)
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        init(self, *args, **kwargs)
        self.completion_stream = _Blocks(self.completion_stream)

    wrapper.__init__ = __init__  # type: ignore[misc]
    return wrapper


class _Blocks:
    """The chunks of a stream; whatever else LiteLLM asks it, the stream answers."""

    def __init__(self, source: Any) -> None:
        self.source = source
        self._iterator: Any = None
        self._next: Iterator[Any] = iter(())

    def __getattr__(self, name: str) -> Any:
        if name == "source":
            raise AttributeError(name)
        return getattr(self.source, name)

    def __iter__(self) -> Iterator[Any]:
        return self

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    def __next__(self) -> Any:
        if self._iterator is None:
            self._iterator = iter(self.source)
        for chunk in self._next:
            return chunk
        self._next = with_blocks(next(self._iterator))
        return next(self._next)

    async def __anext__(self) -> Any:
        if self._iterator is None:
            self._iterator = self.source.__aiter__()
        for chunk in self._next:
            return chunk
        self._next = with_blocks(await self._iterator.__anext__())
        return next(self._next)


def with_blocks(chunk: Any) -> Iterator[Any]:
    """Yield a chunk, or what takes its place: one for each piece of a signed block, and one for the rest.

    A text and its signature are two pieces, as in Anthropic's own streams.
    """
    choices = field(chunk, "choices")
    delta = field(choices[0], "delta") if isinstance(choices, list) and len(choices) == 1 else None
    blocks = [] if delta is None or field(delta, "thinking_blocks") else claude_details(delta)
    if not blocks:
        yield chunk
        return
    for block in blocks:
        for piece in _pieces(block):
            yield _with(chunk, [piece])
    if any(field(delta, name) for name in ("content", "tool_calls")) or field(choices[0], "finish_reason"):
        yield _with(chunk, None)


def _pieces(block: Block) -> list[Block]:
    if block.get("thinking") and block.get("signature"):
        return [{**block, "signature": ""}, {**block, "thinking": ""}]
    return [block]


def _with(chunk: Any, blocks: Any) -> Any:
    """A copy of a chunk with these thinking blocks and nothing else, or with all but thinking."""
    made = copy.copy(chunk)
    made.choices = [copy.copy(chunk.choices[0])]
    choice = made.choices[0]
    choice.delta = copy.copy(choice.delta)
    words = "".join(block.get("thinking") or "" for block in blocks or [])
    fields = {"thinking_blocks": blocks, "reasoning_content": words or None, "reasoning_details": None}
    if blocks:
        choice.finish_reason = None
        fields.update(content=None, tool_calls=None)
        if field(made, "usage") is not None:
            made.usage = None
    for name, value in fields.items():
        if value is not None or field(choice.delta, name) is not None:
            setattr(choice.delta, name, value)
    return made
