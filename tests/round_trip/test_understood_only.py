"""A client that rebuilds its history from what it understands: of each block Anthropic's own fields (N70, N71).

So do Claude Code, opencode, langchain and pydantic-ai. What LiteLLM puts into a field of its own does not come back
from them, and what a provider demands back has to travel in one of Anthropic's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from tests.backends import BACKENDS
from tests.conversations.loader import parse
from tests.round_trip.explain import failures_of
from tests.round_trip.failures import Failure, labels, release_under_test
from tests.round_trip.grid import STREAM, WHOLE, WIRES, Case
from tests.round_trip.ingress import Item, Messages
from tests.round_trip.play import perform
from tests.round_trip.routes import ROUTES
from tests.round_trip.seen import Seen

# One loop for the whole session, as for the grid.
pytestmark = pytest.mark.asyncio(loop_scope="session")

FAMILY = "understood-only"
FIELDS = {
    "thinking": ("thinking", "signature"),
    "redacted_thinking": ("data",),
    "text": ("text",),
    "tool_use": ("id", "name", "input"),
}
"""What Anthropic documents of each type of block that an answer here can have, beside the type."""

_LIST = {"tool": "run", "input": {"command": "ls"}, "result": "a.log\nb.log"}
_DATE = {"tool": "run", "input": {"command": "date"}, "result": "Monday"}
_BOTH = [
    {"tool": "run", "input": {"command": "cat a.log"}, "result": "3 errors"},
    {"tool": "run", "input": {"command": "cat b.log"}, "result": "5 errors"},
]
_QUESTION = {"user": "Which of the logs has more errors?"}
_END = [{"user": "Thanks."}, {"assistant": [{"text": "You are welcome."}]}]

SCRIPT = parse(
    FAMILY,
    {
        "about": "A call behind a thought, and two at once behind a text.",
        "turn": [
            _QUESTION,
            {"assistant": [{"thinking": "The list of logs comes first."}, _LIST]},
            {"assistant": [{"thinking": "Two of them; I can read both at once."}, {"text": "I read both."}, *_BOTH]},
            {"assistant": [{"thinking": "Five are more than three."}, {"text": "b.log."}]},
            *_END,
        ],
    },
)
SILENT = parse(
    f"{FAMILY}-silent",
    {
        "about": "Calls of a model that signs them also when it is not asked to think.",
        "turn": [
            {**_QUESTION, "thinking": False},
            {"assistant": [_LIST]},
            {"assistant": [{"text": "I read both."}, *_BOTH]},
            {"assistant": [{"text": "b.log."}]},
        ],
    },
)
ALIKE = parse(
    f"{FAMILY}-alike",
    {
        "about": "One thing asked twice at once: what names a call is its id.",
        "turn": [
            {"user": "Throw two dice."},
            {
                "assistant": [
                    {"thinking": "The same tool, twice."},
                    {"tool": "dice", "input": {"sides": "6"}, "result": "2"},
                    {"tool": "dice", "input": {"sides": "6"}, "result": "5"},
                ]
            },
            {"assistant": [{"text": "Two and five."}]},
        ],
    },
)
SWITCHED = parse(
    f"{FAMILY}-switched",
    {
        "about": "Gemini calls tools, with a thought and without; another model goes on, and Gemini again.",
        "turn": [
            _QUESTION,
            {"by": "gemini", "assistant": [{"thinking": "The list of logs comes first."}, {"text": "First."}, _LIST]},
            {"by": "gemini", "assistant": [_DATE]},
            {"assistant": [{"thinking": "Two of them; I can read both at once."}, *_BOTH]},
            {"by": "gemini", "assistant": [{"text": "b.log, on Monday."}]},
            *_END,
        ],
    },
)


class UnderstoodOnly(Messages):
    """Keeps of each block what is Anthropic's."""

    def keep(self, answer: Item) -> Seen:
        return super().keep({**answer, "content": [_understood(block) for block in answer["content"]]})


def _understood(block: Item) -> Item:
    return {name: block[name] for name in ("type", *FIELDS[block["type"]])}


def _cases(family: str, backends: Iterable[str]) -> list[Case]:
    reached = [backend for backend in backends if "messages" not in ROUTES[backend].impossible]
    return [Case(family, "messages", backend, mode) for backend in reached for mode in (WHOLE, STREAM)]


GEMINIS = ("gemini", "vertex_gemini")
# Gemini is the guest; and Kimi's endpoint demands thinking with each call, which one of the guest's has not.
NO_HOSTS = ("gemini", "moonshot-anthropic")
SCRIPTS = {
    script.name: (script, backends)
    for script, backends in (
        (SCRIPT, BACKENDS),
        (SILENT, GEMINIS),
        (ALIKE, (*WIRES, "vertex_gemini")),
        (SWITCHED, [backend for backend in BACKENDS if backend not in NO_HOSTS]),
    )
}
CASES = [case for name, (_, backends) in SCRIPTS.items() for case in _cases(name, backends)]


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_understood_only(case: Case, record_property: Callable[[str, object], None]) -> None:
    stage = await perform(case, SCRIPTS[case.conversation][0], client=UnderstoodOnly)
    failures = [*failures_of(stage.dialogue, stage.trace, stage.sent), *stage.failures]
    found = sorted({_label(case, failure) for failure in failures})
    record_property("failures", " ".join(found))
    if failures:
        pytest.fail("\n\n".join([f"{case}: {', '.join(found)}", *map(str, failures)]), pytrace=False)


def _label(case: Case, failure: Failure) -> str:
    """The number of what this client shows of Gemini, or else of what the grid knows."""
    if case.backend in GEMINIS and "encrypted content was lost" in failure.text:
        return "N70"
    if case.backend in GEMINIS and case.conversation == ALIKE.name and "tool calls were changed" in failure.text:
        return "N71"
    return labels(case, [failure], release_under_test())[0]
