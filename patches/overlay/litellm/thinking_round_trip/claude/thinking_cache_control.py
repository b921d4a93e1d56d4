"""No `cache_control` on thinking blocks: Claude rejects it there (failure F37, docs/providers.md#anthropic-errors)."""

from __future__ import annotations

import functools
from collections.abc import Callable, MutableMapping
from typing import Any

Prepare = Callable[..., Any]

KEY = "cache_control"


def uncached_thinking(prepare: Prepare) -> Prepare:
    """Decorate `_prepare_completion_kwargs` of the bridge from /v1/messages to chat completions.

    It gives the arguments of the completion and a mapping of tool names; the arguments' messages are its own, and
    their thinking blocks get the key even where the client set none.
    """

    @functools.wraps(prepare)
    def prepared(*args: Any, **kwargs: Any) -> Any:
        result = prepare(*args, **kwargs)
        for message in result[0].get("messages") or ():
            blocks = message.get("thinking_blocks") if isinstance(message, MutableMapping) else None
            if any(isinstance(block, dict) and KEY in block for block in blocks or ()):
                message["thinking_blocks"] = [_uncached(block) for block in blocks or ()]
        return result

    return prepared


def _uncached(block: Any) -> Any:
    return {key: value for key, value in block.items() if key != KEY} if isinstance(block, dict) else block
