"""Play one case and collect what breaks one of the four conditions of passing (docs/suite.md#what-it-proves)."""

from __future__ import annotations

import gc
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import litellm

from tests import conversations
from tests.backends import BACKENDS, Backend, Dialogue
from tests.backends.base import Given, block_name
from tests.backends.dialects import Dialect, spoken, told_usage, wires
from tests.backends.history import Part, shortened
from tests.backends.respx_mount import Recut, mounted
from tests.conversations.model import (
    ELSEWHERE,
    AssistantTurn,
    Block,
    Conversation,
    Redacted,
    Text,
    Thinking,
    ToolUse,
    UserTurn,
)
from tests.round_trip.calls import NoSuchEntry
from tests.round_trip.explain import failures_of
from tests.round_trip.failures import Failure
from tests.round_trip.grid import STREAM, Case
from tests.round_trip.ingress import INGRESSES, Ingress
from tests.round_trip.routes import ROUTES, Route
from tests.round_trip.seen import differences
from tests.round_trip.strict import faults
from tests.round_trip.trace import Trace

# Otherwise it prints where to give feedback, once for each error that a provider answers with.
litellm.suppress_debug_info = True
# On /v1/messages some releases try to import the proxy at every call, which an environment without its extra ends after
# a dozen modules. Here it ends at once, in the same way.
sys.modules.setdefault("litellm.proxy.proxy_server", None)  # type: ignore[arg-type]
# What `import litellm` leaves behind stays; to look through it again and again costs a tenth of the grid's time.
gc.freeze()
# Before 1.83 LiteLLM copies a stream's whole answer while a thread of its logging writes into it, and one answer in a
# hundred raises "dictionary changed size during iteration", patched or not. No thinking is in that: here a thread keeps
# its turn until it waits.
sys.setswitchinterval(1)


LIMIT = 10
"""Seconds of processor time after which a call is endless; one of the default grid takes less than one."""


class Endless(BaseException):
    """A call goes on and on. No `Exception`, because LiteLLM might catch it, and go on."""


class Unplayable(Exception):
    """The release lacks what the case calls, and nothing failed before that; the text says what it has instead."""


@dataclass
class Stage:
    """Who takes part in a case, what broke a condition of passing at the client, and how many requests were sent."""

    case: Case
    dialogue: Dialogue
    trace: Trace
    client: Ingress
    failures: list[Failure] = field(default_factory=list)
    sent: int = 0


async def play(case: Case, conversation: Conversation | None = None, *, synchronous: bool = False) -> list[Failure]:
    """Return the failures of a case; an empty list is a pass. Raises Unplayable.

    `conversation` takes the place of the one that the case names.
    """
    script = conversation or conversations.load(case.script)
    if case.dialect is not None:
        return await speak(case, script, [case.dialect])
    stage = await perform(case, script, synchronous=synchronous)
    return [*failures_of(stage.dialogue, stage.trace, stage.sent), *stage.failures]


async def speak(case: Case, script: Conversation, dialects: Sequence[Dialect]) -> list[Failure]:
    """Return the failures of a case whose backend speaks some dialects: those of the four conditions, and `strict`'s.

    Raises Unplayable.
    """
    stage = await perform(case, script, recut=lambda answer: spoken(answer, dialects))
    wires_of = {wire for judge in stage.dialogue.judges for wire in wires(type(judge))}
    usage = told_usage(case.mode == STREAM, wires_of, dialects)
    wrong = [
        Failure(f"assistant turn {number}: {fault}")
        for number, given in enumerate(stage.dialogue.given, 1)
        for fault in _faults(stage, number, given, usage)
    ]
    return [*failures_of(stage.dialogue, stage.trace, stage.sent), *stage.failures, *wrong]


def _faults(stage: Stage, number: int, given: Given, usage: tuple[int, int] | None) -> Iterator[str]:
    exchange = stage.trace.exchanges.get(number)
    if exchange is not None and exchange.given is not None:
        yield from faults(stage.case.ingress, exchange.given, given.parts, usage)


async def perform(
    case: Case,
    script: Conversation,
    *,
    synchronous: bool = False,
    recut: Recut | None = None,
    client: type[Ingress] | None = None,
) -> Stage:
    """Play a case and return who took part, with all that they noted. Raises Unplayable.

    `recut` is for `mounted`; `client` takes the place of the ordinary one of the ingress.
    """
    dialogue = Dialogue(script.assistant_turns)
    trace = Trace(dialogue)
    kind = client or INGRESSES[case.ingress]
    stage = Stage(case, dialogue, trace, kind(script, trace, synchronous=synchronous))
    with mounted(_endpoints(case, script, dialogue), recut) as router:
        await _converse(stage, script)
        stage.sent = router.calls.call_count
    return stage


def _endpoints(case: Case, conversation: Conversation, dialogue: Dialogue) -> list[Backend]:
    names = [case.backend, *conversation.visitors]
    endpoints = dict.fromkeys(endpoint for name in names for endpoint in BACKENDS[name])
    return [endpoint(dialogue) for endpoint in endpoints]


async def _converse(stage: Stage, conversation: Conversation) -> None:
    """Say every turn and take every answer; what LiteLLM raises ends the conversation and is a failure of it."""
    for step in conversation.turns:
        if isinstance(step, UserTurn):
            stage.client.say(step.text, thinking=step.thinking)
        elif step.by == ELSEWHERE:
            _bring(stage, step)
        else:
            try:
                await _take(stage, step)
            except NoSuchEntry as missing:
                if stage.failures or stage.dialogue.losses or stage.dialogue.rejections:
                    return
                raise Unplayable(str(missing)) from None
            except (Exception, Endless) as error:  # whatever a release raises is what its user would see
                _end(stage, error)
                return


def _end(stage: Stage, error: BaseException) -> None:
    """Note what was raised, unless it only passes on what the backend has just rejected."""
    rejections = stage.dialogue.rejections
    if not (rejections and rejections[-1].request == len(stage.dialogue.requests)):
        text = f"assistant turn {stage.trace.turn}: raised {type(error).__name__}: {shortened(str(error))}"
        stage.failures.append(Failure(text))


async def _take(stage: Stage, step: AssistantTurn) -> None:
    given = stage.dialogue.given
    mode = stage.case.streams(len(given) + 1, len(stage.dialogue.script))
    route = ROUTES[step.by or stage.case.backend]
    with _settings(route), _bounded():
        seen = await stage.client.receive(route, mode)
    if step.of(ToolUse):
        stage.client.answer_tools(seen, step.of(ToolUse))
    stage.failures += differences(given[-1].parts, seen, len(given))


@contextmanager
def _bounded() -> Iterator[None]:
    """End what takes more than `LIMIT`, where the system can tell: on 1.83.0 a comment in Gemini's stream (N60)."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGPROF, _stop)
    # Again each second, in case that it was raised where somebody swallows it.
    signal.setitimer(signal.ITIMER_PROF, LIMIT, 1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _stop(_signal: int, _frame: object) -> None:
    raise Endless(f"it went on for {LIMIT} seconds of processor time")


@contextmanager
def _settings(route: Route) -> Iterator[None]:
    """Set LiteLLM's own switches for the length of a call."""
    before = {name: getattr(litellm, name, None) for name in route.settings}
    for name, value in route.settings.items():
        setattr(litellm, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(litellm, name, value)


def _bring(stage: Stage, step: AssistantTurn) -> None:
    """Let the client have a turn that no backend of the suite gave."""
    stage.client.bring(step)
    number = len(stage.dialogue.given) + 1
    parts = [_part(block, block_name(number, index, "from elsewhere")) for index, block in enumerate(step.blocks)]
    stage.dialogue.given.append(Given(ELSEWHERE, parts))


def _part(block: Block, place: str) -> Part:
    if isinstance(block, Thinking):
        return Part("reasoning", block.text, place, block.signature or "")
    if isinstance(block, Redacted):
        return Part("reasoning", "", place, block.seed)
    if isinstance(block, Text):
        return Part("text", block.text, place)
    raise NotImplementedError("a call from elsewhere has no id that the client could answer")
