"""What a request costs is known on both endpoints: the answer's header and the logging payload say the same."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.clients.client import Client
from tests.clients.deployments import CLAUDE, GPT
from tests.clients.play import Stage

CALL, COST = "x-litellm-call-id", "x-litellm-response-cost"


@pytest.mark.parametrize("model", [CLAUDE, GPT])
def test_the_cost_is_tracked(stage: Stage, client: Client, model: str) -> None:
    headers, cost = _asked(stage, client, model, streamed=False)
    assert float(headers[COST]) == pytest.approx(cost)


@pytest.mark.parametrize("model", [CLAUDE, GPT])
def test_the_cost_of_a_stream_is_tracked(stage: Stage, client: Client, model: str) -> None:
    """Its header goes out before anybody knows; the payload has the cost."""
    _asked(stage, client, model, streamed=True)


def _asked(stage: Stage, client: Client, model: str, *, streamed: bool) -> tuple[Mapping[str, str], float]:
    """The headers of an answer, and its cost by the payload, which has to be for this model and more than nothing."""
    (headers,) = stage.ask(client, model, streamed=streamed).outcome.headers
    logged = stage.proxy.spent(headers[CALL])
    assert logged["model"] == model
    assert logged["cost"] > 0
    return headers, float(logged["cost"])
