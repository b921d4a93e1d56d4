"""Proof that the judges go red: every liar is caught at every endpoint where its lie means something, and named."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests import conversations
from tests.backends import VLLM, AnthropicMessages, Backend, MiniMaxMessages, OpenRouter, Together
from tests.judges.endpoints import ENDPOINTS, nature
from tests.judges.honest import Body
from tests.judges.liars import (
    CONVERSATIONS,
    LIARS,
    DoublesStreamedText,
    DropsThinking,
    ForgesASignature,
    LeaksThinkingBlocks,
    Liar,
    ReordersBlocks,
    RetriesAfterStripping,
    ThinkingToText,
    play,
    provocation,
)

Record = Callable[[str, object], None]

# By hand, after docs/providers.md#foreign-carriers: what the reasons for a lie without meaning come from.
GIVES_NONE = {"openai-chat", "azure-chat", "xai-chat"}
WANTS_NONE = {"deepseek-r1", "bedrock-nova"}
SEALS = {
    "anthropic",
    "azure",
    "bedrock",
    "databricks",
    "gemini",
    "openai",
    "openrouter-claude",
    "vertex-gemini",
    "vertex_anthropic",
    "xai",
}
SEVERAL_TEXTS = (SEALS - {"gemini", "vertex-gemini"}) | {
    "bedrock-deepseek",
    "bedrock-gpt-oss",
    "bedrock-kimi",
    "bedrock-minimax",
    "dashscope-responses",
    "deepseek_messages",
    "minimax_messages",
    "moonshot_messages",
}

# Nothing of what the liars do is answered with an error here: there a retry is the same question asked twice.
REJECTS_NOTHING = {
    "dashscope", "dashscope-responses", "minimax", "minimax_messages", "openrouter", "sglang", "together",
    "together-glm", "vllm", "vllm-older", "vllm-tags", "xai-chat", "zai",
}  # fmt: skip
# By a rule that is assumed, these want a blank where nothing was thought; there only a lenient one takes the truth.
WANTS_BLANKS = {"deepseek", "deepseek-v3.2", "kimi-coding", "moonshot", "moonshot_messages"}
THOUGHTLESS = {"plain", "thinking-off-and-on"}

CELLS = [
    pytest.param(kind, endpoint, id=f"{kind.name}-{endpoint.name}")
    for kind in LIARS
    for endpoint in ENDPOINTS
    if not kind.untellable(endpoint)
]
OTHERS = [
    pytest.param(kind, endpoint, id=f"{kind.name}-{endpoint.name}")
    for kind in LIARS
    for endpoint in ENDPOINTS
    if kind.untellable(endpoint)
]


@pytest.mark.parametrize(("kind", "endpoint"), CELLS)
def test_liar_is_caught(kind: type[Liar], endpoint: type[Backend], record_property: Record) -> None:
    """In each conversation in which it had something to lie about, and there is one."""
    record_property("liar", f"{endpoint.name} {kind.name}")
    streams = kind is DoublesStreamedText
    played = {name: play(kind, endpoint, name, stream=streams) for name in CONVERSATIONS}
    lying = {name: liar for name, liar in played.items() if liar.lies}
    assert lying, "there was nothing to lie about"
    for name, liar in lying.items():
        assert liar.evidence(), f"not caught in {name}: {liar.record()}"
    record_property("caught", " ".join(lying))
    record_property("rejected", any(liar.rejected for liar in lying.values()))


@pytest.mark.parametrize(("kind", "endpoint"), OTHERS)
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("name", CONVERSATIONS)
def test_what_means_nothing_is_not_caught(kind: type[Liar], endpoint: type[Backend], name: str, stream: bool) -> None:
    """So that "not applicable" hides nothing."""
    assert play(kind, endpoint, name, stream=stream).record() == ""


def _applicable(endpoint: type[Backend], name: str) -> bool:
    """Whether a wire can carry a conversation, and one client can play it."""
    conversation = conversations.load(name)
    switches = conversation.visitors or conversation.imported
    return not (
        switches or (conversation.redacts and not endpoint.redacts) or (conversation.hides and not endpoint.signs)
    )


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize(
    ("endpoint", "name"),
    [
        pytest.param(endpoint, name, id=f"{endpoint.name}-{name}")
        for endpoint in ENDPOINTS
        for name in conversations.names()
        if _applicable(endpoint, name)
    ],
)
def test_the_truth_is_never_caught(endpoint: type[Backend], name: str, stream: bool) -> None:
    """The control: to take each turn apart and put it together again changes nothing, and nothing is noted."""
    lenient = endpoint.name in WANTS_BLANKS and name in THOUGHTLESS
    liar = play(Liar, endpoint, name, stream=stream, lenient=lenient)
    assert (liar.record(), liar.lies) == ("", False)
    assert liar.statuses == [200] * len(conversations.load(name).assistant_turns)


def test_what_a_lie_can_be_about_is_what_the_page_on_providers_says() -> None:
    names = {endpoint.name for endpoint in ENDPOINTS}
    gives = {endpoint.name for endpoint in ENDPOINTS if nature(endpoint).given}
    asks = {endpoint.name for endpoint in ENDPOINTS if nature(endpoint).asked}
    assert gives == names - GIVES_NONE
    assert asks == names - GIVES_NONE - WANTS_NONE
    assert {endpoint.name for endpoint in ENDPOINTS if nature(endpoint).seals} == SEALS
    assert {one.name for one in ENDPOINTS if one.name in asks and not one.joins} == SEVERAL_TEXTS
    assert {endpoint.name for endpoint in ENDPOINTS if provocation(endpoint) is None} == REJECTS_NOTHING


EACH = pytest.mark.parametrize("endpoint", [pytest.param(endpoint, id=endpoint.name) for endpoint in ENDPOINTS])


@EACH
def test_a_leak_is_named_by_its_field(endpoint: type[Backend]) -> None:
    for name in CONVERSATIONS:
        evidence = play(LeaksThinkingBlocks, endpoint, name).evidence()
        assert any("thinking_blocks" in one for one in evidence), name


@EACH
def test_a_retry_that_succeeds_hides_nothing(endpoint: type[Backend]) -> None:
    """The client sees no error, and the record has the one that the first try got, or tells of the second answer."""
    liar = play(RetriesAfterStripping, endpoint, "thinking-text-tool")
    assert liar.rejected == (endpoint.name not in REJECTS_NOTHING)
    assert liar.evidence()
    if liar.rejected:
        assert set(liar.statuses) == {200}
        assert len(liar.dialogue.requests) == len(liar.statuses) + len(liar.dialogue.rejections)


@EACH
def test_who_asks_once_more_is_told_so(endpoint: type[Backend]) -> None:
    """The script has one answer for each turn."""
    liar = play(Liar, endpoint, "thinking-text-tool")
    assert liar.record() == ""
    liar.backend.answer(liar.dialogue.requests[-1])
    assert "no turn left" in liar.record()


class LeaksInstead(LeaksThinkingBlocks):
    """Leaves the thinking in LiteLLM's own field, and only there."""

    def lie(self, body: Body) -> None:
        super().lie(body)
        self.wire.unthinking(body)


@pytest.mark.parametrize("endpoint", [MiniMaxMessages, OpenRouter, Together, VLLM], ids=lambda endpoint: endpoint.name)
def test_thinking_in_a_foreign_field_does_not_count_as_there(endpoint: type[Backend]) -> None:
    liar = play(LeaksInstead, endpoint, "thinking-text-tool")
    assert liar.evidence()
    assert "reasoning was dropped" in liar.record()


# What is said of some lies in the first conversation, word for word.
WORDS: list[tuple[type[Liar], type[Backend], str]] = [
    (
        DropsThinking,
        OpenRouter,
        "request 2, openrouter: reasoning was dropped\n"
        "    block:  assistant turn 1, block 0 (thinking)\n"
        "    path:   nowhere\n"
        "    before: 'The forecast decides it; I have to ask for Oslo.'\n"
        "    after:  '<nothing>'",
    ),
    (
        ThinkingToText,
        OpenRouter,
        "request 2, openrouter: thinking became visible text\n"
        "    block:  assistant turn 1, block 0 (thinking)\n"
        "    path:   messages[1].content\n"
        "    before: 'The forecast decides it; I have to ask for Oslo.'\n"
        "    after:  'The forecast decides it; I have to ask for Oslo.Let me look at the forecast.'",
    ),
    (
        ReordersBlocks,
        MiniMaxMessages,
        "request 2, minimax_messages: reasoning stands behind what followed it\n"
        "    block:  assistant turn 1, block 0 (thinking)\n"
        "    path:   messages[1].content[1]\n"
        "    before: 'before'\n"
        "    after:  'messages[1].content[0]'",
    ),
    (
        ForgesASignature,
        AnthropicMessages,
        "request 2, anthropic: messages.1.content.0.signature: "
        "messages.1.content.0: Invalid `signature` in `thinking` block",
    ),
]


@pytest.mark.parametrize(("kind", "endpoint", "words"), WORDS, ids=[kind.name for kind, *_ in WORDS])
def test_the_evidence_says_which_block_changed_and_where(kind: type[Liar], endpoint: type[Backend], words: str) -> None:
    assert play(kind, endpoint, "thinking-text-tool").evidence()[0] == words
