"""Have conversations through the proxy, and say what went wrong with each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from tests.backends import Dialogue
from tests.clients.client import Client
from tests.clients.deployments import DEPLOYMENTS, VISITORS
from tests.clients.emulators import Emulators
from tests.clients.job import Item, Job, Outcome, turns
from tests.clients.proxy import Proxy
from tests.conversations.model import AssistantTurn, Conversation, Text, Thinking, UserTurn
from tests.round_trip.explain import first_of
from tests.round_trip.seen import differences

ANSWER = AssistantTurn((Thinking("It is time for that."), Text("Now it is done.")))


@dataclass(frozen=True)
class Played:
    """A conversation that was had: what the providers noted, and what the client saw."""

    dialogue: Dialogue
    outcome: Outcome

    @property
    def failures(self) -> list[str]:
        """What broke a condition of passing (docs/suite.md#what-it-proves); an empty list is a pass."""
        return [*_failures(self.dialogue, self.outcome)]

    @property
    def thought(self) -> list[str]:
        """The thinking that the providers gave, in order."""
        parts = [part for given in self.dialogue.given for part in given.parts]
        return [part.value for part in parts if part.kind == "reasoning"]


@dataclass(frozen=True)
class Stage:
    """The proxy and the emulators behind it."""

    proxy: Proxy
    emulators: Emulators

    def play(self, client: Client, script: Conversation, model: str, *, streamed: bool) -> Played:
        """Have one conversation."""
        (played,) = self.play_all(client, [script], model, streamed=streamed)
        return played

    def play_all(self, client: Client, scripts: Sequence[Conversation], model: str, *, streamed: bool) -> list[Played]:
        """Have conversations at once. Where there are several, what the user says first tells each from the others."""
        several = len(scripts) > 1
        dialogues = [Dialogue(one.assistant_turns, mark=_opening(one) if several else "") for one in scripts]
        jobs = [self._of(client, script, model, streamed) for script in scripts]
        with self.emulators.playing(dialogues), ThreadPoolExecutor(len(jobs)) as threads:
            outcomes = threads.map(client.converse, jobs)
            return [Played(*one) for one in zip(dialogues, outcomes, strict=True)]

    def _of(self, client: Client, script: Conversation, model: str, streamed: bool) -> Job:
        said = turns(script, model, VISITORS)
        return replace(self._job(client, model, said, streamed), tools=script.tools, system=script.system)

    def _job(self, client: Client, model: str, said: Sequence[Item], streamed: bool) -> Job:
        effort = DEPLOYMENTS[model].effort
        return Job(client.endpoint, self.proxy.url, self.proxy.key, streamed, said, effort=effort)

    def ask(self, client: Client, model: str, *, streamed: bool, **further: Any) -> Played:
        """Ask one question, which the providers are ready to answer. `further` are fields of the job."""
        dialogue = Dialogue([ANSWER])
        job = self._job(client, model, [{"user": "And now?"}, {"model": model, "results": []}], streamed)
        with self.emulators.playing([dialogue]):
            return Played(dialogue, client.converse(replace(job, **further)))


def told_apart(script: Conversation, number: int) -> Conversation:
    """A conversation in which everything that is thought and said has a number in it."""
    mark = f"({number:03})"
    return replace(script, turns=tuple(_marked(turn, mark) for turn in script.turns))


def _marked(turn: UserTurn | AssistantTurn, mark: str) -> UserTurn | AssistantTurn:
    if isinstance(turn, UserTurn):
        return replace(turn, text=f"{mark} {turn.text}")
    blocks = (
        replace(block, text=f"{mark} {block.text}") if isinstance(block, (Thinking, Text)) else block
        for block in turn.blocks
    )
    return replace(turn, blocks=tuple(blocks))


def _opening(script: Conversation) -> str:
    first = script.turns[0]
    assert isinstance(first, UserTurn)
    return json.dumps(first.text, ensure_ascii=False).strip('"')


def _failures(dialogue: Dialogue, outcome: Outcome) -> Iterator[str]:
    if outcome.error:
        error = outcome.error
        yield f"turn {error.turn}: the client got {error.status}: {error.message}"
    for rejection in dialogue.rejections:
        yield f"rejected: {rejection}"
    # A retry that rescued the conversation is a failure, and so is a request that never came by an emulator.
    asked = len(outcome.turns) + (outcome.error is not None)
    if len(dialogue.requests) != asked:
        yield f"the client asked {asked} times, and the providers got {len(dialogue.requests)} requests"
    if not outcome.error and not dialogue.over:
        yield f"{len(dialogue.given)} of {len(dialogue.script)} turns were given"
    yield from map(str, first_of(dialogue.losses))
    for number, (given, seen) in enumerate(zip(dialogue.given, outcome.turns, strict=False), 1):
        yield from map(str, differences(given.parts, seen, number))
