"""A client that rebuilds its history from what it understands: Anthropic's own fields of each block, and no other (N70).

So do Claude Code, opencode, langchain and pydantic-ai. What LiteLLM puts into a field of its own does not come back from
them, and what a provider demands back has to travel in one of Anthropic's.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.backends import BACKENDS
from tests.conversations.loader import parse
from tests.conversations.model import Conversation
from tests.round_trip.explain import failures_of
from tests.round_trip.failures import Failure, labels, release_under_test
from tests.round_trip.grid import STREAM, WHOLE, Case
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

# Calls behind a thought, behind a text, and behind nothing; alone and together.
SCRIPT = parse(
    FAMILY,
    {
        "about": "Calls with and without thinking and text before them.",
        "turn": [
            {"user": "Which of the logs has more errors?"},
            {
                "assistant": [
                    {"thinking": "The list of logs comes first."},
                    {"tool": "run", "input": {"command": "ls"}, "result": "a.log\nb.log"},
                ]
            },
            {
                "assistant": [
                    {"thinking": "Two of them; both can be read at once."},
                    {"text": "I read both."},
                    {"tool": "run", "input": {"command": "cat a.log"}, "result": "3 errors"},
                    {"tool": "run", "input": {"command": "cat b.log"}, "result": "5 errors"},
                ]
            },
            {"assistant": [{"tool": "run", "input": {"command": "date"}, "result": "Monday"}]},
            {"assistant": [{"thinking": "Five are more than three."}, {"text": "b.log, on Monday."}]},
            {"user": "Thanks."},
            {"assistant": [{"text": "You are welcome."}]},
        ],
    },
)
# What names a call is its id: two of them may say the same.
ALIKE = parse(
    f"{FAMILY}-alike",
    {
        "about": "One thing asked twice at once.",
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


class UnderstoodOnly(Messages):
    """Keeps of each block what is Anthropic's."""

    def keep(self, answer: Item) -> Seen:
        blocks = [{"type": one["type"], **{name: one[name] for name in FIELDS[one["type"]]}} for one in answer["content"]]
        return super().keep({**answer, "content": blocks})


def _cases(family: str) -> list[Case]:
    backends = [backend for backend in BACKENDS if "messages" not in ROUTES[backend].impossible]
    return [Case(family, "messages", backend, mode) for backend in backends for mode in (WHOLE, STREAM)]


async def _judge(case: Case, script: Conversation, number: str, record_property: Callable[[str, object], None]) -> None:
    stage = await perform(case, script, client=UnderstoodOnly)
    failures = [*failures_of(stage.dialogue, stage.trace, stage.sent), *stage.failures]
    found = sorted({_label(case, failure, number) for failure in failures})
    record_property("failures", " ".join(found))
    if failures:
        pytest.fail("\n\n".join([f"{case}: {', '.join(found)}", *map(str, failures)]), pytrace=False)


def _label(case: Case, failure: Failure, number: str) -> str:
    return labels(case, [failure], release_under_test())[0]


@pytest.mark.parametrize("case", _cases(FAMILY), ids=str)
async def test_understood_only(case: Case, record_property: Callable[[str, object], None]) -> None:
    await _judge(case, SCRIPT, "N70", record_property)


@pytest.mark.parametrize("case", _cases(f"{FAMILY}-alike"), ids=str)
async def test_calls_alike(case: Case, record_property: Callable[[str, object], None]) -> None:
    await _judge(case, ALIKE, "N71", record_property)
