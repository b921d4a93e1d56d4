"""Tiny fake LiteLLMs: each stands between an honest client and a backend, and lies in one way.

    client -> its request -> the lie -> backend -> its answer -> the lie -> client

Each lies in every request, and in all turns where it can, as a broken LiteLLM would. Where a lie means nothing, it says
why (`untellable`): that follows from what the endpoint gives out and asks back, and from the traits of its wire.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from itertools import zip_longest
from typing import ClassVar, cast

from tests.backends import Backend
from tests.backends.base import Dialogue, Loss, Rejection
from tests.backends.bedrock_converse import BedrockOwn
from tests.backends.responses import Responses
from tests.backends.wire import JSON, Answer, Request, strings
from tests.conversations import load
from tests.judges.asking import said
from tests.judges.endpoints import client_of, nature
from tests.judges.honest import Body, truth
from tests.judges.wires import Block, Turn, Wire, wire_of

Run = list[tuple[str, Body]]

# What the liars play: each lie has something to spoil in at least one of them.
CONVERSATIONS = ("thinking-text-tool", "interleaved", "two-thinking-blocks", "tool-loop")


class GaveUp(Exception):
    """The provider answered with an error, and the client leaves it at that."""


@dataclass(frozen=True)
class Touched:
    """A turn about which a request lies: the paths where it stands, and the objects that stood and stand there."""

    paths: list[str]
    natives: list[Body]

    @property
    def idents(self) -> list[str]:
        """The ids and seals in it."""
        named = [value for path, value in strings(self.natives) if path.endswith(("id", "encrypted_content"))]
        return list(filter(None, named))


def _quotes(message: str, ident: str) -> bool:
    """Whether a message has an id in it, or both ends of a seal."""
    return ident in message or f"{ident[:4]}…{ident[-4:]}" in message


class Liar:
    """The one that tells the truth: the control. What the provider wants not to have back, it does not send.

    It stands in the place of a backend. `told` says for each request which turns, counted from one, it lies about;
    `statuses` is what the client got to see. `shows_as` are the findings that name this lie and no other.
    """

    name: ClassVar[str] = "honest"
    shows_as: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self.wire: Wire = wire_of(type(backend))
        self.told: list[dict[int, Touched]] = []
        self.statuses: list[int] = []

    @classmethod
    def untellable(cls, endpoint: type[Backend]) -> str:
        """Why there is nothing to lie about at an endpoint; "" if there is."""
        return ""

    @property
    def dialogue(self) -> Dialogue:
        return self.backend.dialogue

    @property
    def lies(self) -> bool:
        """Whether there was something to lie about."""
        return any(self.told)

    def record(self) -> str:
        """All that the backend noted."""
        return said(self.backend)

    @property
    def rejected(self) -> bool:
        """Whether the provider itself answered the lie with an error."""
        return any(map(self._charged, self.dialogue.rejections))

    def evidence(self) -> list[str]:
        """What the backend noted that names the lie: the turn or the path of it, and for a finding what is wrong."""
        rejections = [str(one) for one in self.dialogue.rejections if self._charged(one)]
        return rejections + [str(one) for one in self.dialogue.losses if self.found(one)]

    def _charged(self, rejection: Rejection) -> bool:
        """Whether an error points below the path of a spoilt turn, or quotes an id or a seal of it."""
        path, message = re.sub(r"\.(\d+)", r"[\1]", rejection.violation.path), rejection.violation.message
        return any(
            any(path.startswith(one) for one in touched.paths) or any(_quotes(message, one) for one in touched.idents)
            for touched in self.told[rejection.request - 1].values()
        )

    def found(self, loss: Loss) -> bool:
        """Whether a finding is about this kind of lie, and names a spoilt turn or points below its path."""
        finding = loss.finding
        return finding.what in self.shows_as and any(
            finding.block.startswith(f"assistant turn {number},") or any(map(finding.path.startswith, touched.paths))
            for number, touched in self.told[loss.request - 1].items()
        )

    def answer(self, request: Request) -> Answer:
        """Forward a request, and hand the answer back. Raises `GaveUp` if it is an error."""
        answer = self.forward(request)
        self.statuses.append(answer.status)
        if answer.status != 200:
            raise GaveUp(answer.body)
        return answer

    def forward(self, request: Request) -> Answer:
        return self.send(request, self.lied(request))

    def lied(self, request: Request) -> Body:
        """The body that goes out instead of the client's."""
        body = copy.deepcopy(request.body)
        self.lie(body)
        return self.fit(body)

    def lie(self, body: Body) -> None:
        """Spoil a body. The honest one takes every turn apart and puts it together again."""
        self.wire.write(body, self.wire.turns(body))

    def fit(self, body: Body) -> Body:
        """Leave out thinking where the provider wants none of it back."""
        if not nature(type(self.backend)).asked:
            self.wire.unthinking(body)
        return body

    def send(self, request: Request, body: Body) -> Answer:
        """Put a body to the backend, and note what of it is not the truth."""
        self.told.append(self.touched(self.fit(copy.deepcopy(request.body)), body))
        return self.backend.answer(replace(request, raw=json.dumps(body).encode()))

    def touched(self, true: Body, body: Body) -> dict[int, Touched]:
        """The turns that are not as they should be."""
        runs: Iterator[tuple[Run, Run]] = zip_longest(self.wire.places(true), self.wire.places(body), fillvalue=[])
        return {
            number: Touched([path for path, _ in after], [native for _, native in (*before, *after)])
            for number, (before, after) in enumerate(runs, 1)
            if [native for _, native in before] != [native for _, native in after]
        }


class Returning(Liar):
    """A liar about reasoning that has to come back."""

    @classmethod
    def untellable(cls, endpoint: type[Backend]) -> str:
        if not nature(endpoint).given:
            return "the provider gives no reasoning out"
        return "" if nature(endpoint).asked else "the provider's reasoning is not to come back"


class DropsThinking(Returning):
    name = "drops-thinking"
    shows_as = frozenset({"reasoning was dropped"})

    def lie(self, body: Body) -> None:
        self.wire.unthinking(body)


class ThinkingToText(Liar):
    name = "thinking-to-text"
    shows_as = frozenset({"thinking became visible text"})

    @classmethod
    def untellable(cls, endpoint: type[Backend]) -> str:
        return "" if nature(endpoint).given else "the provider gives no reasoning out"

    def lie(self, body: Body) -> None:
        self.wire.write(body, [list(filter(None, map(self._aloud, turn))) for turn in self.wire.turns(body)])

    def _aloud(self, block: Block) -> Block | None:
        """A seal without text has nothing to say."""
        if block.kind != "thinking":
            return block
        return self.wire.visible(block.text) if block.text else None


class ReordersBlocks(Returning):
    """Puts thinking behind what followed it; where it has no place among other blocks, two thoughts are exchanged."""

    name = "reorders-blocks"
    shows_as = frozenset(
        {"reasoning stands behind what followed it", "reasoning is out of order", "reasoning was changed"}
    )

    def lie(self, body: Body) -> None:
        turns = self.wire.turns(body)
        if self.wire.listed:
            self.wire.write(body, list(map(_late, turns)))
        else:
            self.wire.write(body, _exchanged(turns))


def _late(turn: Turn) -> Turn:
    """Put the first thought behind the first block that is none."""
    first = next((block for block in turn if block.kind == "thinking"), None)
    seen = next((block for block in turn if block.kind == "seen"), None)
    if not (first and seen):
        return turn
    rest = [block for block in turn if block is not first]
    place = next(index for index, block in enumerate(rest) if block is seen) + 1
    return [*rest[:place], first, *rest[place:]]


def _exchanged(turns: list[Turn]) -> list[Turn]:
    """Exchange the first two thoughts, be they of one turn or of two."""
    places = [(i, j) for i, turn in enumerate(turns) for j, block in enumerate(turn) if block.kind == "thinking"]
    if len(places) > 1:
        (i, j), (k, m) = places[:2]
        turns[i][j], turns[k][m] = turns[k][m], turns[i][j]
    return turns


class ForgesASignature(Returning):
    name = "forges-a-signature"
    shows_as = frozenset({"encrypted content came back twice"})

    @classmethod
    def untellable(cls, endpoint: type[Backend]) -> str:
        """Responses and Converse have a place for a seal, also where none is given out: then any is foreign."""
        read = nature(endpoint).seals or issubclass(endpoint, Responses | BedrockOwn)
        return super().untellable(endpoint) or ("" if read else "the provider reads no seal")

    def lie(self, body: Body) -> None:
        self.wire.write(
            body,
            [
                [self.wire.forged(block) if block.kind == "thinking" else block for block in turn]
                for turn in self.wire.turns(body)
            ],
        )


class MergesTwoBlocks(Returning):
    name = "merges-two-blocks"
    shows_as = frozenset({"reasoning is out of order"})

    @classmethod
    def untellable(cls, endpoint: type[Backend]) -> str:
        return super().untellable(endpoint) or ("several thoughts may come back joined" if endpoint.joins else "")

    def lie(self, body: Body) -> None:
        self.wire.write(body, list(map(self._merged, self.wire.turns(body))))

    def _merged(self, turn: Turn) -> Turn:
        """Make the first two thoughts of a turn one, with the seal of the first."""
        one, other = ([block for block in turn if block.text] + [None, None])[:2]
        if not (one and other):
            return turn
        both = self.wire.reworded(one, f"{one.text}\n\n{other.text}")
        return [both if block is one else block for block in turn if block is not other]


class LeaksThinkingBlocks(Liar):
    """Sends LiteLLM's own field along."""

    name = "leaks-thinking_blocks"
    shows_as = frozenset({"foreign field on the wire"})

    def lie(self, body: Body) -> None:
        for run, turn in zip(self.wire.places(body), self.wire.turns(body), strict=True):
            texts = [block.text for block in turn if block.text] or ["A thought of an earlier provider."]
            blocks = [{"type": "thinking", "thinking": text, "signature": ""} for text in texts]
            next(native for _, native in run if native.get("type") != "reasoning")["thinking_blocks"] = blocks


class KeepsWhatMustGo(Liar):
    """Sends reasoning to a provider that wants none of it back. (It only serves to be rejected.)"""

    name = "keeps-what-must-go"

    def lied(self, request: Request) -> Body:
        return copy.deepcopy(request.body)


class RetriesAfterStripping(Liar):
    """Makes an error go away: on a 400 it takes all thinking out and asks again, and the client sees a 200.

    It brings the error about with another lie. Where no lie is rejected, it asks the same thing twice.
    """

    name = "retries-after-stripping"
    shows_as = frozenset({"the number of assistant turns changed"})

    def __init__(self, backend: Backend) -> None:
        super().__init__(backend)
        first = provocation(type(backend))
        self.first = first(backend) if first else None

    @property
    def lies(self) -> bool:
        """Whether the provider was asked more often than the client asked."""
        return len(self.dialogue.requests) > len(self.statuses)

    def found(self, loss: Loss) -> bool:
        """A second answer to one question leaves no trace in the history but a turn that never comes back."""
        return self.first is None and loss.finding.what in self.shows_as

    def forward(self, request: Request) -> Answer:
        if self.first is None:
            answer = self.send(request, self.lied(request))
            self.send(request, self.lied(request))
            return answer
        answer = self.send(request, self.first.lied(request))
        if answer.status == 200:
            return answer
        body = self.lied(request)
        self.wire.silence(body)
        return self.send(request, body)


class DoublesStreamedText(Returning):
    """Gives the client each streamed thought twice, and what comes back is what the client was given."""

    name = "doubles-streamed-text"
    shows_as = frozenset({"reasoning came back twice"})

    def __init__(self, backend: Backend) -> None:
        super().__init__(backend)
        self.doubled: set[int] = set()

    def forward(self, request: Request) -> Answer:
        answer = super().forward(request)
        pieces = answer.pieces if answer.content_type == JSON else self.wire.doubled(answer.pieces)
        if pieces != answer.pieces:
            self.doubled.add(len(self.dialogue.given))
        return replace(answer, pieces=pieces)

    def touched(self, true: Body, body: Body) -> dict[int, Touched]:
        """Nothing is changed on the way: the client itself no longer knows better."""
        runs = enumerate(self.wire.places(body), 1)
        return {
            number: Touched([path for path, _ in run], [native for _, native in run])
            for number, run in runs
            if number in self.doubled
        }


LIARS: tuple[type[Liar], ...] = (
    DropsThinking,
    ThinkingToText,
    ReordersBlocks,
    ForgesASignature,
    MergesTwoBlocks,
    LeaksThinkingBlocks,
    RetriesAfterStripping,
    DoublesStreamedText,
)


@cache
def provocation(endpoint: type[Backend]) -> type[Liar] | None:
    """A lie that the provider rejects, if there is one."""
    for kind in (ForgesASignature, LeaksThinkingBlocks, DropsThinking, ThinkingToText, KeepsWhatMustGo):
        if not kind.untellable(endpoint) and play(kind, endpoint, "thinking-text-tool").dialogue.rejections:
            return kind
    return None


def play(kind: type[Liar], endpoint: type[Backend], name: str, *, stream: bool = False, lenient: bool = False) -> Liar:
    """Play a conversation through a liar, to its end or to the first error that the client sees."""
    client = client_of(endpoint, stream=stream, lenient=lenient)
    liar = kind(client.backend)
    client.backend = cast(Backend, liar)  # what a client asks of a backend, a liar has as well
    with suppress(GaveUp):
        client.play(load(name))
        client.spoilt(truth)
    return liar
