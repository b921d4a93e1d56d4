"""What all clients have in common: a name, an endpoint, and a way to have a conversation."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from tests.clients.job import Endpoint, Error, Item, Job, Outcome
from tests.round_trip.seen import Seen


class Client(ABC):
    """A client library, used as its documentation shows.

    `keeps_signatures` is whether what it sends back has the signatures of thinking in it.
    """

    name: str
    endpoint: ClassVar[Endpoint]
    keeps_signatures: ClassVar[bool] = True

    @abstractmethod
    def converse(self, job: Job) -> Outcome:
        """Have the whole conversation, or as much of it as there is before an error."""

    def history(self, question: str, thinking: str, signature: str, answer: str) -> list[Item]:
        """One question and its answer with thinking, in the library's form; only where it `keeps_signatures`."""
        raise NotImplementedError(f"{self.name} has no place for a signature")


class Talk(ABC):
    """One conversation of a Python SDK: the history so far, and what was seen."""

    errors: ClassVar[type[Exception]]

    def __init__(self, job: Job) -> None:
        self.job = job
        self.history: list[Item] = list(job.history)
        self.outcome = Outcome()

    def run(self) -> Outcome:
        for number, turn in enumerate(self.job.turns, 1):
            if "user" in turn:
                self.history.append({"role": "user", "content": turn["user"]})
                continue
            try:
                seen = self.ask(turn["model"])
            except self.errors as error:
                self.outcome.error = Error(int(getattr(error, "status_code", 0)), str(error), number)
                break
            self.outcome.turns.append(seen)
            self.answer_tools(seen, turn["results"])
        return self.outcome

    @abstractmethod
    def ask(self, model: str) -> Seen:
        """Ask for the next answer, and add it to the history."""

    @abstractmethod
    def answer_tools(self, seen: Seen, results: list[str]) -> None:
        """Add the results of the calls that were seen, if there were any."""


def schema(names: Sequence[str]) -> Item:
    """The JSON schema of a tool whose arguments are texts."""
    return {"type": "object", "properties": {name: {"type": "string"} for name in names}, "required": list(names)}
