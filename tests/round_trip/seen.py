"""What a client saw of an assistant turn, in a form that is the same for every ingress."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.backends.history import Finding, Part, is_joined
from tests.round_trip.failures import Failure


@dataclass
class Seen:
    """Thinking texts, visible texts, and calls as (id, name, arguments), each in order."""

    thinking: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    calls: list[tuple[str, str, str]] = field(default_factory=list)


def of_completion(message: Mapping[str, Any]) -> Seen:
    """What a message of `/v1/chat/completions` shows."""
    calls = message.get("tool_calls") or []
    return Seen(
        [message["reasoning_content"]] if message.get("reasoning_content") else [],
        [message["content"]] if message.get("content") else [],
        [(call["id"], call["function"]["name"], call["function"]["arguments"]) for call in calls],
    )


def differences(given: Sequence[Part], seen: Seen, turn: int) -> list[Failure]:
    """Say how a client's view of an assistant turn (counted from one) differs from what the backend performed.

    Streamed or whole is compared with the same thing, so a turn that passes both ways was the same both ways. Where
    a wire joins texts, only white space may stand between them.
    """
    found = [
        *_compare("thinking", turn, _values("reasoning", given), seen.thinking),
        *_compare("text", turn, _values("text", given), seen.text),
        *_compare_calls(turn, given, seen),
    ]
    return [Failure(str(finding), "adapter out") for finding in found]


def _values(kind: str, parts: Sequence[Part]) -> list[str]:
    return [part.value for part in parts if part.kind == kind and part.value]


def _compare(kind: str, turn: int, before: list[str], after: list[str]) -> list[Finding]:
    if is_joined(before, "".join(after)):
        return []
    return [_finding(kind, turn, " ".join(before), " ".join(after))]


def _compare_calls(turn: int, given: Sequence[Part], seen: Seen) -> list[Finding]:
    """A wire without ids for calls leaves them to LiteLLM."""
    before = [(part.value, part.name, part.detail) for part in given if part.kind == "tool"]
    after = [
        (kept[0] if ident else "", *kept[1:]) for (ident, _, _), kept in zip(before, seen.calls, strict=False)
    ] + seen.calls[len(before) :]
    if _parsed(before) == _parsed(after):
        return []
    return [_finding("tool calls", turn, str(before), str(seen.calls))]


def _parsed(calls: Sequence[tuple[str, ...]]) -> list[tuple[str, str, object]]:
    return [(ident, name, json.loads(arguments or "{}")) for ident, name, arguments in calls]


def _finding(kind: str, turn: int, before: str, after: str) -> Finding:
    return Finding(
        f"the client saw other {kind}",
        f"assistant turn {turn}",
        "what the client kept",
        before,
        after,
    )
