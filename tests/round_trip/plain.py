"""What LiteLLM sends for a conversation in which nobody thinks: a patched release has to send the same bytes.

So it is where thinking is asked of a model that LiteLLM does not know, unless it refuses that (F45).

`python -m tests.round_trip.plain FILE` writes down what the installed release sends, one entry for each cell of
`plain-wire/...`; `test_plain.py` compares a patched release with what its published wheel has sent.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import sys
import warnings
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from pathlib import Path

from tests import conftest  # noqa: F401  (sets the ground before LiteLLM is imported)
from tests.backends import BACKENDS, Dialogue
from tests.backends.respx_mount import mounted
from tests.conversations.loader import parse
from tests.processes import FORK
from tests.round_trip.grid import INGRESSES, STREAM, WHOLE, Case
from tests.round_trip.ingress import Messages
from tests.round_trip.play import Stage, Unplayable, perform
from tests.round_trip.routes import ROUTES
from tests.round_trip.trace import Trace

FAMILY = "plain-wire"

# What the fixes look at when they look for thinking: calls between texts, several in a row, a turn of text alone, one
# of calls alone, results with an image, a system prompt, and places for the prompt's cache.
SCRIPT = parse(
    FAMILY,
    {
        "about": "Text and calls in every order, and no thinking.",
        "system": "You know the town. Be brief.",
        "cached": True,
        "turn": [
            {"user": "Where is the market, and is it open?", "thinking": False},
            {
                "assistant": [
                    {"text": "I look at the map."},
                    {"tool": "map", "input": {"place": "market"}, "result": "Square 1"},
                    {"text": "And at its hours."},
                    {"tool": "hours", "input": {"place": "market"}, "result": "8 to 12"},
                ]
            },
            {"assistant": [{"tool": "map", "input": {"place": "here"}, "result": "Square 9", "image": True}]},
            {"assistant": [{"text": "It is in the next street, and open until noon."}]},
            {"user": "Thanks. Reasoning: none.", "thinking": False},
            {"assistant": [{"text": "You are welcome."}]},
        ],
    },
)


UNMAPPED = f"{FAMILY}-unmapped"
_ASKING = parse(UNMAPPED, {"about": "One answer.", "turn": [{"user": "Go."}, {"assistant": [{"text": "Gone."}]}]})
# Of each provider with OpenAI's wire a model that no table of LiteLLM's has.
_NAMES = {
    backend: f"{ROUTES[backend].model.partition('/')[0]}/model-of-tomorrow"
    for backend in ("cerebras", "dashscope", "fireworks", "groq", "mistral", "moonshot", "openrouter", "together")
}


def cells() -> list[Case]:
    """Every backend that an ingress reaches, whole and streamed; and models that LiteLLM does not know."""
    plain = [
        Case(FAMILY, ingress, backend, mode)
        for backend in BACKENDS
        for ingress in INGRESSES
        if ingress not in ROUTES[backend].impossible
        for mode in (WHOLE, STREAM)
    ]
    return [*plain, *(Case(UNMAPPED, "messages", backend, WHOLE) for backend in _NAMES)]


# LiteLLM makes up an id for each of Gemini's calls, another one in each run.
_MADE_UP = re.compile(r"call_[0-9a-f]{28,32}")


async def sent(case: Case) -> list[str]:
    """The requests that LiteLLM sends in a cell: each its address and its body, to the byte.

    One that the provider rejects, and all behind it, are left out, and so are those behind an answer of which the
    client saw something else than was given: a fix may mend those.
    """
    if case.conversation == UNMAPPED:
        return await _asked_of_unmapped(case)
    try:
        stage = await perform(case, SCRIPT)
    except (Unplayable, NotImplementedError):
        return []
    requests = stage.dialogue.requests[: _accepted(stage)]
    return _numbered([f"{request.url} {request.raw.decode('utf-8')}" for request in requests])


def _numbered(texts: list[str]) -> list[str]:
    """The texts with made-up ids numbered in their order, so that the same ones stay the same."""
    seen: dict[str, str] = {}
    return [_MADE_UP.sub(lambda made: seen.setdefault(made[0], f"call_{len(seen)}"), text) for text in texts]


async def _asked_of_unmapped(case: Case) -> list[str]:
    """The request for thinking; nothing where LiteLLM refuses it instead."""
    dialogue = Dialogue(_ASKING.assistant_turns)
    route = ROUTES[case.backend]
    arguments = {**route.arguments, "model": _NAMES[case.backend], "api_key": "sk-test", "max_tokens": 4096}
    entry = Messages(_ASKING, Trace(dialogue), synchronous=False).entry(synchronous=False)
    endpoints = [endpoint(dialogue) for endpoint in BACKENDS[case.backend]]
    with mounted(endpoints), suppress(Exception):  # a refusal is no request, and may be mended
        await entry(**arguments, messages=[{"role": "user", "content": "Go."}], thinking=_THINKING)
    return [f"{request.url} {request.raw.decode('utf-8')}" for request in dialogue.requests]


_THINKING = {"type": "enabled", "budget_tokens": 1024}


def _accepted(stage: Stage) -> int | None:
    rejected = [rejection.request - 1 for rejection in stage.dialogue.rejections]
    altered = [int(turn) for failure in stage.failures for turn in _TURN.findall(failure.text)]
    return min([*rejected, *altered], default=None)


_TURN = re.compile(r"assistant turn (\d+)")


def _all() -> dict[str, list[str]]:
    """What is sent in each cell, played in a process for each core: they are forked when LiteLLM has been imported."""
    cores = os.cpu_count() or 1
    with ProcessPoolExecutor(cores, FORK) as processes:
        shares = processes.map(_play, (cells()[first::cores] for first in range(cores)))
        return {case: requests for share in shares for case, requests in share.items()}


def _play(share: Sequence[Case]) -> dict[str, list[str]]:
    return asyncio.run(_sent(share))


async def _sent(share: Sequence[Case]) -> dict[str, list[str]]:
    return {str(case): await sent(case) for case in share}


if __name__ == "__main__":
    # Of a release with other types than it expects itself, pydantic has much to say.
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    Path(sys.argv[1]).write_text(json.dumps(_all(), indent=0), encoding="utf-8")
