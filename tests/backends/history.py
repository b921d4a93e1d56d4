"""Compare what a backend gave out in a turn with what came back of it.

What a wire has no room for is not asked of it (`Wire`): where a message has one text, text joins and stands before the
calls of its turn; where it has one thinking text, several come back as one, joined by nothing but white space.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from tests.backends.wire import strings

NOTHING = "<nothing>"


@dataclass(frozen=True)
class Part:
    """A piece of an assistant turn: what a backend gave out, or what came back.

    `place` names the block of the conversation for the one, and the path on the wire for the other. `value` is the
    reasoning, the text, or the call id ("" where any will do); `detail` is the signature or encrypted content of
    reasoning, or the arguments of a call; `name` is the tool's. An `optional` part may stay away.
    """

    kind: str
    value: str
    place: str
    detail: str = ""
    name: str = ""
    optional: bool = False


@dataclass(frozen=True)
class Wire:
    """What a request has room for: text and calls in the order in which they were given, one thinking text or more."""

    ordered: bool
    joins: bool


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
            f"    before: {shortened(self.before)!r}\n    after:  {shortened(self.after)!r}"
        )


def shortened(text: str, longest: int = 1000) -> str:
    """A text to be read: of a very long one (a megabyte of thinking) the beginning and the end."""
    if len(text) <= longest:
        return text
    return f"{text[: longest // 2]} ... ({len(text)} characters) ... {text[-longest // 4 :]}"


def judge(
    given: Sequence[Sequence[Part]],
    got: Sequence[Sequence[Part]],
    thoughts: Sequence[Part],
    visible: object,
    wire: Wire,
) -> Iterator[Finding]:
    """Yield what is wrong with a history.

    `given` and `got` are the turns that were performed and replayed; `thoughts` is all reasoning that was ever given,
    and `visible` is the request without its carriers of reasoning.
    """
    given, got = _well_formed(given), _well_formed(got)
    if len(given) != len(got):
        yield Finding(
            "the number of assistant turns changed",
            "all turns",
            "history",
            str(len(given)),
            str(len(got)),
        )
    for performed, replayed in zip(given, got, strict=False):
        yield from _judge_turn(performed, replayed, wire)
    yield from _judge_leaks(thoughts, visible)


def _well_formed(turns: Sequence[Sequence[Part]]) -> list[list[Part]]:
    """Turns with U+FFFD for half a surrogate pair.

    JSON can name one, but what becomes of it is "unpredictable" (RFC 8259, section 8.2), and UTF-8 has no form for it:
    so this is what a sender may put in its place.
    """
    return [[replace(part, value=_HALF.sub("\ufffd", part.value)) for part in turn] for turn in turns]


_HALF = re.compile("[\ud800-\udfff]")


def _judge_turn(given: Sequence[Part], got: Sequence[Part], wire: Wire) -> Iterator[Finding]:
    matches = _Matches(_of("reasoning", given), _of("reasoning", got), wire.joins)
    content = [*_judge_text(given, got), *_judge_tools(given, got)]
    yield from matches.findings
    yield from _judge_sealed(given, got)
    yield from _judge_hollow(given, got)
    behind = list(_judge_order(given, got, matches.pairs))
    yield from behind
    yield from content
    if wire.ordered and not (behind or content):
        yield from _judge_places(given, got)


def _of(kind: str, parts: Sequence[Part]) -> list[Part]:
    return [part for part in parts if part.kind == kind]


def is_joined(texts: Sequence[str], value: str) -> bool:
    """Whether a value is these texts with nothing but white space between them."""
    if len(texts) == 1:
        return value == texts[0]
    return bool(re.fullmatch(r"\s*".join(map(re.escape, texts)), value))


@dataclass
class _Matches:
    """Pairs each thinking text that was given out with the place where it came back."""

    given: list[Part]
    got: list[Part]
    joins: bool
    pairs: list[tuple[Part, Part]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._waiting = [part for part in self.given if part.value]
        for part in self.got:
            if part.value:
                self._take(part)
        for part in self._waiting:
            if not part.optional:
                self.findings.append(Finding("reasoning was dropped", part.place, "nowhere", part.value))

    def _take(self, part: Part) -> None:
        for start in range(len(self._waiting)):
            for run in self._runs(start):
                if is_joined([given.value for given in run], part.value):
                    self.pairs += [(given, part) for given in run]
                    del self._waiting[start : start + len(run)]
                    return
            if not self._waiting[start].optional:
                break
        self.findings.append(self._explain(part))

    def _runs(self, start: int) -> Iterator[list[Part]]:
        """What the next text may be made of: the next one, or as many as there are where a turn has room for one."""
        longest = len(self._waiting) - start if self.joins else 1
        for count in range(1, longest + 1):
            yield self._waiting[start : start + count]

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
    sealed = [part for part in _of("reasoning", given) if part.detail and not part.optional]
    returned = [part for part in _of("reasoning", got) if part.detail]
    for index, part in enumerate(sealed):
        back = returned[index] if index < len(returned) else Part("reasoning", "", "nowhere", NOTHING)
        if back.detail != part.detail:
            yield Finding("encrypted content was lost", part.place, back.place, part.detail, back.detail)
    allowed = {part.detail for part in _of("reasoning", given) if part.optional}
    for part in [part for part in returned[len(sealed) :] if part.detail not in allowed]:
        yield Finding("encrypted content came back twice", part.place, part.place, after=part.detail)


def _judge_hollow(given: Sequence[Part], got: Sequence[Part]) -> Iterator[Finding]:
    """An item of reasoning without text and without seal is nobody's, unless the backend gave out such a one."""
    room = sum(not part.value for part in _of("reasoning", given))
    hollow = [part for part in _of("reasoning", got) if not part.value and not part.detail]
    for part in hollow[room:]:
        yield Finding("empty reasoning was made up", part.place, part.place, NOTHING, "")


def _judge_order(given: Sequence[Part], got: Sequence[Part], pairs: Sequence[tuple[Part, Part]]) -> Iterator[Finding]:
    for thought, back in pairs:
        place = given.index(thought)
        # What also stood in front, an identical call perhaps, may stand there again.
        followers = [one for one in given[place + 1 :] if not any(_carries(part, one) for part in given[:place])]
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
    if not given.value:  # a call for which any id will do: its name and arguments tell it from others
        return part.kind == given.kind == "tool" and _same_call(given, part)
    return part.kind == given.kind and given.value in part.value


def _judge_text(given: Sequence[Part], got: Sequence[Part]) -> Iterator[Finding]:
    before = [part.value for part in _of("text", given)]
    back = _of("text", got)
    after = "".join(part.value for part in back)
    if not is_joined(before, after):
        path = back[0].place if back else "nowhere"
        block = next((part.place for part in given), "a turn of nothing")
        yield Finding("visible text was changed", block, path, "".join(before), after or NOTHING)


def _judge_places(given: Sequence[Part], got: Sequence[Part]) -> Iterator[Finding]:
    """On a wire that keeps the order, no text moves across a call or a thought, and none is joined across one."""
    before, after = _shape(given), _shape(got)
    if [kind for kind, _ in before] != [kind for kind, _ in after] or _spoken(before) != _spoken(after):
        yield Finding(
            "text and calls are out of order",
            given[0].place if given else "a turn of nothing",
            got[0].place if got else "nowhere",
            ", ".join(kind for kind, _ in before),
            ", ".join(kind for kind, _ in after),
        )


def _shape(parts: Sequence[Part]) -> list[tuple[str, str]]:
    """The kinds of a turn's parts in order, with the text of each; reasoning is left to the other rules."""
    shape: list[tuple[str, str]] = []
    neighbour = ""
    for part in parts:
        if part.kind == "text" and neighbour == "text":
            shape[-1] = ("text", shape[-1][1] + part.value)
        elif part.kind != "reasoning" and part.value + part.detail:
            shape.append((part.kind, part.value))
        neighbour = part.kind
    return shape


def _spoken(shape: Sequence[tuple[str, str]]) -> list[str]:
    return [re.sub(r"\s+", "", text) for kind, text in shape if kind == "text"]


def _judge_tools(given: Sequence[Part], got: Sequence[Part]) -> Iterator[Finding]:
    before, after = _of("tool", given), _of("tool", got)
    same = len(before) == len(after) and all(map(_same_call, before, after))
    if not same:
        yield Finding(
            "tool calls were changed",
            ", ".join(part.place for part in before) or "a turn without tools",
            ", ".join(part.place for part in after) or "nowhere",
            str([_call(part) for part in before]),
            str([_call(part) for part in after]),
        )


def _same_call(before: Part, after: Part) -> bool:
    if _call(before)[1:] != _call(after)[1:]:
        return False
    return "" in (before.value, after.value) or before.value == after.value


def _call(part: Part) -> tuple[str, str, object]:
    return part.value, part.name, json.loads(part.detail or "{}")


def _judge_leaks(thoughts: Sequence[Part], visible: object) -> Iterator[Finding]:
    """No thinking text may stand anywhere but in its carrier."""
    texts = [thought for thought in thoughts if thought.value.strip()]
    for path, value in strings(visible):
        for thought in texts:
            if thought.value in value:
                yield Finding("thinking became visible text", thought.place, path, thought.value, value)
