"""Claude thinks and calls a tool, another provider goes on, and Claude ends it: the callback keeps that going.

`kept` is the callback with what it ships; `text` and `drop` are a user's folder in which the provider takes nothing,
with either setting. On an unpatched release the copied file is under test. What the callback makes of whole cases of
the grid, and what it cannot repair, is in `REPAIRS`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from packaging.specifiers import SpecifierSet

from tests import conversations
from tests.conversations.model import Text, Thinking
from tests.round_trip.compat import COMPAT, registered, said
from tests.round_trip.failures import release_under_test
from tests.round_trip.grid import STREAM, WHOLE, Case
from tests.round_trip.ingress import FIXED
from tests.round_trip.play import Stage, perform, play

# One loop for the whole session, as for the grid.
pytestmark = pytest.mark.asyncio(loop_scope="session")

Item = dict[str, Any]
FAMILY = "thinking-compat"
SCRIPT = conversations.load("claude-away-and-back")
PROVIDERS = {"fireworks": "fireworks_ai", "together": "together_ai"}
SETTINGS = ("kept", "text", "drop")
"""What the callback ships; and a provider that takes nothing, with each of the settings."""
CARRIERS = ("thinking_blocks", "reasoning_content", "reasoning", "provider_specific_fields")
NATIVE = {"fireworks": "reasoning_content", "together": "reasoning"}
"""The field that each of them reads: docs/providers.md#fireworks and docs/providers.md#together."""


def _callback(setting: str, folder: Path) -> Any:
    if setting == "kept":
        return COMPAT.ThinkingCompat()
    return COMPAT.ThinkingCompat(setting, said(folder / "mine", dict.fromkeys(PROVIDERS.values(), "none")))


ALL, NONE = ">=1.82.1", "<1.82.1"
DROPPED = ">=1.100,<1.102"
"""Unpatched releases that take `reasoning_content` away from Fireworks, behind every callback."""
REPAIRS = {
    # repaired: what the provider takes reaches it
    "claude-to-here/messages-moonshot": (ALL, NONE),
    "thinking-text-tool/messages-fireworks": ("<1.102", DROPPED),
    "thinking-text-tool/messages-deepseek": ("<1.87", NONE),
    "thinking-text-tool/messages-cerebras": (ALL, NONE),
    "thinking-text-tool/chat-cerebras": (ALL, NONE),
    "thinking-text-tool/chat-together": (ALL, NONE),
    # repaired where LiteLLM's stream shows the thinking to the client at all
    "claude-to-here/messages-moonshot-stream": (ALL, "<1.90"),
    "thinking-text-tool/chat-anthropic-stream": ("<1.92", "==1.91.*"),
    # not repaired: reasoning items, forms of the provider's own, what LiteLLM does with answers, and Claude's manual
    # mode, in which a turn has to begin with thinking that Claude signed
    "thinking-text-tool/messages-openai": (ALL, ALL),
    "thinking-text-tool/messages-databricks": (ALL, ALL),
    "thinking-text-tool/messages-groq": (ALL, ALL),
    "from-kimi/messages-anthropic": (ALL, ALL),
}
"""Cases of the grid, and the unpatched releases that fail them: alone, and with the callback.

Measured on 1.82.1, 1.83.0, 1.105.1 and 1.109.1, and on the newest patch release of the minors 1.82 to 1.100 but 1.93.
"""

JOINED = "thinking-text-tool/chat-anthropic-stream"
"""The one that it repairs on patched releases too."""


@pytest.mark.parametrize(
    ("cell", "alone", "left"),
    [pytest.param(cell, *releases, id=f"{FAMILY}-{cell}") for cell, releases in REPAIRS.items()],
)
async def test_repairs(cell: str, alone: str, left: str) -> None:
    """On an unpatched release it repairs what it can; on a patched one it only joins Claude's stream on chat.

    A release cannot be said to be repaired that was not broken: so both are played.
    """
    without = await _played(cell, [])
    with_it = await _played(cell, [COMPAT.ThinkingCompat()])
    if FIXED:
        assert with_it == ([] if cell == JOINED else without)
        return
    release = release_under_test()
    assert (bool(without), bool(with_it)) == (release in SpecifierSet(alone), release in SpecifierSet(left))


async def _played(cell: str, callbacks: list[Any]) -> list[str]:
    with registered(*callbacks):
        return [failure.text for failure in await play(Case.parse(cell))]


CASES = [
    pytest.param(setting, Case(SCRIPT.name, ingress, backend, mode), id=f"{FAMILY}-{setting}/{ingress}-{backend}{mode}")
    for setting in SETTINGS
    for ingress in ("messages", "chat")
    for backend in PROVIDERS
    for mode in (WHOLE, STREAM)
]


@pytest.mark.parametrize(("setting", "case"), CASES)
async def test_thinking_compat(setting: str, case: Case, tmp_path: Path) -> None:
    with registered(_callback(setting, tmp_path)):
        stage = await perform(case, SCRIPT)
    wrong = list(_wrong(setting, case, stage))
    assert wrong == []


def _wrong(setting: str, case: Case, stage: Stage) -> Iterator[str]:
    """What went wrong on the way, and with the first turn, which Claude gave, in each request behind it."""
    yield from map(str, stage.dialogue.rejections)
    yield from (failure.text for failure in stage.failures if "raised" in failure.text)
    if not (stage.dialogue.over and stage.sent == len(SCRIPT.assistant_turns)):
        yield f"{len(SCRIPT.assistant_turns)} requests were expected, {stage.sent} were sent"
    thought, text = (SCRIPT.assistant_turns[0].of(kind)[0].text for kind in (Thinking, Text))
    for number, (request, judge) in enumerate(zip(stage.dialogue.requests, stage.dialogue.judges, strict=True), 1):
        turns = [message for message in request.body["messages"] if message["role"] == "assistant"]
        if turns and judge.name == case.backend:
            yield from (
                f"request {number}: {one}" for one in _wrong_turn(setting, case.backend, turns[0], thought, text)
            )
        elif turns and not _is_as_it_was(turns[0], stage):
            yield f"request {number}: Claude's own thinking came back changed: {turns[0]['content']}"


def _wrong_turn(setting: str, backend: str, turn: Item, thought: str, text: str) -> Iterator[str]:
    """What is wrong with Claude's turn at another provider; `text` is what was said aloud in it."""
    content = turn["content"]
    visible = content if isinstance(content, str) else "\n\n".join(part["text"] for part in content)
    told = {field: turn[field] for field in CARRIERS if turn.get(field) is not None}
    taken_away = backend == "fireworks" and not FIXED and release_under_test() in SpecifierSet(DROPPED)
    kept = {NATIVE[backend]: thought} if setting == "kept" and not taken_away else {}
    if told != kept:
        yield f"the fields of reasoning are {told}, not {kept}"
    if visible != (f"[Reasoning] {thought}\n\n{text}" if setting == "text" else text):
        yield f"what can be seen is {visible!r}"
    if not turn.get("tool_calls"):
        yield "the call is gone"


def _is_as_it_was(turn: Item, stage: Stage) -> bool:
    """Whether thinking stands in front, with the signature that it was given."""
    seals = [part.detail for part in stage.dialogue.given[0].parts if part.kind == "reasoning"]
    found = [block for block in turn["content"] if block["type"] == "thinking"]
    (thought,) = SCRIPT.assistant_turns[0].of(Thinking)
    return found == [{"type": "thinking", "thinking": thought.text, "signature": seal} for seal in seals]
