"""Conversations of several turns, with every client, whole and streamed: thinking goes there and back."""

from __future__ import annotations

import pytest

from tests import conversations
from tests.clients.client import Client
from tests.clients.deployments import CLAUDE, FIREWORKS, OTHERS, TOGETHER
from tests.clients.play import Played, Stage, told_apart
from tests.clients.scripts import AWAY_BETWEEN_QUESTIONS

MULTI_TURN = conversations.load("pause-in-thinking")
TOOLS = conversations.load("tool-loop-five")
AWAY_BETWEEN_TOOLS = conversations.load("claude-away-and-back")


def _passed(*played: Played) -> None:
    failures = [failure for one in played for failure in one.failures]
    if failures:
        pytest.fail("\n".join(failures), pytrace=False)


def test_claude_thinks_over_several_turns(stage: Stage, signing_client: Client, streamed: bool) -> None:
    _passed(stage.play(signing_client, MULTI_TURN, CLAUDE, streamed=streamed))


def test_claude_thinks_and_uses_tools(stage: Stage, signing_client: Client, streamed: bool) -> None:
    _passed(stage.play(signing_client, TOOLS, CLAUDE, streamed=streamed))


def test_claude_behind_a_client_that_keeps_no_signatures(
    stage: Stage, unsigning_client: Client, streamed: bool
) -> None:
    """Why a client needs two providers: this one cannot bring Claude's thinking back, whatever LiteLLM does.

    Claude rejects the turn of a tool loop that comes back without it, and the client gets to know.
    """
    played = stage.play(unsigning_client, TOOLS, CLAUDE, streamed=streamed)
    (rejection,) = played.dialogue.rejections
    assert (rejection.request, len(played.dialogue.requests)) == (2, 2)
    assert played.outcome.error
    assert "Expected `thinking` or `redacted_thinking`" in played.outcome.error.message


@pytest.mark.parametrize("model", OTHERS)
def test_other_models_on_chat_completions(stage: Stage, chat_client: Client, model: str, streamed: bool) -> None:
    _passed(stage.play(chat_client, TOOLS, model, streamed=streamed))


@pytest.mark.parametrize("model", OTHERS)
def test_other_models_on_messages(stage: Stage, messages_client: Client, model: str, streamed: bool) -> None:
    _passed(stage.play(messages_client, TOOLS, model, streamed=streamed))


@pytest.mark.parametrize("model", [FIREWORKS, TOGETHER])
def test_away_from_claude_and_back(stage: Stage, signing_client: Client, model: str, streamed: bool) -> None:
    _passed(stage.play(signing_client, AWAY_BETWEEN_QUESTIONS, model, streamed=streamed))


@pytest.mark.parametrize("model", [FIREWORKS, TOGETHER])
def test_away_between_two_tools(stage: Stage, messages_client: Client, model: str, streamed: bool) -> None:
    """On the other endpoint Claude rejects the turn that the visitor has left behind: N13, which is open there."""
    _passed(stage.play(messages_client, AWAY_BETWEEN_TOOLS, model, streamed=streamed))


def test_ten_conversations_at_once(stage: Stage, signing_client: Client, streamed: bool) -> None:
    scripts = [told_apart(TOOLS, number) for number in range(10)]
    played = stage.play_all(signing_client, scripts, CLAUDE, streamed=streamed)
    _passed(*played)
    thought = [text for one in played for text in one.thought]
    assert len(thought) == len(set(thought)) >= len(played)
