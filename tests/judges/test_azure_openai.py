"""Azure OpenAI against docs/providers.md#azure-openai: docs/providers.md#openai-responses and
docs/providers.md#openai-chat-completions, with another account and other words.
"""

from __future__ import annotations

import json

import pytest

from tests import conversations
from tests.backends import AzureChat, AzureResponses, Dialogue, OpenAIResponses
from tests.judges.asking import ask
from tests.judges.chat_lies import field, update, visible_lies
from tests.judges.honest import Body, Lie, truth
from tests.judges.honest_chat import HonestChat
from tests.judges.honest_responses import SEALED, UNSTORED, HonestResponses
from tests.judges.responses_lies import COMMON, THOUGHT, anonymous, item, set_parameters

SCRIPT = conversations.load("thinking-text-tool")


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("name", conversations.names())
def test_the_truth_passes(name: str, streamed: bool) -> None:
    for client in (
        HonestResponses(AzureResponses, stream=streamed, **UNSTORED),
        HonestChat(AzureChat, stream=streamed),
    ):
        assert client.play(conversations.load(name)).caught(truth) == ""


@pytest.mark.parametrize(("lie", "extra", "expected"), COMMON.values(), ids=list(COMMON))
def test_it_catches(lie: Lie, extra: Body, expected: str) -> None:
    assert expected in HonestResponses(AzureResponses, **extra).play(SCRIPT).caught(lie)


@pytest.mark.parametrize(("lie", "expected"), visible_lies().values(), ids=list(visible_lies()))
def test_its_chat_catches(lie: Lie, expected: str) -> None:
    assert expected in HonestChat(AzureChat).play(SCRIPT).caught(lie)


NOT_STORED = "Items are not persisted when `store` is set to false."


@pytest.mark.parametrize(
    ("lie", "extra", "message", "code"),
    [
        (item(THOUGHT, id="rs_1"), {}, "Item with id 'rs_1' not found", None),
        (item(THOUGHT, encrypted_content=None), UNSTORED, NOT_STORED, None),
        (
            item(THOUGHT, encrypted_content="gAAAforgedwXBV"),
            SEALED,
            "The encrypted content gAAA…wXBV could not be verified.",
            "invalid_encrypted_content",
        ),
        (item(THOUGHT, status="completed"), {}, "Unknown parameter: 'input[1].status'.", "unknown_parameter"),
        (set_parameters(thinking={}), {}, "Unknown parameter: 'thinking'.", "unknown_parameter"),
    ],
)
def test_it_rejects_in_its_own_words(lie: Lie, extra: Body, message: str, code: str | None) -> None:
    answer = HonestResponses(AzureResponses, **extra).play(SCRIPT).spoilt(lie)
    error = json.loads(answer.body)["error"]
    assert message in error["message"]
    assert (answer.status, error["type"], error["code"]) == (400, "invalid_request_error", code)


@pytest.mark.parametrize(("issuer", "status"), [(OpenAIResponses, 400), (AzureResponses, 200)])
def test_encrypted_content_is_bound_to_the_account(issuer: type[OpenAIResponses], status: int) -> None:
    """What another deployment sealed cannot be read here, though it is spelled and placed as it should be."""
    client = HonestResponses(issuer, **UNSTORED).play(SCRIPT)
    anonymous(client.body)
    if issuer is not AzureResponses:
        client.backend = AzureResponses(Dialogue(SCRIPT.assistant_turns))
    assert ask(client.backend, client.body).status == status


@pytest.mark.parametrize(
    ("lie", "message", "code"),
    [
        (update(thinking={}), "Unrecognized request argument supplied: thinking", None),
        (
            field("reasoning_content", lambda text: "I see."),
            "Unknown parameter: 'messages[1].reasoning_content'.",
            "unknown_parameter",
        ),
    ],
)
def test_its_chat_rejects_in_its_own_words(lie: Lie, message: str, code: str | None) -> None:
    answer = HonestChat(AzureChat).play(SCRIPT).spoilt(lie)
    error = json.loads(answer.body)["error"]
    assert (answer.status, error["message"], error["code"]) == (400, message, code)


def test_no_two_accounts_mint_alike() -> None:
    dialogue = Dialogue(())
    assert AzureResponses(dialogue).mint("rs_", 1, 0) != OpenAIResponses(dialogue).mint("rs_", 1, 0)
