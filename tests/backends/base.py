"""What all backends share: play the script, judge each request, keep the record."""

from __future__ import annotations

import hashlib
import hmac
import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from tests.backends.history import Finding, Part, judge
from tests.backends.wire import Answer
from tests.conversations.model import AssistantTurn

Body = dict[str, Any]


@dataclass(frozen=True)
class Violation:
    """A broken rule of the provider, and the answer that the provider gives to it."""

    message: str
    path: str
    answer: Answer


class Backend(ABC):
    """One provider, for the length of one conversation.

    `requests` are the bodies it was sent, `rejections` the violations it answered with an error, and `findings`
    everything that it would have taken silently but that breaks a condition of passing (DESIGN.md, "Cases").
    `redacts` says whether its wire has a form for redacted thinking; a conversation with some is not for the
    others.
    """

    name: ClassVar[str]
    model: ClassVar[str]
    url: ClassVar[str]
    redacts: ClassVar[bool] = False

    def __init__(self, turns: Sequence[AssistantTurn]) -> None:
        self.script = list(turns)
        self.requests: list[Body] = []
        self.given: list[list[Part]] = []
        self.rejections: list[str] = []
        self.findings: list[str] = []

    def answer(self, body: bytes) -> Answer:
        """Judge one request, and perform the next turn of the script unless a rule forbids it."""
        request = json.loads(body)
        self.requests.append(request)
        label = f"request {len(self.requests)}"
        for violation in self.violations(request):
            self.rejections.append(f"{label}: {violation.path}: {violation.message}")
            return violation.answer
        self.findings += [f"{label}: {finding}" for finding in self._losses(request)]
        if len(self.given) == len(self.script):
            self.rejections.append(f"{label}: the script has no turn left to answer with")
            return self.exhausted()
        return self._perform(request)

    def _losses(self, request: Body) -> Iterator[Finding]:
        yield from self.foreign(request)
        yield from judge(self.given, self.replayed(request), self.without_carriers(request))

    def _perform(self, request: Body) -> Answer:
        number = len(self.given) + 1
        turn = self.script[number - 1]
        self.given.append(self.give(turn, number, request))
        return self.perform(self.given[-1], request)

    def mint(self, prefix: str, *seed: object) -> str:
        """Make an id or a seal that nobody else can make, and that is the same in every run."""
        message = "/".join([self.name, *map(str, seed)]).encode()
        return prefix + hmac.new(b"tests/backends", message, hashlib.sha256).hexdigest()[:40]

    @abstractmethod
    def violations(self, request: Body) -> Iterator[Violation]:
        """Yield what the provider rejects, first things first."""

    @abstractmethod
    def foreign(self, request: Body) -> Iterator[Finding]:
        """Yield what the provider takes silently although it has no place on its wire."""

    @abstractmethod
    def replayed(self, request: Body) -> list[list[Part]]:
        """Read the assistant turns back out of a request."""

    @abstractmethod
    def without_carriers(self, request: Body) -> object:
        """Return the request with every carrier of reasoning blanked, paths unchanged."""

    @abstractmethod
    def give(self, turn: AssistantTurn, number: int, request: Body) -> list[Part]:
        """Decide what of a turn this wire can carry, and mint the ids and seals for it."""

    @abstractmethod
    def perform(self, parts: Sequence[Part], request: Body) -> Answer:
        """Write a turn in the provider's wire form, streamed if the request asks for it."""

    @abstractmethod
    def exhausted(self) -> Answer:
        """Answer a request that the script does not foresee."""


def block_name(turn: int, index: int, kind: str) -> str:
    """Name a block as failure messages do: turns count from one, blocks from zero."""
    return f"assistant turn {turn}, block {index} ({kind})"
