"""Turn the record of a conversation into failures that explain themselves."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from tests.backends import Dialogue
from tests.backends.base import Loss, Rejection
from tests.backends.history import shortened
from tests.round_trip.failures import Failure
from tests.round_trip.trace import Trace, plain

LONGEST_LINE, MOST_LINES = 300, 120
_KEYS = {"api_key", "aws_access_key_id", "aws_secret_access_key", "vertex_credentials"}


def failures_of(dialogue: Dialogue, trace: Trace, sent: int) -> Iterator[Failure]:
    """The failures that the provider's side of a conversation shows; `sent` requests were counted outside."""
    expected = trace.answered
    for rejection in dialogue.rejections:
        yield _rejected(trace, rejection)
    if not sent == len(dialogue.requests) == expected:
        # A retry that rescued the case is a failure, and so is a request that never came by here.
        yield Failure(f"{expected} requests were expected, {sent} were sent", _first_rejection(dialogue, trace))
    for loss in first_of(dialogue.losses):
        yield _lost(trace, loss)


def _first_rejection(dialogue: Dialogue, trace: Trace) -> str:
    """Where the reasoning of which the provider complained changed first, if it was that which led to another try."""
    return trace.first_loss(dialogue.rejections[0].request) if dialogue.rejections else ""


def first_of(losses: Sequence[Loss]) -> list[Loss]:
    """What is lost once is missing in every later request as well; the first one tells it."""
    seen: dict[tuple[str, ...], Loss] = {}
    for loss in losses:
        finding = loss.finding
        seen.setdefault((finding.what, finding.block, finding.before, finding.after), loss)
    return list(seen.values())


def _rejected(trace: Trace, rejection: Rejection) -> Failure:
    changed = trace.first_loss(rejection.request)
    return Failure(f"rejected: {rejection}", changed, partial(_tell_rejected, trace, rejection, changed))


def _tell_rejected(trace: Trace, rejection: Rejection, changed: str) -> Iterator[str]:
    yield _answer(trace, rejection.request)
    yield from _bodies(trace, changed, rejection.request)


def _answer(trace: Trace, request: int) -> str:
    answer = trace.dialogue.answers[request - 1]
    return f"    the provider's answer ({answer.status}): {shortened(answer.body.decode('utf-8', 'replace'))}"


def _lost(trace: Trace, loss: Loss) -> Failure:
    changed = trace.first_change(loss.finding.block, loss.request)
    return Failure(str(loss), changed, partial(_tell_lost, trace, loss, changed))


def _tell_lost(trace: Trace, loss: Loss, changed: str) -> Iterator[str]:
    for name, value in trace.digests(loss.finding.block, loss.request).items():
        yield f"    {name:<11}  {value}" + ("  <- changed first here" if name == changed else "")
    yield _answer(trace, loss.request)
    yield from _bodies(trace, changed, loss.request)


def _bodies(trace: Trace, changed: str, request: int) -> Iterator[str]:
    """The two bodies between which something changed, as a diff: the provider's and the client's side of LiteLLM."""
    exchange = trace.exchange_of(request)
    wire = trace.dialogue.requests[request - 1].body
    if exchange is None:
        return
    # What opens a provider's door says nothing of thinking, and looks like a leak in a log.
    sent = {name: value for name, value in exchange.sent.items() if name not in _KEYS}
    if changed in ("adapter out", "client in"):
        earlier = [one for one in trace.exchanges.values() if one is not exchange]
        if earlier:
            answer = trace.dialogue.answers[earlier[-1].first_request - 1].body.decode("utf-8", "replace")
            yield from _diff("the provider's answer", _loaded(answer), "what LiteLLM gave", plain(earlier[-1].given))
            return
    yield from _diff("what the client sent", sent, "what reached the provider", wire)


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text.splitlines()


def _diff(before: str, one: Any, after: str, other: Any) -> Iterator[str]:
    lines = difflib.unified_diff(_lines(one), _lines(other), before, after, lineterm="", n=2)
    for number, line in enumerate(lines):
        if number == MOST_LINES:
            yield "    ..."
            return
        yield f"    {line}" if len(line) <= LONGEST_LINE else f"    {line[:LONGEST_LINE]}... ({len(line)} characters)"


def _lines(data: Any) -> list[str]:
    return json.dumps(data, indent=1, ensure_ascii=False, sort_keys=True, default=str).splitlines()
