"""What a request costs is known on both endpoints: the answer's header and the logging payload say the same."""

from __future__ import annotations

import pytest

from tests.clients.client import Client
from tests.clients.deployments import CLAUDE, GPT
from tests.clients.play import Stage

CALL, COST = "x-litellm-call-id", "x-litellm-response-cost"


@pytest.mark.parametrize("model", [CLAUDE, GPT])
def test_the_cost_is_tracked(stage: Stage, client: Client, model: str) -> None:
    (headers,) = stage.ask(client, model, streamed=False).outcome.headers
    logged = stage.proxy.spent(headers[CALL])
    assert logged["model"] == model
    assert logged["cost"] > 0
    assert float(headers[COST]) == pytest.approx(logged["cost"])


@pytest.mark.parametrize("model", [CLAUDE, GPT])
def test_the_cost_of_a_stream_is_tracked(stage: Stage, client: Client, model: str) -> None:
    """Its header goes out before anybody knows; the payload has the cost."""
    (headers,) = stage.ask(client, model, streamed=True).outcome.headers
    logged = stage.proxy.spent(headers[CALL])
    assert logged["model"] == model
    assert logged["cost"] > 0
