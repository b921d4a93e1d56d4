"""The callback `thinking_compat` in the proxy, registered by one line of its configuration and copied beside it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients import proxy as proxies
from tests.clients.client import Client
from tests.clients.conftest import staged
from tests.clients.deployments import FIREWORKS, KIMI, TOGETHER
from tests.clients.play import Stage
from tests.clients.scripts import AWAY_BETWEEN_QUESTIONS

OVERLAY = Path(__file__).parents[2] / "patches" / "overlay" / "litellm" / "thinking_round_trip"
CALLBACK = "thinking_compat.handler"
THOUGHT = "The test runner knows."
UNSIGNED_AS_TEXT = r"anthropic: (visible text was changed|thinking became visible text).*after:  '\[Reasoning\] "
AS_TEXT = f"[Reasoning] {THOUGHT}"
NOTHING_FOR_KIMI = 'moonshot:\n  "*":\n    takes: none\n    source: this test\n'


def _beside(folder: Path) -> None:
    """What a user copies beside the configuration, and a file of the user's own that says another thing of Kimi."""
    shutil.copy(OVERLAY / "thinking_compat.py", folder)
    shutil.copytree(OVERLAY / "model-capabilities", folder / "model-capabilities")
    (folder / "own").mkdir()
    (folder / "own" / "moonshot.yaml").write_text(NOTHING_FOR_KIMI)


@pytest.fixture(scope="module")
def compat_stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """A proxy with the callback, and with the capabilities of its user."""
    yield from staged(
        request.config, "callback", beside=_beside, callbacks=[CALLBACK], LITELLM_MODEL_CAPABILITIES="own"
    )


@pytest.mark.parametrize("model", [FIREWORKS, TOGETHER])
def test_the_callback_keeps_what_a_provider_takes(
    compat_stage: Stage, signing_client: Client, model: str, streamed: bool
) -> None:
    """From Claude to a provider that rejects `thinking_blocks`, and back.

    What Claude did not sign is text in Claude's history where the fixes do not leave it out.
    """
    played = compat_stage.play(signing_client, AWAY_BETWEEN_QUESTIONS, model, streamed=streamed)
    failures = [failure for failure in played.failures if not re.search(UNSIGNED_AS_TEXT, failure, re.DOTALL)]
    if failures:
        pytest.fail("\n".join(failures), pytrace=False)


def test_the_callback_makes_text_of_what_a_model_does_not_take(
    compat_stage: Stage, signing_client: Client, streamed: bool
) -> None:
    """The user's file says that Kimi takes none; Claude gets its thinking back signed all the same."""
    played = compat_stage.play(signing_client, AWAY_BETWEEN_QUESTIONS, KIMI, streamed=streamed)
    assert (played.outcome.error, played.dialogue.over) == (None, True)
    pairs = list(zip(played.dialogue.judges, played.dialogue.requests, strict=True))
    kimi = [request.raw.decode() for judge, request in pairs if judge.name == "moonshot"]
    claude = [request.raw.decode() for judge, request in pairs if judge.name == "anthropic"]
    assert [body.count(AS_TEXT) for body in kimi] == [1, 1]
    assert [body.count(THOUGHT) for body in kimi] == [1, 1]
    assert not any(AS_TEXT in body for body in claude)
    assert [loss for loss in played.dialogue.losses if loss.backend == "anthropic"] == []


def test_a_mistake_in_a_file_of_capabilities_stops_the_start(request: pytest.FixtureRequest) -> None:
    def beside(folder: Path) -> None:
        _beside(folder)
        (folder / "own" / "moonshot.yaml").write_text('moonshot:\n  "*":\n    take: none\n')

    stages = staged(request.config, "mistaken", beside=beside, callbacks=[CALLBACK], LITELLM_MODEL_CAPABILITIES="own")
    with pytest.raises(proxies.ProxyFailed, match=r"moonshot\.yaml"):
        next(stages)
    log = (request.config.getoption("proxy_folder") / "mistaken" / "proxy.log").read_text()
    assert [line for line in log.splitlines() if "moonshot.yaml" in line and "take" in line]
