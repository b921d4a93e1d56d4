"""Text that UTF-8 has a form for: without halves of surrogate pairs (N9 of tests/round_trip/failures.toml)."""

from __future__ import annotations

import marshal
import re
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

_Translate = TypeVar("_Translate", bound=Callable[..., Any])


def sends_well_formed(translate: _Translate) -> _Translate:
    """Decorate a method that translates `messages`, its first argument: it gets them without halves of pairs."""

    @wraps(translate)
    def translated(self: Any, messages: Any, *args: Any, **kwargs: Any) -> Any:
        return translate(self, well_formed(messages), *args, **kwargs)

    return translated  # type: ignore[return-value]


def reads_well_formed(read: _Translate) -> _Translate:
    """Decorate a function that takes a history first, as `messages` or `input`: it gets it without halves of pairs."""

    @wraps(read)
    def reading(*args: Any, **kwargs: Any) -> Any:
        named: dict[str, Any] = dict(kwargs)
        named.update({name: _sendable(named[name]) for name in ("messages", "input") if name in named})
        return read(*(*map(_sendable, args[:1]), *args[1:]), **named)

    return reading  # type: ignore[return-value]


def _sendable(history: Any) -> Any:
    """A history without halves of pairs; a thinking block that is signed as it was, with them, is left out."""
    if not _is_broken(history) or not isinstance(history, list):
        return well_formed(history)
    return [_mended(_without_sealed_halves(message)) for message in history]


def _without_sealed_halves(message: Any) -> Any:
    blocks = message.get("thinking_blocks") if isinstance(message, dict) else None
    if not isinstance(blocks, list):
        return message
    return {**message, "thinking_blocks": [one for one in blocks if not _is_sealed_half(one)]}


def _is_sealed_half(block: Any) -> bool:
    return isinstance(block, dict) and bool(block.get("signature")) and _mended(block) != block


def well_formed(value: Any) -> Any:
    """A JSON value whose texts can be encoded; the same object where they can be already.

    A provider that escapes each piece of a stream by itself can cut an emoji in two. Pieces that lie next to each other
    again are joined, and what stays alone becomes U+FFFD, as RFC 8259 (section 8.2) leaves open and UTF-8 demands.
    """
    return _mended(value) if _is_broken(value) else value


def _is_broken(value: Any) -> bool:
    """Tell whether some text may hold half a pair, without going through a long history text by text.

    `marshal` writes halves of pairs as UTF-8 would if it had them. Whatever else may look like one, such as the length
    of a text, is no harm: that is mended into what it is.
    """
    try:
        return _HALF.search(marshal.dumps(value)) is not None
    except ValueError:  # objects that are no JSON
        return True


_HALF = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {key: _mended(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_mended(one) for one in value]
    return value
