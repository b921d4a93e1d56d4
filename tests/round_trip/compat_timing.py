"""`python -m tests.round_trip.compat_timing`: time the callback `thinking_compat` for long histories, as JSON.

For both kinds of request, and for each way of looking at a history: the seconds that one request waits for the callback
when nobody has thought in its LENGTH messages, the fastest of many.
"""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests import conftest  # noqa: F401  (sets the ground before LiteLLM is imported)
from tests.round_trip.compat import COMPAT, said

LENGTH = 200
REPEATS = 2000

CLAUDE = "anthropic/claude-sonnet-4-5"
NONE = "fireworks_ai/accounts/fireworks/models/llama-v3p1-8b-instruct"
FIELD = "together_ai/zai-org/GLM-4.6"
MODELS = {"a model that takes nothing": NONE, "one that takes a field": FIELD, "Claude": CLAUDE}


def chat() -> list[dict[str, Any]]:
    """A tool loop of chat completions without thinking."""
    messages: list[dict[str, Any]] = []
    for number in range(LENGTH // 2):
        call = {"id": f"call_{number}", "type": "function", "function": {"name": "step", "arguments": "{}"}}
        messages.append({"role": "assistant", "content": "I go on.", "tool_calls": [call]})
        messages.append({"role": "tool", "tool_call_id": call["id"], "content": "done " * 40})
    return messages


def blocks() -> list[dict[str, Any]]:
    """The same of /v1/messages."""
    messages: list[dict[str, Any]] = []
    for number in range(LENGTH // 2):
        call = {"type": "tool_use", "id": f"toolu_{number}", "name": "step", "input": {}}
        result = {"type": "tool_result", "tool_use_id": call["id"], "content": "done " * 40}
        messages.append({"role": "assistant", "content": [{"type": "text", "text": "I go on."}, call]})
        messages.append({"role": "user", "content": [result]})
    return messages


KINDS = {"acompletion": chat(), "anthropic_messages": blocks()}


def seconds(callback: Any, kwargs: Mapping[str, Any], kind: str) -> float:
    """How long a request waits; it never waits for anything else, so no event loop is needed."""
    fastest = float("inf")
    for _ in range(REPEATS):
        start = time.perf_counter()
        with suppress(StopIteration):  # the end of a coroutine
            callback.async_pre_call_deployment_hook(kwargs, kind).send(None)
        fastest = min(fastest, time.perf_counter() - start)
    return fastest


def measured() -> dict[str, float]:
    """By kind of request and model."""
    with TemporaryDirectory() as folder:
        callback = COMPAT.ThinkingCompat(folder=said(Path(folder), {"fireworks_ai": "none"}))
    gc.collect()
    return {
        f"{kind} to {who}": seconds(callback, {"model": model, "messages": messages}, kind)
        for kind, messages in KINDS.items()
        for who, model in MODELS.items()
    }


if __name__ == "__main__":
    print(json.dumps(measured()))
