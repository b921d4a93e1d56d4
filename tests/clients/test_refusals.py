"""What has to be refused: a signature that nobody made, and a key that nobody has."""

from __future__ import annotations

from tests.clients.client import Client
from tests.clients.deployments import CLAUDE
from tests.clients.play import Played, Stage

FORGED = "placeholder-signature"
WORDS = "Invalid `signature` in `thinking` block"
HEADER = "llm_provider-thinking-heal"


def _forged(stage: Stage, client: Client, streamed: bool) -> Played:
    """A thinking block with a made-up signature, put into the history."""
    history = client.history("What is the plan?", "There has to be some thinking here.", FORGED, "First the tests.")
    return stage.ask(client, CLAUDE, streamed=streamed, history=history)


def _refused(played: Played) -> None:
    """The judge refused the request, nobody tried again, and the client has the judge's words."""
    (rejection,) = played.dialogue.rejections
    assert WORDS in rejection.violation.message
    assert len(played.dialogue.requests) == 1
    assert played.outcome.error
    assert (played.outcome.error.status, played.outcome.turns) == (400, [])
    assert WORDS in played.outcome.error.message


def test_a_forged_signature_on_chat_completions(stage: Stage, signing_chat_client: Client, streamed: bool) -> None:
    _refused(_forged(stage, signing_chat_client, streamed))


def test_a_forged_signature_on_messages(strict_stage: Stage, messages_client: Client, streamed: bool) -> None:
    """With LITELLM_THINKING_HEAL=error the client gets the error."""
    _refused(_forged(strict_stage, messages_client, streamed))


def test_a_forged_signature_never_passes_silently(stage: Stage, messages_client: Client, streamed: bool) -> None:
    """Without it, the request is sent again without that block, and the answer says so.

    Before 1.83.9 LiteLLM itself does not try again: without the fixes the client gets the error there.
    """
    played = _forged(stage, messages_client, streamed)
    if played.outcome.error:
        _refused(played)
        return
    (rejection,) = played.dialogue.rejections
    assert WORDS in rejection.violation.message
    assert len(played.dialogue.requests) == 2
    (headers,) = played.outcome.headers
    assert headers[HEADER].endswith("sent again without thinking in messages.1.content.0")


def test_a_wrong_key_is_refused(stage: Stage, client: Client, streamed: bool) -> None:
    played = stage.ask(client, CLAUDE, streamed=streamed, key="sk-0123456789abcdef0123456789abcdef")
    assert played.dialogue.requests == []
    assert played.outcome.error
    assert played.outcome.error.status in (400, 401)
    assert "No connected db" in played.outcome.error.message or "Authentication" in played.outcome.error.message
