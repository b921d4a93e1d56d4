"""Compare what a backend gave out in a turn with what came back of it.

Not judged here: text that moved behind the tool calls of its turn, or was joined with other text. That is failure
F24, open in every release; reasoning, however, must stand before everything that followed it in its turn. Several
thinking texts may come back as one, joined by nothing but white space, because most carriers have room for one text
only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tests.backends.wire import strings

NOTHING = "<nothing>"


@dataclass(frozen=True)
class Part:
    """A piece of an assistant turn: what a backend gave out, or what came back.

    `place` names the block of the conversation for the one, and the path on the wire for the other. `value` is the
    reasoning, the text, or the call id; `detail` is the encrypted content of reasoning, or the arguments of a call;
    `name` is the tool's.
    """

    kind: str
    value: str
    place: str
    detail: str = ""
    name: str = ""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with a request: which block, where on the wire, before and after."""

    what: str
    block: str
    path: str
    before: str = NOTHING
    after: str = NOTHING

    def __str__(self) -> str:
        return (
            f"{self.what}\n    block:  {self.block}\n    path:   {self.path}\n"
            f"    before: {self.before!r}\n    after:  {self.after!r}"
        )


def judge(given: Sequence[Sequence[Part]], got: Sequence[Sequence[Part]], visible: object) -> Iterator[Finding]:
    """Yield what is wrong with a history.

    `given` and `got` are the turns that were performed and replayed; `visible` is the request without its carriers
    of reasoning.
    """
    if len(given) != len(got):
        yield Finding(
            "the number of assistant turns changed",
            "all turns",
            "history",
            str(len(given)),
            str(len(got)),
        )
    for performed, replayed in zip(given, got, strict=False):
        yield from _judge_turn(performed, replayed)
    yield from _judge_leaks(given, visible)


def _judge_turn(given: Sequence[Part], got: Sequence[Part]) -> Iterator[Finding]:
    matches = _Matches(_of("reasoning", given), _of("reasoning", got))
    yield from matches.findings
    yield from _judge_sealed(given, got)
    yield from _judge_hollow(given, got)
    yield from _judge_order(given, got, matches.pairs)
    yield from _judge_text(given, got)
    yield from _judge_tools(given, got)


def _of(kind: str, parts: Sequence[Part]) -> list[Part]:
    return [part for part in parts if part.kind == kind]


def _joined(texts: Sequence[str]) -> re.Pattern[str]:
    return re.compile(r"\s*".join(re.escape(text) for text in texts), re.DOTALL)


@dataclass
class _Matches:
    """Pairs each thinking text that was given out with the place where it came back."""

    given: list[Part]
    got: list[Part]
    pairs: list[tuple[Part, Part]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._waiting = [part for part in self.given if part.value]
        for part in self.got:
            if part.value:
                self._take(part)
        for part in self._waiting:
            self.findings.append(Finding("reasoning was dropped", part.place, "nowhere", part.value))

    def _take(self, part: Part) -> None:
        for count in range(1, len(self._waiting) + 1):
            run = self._waiting[:count]
            if _joined([given.value for given in run]).fullmatch(part.value):
                self.pairs += [(given, part) for given in run]
                del self._waiting[:count]
                return
        self.findings.append(self._explain(part))

    def _explain(self, part: Part) -> Finding:
        if any(given.value in part.value for given, _ in self.pairs):
            return Finding("reasoning came back twice", part.place, part.place, NOTHING, part.value)
        if any(part.value.count(given.value) > 1 for given in self._waiting):
            return self._replaced("reasoning came back twice", part)
        if any(given.value in part.value for given in self._waiting[1:]):
            return self._replaced("reasoning is out of order", part)
        if not part.value.strip(" \t\r\n."):
            return self._replaced("a placeholder stands in for the reasoning", part)
        return self._replaced("reasoning was changed", part)

    def _replaced(self, what: str, part: Part) -> Finding:
        """Charge the text to the block that should have stood there, if one is still missing."""
        if not self._waiting:
            return Finding("foreign reasoning", part.place, part.place, NOTHING, part.value)
        missing = self._waiting.pop(0)
        return Finding(what, missing.place, part.place, missing.value, part.value)


def _judge_sealed(given: Sequence[Part], got: Sequence[Part]) -> Iterator[Finding]:
    """Encrypted content that was given out comes back once, in order, byte for byte."""
    sealed = [part for part in _of("reasoning", given) if part.detail]
    returned = [part for part in _of("reasoning", got) if part.detail]
    for index, part in enumerate(sealed):
        back = returned[index] if index < len(returned) else Part("reasoning", "", "nowhere", NOTHING)
        if back.detail != part.detail:
            yield Finding("encrypted content was lost", part.place, back.place, part.detail, back.detail)
    for part in returned[len(sealed) :]:
        yield Finding("encrypted content came back twice", part.place, part.place, after=part.detail)


def _judge_hollow(given: Sequence[Part], got: Sequence[Part]) -> Iterator[Finding]:
    """An item of reasoning without text and without seal is nobody's, unless the backend gave out such a one."""
    room = sum(not part.value for part in _of("reasoning", given))
    hollow = [part for part in _of("reasoning", got) if not part.value and not part.detail]
    for part in hollow[room:]:
        yield Finding("empty reasoning was made up", part.place, part.place, NOTHING, "")


def _judge_order(given: Sequence[Part], got: Sequence[Part], pairs: Sequence[tuple[Part, Part]]) -> Iterator[Finding]:
    for thought, back in pairs:
        followers = given[given.index(thought) + 1 :]
        for part in got[: got.index(back)]:
            if part.kind != "reasoning" and any(_carries(part, one) for one in followers):
                yield Finding(
                    "reasoning stands behind what followed it",
                    thought.place,
                    back.place,
                    "before",
                    part.place,
                )


def _carries(part: Part, given: Part) -> bool:
    return part.kind == given.kind and given.value in part.value


def _judge_text(given: Sequence[Part], got: Sequence[Part]) -> Iterator[Finding]:
    before = [part.value for part in _of("text", given)]
    back = _of("text", got)
    after = "".join(part.value for part in back)
    if not _joined(before).fullmatch(after):
        path = back[0].place if back else "nowhere"
        block = next((part.place for part in given), "a turn of nothing")
        yield Finding("visible text was changed", block, path, "".join(before), after or NOTHING)


def _judge_tools(given: Sequence[Part], got: Sequence[Part]) -> Iterator[Finding]:
    before, after = _of("tool", given), _of("tool", got)
    if [_call(part) for part in before] != [_call(part) for part in after]:
        yield Finding(
            "tool calls were changed",
            ", ".join(part.place for part in before) or "a turn without tools",
            ", ".join(part.place for part in after) or "nowhere",
            str([_call(part) for part in before]),
            str([_call(part) for part in after]),
        )


def _call(part: Part) -> tuple[str, str, object]:
    return part.value, part.name, json.loads(part.detail or "{}")


def _judge_leaks(given: Sequence[Sequence[Part]], visible: object) -> Iterator[Finding]:
    """No thinking text may stand anywhere but in its carrier."""
    thoughts = [part for turn in given for part in _of("reasoning", turn) if part.value]
    for path, value in strings(visible):
        for thought in thoughts:
            if thought.value in value:
                yield Finding("thinking became visible text", thought.place, path, thought.value, value)
