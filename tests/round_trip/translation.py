"""`python -m tests.round_trip.translation`: time what LiteLLM does with long histories on /v1/messages, as JSON.

For each backend that stands for a wire form, and for each length of the history in messages: the seconds of processor
time that one request takes, the fastest of several. Nobody judges here: the provider's answer is a recorded one.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import respx

from tests import conftest  # noqa: F401  (sets the ground before LiteLLM is imported)
from tests.backends import BACKENDS, Dialogue
from tests.backends.wire import Answer
from tests.conversations.loader import parse
from tests.round_trip.grid import WIRES, Case
from tests.round_trip.ingress import Messages
from tests.round_trip.play import perform
from tests.round_trip.routes import ROUTES
from tests.round_trip.trace import Trace

LENGTHS = (100, 200, 400)
REPEATS = 15

_SCRIPT = parse("translation", {"about": "One answer.", "turn": [{"user": "Go."}, {"assistant": [{"text": "Gone."}]}]})
_TOOL = {"name": "step", "description": "step", "input_schema": {"type": "object", "properties": {}}}


def history(length: int) -> list[dict[str, Any]]:
    """A long tool loop as a client of /v1/messages keeps it: thinking, text and a call in each turn of the model."""
    messages: list[dict[str, Any]] = [{"role": "user", "content": "Go."}]
    for number in range(length // 2):
        thought = {"type": "thinking", "thinking": f"Step {number}: " + "reason " * 60, "signature": "EqQB" + "a" * 300}
        call = {"type": "tool_use", "id": f"toolu_{number}", "name": "step", "input": {}}
        result = {"type": "tool_result", "tool_use_id": call["id"], "content": "done " * 40}
        messages.append({"role": "assistant", "content": [thought, {"type": "text", "text": "I go on."}, call]})
        messages.append({"role": "user", "content": [result]})
    return messages


async def seconds(backend: str, lengths: tuple[int, ...] = LENGTHS) -> dict[int, float]:
    """The processor time of one request for each length of the history."""
    answer = await _answer(backend)
    with _answered(backend, answer):
        await _ask(backend, 1)  # what LiteLLM loads and caches at its first call
        return {length: min([await _ask(backend, length) for _ in range(REPEATS)]) for length in lengths}


async def _answer(backend: str) -> Answer:
    """What the provider answers, taken from its judge."""
    seen: list[Answer] = []

    def see(answer: Answer) -> Answer:
        seen.append(answer)
        return answer

    await perform(Case("translation", "messages", backend, ""), _SCRIPT, recut=see)
    return seen[-1]


@contextmanager
def _answered(backend: str, answer: Answer) -> Iterator[None]:
    with respx.mock(using="httpx") as router:
        hosts = {endpoint.host for endpoint in BACKENDS[backend]}
        headers = {"content-type": answer.content_type, **answer.headers}
        router.post(host__in=sorted(hosts)).mock(
            side_effect=lambda request: httpx.Response(answer.status, headers=headers, content=answer.body)
        )
        yield


async def _ask(backend: str, length: int) -> float:
    route = ROUTES[backend]
    arguments = {
        "api_key": "sk-test",
        **route.arguments,
        "max_tokens": 4096,
        **route.thinks.get("messages", {}),
        "tools": [_TOOL],
        "messages": history(length),
        "model": route.models.get("messages", route.model),
    }
    entry = Messages(_SCRIPT, Trace(Dialogue(())), synchronous=False).entry(synchronous=False)
    gc.collect()
    start = time.process_time()
    await entry(**arguments)
    return time.process_time() - start


async def _all() -> dict[str, dict[int, float]]:
    return {backend: await seconds(backend) for backend in WIRES}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    print(json.dumps(asyncio.run(_all())))
