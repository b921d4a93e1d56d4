"""What the chunks of a chat stream say, piece by piece (failures F9, F18, F19, N15, N23 in docs/failures.md).

LiteLLM's stream wrapper reads one kind of content per chunk, and drops or doubles what comes with it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Optional

from litellm.thinking_round_trip.blocks.sealed_details import block as sealed_block
from litellm.thinking_round_trip.blocks.sealed_details import is_sealed, parted
from litellm.thinking_round_trip.chat.answers import Block, details_of, field, thinking_of
from litellm.thinking_round_trip.chat.stream_calls import Aside, Calls, InTurns, Piece, Text, Thought

COUNTS = ("prompt_tokens", "completion_tokens")
_PAYLOAD = ("content", "tool_calls", "reasoning_content", "thinking_blocks", "reasoning", "reasoning_details")


class ChunkReader:
    """Reads the chunks of one turn.

    The end of the turn, and what it took, are kept for `rest`: servers give them in a chunk with something else, twice,
    in each chunk, or with more behind them.
    """

    def __init__(self) -> None:
        self._calls = Calls()
        self._turns = InTurns()
        self._finish: Any = None
        self._usage: Any = None
        # The entry of OpenRouter's, without its text, whose text was the last that came.
        self._told: Optional[Mapping[str, Any]] = None

    def read(self, chunk: Any) -> Iterator[Piece]:
        """Yield what can be said of a chunk now."""
        choices = field(chunk, "choices")
        if not isinstance(choices, list):
            yield Aside(chunk)
            return
        usage = field(chunk, "usage")
        self._usage = self._usage if usage is None else usage
        for choice in choices:
            for piece in self._pieces(chunk, choice):
                yield from self._turns.put(piece)

    def waiting(self) -> Iterator[Piece]:
        """Yield what waits for its turn; it was said, even where the stream breaks off behind it."""
        yield from self._turns.rest()

    def rest(self, usage: Any = None) -> Iterator[Piece]:
        """Yield what is left to say when the stream has ended; the end of the turn is for LiteLLM to translate.

        `usage` is what the provider is known to have said beside the chunks.
        """
        yield from self.waiting()
        if self._finish is not None:
            if self._usage is None or (usage is not None and _differs(usage, self._usage)):
                self._usage = usage
            if self._usage is not None:
                self._finish.usage = self._usage
            yield Aside(self._finish)

    def _sealed(self, entries: Iterable[Mapping[str, Any]]) -> Iterator[Block]:
        """Yield what carries the sealed entries of a chunk; the first behind a text is of the text's own block.

        The text itself is in `reasoning` as well, and comes from there.
        """
        for entry in entries:
            text, bare = parted(entry)
            if text:
                self._told = bare
            if not is_sealed(entry):
                continue
            if text or self._told is None:
                yield sealed_block("", [entry]) if not text else {**sealed_block(text, [bare]), "thinking": ""}
            else:
                yield {**sealed_block("-", [self._told, bare]), "thinking": ""}
            self._told = None

    def _pieces(self, chunk: Any, choice: Any) -> Iterator[Piece]:
        delta = field(choice, "delta")
        for block in thinking_of(delta):
            yield Thought(block)
        for block in self._sealed(details_of(delta)):
            yield Thought(block)
        text = field(delta, "content")
        if text and isinstance(text, str):
            yield Text(text)
        for call in field(delta, "tool_calls") or ():
            yield from self._calls.pieces(call, _bare(chunk, choice))
        if field(choice, "finish_reason") is not None:
            self._finish = _bare(chunk, choice)
        elif field(delta, "refusal") or field(delta, "provider_specific_fields"):
            yield Aside(_bare(chunk, choice))


def _differs(told: Any, given: Any) -> bool:
    """Whether what LiteLLM gives is another count; of the same one it may say more, such as the cost."""
    return any(field(told, name) != field(given, name) for name in COUNTS)


def _bare(chunk: Any, choice: Any) -> Any:
    """A copy of a chunk without its payload; LiteLLM keeps the chunk itself for its logs."""
    made = copy.copy(chunk)
    made.choices = [copy.copy(choice)]
    delta = made.choices[0].delta = copy.copy(choice.delta)
    for name in _PAYLOAD:
        if field(delta, name) is not None:
            setattr(delta, name, None)
    if field(made, "usage") is not None:
        made.usage = None
    return made
