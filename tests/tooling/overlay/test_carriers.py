"""Reasoning in the carrier of the provider, without LiteLLM."""

from __future__ import annotations

import copy
from importlib import import_module
from typing import Any

import pytest

Item = dict[str, Any]


pytestmark = pytest.mark.usefixtures("overlay")


@pytest.fixture(autouse=True)
def _unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_BASE_URL", "OPENAI_API_BASE"):
        monkeypatch.delenv(name, raising=False)


def carried(messages: Any, provider: str, model: str = "m", api_base: str | None = None, **params: Any) -> Any:
    custom = params.pop("custom", ())
    return import_module("litellm.thinking_round_trip.chat.carriers").carried(
        messages, provider, model, api_base, params, custom
    )


def sent(message: Item, provider: str, model: str = "m", **more: Any) -> Item:
    """What becomes of one assistant message; the messages that came in have to stay as they were."""
    messages = [{"role": "user", "content": "q"}, message]
    before = copy.deepcopy(messages)
    (_, written) = carried(messages, provider, model, **more)
    assert messages == before
    assert isinstance(written, dict)
    return written


def thinking(text: str, signature: str | None = "ErUBclaude") -> Item:
    return {"type": "thinking", "thinking": text, "signature": signature}


REDACTED = {"type": "redacted_thinking", "data": "EmwKclaude"}
MINTED = "litellm_encrypted_reasoning:gAAA=="


def turn(*blocks: Item, **more: Any) -> Item:
    """A turn as LiteLLM's answers and its adapter have it: the blocks, and their texts in `reasoning_content`."""
    text = "\n".join(one for block in blocks if isinstance(one := block.get("thinking"), str) and one)
    content = {"reasoning_content": text} if text else {}
    return {"role": "assistant", "content": "t", "thinking_blocks": list(blocks), **content, **more}


@pytest.mark.parametrize(
    ("provider", "model", "fields"),
    [
        ("moonshot", "kimi-k9", {"reasoning_content": "A\nB"}),
        ("a provider of next year", "m", {"reasoning_content": "A\nB"}),
        ("groq", "openai/gpt-oss-120b", {"reasoning": "A\nB"}),
        ("groq", "llama-4", {}),
        ("cerebras", "gpt-oss-120b", {"reasoning": "A\nB"}),
        ("together_ai", "zai-org/GLM-4.6", {"reasoning": "A\nB"}),
        ("together_ai", "zai-org/GLM-5.3", {"reasoning_content": "A\nB"}),
        ("azure_ai", "gpt-4o", {}),
        ("azure_ai", "kimi-k2.5", {"reasoning_content": "A\nB"}),
        ("azure_ai", "FW-GLM-5", {"reasoning_content": "A\nB"}),
        ("hosted_vllm", "m", {"reasoning": "A\nB"}),
        ("openrouter", "deepseek/deepseek-r1", {"reasoning": "A\nB"}),
        ("deepseek", "deepseek-v9", {"reasoning_content": "A\nB"}),
        ("deepseek", "deepseek-r1", {}),
        ("openai", "gpt-5", {}),
        ("azure", "gpt-5", {}),
        ("mistral", "codestral", {}),
        ("databricks", "dbrx", {}),
    ],
)
def test_each_provider_gets_its_field_and_no_other(provider: str, model: str, fields: Item) -> None:
    own = {"provider_specific_fields": {"x": 1}, "reasoning_items": []}
    message = turn(thinking("A"), REDACTED, thinking("B"), reasoning_content="A\nB", **own)
    assert sent(message, provider, model) == {"role": "assistant", "content": "t", **fields}


@pytest.mark.parametrize("provider", ["anthropic", "bedrock", "vertex_ai", "gemini", "litellm_proxy", "azure_ai"])
def test_translators_of_litellm_get_the_messages_as_they_are(provider: str) -> None:
    messages = [turn(thinking("A"), reasoning_content="A", provider_specific_fields={"x": 1})]
    assert carried(messages, provider, "claude-sonnet-4-5") is messages


def test_handlers_of_the_user_get_the_messages_as_they_are() -> None:
    messages = [turn(thinking("A"))]
    assert carried(messages, "mine", custom=["mine"]) is messages


@pytest.mark.parametrize(
    ("provider", "api_base", "field"),
    [
        ("openai", "https://api.openai.com/v1", None),
        ("openai", "http://10.0.0.1:8000/v1", "reasoning_content"),
        ("openai", "https://api.groq.com/openai/v1", "reasoning"),
        ("custom_openai", None, "reasoning_content"),
        ("custom_openai", "https://api.openai.com/v1", None),
        ("custom_openai", "https://not-api.openai.com.test/v1", "reasoning_content"),
        ("groq", "http://localhost:1/v1", "reasoning"),
    ],
)
def test_the_address_says_who_speaks_openai_s_wire(provider: str, api_base: str | None, field: str | None) -> None:
    written = sent(turn(thinking("A")), provider, api_base=api_base)
    assert {name for name in written if name.startswith("reasoning")} == ({field} if field else set())


def test_openai_s_address_may_be_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://gateway.test/v1")
    assert sent(turn(thinking("A")), "openai")["reasoning_content"] == "A"


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (turn(thinking("A"), thinking(""), thinking("B", None)), "A\nB"),
        (turn(thinking("doubled doubled"), reasoning_content="doubled"), "doubled"),
        (turn(thinking("A"), reasoning_content=" "), "A"),
        (turn(thinking("A"), thinking("B", MINTED), reasoning_content="A"), "A\nB"),
        (turn(provider_specific_fields={"reasoning_content": "A"}), "A"),
        (turn(reasoning_content="A"), "A"),
        (turn(REDACTED), None),
        (turn({"type": "thinking", "thinking": None}, {"type": "thinking", "thinking": 5}), None),
    ],
)
def test_the_text_of_a_turn(message: Item, text: str | None) -> None:
    written = sent(message, "zai")
    assert written.get("reasoning_content") == text
    assert set(written) - {"reasoning_content"} == {"role", "content"}


def test_a_placeholder_goes_only_where_it_is_asked_for() -> None:
    message = {"role": "assistant", "content": "t", "reasoning_content": " "}
    assert sent(message, "moonshot") == message
    assert sent(message, "cerebras") == {"role": "assistant", "content": "t"}


@pytest.mark.parametrize(
    "provider", ["moonshot", "cerebras", "mistral", "databricks", "openrouter", "minimax", "openai"]
)
def test_a_request_without_reasoning_is_left_alone(provider: str) -> None:
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    messages = [
        {"role": "user", "content": "q", "reasoning_content": "not an assistant's"},
        {"role": "assistant", "content": None, "tool_calls": [call], "thinking_blocks": None},
        {"role": "tool", "tool_call_id": "c", "content": "r"},
    ]
    assert carried(messages, provider, "claude magistral") is messages
    assert carried(None, provider) is None
    assert carried(["what is this"], provider) == ["what is this"]


def test_reasoning_content_that_is_right_already_is_left_alone() -> None:
    messages = [{"role": "assistant", "content": "t", "reasoning_content": "A"}]
    assert carried(messages, "moonshot") is messages


def test_a_client_that_speaks_the_provider_s_words_is_left_alone() -> None:
    message = {"role": "assistant", "content": "t", "reasoning": "native", "reasoning_content": "A"}
    assert sent(message, "groq") == {"role": "assistant", "content": "t", "reasoning": "native"}
    assert sent(message, "a provider of next year") == message
    assert sent(message, "moonshot") == {"role": "assistant", "content": "t", "reasoning_content": "A"}


@pytest.mark.parametrize(
    ("provider", "model", "more", "fields"),
    [
        ("moonshot", "kimi-k9", {}, {"reasoning_content": "A"}),
        ("mistral", "codestral", {}, {}),
        ("groq", "openai/gpt-oss-120b", {}, {"reasoning": "A"}),
        ("hosted_vllm", "m", {"reasoning_carrier": "reasoning_content"}, {"reasoning_content": "A"}),
        ("custom_openai", "m", {"reasoning_carrier": "none"}, {}),
        ("custom_openai", "m", {}, {"reasoning": "A", "reasoning_details": "D"}),
        ("custom_openai", "m", {"api_base": "https://api.fireworks.ai/v1"}, {"reasoning_content": "A"}),
    ],
)
def test_fields_that_another_provider_gave_are_moved(provider: str, model: str, more: Item, fields: Item) -> None:
    details = [{"type": "reasoning.summary", "summary": "A"}, {"type": "reasoning.encrypted", "data": "x"}]
    if "reasoning_details" in fields:
        fields = {**fields, "reasoning_details": details}
    for given in ({"reasoning": "A", "reasoning_details": details}, {"reasoning_details": details}):
        written = sent({"role": "assistant", "content": "t", **given}, provider, model, **more)
        wanted = given if fields.get("reasoning_details") else fields
        assert written == {"role": "assistant", "content": "t", **wanted}


def test_calls_lose_litellm_s_fields() -> None:
    own = {"provider_specific_fields": {"thought_signature": "s"}}
    function = {"name": "f", "arguments": "{}"}
    message = {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "c", "function": {**function, **own}, **own}],
    }
    for provider in ("fireworks_ai", "openrouter"):
        assert sent(message, provider)["tool_calls"] == [{"id": "c", "function": function}]


def test_claude_behind_openrouter_gets_its_signed_blocks() -> None:
    written = sent(turn(thinking("A", "s1"), REDACTED, thinking("B", None), thinking("C", MINTED), thinking("", "s2")),
                   "openrouter", "anthropic/claude-sonnet-4.5")  # fmt: skip
    form = {"format": "anthropic-claude-v1"}
    assert written == {
        "role": "assistant",
        "content": "t",
        "reasoning_details": [
            {"type": "reasoning.text", "text": "A", "signature": "s1", **form, "index": 0},
            {"type": "reasoning.encrypted", "data": "EmwKclaude", **form, "index": 1},
            {"type": "reasoning.text", "text": "", "signature": "s2", **form, "index": 2},
        ],
    }


def test_claude_behind_openrouter_gets_unsigned_thinking_as_text() -> None:
    written = sent(turn(thinking("A", None)), "openrouter", "anthropic/claude-sonnet-4.5")
    assert written == {"role": "assistant", "content": "t", "reasoning": "A"}


@pytest.mark.parametrize("signature", ["s", None])
def test_openrouter_s_own_entries_go_back_unless_they_are_pieces(signature: str | None) -> None:
    entries = [{"type": "reasoning.text", "text": "A", "signature": signature}]
    message = {"role": "assistant", "content": "t", "reasoning_content": "A"}
    message["provider_specific_fields"] = {"reasoning_details": entries}
    written = sent(message, "openrouter", "anthropic/claude-sonnet-4.5")
    assert written.get("reasoning_details") == (entries if signature else None)
    assert ("reasoning" in written) == (signature is None)


def chunk(text: str) -> Item:
    return {"type": "thinking", "thinking": [{"type": "text", "text": text}]}


def entry(text: str) -> Item:
    return {"type": "reasoning.text", "text": text}


TEXT = {"type": "text", "text": "t"}


@pytest.mark.parametrize(
    ("message", "content"),
    [
        (turn(thinking("A"), thinking("B", MINTED)), (chunk("A"), chunk("B"), TEXT)),
        (turn(thinking("A"), content=None), (chunk("A"),)),
        (turn(thinking("A"), content=[TEXT]), (chunk("A"), TEXT)),
        (turn(reasoning_content="A"), (chunk("A"), TEXT)),
        (turn(REDACTED), "t"),
    ],
)
def test_mistral_gets_chunks(message: Item, content: object) -> None:
    assert sent(message, "mistral", "magistral-medium-latest") == {"role": "assistant", "content": content}


def test_databricks_gets_signed_blocks_in_the_content() -> None:
    written = sent(turn(thinking("A", "s"), thinking("B", None), REDACTED), "databricks", "our-claude")
    summary = [{"type": "summary_text", "text": "A", "signature": "s"}]
    assert written == {"role": "assistant", "content": [{"type": "reasoning", "summary": summary}, TEXT]}
    assert sent(turn(thinking("B", None)), "databricks", "our-claude") == {"role": "assistant", "content": "t"}


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (turn(thinking("A")), {"content": "<think>A</think>t"}),
        (turn(thinking("A"), content=None), {"content": "<think>A</think>"}),
        (turn(thinking("A"), content=[TEXT]), {"content": [{"type": "text", "text": "<think>A</think>"}, TEXT]}),
        (turn(thinking("</think>")), {"content": "t", "reasoning_details": [entry("</think>")]}),
    ],
)
def test_minimax_gets_tags(message: Item, expected: Item) -> None:
    assert sent(message, "minimax") == {"role": "assistant", **expected}


@pytest.mark.parametrize("params", [{"reasoning_split": True}, {"extra_body": {"reasoning_split": True}}])
def test_minimax_can_be_asked_for_its_other_form(params: Item) -> None:
    written = sent(turn(thinking("A", None)), "minimax", **params)
    assert written == {"role": "assistant", "content": "t", "reasoning_details": [entry("A")]}


@pytest.mark.parametrize(
    ("chosen", "fields"),
    [
        ("reasoning", {"reasoning": "A"}),
        ("reasoning_content", {"reasoning_content": "A"}),
        ("none", {}),
        ("thinking_blocks", {"thinking_blocks": [thinking("A")], "reasoning_content": "A"}),
    ],
)
def test_a_deployment_chooses_its_carrier(chosen: str, fields: Item) -> None:
    written = sent(turn(thinking("A")), "cerebras", reasoning_carrier=chosen)
    assert written == {"role": "assistant", "content": "t", **fields}


def test_a_carrier_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="reasoning_carrier is 'resoning'; it can be one of none, "):
        carried([], "cerebras", reasoning_carrier="resoning")


def test_every_row_can_be_written_and_has_a_source() -> None:
    table = import_module("litellm.thinking_round_trip.chat.carriers_table")
    writers = import_module("litellm.thinking_round_trip.chat.carriers")._WRITERS
    assert set(writers) == table.CARRIERS - {table.AS_IT_IS}
    for row in (*table.ROWS.values(), table.OTHERS):
        assert row.source
        assert {row.carrier, *(carrier for _, carrier in row.models)} <= table.CARRIERS


GPT = {"format": "openai-responses-v1", "index": 0}
DETAILS = [
    {"type": "reasoning.summary", "summary": "A", **GPT},
    {"type": "reasoning.encrypted", "data": "x", "id": "rs_1", **GPT},
]


@pytest.mark.parametrize("place", ["own", "client"])
@pytest.mark.parametrize(
    ("provider", "model", "fields"),
    [
        ("openrouter", "openai/gpt-5", {"reasoning_details": DETAILS}),
        ("openrouter", "anthropic/claude-sonnet-4.5", {"reasoning": "A"}),
        ("openrouter", "deepseek/deepseek-r1", {"reasoning": "A"}),
        ("openrouter", "auto", {"reasoning_details": DETAILS}),
        ("moonshot", "kimi-k9", {"reasoning_content": "A"}),
    ],
)
def test_sealed_entries_go_to_their_vendor_alone(place: str, provider: str, model: str, fields: Item) -> None:
    given = {"provider_specific_fields": {"reasoning_details": DETAILS}} if place == "own" else {}
    given = given or {"reasoning_details": DETAILS, "reasoning": "A"}
    written = sent({"role": "assistant", "content": "t", **given}, provider, model)
    kept = {"reasoning": "A"} if place == "client" and "reasoning_details" in fields else {}
    assert written == {"role": "assistant", "content": "t", **fields, **kept}
