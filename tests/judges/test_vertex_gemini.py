"""Gemini on Vertex AI: docs/providers.md#gemini, where it says "Vertex"."""

from __future__ import annotations

import re

import pytest

from tests.backends.gemini import Gemini
from tests.backends.vertex_gemini import VertexGemini
from tests.conversations import load
from tests.judges.asking import said
from tests.judges.honest import Body, Lie, truth
from tests.judges.honest_gemini import THINKING, VERTEX, HonestGemini, url
from tests.judges.replays import replays, table, told

DOCS = "https://docs.cloud.google.com/vertex-ai/generative-ai/docs/thought-signatures"
CORRUPTED = f"Unable to submit request because Thought signature is not valid.. Learn more: {DOCS}"


def client(name: str = "tool-loop", *, stream: bool = False) -> HonestGemini:
    """A client that asks for thoughts, before the last request of a conversation."""
    return HonestGemini(VertexGemini, url=url(stream=stream, of=VERTEX), generationConfig=THINKING).play(load(name))


def signed(signature: str) -> Lie:
    return lambda body: body["contents"][5]["parts"][2].update(thoughtSignature=signature)


def unsigned(body: Body) -> None:
    del body["contents"][5]["parts"][2]["thoughtSignature"]


# tool-loop ends with the result of its third call: [u, m(thought, text, call), u, m, u, m, u].
REJECTED: dict[str, tuple[Lie, str]] = {
    "missing": (
        unsigned,
        "Unable to submit request because function call `default_api:run` in the 6. content block is missing a "
        f"`thought_signature`. Learn more: {DOCS}",
    ),
    "bad": (signed("c2lnbmF0dXJl"), CORRUPTED),
    "dummy-of-ai-studio": (signed("context_engineering_is_the_way_to_go"), CORRUPTED),
}


@table(REJECTED, "lie, message")
def test_rejects(lie: Lie, message: str) -> None:
    error = {"code": 400, "message": message, "status": "INVALID_ARGUMENT"}
    assert told(client().spoilt(lie)) == (400, {"error": error})


def test_takes_the_other_dummy_silently() -> None:
    one = client()
    assert one.spoilt(signed("skip_thought_signature_validator")).status == 200
    assert "encrypted content was lost" in said(one.backend)


@replays("one-thinking-turn", "thinking-then-tool")
def test_an_honest_client_is_clean(name: str, stream: bool) -> None:
    assert client(name, stream=stream).caught(truth) == ""


def test_signatures_of_ai_studio_are_foreign() -> None:
    """Inferred: the two are not one account. The other way round it is the same."""
    here, there = client(), HonestGemini(Gemini, url=url(), generationConfig=THINKING).play(load("tool-loop"))
    there.turn_to(VertexGemini)
    assert CORRUPTED in there.caught(truth)
    here.turn_to(Gemini)
    assert "Corrupted thought signature." in here.caught(truth)


@pytest.mark.parametrize(
    ("path", "expected"), [(url(of=VERTEX), True), (url(of=VERTEX).replace("generateContent", "rawPredict"), False)]
)
def test_stands_at(path: str, expected: bool) -> None:
    assert bool(re.fullmatch(VertexGemini.path, path)) is expected
