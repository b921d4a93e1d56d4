"""Streams of a Responses backend on `/v1/messages` in which events are left out, or say less than OpenAI's (N28).

What is in an answer arrives whole and once, as the events of one Anthropic message.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests import conversations
from tests.backends.dialects import DIALECTS
from tests.round_trip.grid import STREAM, Case
from tests.round_trip.play import speak

# One loop for the whole session, as for the grid.
pytestmark = pytest.mark.asyncio(loop_scope="session")

FAMILY = "responses-stream"
SCRIPT = "thinking-text-tool"


# The dialects that this family began with; their cases were measured under its name on all releases.
FORMS = (
    "whole", "arguments-in-done", "arguments-in-the-item", "no-added", "items-alone", "completed-alone", "sealed-early",
    "not-repeated",
)  # fmt: skip


@pytest.mark.parametrize("form", FORMS, ids=f"{FAMILY}-{{}}/messages-openai-stream".format)
async def test_responses_stream(form: str, record_property: Callable[[str, object], None]) -> None:
    dialects = [] if form == "whole" else [DIALECTS[f"responses-{form}"]]
    told = await speak(Case(SCRIPT, "messages", "openai", STREAM), conversations.load(SCRIPT), dialects)
    if told:
        record_property("failures", "N28")
        pytest.fail("\n".join(["N28", *map(str, told)]), pytrace=False)
