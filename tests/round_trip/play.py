"""Play one case and collect everything that breaks one of the four conditions of passing (DESIGN.md, "Cases")."""

from __future__ import annotations

import pytest

from tests import conversations
from tests.backends import BACKENDS, Backend
from tests.backends.respx_mount import mounted
from tests.conversations.model import AssistantTurn, Conversation, ToolUse, UserTurn
from tests.round_trip.calls import NoSuchEntry
from tests.round_trip.grid import Case
from tests.round_trip.ingress import INGRESSES, Ingress
from tests.round_trip.seen import differences


async def play(case: Case, *, synchronous: bool = False) -> list[str]:
    """Return the failures of a case; an empty list is a pass. Skips a case that failed nowhere and lacks its entry."""
    conversation = conversations.load(case.conversation)
    backend = BACKENDS[case.backend](conversation.assistant_turns)
    client = INGRESSES[case.ingress](backend.model, conversation, synchronous=synchronous)
    with mounted(backend) as route:
        failures = await _converse(case, conversation, client, backend)
    return [
        *backend.rejections,
        *_miscounted(route.call_count, len(backend.requests), len(conversation.assistant_turns)),
        *backend.findings,
        *failures,
    ]


async def _converse(case: Case, conversation: Conversation, client: Ingress, backend: Backend) -> list[str]:
    """Say every turn and take every answer; what LiteLLM raises ends the conversation and is a failure of it."""
    failures: list[str] = []
    turn = 0
    for step in conversation.turns:
        if isinstance(step, UserTurn):
            client.say(step.text)
            continue
        turn += 1
        try:
            failures += await _take(case, client, backend, step, turn)
        except NoSuchEntry as missing:
            if not (failures or backend.findings or backend.rejections):
                pytest.skip(str(missing))
            return failures
        except Exception as error:  # whatever a release raises is what its user would see
            return [*failures, f"assistant turn {turn}: {type(error).__name__}: {error}"]
    return failures


async def _take(case: Case, client: Ingress, backend: Backend, step: AssistantTurn, turn: int) -> list[str]:
    seen = await client.receive(stream=case.streams(turn, len(backend.script)))
    if step.of(ToolUse):
        client.answer_tools(seen, step.of(ToolUse))
    return differences(backend.given[turn - 1], seen, turn)


def _miscounted(routed: int, recorded: int, expected: int) -> list[str]:
    """A retry that rescued the case is a failure, and so is a request that never came by here."""
    if routed == recorded == expected:
        return []
    return [f"{expected} requests were expected, {routed} were sent"]
