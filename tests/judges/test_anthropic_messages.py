"""Anthropic's judge: docs/providers.md#anthropic-messages, each table as one here."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests import conversations
from tests.backends import Dialogue
from tests.backends.anthropic_messages import AnthropicMessages
from tests.conversations.model import Conversation
from tests.judges.asking import ask, said
from tests.judges.claude_words import DOCS, FIRST, MODIFIED, OFF, PREFILL
from tests.judges.honest import Body, Lie, events, truth
from tests.judges.honest_messages import ADAPTIVE, INTERLEAVED, MANUAL, HonestMessages, rebuilt

EXPECTED = "Expected `thinking` or `redacted_thinking`, but found"
FORGED = "Invalid `signature` in `thinking` block"
FORGED_DATA = "Invalid `data` in `redacted_thinking` block"
EXTRA = "Extra inputs are not permitted"
WARM = (
    "`temperature` may only be set to 1 when thinking is enabled. Please consult our documentation at "
    f"{DOCS}#important-considerations-when-using-extended-thinking"
)
UNASKED = (
    "unexpected `tool_use_id` found in `tool_result` blocks: toolu_0. Each `tool_result` block must have a "
    "corresponding `tool_use` block in the previous message."
)
LATE = (
    "If an assistant message contains any thinking blocks, the first block must be `thinking` or `redacted_thinking`."
)
FORCED = "Thinking may not be enabled when tool_choice forces tool use."
UNANSWERED = (
    "tool_use ids were found without tool_result blocks immediately after. Each `tool_use` block must have a "
    "corresponding `tool_result` block in the next message."
)
MANUAL_GONE = (
    '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" '
    "to control thinking behavior."
)
OWN = [
    name
    for name in conversations.names()
    if not (conversations.load(name).visitors or conversations.load(name).imported)
]


def manual(conversation: str | Conversation, **extra: Any) -> HonestMessages:
    """A client of a 4.5 model that thinks manually, before the last request of a conversation."""
    return _client(conversation, **{"thinking": MANUAL, **extra})


def adaptive(conversation: str | Conversation, **extra: Any) -> HonestMessages:
    return _client(conversation, **{"thinking": ADAPTIVE, "model": "claude-sonnet-4-6", **extra})


def _client(conversation: str | Conversation, **extra: Any) -> HonestMessages:
    client = HonestMessages(AnthropicMessages, headers=INTERLEAVED, **extra)
    return client.play(conversations.load(conversation) if isinstance(conversation, str) else conversation)


# Lies: they spoil one place of the last request. Messages and blocks count from zero.


def block(message: int, index: int, **fields: Any) -> Lie:
    return lambda body: body["messages"][message]["content"][index].update(fields)


def without(message: int, index: int, field: str) -> Lie:
    return lambda body: body["messages"][message]["content"][index].pop(field)


def blocks(message: int, change: Callable[[list[Body]], list[Body]]) -> Lie:
    def lie(body: Body) -> None:
        body["messages"][message]["content"] = change(body["messages"][message]["content"])

    return lie


def params(**fields: Any) -> Lie:
    return lambda body: body.update(fields)


def field(message: int, **fields: Any) -> Lie:
    return lambda body: body["messages"][message].update(fields)


def then(*lies: Lie) -> Lie:
    def lie(body: Body) -> None:
        for one in lies:
            one(body)

    return lie


def broken_off(body: Body) -> None:
    """The conversation ends with the last thought, before anything was said."""
    body["messages"] = [*body["messages"][:3], {"role": "assistant", "content": body["messages"][3]["content"][:1]}]


def swapped(given: list[Body]) -> list[Body]:
    return [given[1], given[0], *given[2:]]


def unthinking(given: list[Body]) -> list[Body]:
    return [one for one in given if "thinking" not in one["type"]]


def retyped(given: list[Body]) -> list[Body]:
    """Redacted thinking as thinking without text."""
    return [{"type": "thinking", "thinking": "", "signature": given[0]["data"]}, *given[1:]]


def redacted(given: list[Body]) -> list[Body]:
    return [{"type": "redacted_thinking", "data": given[0]["signature"]}, *given[1:]]


def merged(given: list[Body]) -> list[Body]:
    text = given[0]["thinking"] + given[1]["thinking"]
    return [{**given[0], "thinking": text}, *given[2:]]


def earlier(given: list[Body]) -> list[Body]:
    """The second thought before the call that it stood behind."""
    return [*given[:2], given[3], given[2], *given[4:]]


OFF_NOW = params(thinking={"type": "disabled"})

# What the request is before it is spoilt: thinking-text-tool ends [u, a(thinking, text, tool), u, a(thinking, text),
# u], tool-loop with the result of its third call, [u, a, u, a, u, a(thinking, text, tool), u].
REJECTED = [
    # docs/providers.md#anthropic-errors, in the order of its table.
    ("tool-loop", blocks(5, unthinking), f"messages.5.content.0.type: {EXPECTED} `text`. {FIRST}"),
    ("thinking-then-tool", blocks(1, unthinking), f"messages.1.content.0.type: {EXPECTED} `tool_use`. {FIRST}"),
    ("thinking-text-tool", blocks(1, swapped), f"messages.1.content.0: {LATE} Found `text`."),
    ("tool-loop", blocks(5, swapped), f"messages.5.content.1: {MODIFIED}"),
    ("two-thinking-blocks", blocks(3, swapped), f"messages.3.content.0: {MODIFIED}"),
    ("two-thinking-blocks", blocks(3, lambda given: [given[0], given[2]]), f"messages.3.content.0: {MODIFIED}"),
    (
        "two-thinking-blocks",
        blocks(3, lambda given: [given[0], given[0], *given[1:]]),
        f"messages.3.content.1: {MODIFIED}",
    ),
    ("interleaved", blocks(1, earlier), f"messages.1.content.2: {MODIFIED}"),
    ("two-thinking-blocks", blocks(3, merged), f"messages.3.content.0: {FORGED}"),
    ("thinking-text-tool", block(1, 0, thinking="Else."), f"messages.1.content.0: {FORGED}"),
    ("thinking-text-tool", block(3, 0, thinking=""), f"messages.3.content.0: {FORGED}"),
    ("thinking-text-tool", block(1, 0, signature="RXFRQg=="), f"messages.1.content.0: {FORGED}"),
    ("thinking-text-tool", block(1, 0, signature=""), f"messages.1.content.0: {FORGED}"),
    ("redacted-thinking", block(1, 0, data="RXFRQg=="), f"messages.1.content.0: {FORGED_DATA}"),
    ("redacted-thinking", blocks(1, retyped), f"messages.1.content.0: {FORGED}"),
    ("thinking-text-tool", blocks(1, redacted), f"messages.1.content.0: {FORGED_DATA}"),
    ("thinking-text-tool", without(1, 0, "signature"), "messages.1.content.0.thinking.signature: Field required"),
    ("redacted-thinking", without(1, 0, "data"), "messages.1.content.0.redacted_thinking.data: Field required"),
    (
        "thinking-text-tool",
        block(1, 0, signature=None),
        "messages.1.content.0.thinking.signature.str: Input should be a valid string",
    ),
    (
        "thinking-text-tool",
        block(1, 0, thinking="", signature=""),
        "messages.1.content.0.thinking: each thinking block must contain thinking",
    ),
    ("tool-loop", OFF_NOW, f"messages.5.content.0: {OFF}"),
    ("thinking-text-tool", then(OFF_NOW, lambda body: body["messages"].pop()), f"messages.3.content.0: {OFF}"),
    ("thinking-text-tool", broken_off, "messages.3: The final block in an assistant message cannot be `thinking`."),
    ("thinking-text-tool", params(tool_choice={"type": "any"}), FORCED),
    ("thinking-text-tool", params(tool_choice={"type": "tool", "name": "forecast"}), FORCED),
    ("thinking-text-tool", params(temperature=0.5), WARM),
    ("thinking-text-tool", params(model="claude-opus-4-7"), MANUAL_GONE),
    ("thinking-text-tool", params(model="claude-opus-4-8"), MANUAL_GONE),
    ("thinking-text-tool", params(model="claude-opus-5"), MANUAL_GONE),
    ("thinking-text-tool", params(model="claude-opus-5-5"), MANUAL_GONE),
    ("thinking-text-tool", params(model="claude-sonnet-5"), MANUAL_GONE),
    ("thinking-text-tool", params(model="claude-fable-5-1"), MANUAL_GONE),
    ("thinking-text-tool", params(model="claude-mythos-5"), MANUAL_GONE),
    (
        "thinking-text-tool",
        params(thinking={"type": "disabled"}, model="claude-mythos-5"),
        '"thinking.type.disabled" is not supported for this model.',
    ),
    (
        "thinking-text-tool",
        params(thinking={"type": "disabled"}, model="claude-fable-5"),
        '"thinking.type.disabled" is not supported for this model.',
    ),
    (
        "thinking-text-tool",
        params(thinking={"type": "disabled"}, model="claude-opus-5-5"),
        '"thinking.type.disabled" is not supported for this model.',
    ),
    ("thinking-text-tool", params(thinking=ADAPTIVE), "adaptive thinking is not supported on this model"),
    (
        "thinking-text-tool",
        params(thinking=ADAPTIVE, model="claude-opus-4-7", temperature=1),
        "temperature is deprecated for this model.",
    ),
    (
        "thinking-text-tool",
        block(1, 0, cache_control={"type": "ephemeral"}),
        f"messages.1.content.0.thinking.cache_control: {EXTRA}",
    ),
    ("redacted-thinking", block(1, 0, signature=""), f"messages.1.content.0.redacted_thinking.signature: {EXTRA}"),
    (
        "thinking-text-tool",
        block(1, 2, provider_specific_fields={}),
        f"messages.1.content.2.tool_use.provider_specific_fields: {EXTRA}",
    ),
    ("thinking-text-tool", block(2, 0, name="forecast"), f"messages.2.content.0.tool_result.name: {EXTRA}"),
    ("thinking-text-tool", field(1, thinking_blocks=[]), f"messages.1.thinking_blocks: {EXTRA}"),
    ("thinking-text-tool", field(3, reasoning_content=""), f"messages.3.reasoning_content: {EXTRA}"),
    ("thinking-text-tool", lambda body: body["messages"].pop(2), UNANSWERED),
    ("tool-loop", lambda body: body["messages"].pop(), UNANSWERED),
    ("parallel-tools", blocks(2, lambda given: given[:1]), UNANSWERED),
    (
        "thinking-text-tool",
        blocks(4, lambda _: [{"type": "tool_result", "tool_use_id": "toolu_0", "content": ""}]),
        UNASKED,
    ),
    ("thinking-text-tool", block(1, 1, text=""), "text content blocks must be non-empty"),
    ("thinking-text-tool", block(3, 1, text=" \n"), "text content blocks must contain non-whitespace text"),
    ("thinking-text-tool", field(4, content=""), "user messages must have non-empty content"),
    ("thinking-text-tool", field(4, content=[]), "user messages must have non-empty content"),
    # Below the table.
    ("thinking-text-tool", params(thinking={"type": "enabled"}), "thinking.enabled.budget_tokens: Field required"),
    (
        "thinking-text-tool",
        params(thinking={**MANUAL, "budget_tokens": 1023}),
        "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024",
    ),
]


@pytest.mark.parametrize(("name", "lie", "message"), REJECTED)
def test_manual__rejected(name: str, lie: Lie, message: str) -> None:
    _check_rejected(manual(name), lie, message)


def _check_rejected(client: HonestMessages, lie: Lie, message: str) -> None:
    answer = client.spoilt(lie)
    number = len(client.backend.dialogue.requests)
    ident = client.backend.mint("req_011C", number)[:28]
    error = {"type": "invalid_request_error", "message": message}
    assert json.loads(answer.body) == {"type": "error", "error": error, "request_id": ident}
    assert (answer.status, answer.headers["request-id"]) == (400, ident)
    assert [one.request for one in client.backend.dialogue.rejections] == [number]


ADAPTIVE_REJECTED = [
    ("thinking-text-tool", block(1, 0, thinking="Else."), f"messages.1.content.0: {FORGED}"),
    ("tool-loop", blocks(5, swapped), f"messages.5.content.1: {MODIFIED}"),
    ("thinking-text-tool", lambda body: body["messages"].pop(), PREFILL),
    ("thinking-text-tool", params(tool_choice={"type": "any"}), FORCED),
]


@pytest.mark.parametrize(("name", "lie", "message"), ADAPTIVE_REJECTED)
def test_adaptive__rejected(name: str, lie: Lie, message: str) -> None:
    _check_rejected(adaptive(name), lie, message)


def test_budget_above_max_tokens__rejected() -> None:
    message = f"`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at {DOCS}"
    client = HonestMessages(AnthropicMessages, thinking=MANUAL).play(conversations.load("one-thinking-turn"))
    _check_rejected(client, params(max_tokens=1024), message)


# What a lenient judge lets pass, because nobody has verified it or the sources contradict each other.
ASSUMED = [
    (manual, "thinking-text-tool", blocks(1, swapped)),
    (manual, "tool-loop", blocks(5, unthinking)),
    (manual, "tool-loop", OFF_NOW),
    (manual, "thinking-text-tool", field(1, thinking_blocks=[])),
    (adaptive, "thinking-text-tool", params(model="claude-sonnet-5", tool_choice={"type": "any"})),
    (adaptive, "thinking-text-tool", lambda body: body["messages"].pop()),
]


@pytest.mark.parametrize(("mode", "name", "lie"), ASSUMED)
def test_assumed__lenient(mode: Callable[..., HonestMessages], name: str, lie: Lie) -> None:
    assert mode(name).spoilt(lie).status == 400
    assert mode(name, lenient=True).spoilt(lie).status == 200


def test_foreign_field__lenient_notes_it() -> None:
    """What the judge then takes silently is still foreign."""
    noted = manual("thinking-text-tool", lenient=True).caught(field(1, thinking_blocks=["x"]))
    assert "foreign field on the wire" in noted
    assert "messages[1].thinking_blocks" in noted


ACCEPTED = [
    (manual, "one-thinking-turn", truth),
    (manual, "thinking-text-tool", params(tool_choice={"type": "auto"}, temperature=1)),
    (manual, "thinking-text-tool", params(max_tokens=1024)),  # interleaved: the budget is that of the turn
    (manual, "thinking-text-tool", params(model="claude-opus-4-6")),
    (manual, "thinking-text-tool", OFF_NOW),  # "elsewhere in history: accepted, ignored"
    (manual, "thinking-text-tool", lambda body: body.pop("thinking")),
    (manual, "thinking-text-tool", params(thinking={"type": "disabled"}, temperature=0.5)),
    (manual, "thinking-text-tool", block(1, 1, cache_control={"type": "ephemeral"})),
    (manual, "thinking-text-tool", lambda body: body["messages"].append({"role": "user", "content": "And?"})),
    (manual, "two-thinking-blocks", lambda body: body["messages"].insert(3, {"role": "assistant", "content": ""})),
    (manual, "thinking-text-tool", lambda body: body["messages"].insert(4, {"role": "assistant", "content": []})),
]


@pytest.mark.parametrize(("mode", "name", "lie"), ACCEPTED)
def test_accepted(mode: Callable[..., HonestMessages], name: str, lie: Lie) -> None:
    client = mode(name)
    assert client.spoilt(lie).status == 200
    assert said(client.backend) == ""


# The API takes these, and what is lost by them is noted.
TAKEN = [
    (manual, "thinking-text-tool", then(OFF_NOW, block(1, 0, signature="RXFRQg==")), "encrypted content came back"),
    (manual, "tool-loop", blocks(1, unthinking), "reasoning was dropped"),
    (manual, "thinking-text-tool", blocks(3, unthinking), "reasoning was dropped"),
    (adaptive, "tool-loop", blocks(5, unthinking), "reasoning was dropped"),
    (manual, "redacted-thinking", blocks(3, unthinking), "encrypted content was lost"),
]


@pytest.mark.parametrize(("mode", "name", "lie", "noted"), TAKEN)
def test_taken_with_a_loss(mode: Callable[..., HonestMessages], name: str, lie: Lie, noted: str) -> None:
    client = mode(name)
    assert client.spoilt(lie).status == 200
    assert noted in said(client.backend)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("mode", [manual, adaptive])
@pytest.mark.parametrize("name", OWN)
def test_honest(name: str, mode: Callable[..., HonestMessages], stream: bool) -> None:
    conversation = conversations.load(name)
    client = mode(conversation, stream=stream)
    assert client.caught(truth) == ""
    given = client.backend.dialogue.given[:-1]
    turns = conversation.assistant_turns[:-1]
    assert [len(one.parts) for one in given] == [len(turn.blocks) for turn in turns]


@pytest.mark.parametrize("name", ["interleaved", "redacted-thinking", "odd-text", "parallel-tools"])
def test_stream__rebuilds_the_whole(name: str) -> None:
    whole, streamed = manual(name), manual(name, stream=True)
    assert streamed.history == whole.history


def test_stream__events() -> None:
    """docs/providers.md#anthropic-streaming: one signature delta after the thinking deltas."""
    client = HonestMessages(AnthropicMessages, stream=True, thinking=MANUAL)
    client.backend.dialogue.script = conversations.load("thinking-then-tool").assistant_turns
    client.history = [{"role": "user", "content": "Hello"}]
    got = events(client.send({**client.request(), **client.extra}))
    kinds = [one.get("delta", {}).get("type", one["type"]) for one in got]
    assert kinds == [
        "message_start", "content_block_start", *["thinking_delta"] * 3, "signature_delta", "content_block_stop",
        "content_block_start", *["input_json_delta"] * 4, "content_block_stop", "message_delta", "message_stop",
    ]  # fmt: skip
    assert got[1]["content_block"] == {"type": "thinking", "thinking": "", "signature": ""}
    assert rebuilt(got)["stop_reason"] == "tool_use"


def test_stop_reason() -> None:
    client = HonestMessages(AnthropicMessages, thinking=MANUAL)
    client.backend.dialogue.script = conversations.load("one-thinking-turn").assistant_turns
    client.history = [{"role": "user", "content": "Hello"}]
    assert json.loads(client.send(client.request()).body)["stop_reason"] == "end_turn"


def test_redacted__comes_whole_when_it_is_announced() -> None:
    """docs/providers.md#anthropic-streaming, last line."""
    client = HonestMessages(AnthropicMessages, stream=True, thinking=MANUAL)
    client.backend.dialogue.script = conversations.load("redacted-thinking").assistant_turns
    client.history = [{"role": "user", "content": "Hello"}]
    got = events(client.send({**client.request(), **client.extra}))
    assert got[1]["content_block"]["data"].startswith("EqQB")
    assert got[2]["type"] == "content_block_stop"


@pytest.mark.parametrize("stream", [False, True])
def test_omitted(stream: bool) -> None:
    """docs/providers.md#anthropic-errors and docs/providers.md#anthropic-streaming: signed without text, taken back so,
    and text put in is not verified.
    """
    client = adaptive("thinking-text-tool", thinking={**ADAPTIVE, "display": "omitted"}, stream=stream)
    thought = client.body["messages"][1]["content"][0]
    assert (thought["thinking"], thought["signature"][:4]) == ("", "EqQB")
    assert client.spoilt(block(1, 0, thinking="Put in.")).status == 200
    other = adaptive("thinking-text-tool", thinking={**ADAPTIVE, "display": "omitted"}, stream=stream)
    assert other.caught(truth) == ""


def _blocks_of(client: HonestMessages, message: int) -> list[str]:
    return [one["type"] for one in client.body["messages"][message]["content"]]


def test_thinking__only_for_those_who_ask() -> None:
    client = HonestMessages(AnthropicMessages).play(conversations.load("thinking-text-tool"))
    assert _blocks_of(client, 1) == ["text", "tool_use"]
    assert client.caught(truth) == ""


NOT_INTERLEAVED = [
    ("claude-sonnet-4-5", {}),
    ("claude-haiku-4-5", INTERLEAVED),
    ("claude-3-7-sonnet-latest", INTERLEAVED),
]


@pytest.mark.parametrize(("model", "headers"), NOT_INTERLEAVED)
def test_interleaved__only_where_it_is_switched_on(model: str, headers: dict[str, str]) -> None:
    """docs/providers.md#which-turns-need-thinking; and a call that came without thinking may go back without it."""
    client = HonestMessages(AnthropicMessages, thinking=MANUAL, model=model, headers=headers)
    client.play(conversations.load("tool-loop"))
    assert [_blocks_of(client, index) for index in (1, 3)] == [["thinking", "text", "tool_use"], ["text", "tool_use"]]
    assert client.caught(truth) == ""


def test_interleaved__not_within_a_message() -> None:
    client = HonestMessages(AnthropicMessages, thinking=MANUAL).play(conversations.load("interleaved"))
    assert _blocks_of(client, 1) == ["thinking", "text", "tool_use", "text", "tool_use"]


def test_interleaved__by_header() -> None:
    client = manual("tool-loop", model="claude-sonnet-4-20250514")
    assert [_blocks_of(client, index)[0] for index in (1, 3, 5)] == ["thinking"] * 3


def test_toggled_on_in_a_tool_loop() -> None:
    """docs/providers.md#which-turns-need-thinking: an error in manual mode, in adaptive mode silence."""
    conversation = conversations.load("thinking-then-tool")
    found = f"messages.1.content.0.type: {EXPECTED} `tool_use`. {FIRST}"
    _check_rejected(HonestMessages(AnthropicMessages).play(conversation), params(thinking=MANUAL), found)
    client = HonestMessages(AnthropicMessages, model="claude-opus-4-6").play(conversation)
    assert client.caught(params(thinking=ADAPTIVE)) == ""


def test_old_seals_of_another_instance() -> None:
    """docs/providers.md#blocks-from-another-model: signatures do not expire; they hold for another process with the
    same key as well.
    """
    client = manual("one-thinking-turn")
    other = AnthropicMessages(Dialogue(conversations.load("one-thinking-turn").assistant_turns))
    assert ask(other, client.body).status == 200


# docs/providers.md#prefix-binding.

BETA = "thinking-binding-controls-2026-08-01"
BOUND = (
    "messages.{}.content.{}: Invalid `signature` in `thinking` block. The block is bound to a different conversation. "
    'Remove the block, or set `thinking.block_binding.prefix_mismatch_behavior` to "drop_block".'
)
HEADER = f" That setting requires the `{BETA}` value in the `anthropic-beta` header."
SYSTEM = " The `system` prompt differs from the one this block was created with."
MISSING = " Content that preceded this block when it was created is missing from this request, starting at `{}`."
DROP = {**ADAPTIVE, "block_binding": {"prefix_mismatch_behavior": "drop_block"}}
ERROR = {**ADAPTIVE, "block_binding": {"prefix_mismatch_behavior": "error"}}


class Bound(AnthropicMessages):
    """An account that was created when binding was on by default."""

    def __init__(self, dialogue: Dialogue, *, lenient: bool = False) -> None:
        super().__init__(dialogue, lenient=lenient, binding=True)


def bound(name: str, backend: type[AnthropicMessages] = Bound, beta: bool = False, **extra: Any) -> HonestMessages:
    headers = {"anthropic-beta": f"other,{BETA}"} if beta else {}
    extra = {"thinking": ADAPTIVE, "model": "claude-opus-5-5", "system": "Be brief.", **extra}
    return HonestMessages(backend, headers=headers, **extra).play(conversations.load(name))


def shortened(body: Body) -> None:
    """Without the first exchange; what follows begins with a user's message all the same."""
    del body["messages"][:2]


UNBOUND = [
    (params(system="Be long."), BOUND.format(1, 0) + HEADER + SYSTEM),
    (params(tools=[]), BOUND.format(1, 0) + HEADER),
    (field(0, content="Is 222 prime?"), BOUND.format(1, 0) + HEADER),
    (shortened, BOUND.format(3, 0) + HEADER + MISSING.format("messages.0.content.0")),
    (blocks(3, unthinking), BOUND.format(5, 0) + HEADER),
]


@pytest.mark.parametrize(("lie", "message"), UNBOUND)
def test_binding__rejected(lie: Lie, message: str) -> None:
    client = bound("tool-loop" if lie is not shortened else "pause-in-thinking")
    _check_rejected(client, lie, message)


@pytest.mark.parametrize(
    "lie",
    [
        blocks(1, unthinking),
        blocks(5, unthinking),
        then(blocks(1, unthinking), blocks(3, unthinking)),
        then(blocks(1, unthinking), blocks(3, unthinking), blocks(5, unthinking)),
        params(max_tokens=2000, output_config={"effort": "low"}, tool_choice={"type": "none"}),
        params(system=[{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}]),
        block(2, 0, cache_control={"type": "ephemeral"}),
        block(2, 0, content=[{"type": "text", "text": "40 /srv/mail\n9 /srv/www"}]),
        lambda body: body["tools"][0].update(cache_control={"type": "ephemeral"}),
    ],
)
def test_binding__accepted(lie: Lie) -> None:
    assert bound("tool-loop").spoilt(lie).status == 200


def test_binding__two_thoughts_in_a_turn() -> None:
    assert bound("two-thinking-blocks").caught(truth) == ""


def test_binding__another_instance_does_not_know_the_cause() -> None:
    client = bound("tool-loop")
    client.backend = Bound(client.backend.dialogue)
    _check_rejected(client, params(system="Else."), BOUND.format(1, 0) + HEADER)


def test_binding__with_the_header() -> None:
    _check_rejected(bound("tool-loop", beta=True), params(system="Else."), BOUND.format(1, 0) + SYSTEM)


def test_binding__setting_without_the_header() -> None:
    message = "thinking.adaptive.block_binding: Extra inputs are not permitted"
    _check_rejected(bound("tool-loop"), params(thinking=DROP), message)


def test_binding__drops_if_told() -> None:
    client = bound("tool-loop", beta=True, thinking=DROP)
    assert client.spoilt(params(system="Else.")).status == 200


def test_binding__older_account_asks_for_it() -> None:
    lie = params(system="Else.")
    assert bound("tool-loop", AnthropicMessages).spoilt(lie).status == 200
    asking = bound("tool-loop", AnthropicMessages, beta=True, thinking=ERROR)
    _check_rejected(asking, lie, BOUND.format(1, 0) + SYSTEM)


@pytest.mark.parametrize("model", ["fable-5-1", "fable-5-2", "mythos-5-2", "sonnet-5-5", "haiku-5-5"])
def test_binding__of_each_model_that_binds(model: str) -> None:
    client = bound("tool-loop", model=f"claude-{model}")
    _check_rejected(client, params(system="Be long."), BOUND.format(1, 0) + HEADER + SYSTEM)


def test_binding__only_of_models_that_bind() -> None:
    assert bound("tool-loop", model="claude-opus-4-8").spoilt(params(system="Else.")).status == 200


def test_foreign_thinking_is_not_asked_back() -> None:
    """docs/providers.md#blocks-from-another-model: what another vendor signed is a bad signature here, so it must stay
    away.
    """
    script = conversations.load("one-thinking-turn").assistant_turns

    class Elsewhere(AnthropicMessages):
        account = "elsewhere"

    dialogue = Dialogue(script)
    client = HonestMessages(AnthropicMessages, thinking=MANUAL)
    client.history = [{"role": "user", "content": "x"}]
    first = json.loads(ask(Elsewhere(dialogue), {**client.request(), "thinking": MANUAL}).body)
    client.history += [{"role": "assistant", "content": first["content"]}, {"role": "user", "content": "y"}]
    second = {**client.request(), "thinking": MANUAL}
    backend = AnthropicMessages(dialogue)
    assert b"Invalid `signature`" in ask(backend, second).body
    second["messages"][1]["content"] = first["content"][1:]
    assert ask(backend, second).status == 200
    assert dialogue.losses == []
