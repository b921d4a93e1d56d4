"""Mistral's content chunks, of which LiteLLM keeps the last thinking and the last text only (failure N1's kind).

docs/providers.md#mistral: `{"type": "thinking", "thinking": [{"type": "text", "text": ...}, ...]}`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

Conversion = TypeVar("Conversion", bound=Callable[[dict[str, Any]], Any])


def with_joined_chunks(convert: Conversion) -> Conversion:
    """Decorate LiteLLM's function that turns the content chunks of an answer into fields: it gets one of each type."""

    @wraps(convert)
    def converted(response_data: dict[str, Any]) -> Any:
        for choice in response_data.get("choices") or []:
            message = choice.get("message") or {}
            if isinstance(message.get("content"), list):
                message["content"] = joined_chunks(message["content"])
        return convert(response_data)

    return converted  # type: ignore[return-value]  # of the same signature, which TypeVar cannot say


def joined_chunks(chunks: list[Any]) -> list[Any]:
    """Join the thinking chunks of a message, and its texts; a content that has no more than one of each stays as it is.

    The pieces within a thought are one text; several thoughts are told apart by an empty line. Where a thought stood
    between texts is lost: LiteLLM's answer has no place for it.
    """
    thoughts = [_thought(chunk) for chunk in chunks if _is(chunk, "thinking")]
    texts = [chunk.get("text") or "" for chunk in chunks if _is(chunk, "text")]
    if len(thoughts) <= 1 and len(texts) <= 1 and not _in_pieces(chunks):
        return chunks
    others = [chunk for chunk in chunks if not _is(chunk, "thinking") and not _is(chunk, "text")]
    whole = "\n\n".join(thought for thought in thoughts if thought)
    thinking = [{"type": "thinking", "thinking": [{"type": "text", "text": whole}]}] if thoughts else []
    return [*thinking, *others, *([{"type": "text", "text": "".join(texts)}] if texts else [])]


def _is(chunk: object, kind: str) -> bool:
    return isinstance(chunk, dict) and chunk.get("type") == kind


def _in_pieces(chunks: list[Any]) -> bool:
    """Whether a thought has more than one piece: LiteLLM would put line breaks between them."""
    return any(_is(chunk, "thinking") and len(_pieces(chunk)) > 1 for chunk in chunks)


def _pieces(chunk: Mapping[str, Any]) -> list[Any]:
    pieces = chunk.get("thinking")
    return pieces if isinstance(pieces, list) else []


def _thought(chunk: Mapping[str, Any]) -> str:
    return "".join(piece.get("text") or "" for piece in _pieces(chunk) if _is(piece, "text"))
