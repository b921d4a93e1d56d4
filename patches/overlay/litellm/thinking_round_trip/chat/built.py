"""What LiteLLM's `stream_chunk_builder` makes of a stream: what was thought in it, as the whole answer has it (F20).

LiteLLM joins the texts of all thinking and gives them the last signature, repeats a text that came again beside its
signature, drops a block that is a signature alone, and knows no reasoning items. Here each block is joined by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any, Optional

from litellm.thinking_round_trip.blocks.reasoning_items import is_thinking
from litellm.thinking_round_trip.chat.answers import field

Block = dict[str, Any]


def keeping_reasoning(build: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate the function that joins `chunks`, which it takes first: the message has their thinking and their items.

    Each chunk bears whole items, in their order; a message that has items already is left as it is.
    """

    @wraps(build)
    def built(chunks: Any, *args: Any, **kwargs: Any) -> Any:
        # Joining may sort or change the list; what is in it is read before.
        deltas = list(_deltas(chunks))
        items, blocks = list(_items(deltas)), joined(deltas)
        answer = build(chunks, *args, **kwargs)
        message = field(_first_choice(answer), "message")
        if message is not None and items and not field(message, "reasoning_items"):
            message.reasoning_items = items
        if message is not None and blocks:
            message.thinking_blocks = blocks
        return answer

    return built


def joined(deltas: Iterable[Any]) -> list[Block]:
    """The thinking blocks of a stream, each once, with the signature that came behind its own text."""
    blocks = _Blocks()
    for delta in deltas:
        given = field(delta, "thinking_blocks")
        pieces = [dict(piece) for piece in given if is_thinking(piece)] if isinstance(given, list) else []
        if not any(piece.get("thinking") for piece in pieces):
            blocks.hear(field(delta, "reasoning_content"))
        for piece in pieces:
            blocks.add(piece)
        if field(delta, "content") or field(delta, "tool_calls"):
            blocks.end()
    blocks.end()
    return blocks.done


class _Blocks:
    """The blocks that have ended, the one that has not, and text that came as `reasoning_content` alone."""

    def __init__(self) -> None:
        self.done: list[Block] = []
        self._open: Optional[Block] = None
        self._heard = ""

    def hear(self, text: Any) -> None:
        """Text that may be that of a block whose signature comes without any."""
        self._heard += text if isinstance(text, str) else ""

    def add(self, piece: Block) -> None:
        """A piece of a thinking block, or a redacted one."""
        if piece.get("type") != "thinking":
            self.end()
            self.done.append(piece)
            return
        text, signature = piece.get("thinking") or "", piece.get("signature")
        if self._open is None:
            if not text and not signature:
                return
            self._open, text = {**piece, "thinking": text or self._heard}, ""
        # Beside the signature some releases say the whole text once more.
        if not signature or text != self._open["thinking"]:
            self._open["thinking"] += text
        if signature:
            self._open["signature"] = signature
            self.end()

    def end(self) -> None:
        """What comes is no part of the block."""
        if self._open is not None:
            self.done.append(self._open)
        self._open, self._heard = None, ""


def _deltas(chunks: Any) -> Iterator[Any]:
    for chunk in chunks if isinstance(chunks, list) else ():
        yield field(_first_choice(chunk), "delta")


def _items(deltas: Iterable[Any]) -> Iterator[Any]:
    for delta in deltas:
        items = field(delta, "reasoning_items")
        yield from items if isinstance(items, list) else ()


def _first_choice(answer: Any) -> Any:
    choices = field(answer, "choices")
    return choices[0] if choices else None
