"""Conversations that nobody thought of: what Hypothesis makes up must fail in no way that is not known.

The property is that of the grid, the four conditions of passing, at one backend for each wire form. The same examples
are made in every run.
"""

from __future__ import annotations

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.backends import BACKENDS
from tests.conversations.generate import DETERMINISTIC, as_toml, conversations
from tests.conversations.model import Conversation
from tests.round_trip.failures import NEW, Failure, is_surveyed, labels, release_under_test
from tests.round_trip.grid import INGRESSES, STREAM, WHOLE, WIRES, Case
from tests.round_trip.play import play
from tests.round_trip.routes import ROUTES

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),  # one loop for the whole session, as for the grid
    pytest.mark.skipif(
        not is_surveyed(release_under_test()), reason="of this release only what the grid's cases show is listed"
    ),
]

CELLS = [(ingress, backend) for backend in WIRES for ingress in INGRESSES if ingress not in ROUTES[backend].impossible]


# Nothing is shrunk: that would play hundreds of conversations for each cell that fails.
EXAMPLES = settings(DETERMINISTIC, max_examples=10, phases=[Phase.generate], report_multiple_bugs=False)


@pytest.mark.parametrize(("ingress", "backend"), CELLS, ids=lambda name: name)
@EXAMPLES
@given(data=st.data())
async def test_a_generated_conversation_fails_in_no_new_way(ingress: str, backend: str, data: st.DataObject) -> None:
    redacts = any(endpoint.redacts for endpoint in BACKENDS[backend])
    case = Case("generated", ingress, backend, data.draw(st.sampled_from([WHOLE, STREAM])))
    conversation = data.draw(conversations(redacted=redacts))
    failures = [one for one in await play(case, conversation) if labels(case, [one], release_under_test()) == [NEW]]
    if failures:
        raise AssertionError(_told(case, conversation, failures))


def _told(case: Case, conversation: Conversation, failures: list[Failure]) -> str:
    kept = f"To keep it, write this to tests/conversations/NAME.toml; NAME/{str(case).partition('/')[2]} is its case:"
    return "\n\n".join([f"{case}: {NEW}", *map(str, failures), kept, as_toml(conversation)])
