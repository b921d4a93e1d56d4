"""What all backends share: play the script, judge each request, keep the record.

One `Dialogue` is one conversation. It holds the script, and each backend that takes part in the conversation reads from
it and writes to it: usually one, but a provider with two endpoints is two backends, and in a switch several providers
take turns.
"""

from __future__ import annotations

import hashlib
import hmac
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal

from tests.backends.history import Finding, Part, Wire, judge, shortened
from tests.backends.wire import Answer, Request
from tests.conversations.model import AssistantTurn, Block

Body = dict[str, Any]


@dataclass(frozen=True)
class Violation:
    """A broken rule of the provider, and the answer that the provider gives to it.

    `assumed` rules are those that docs/providers.md marks as not verified or contradictory: a lenient backend does not
    apply them, and a rejection by one says that it is one.
    """

    message: str
    path: str
    answer: Answer
    assumed: bool = False


@dataclass(frozen=True)
class Rejection:
    """What a backend answered with an error: in which request (counted from one), to what, and how."""

    request: int
    backend: str
    violation: Violation

    def __str__(self) -> str:
        note = " (a rule that is not verified; a lenient backend lets this pass)" if self.violation.assumed else ""
        message = shortened(self.violation.message)
        return f"request {self.request}, {self.backend}: {self.violation.path}: {message}{note}"


@dataclass(frozen=True)
class Loss:
    """What a backend would have taken silently, but what breaks a condition of passing."""

    request: int
    backend: str
    finding: Finding

    def __str__(self) -> str:
        return f"request {self.request}, {self.backend}: {self.finding}"


@dataclass(frozen=True)
class Given:
    """An assistant turn as it was performed: by whom, and what of it can come back."""

    account: str
    parts: list[Part]


@dataclass
class Dialogue:
    """One conversation: what is still to be said, what was said, and what every backend noted about it.

    `requests`, `judges` and `answers` run in parallel: what came in, who judged it, and what went back. `mark` is a
    text in all requests of this conversation, and in none of the others that are served at the same time.
    """

    script: Sequence[AssistantTurn]
    mark: str = field(default="", kw_only=True)
    given: list[Given] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    judges: list[Backend] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)

    @property
    def over(self) -> bool:
        return len(self.given) == len(self.script)

    def seals(self, account: str) -> set[tuple[str, str]]:
        """The reasoning that an account gave out: each text with its seal."""
        own = [part for given in self.given if given.account == account for part in given.parts]
        return {(part.value, part.detail) for part in own if part.kind == "reasoning"}


class Backend(ABC):
    """One endpoint of one provider, for the length of one conversation.

    `host` and `path` (a regular expression for all of it) say where requests come in. `account` is whose signatures it
    knows as its own. `section` is where docs/providers.md speaks of it. What its wire can carry:

    - `redacts`: reasoning that is sealed and has no text;
    - `signs`: each thinking text comes with a seal of its own, without which it is not taken back;
    - `foreign_text`: what becomes of a thinking text that another provider gave: it has to come back ("taken"), it
      may ("optional"), or it must not ("refused");
    - `ordered`: text and calls keep the order in which they were given; otherwise a message has room for one text,
      which stands before its calls. Where nobody thinks, their order is LiteLLM's own matter, and `plain-wire` holds
      that it stays as it is;
    - `joins`: a turn has room for one thinking text only, so several come back joined by white space.
    """

    name: ClassVar[str]
    section: ClassVar[str]
    host: ClassVar[str]
    path: ClassVar[str]
    account: ClassVar[str] = ""
    redacts: ClassVar[bool] = False
    signs: ClassVar[bool] = False
    foreign_text: ClassVar[Literal["taken", "optional", "refused"]] = "taken"
    ordered: ClassVar[bool] = False
    joins: ClassVar[bool] = True

    def __init__(self, dialogue: Dialogue, *, lenient: bool = False) -> None:
        self.dialogue = dialogue
        self.lenient = lenient

    def answer(self, request: Request) -> Answer:
        """Judge one request, and perform the next turn of the script unless a rule forbids it."""
        self.dialogue.requests.append(request)
        self.dialogue.judges.append(self)
        answer = self._answer(request)
        self.dialogue.answers.append(answer)
        return answer

    def _answer(self, request: Request) -> Answer:
        for violation in self.violations(request):
            if not (violation.assumed and self.lenient):
                return self._reject(violation)
        number = len(self.dialogue.requests)
        self.dialogue.losses += [Loss(number, self.name, finding) for finding in self._losses(request)]
        if self.dialogue.over:
            return self._reject(self.error("the script has no turn left to answer with"))
        return self._perform(request)

    def _reject(self, violation: Violation) -> Answer:
        rejection = Rejection(len(self.dialogue.requests), self.name, violation)
        self.dialogue.rejections.append(rejection)
        return violation.answer

    def _losses(self, request: Request) -> Iterator[Finding]:
        yield from self.foreign(request)
        expected = [self.expected(given, request) for given in self.dialogue.given]
        thoughts = [part for given in self.dialogue.given for part in given.parts if part.kind == "reasoning"]
        wire = Wire(self.ordered and bool(thoughts), self.joins)
        yield from judge(expected, self.replayed(request), thoughts, self.without_carriers(request), wire)

    def expected(self, given: Given, request: Request) -> list[Part]:
        """What of a turn has to come back in this request: all of it, if the turn is of this account."""
        if given.account == (self.account or self.name):
            return given.parts
        return [part for one in given.parts for part in self._adopted(one)]

    def _adopted(self, part: Part) -> Iterator[Part]:
        """A part that another provider gave: a seal means nothing here, and a call id only names the call."""
        if part.kind == "tool":
            yield replace(part, value="")
        elif part.kind != "reasoning":
            yield part
        elif part.value and self.foreign_text != "refused":
            yield replace(part, detail="", optional=self.foreign_text == "optional")

    def _perform(self, request: Request) -> Answer:
        number = len(self.dialogue.given) + 1
        turn = self.dialogue.script[number - 1]
        parts = self.give(turn, number, request)
        self.dialogue.given.append(Given(self.account or self.name, parts))
        return self.perform(parts, request)

    def mint(self, prefix: str, *seed: object) -> str:
        """Make an id or a seal that nobody else can make, and that is the same in every run."""
        message = "/".join([self.account or self.name, *map(str, seed)]).encode("utf-8", "surrogatepass")
        return prefix + hmac.new(b"tests/backends", message, hashlib.sha256).hexdigest()[:40]

    def no_form(self, block: Block) -> NotImplementedError:
        """Say that this wire cannot carry a block: the conversation is not for this backend."""
        return NotImplementedError(f"{self.name} has no form for {block}")

    @abstractmethod
    def violations(self, request: Request) -> Iterator[Violation]:
        """Yield what the provider rejects, first things first."""

    @abstractmethod
    def foreign(self, request: Request) -> Iterator[Finding]:
        """Yield what the provider takes silently although it has no place on its wire."""

    @abstractmethod
    def replayed(self, request: Request) -> list[list[Part]]:
        """Read the assistant turns back out of a request."""

    @abstractmethod
    def without_carriers(self, request: Request) -> object:
        """Return the request's body with every carrier of reasoning blanked, paths unchanged."""

    @abstractmethod
    def give(self, turn: AssistantTurn, number: int, request: Request) -> list[Part]:
        """Decide what of a turn this wire can carry, and mint the ids and seals for it."""

    @abstractmethod
    def perform(self, parts: Sequence[Part], request: Request) -> Answer:
        """Write a turn in the provider's wire form, streamed if the request asks for it."""

    @abstractmethod
    def error(self, message: str, path: str = "body") -> Violation:
        """Wrap a message in the provider's envelope for a bad request."""


def block_name(turn: int, index: int, kind: str) -> str:
    """Name a block as failure messages do: turns count from one, blocks from zero."""
    return f"assistant turn {turn}, block {index} ({kind})"
