"""Bedrock's judges: docs/providers.md#bedrock-converse, each bullet as rows of a table here."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests import conversations
from tests.backends import Dialogue
from tests.backends.base import Backend
from tests.backends.bedrock_converse import (
    BedrockConverse,
    BedrockDeepSeek,
    BedrockGptOss,
    BedrockKimi,
    BedrockMiniMax,
    BedrockNova,
    BedrockR1,
)
from tests.backends.bedrock_stream import EVENT_STREAM, framed
from tests.backends.bedrock_wire import MEMBERS, unwrapped, wrapped
from tests.backends.wire import Answer
from tests.conversations import AssistantTurn, Text, Thinking, load
from tests.judges.asking import ask, said
from tests.judges.claude_words import DOCS, FIRST, MODIFIED, OFF, PREFILL
from tests.judges.honest import Body, Lie, truth
from tests.judges.honest_converse import CLAUDE, THINKING, HonestConverse, events, service_model, url
from tests.judges.replays import replays, table, told

MODEL = "The model returned the following errors: "
LATE = (
    "If an assistant message contains any thinking blocks, the first block must be `thinking` or `redacted_thinking`. "
    "Found `text`."
)
FORBIDDEN = "The request signature we calculated does not match the signature you provided."
NOVA = "User messages cannot contain reasoning content. Please remove the reasoning content and try again."
NOVA_MODEL = "us.amazon.nova-2-lite-v1%3A0"
R1_MODEL = "us.deepseek.r1-v1%3A0"
NOVA_THINKING = {"reasoningConfig": {"type": "enabled", "maxReasoningEffort": "low"}}
SEALED = "RXFRQg=="


def claude(
    name: str, *, stream: bool = False, fields: Body = THINKING, model: str = CLAUDE, **options: Any
) -> HonestConverse:
    """A client of Claude that thinks, before the last request of a conversation."""
    backend = options.pop("backend", BedrockConverse)
    client = HonestConverse(backend, url=url(model, stream=stream), additionalModelRequestFields=fields, **options)
    return client.play(load(name))


def nova(name: str, *, stream: bool = False, lenient: bool = False) -> HonestConverse:
    """A client of Nova that thinks, and that does not give its thinking back."""
    address = url(NOVA_MODEL, stream=stream)
    client = Forgetful(BedrockNova, url=address, lenient=lenient, additionalModelRequestFields=NOVA_THINKING)
    return client.play(load(name))


class Forgetful(HonestConverse):
    """Keeps what the model said, but not what it thought."""

    def keep(self, turn: Any, uses: Any) -> None:
        super().keep({**turn, "content": unthinking(turn["content"])}, uses)


# Lies: they spoil one place of the last request. Messages and blocks count from zero.


def unthinking(content: list[Body]) -> list[Body]:
    return [block for block in content if "reasoningContent" not in block]


def blocks(message: int, change: Callable[[list[Body]], list[Body]]) -> Lie:
    def lie(body: Body) -> None:
        body["messages"][message]["content"] = change(body["messages"][message]["content"])

    return lie


def thought(message: int, index: int = 0, **fields: Any) -> Lie:
    """Change a thinking text or its signature."""

    def lie(body: Body) -> None:
        body["messages"][message]["content"][index]["reasoningContent"]["reasoningText"].update(fields)

    return lie


def unsigned(message: int, index: int = 0) -> Lie:
    def lie(body: Body) -> None:
        del body["messages"][message]["content"][index]["reasoningContent"]["reasoningText"]["signature"]

    return lie


def redacted(message: int, data: str) -> Lie:
    return blocks(message, lambda content: [{"reasoningContent": {"redactedContent": data}}, *content[1:]])


def call_id(message: int, value: str) -> Lie:
    """Rename the call of a message, and its result with it."""

    def lie(body: Body) -> None:
        for block in [*body["messages"][message]["content"], *body["messages"][message + 1]["content"]]:
            for use in block.values():
                if isinstance(use, dict) and "toolUseId" in use:
                    use["toolUseId"] = value

    return lie


def params(**fields: Any) -> Lie:
    return lambda body: body.update(fields)


def options(**fields: Any) -> Lie:
    return lambda body: body.update(additionalModelRequestFields={**THINKING, **fields})


def field(message: int, **fields: Any) -> Lie:
    return lambda body: body["messages"][message].update(fields)


def ending(*content: Body) -> Lie:
    return lambda body: body["messages"].append({"role": "assistant", "content": list(content)})


def repeat_first(body: Body) -> None:
    """Let the request end with the first thought of the conversation."""
    body["messages"].append({"role": "assistant", "content": body["messages"][1]["content"][:1]})


def silently(lie: Lie) -> Lie:
    def both(body: Body) -> None:
        lie(body)
        del body["additionalModelRequestFields"]

    return both


# What the request is before it is spoilt: thinking-text-tool ends [u, a(thinking, text, tool), u, a(thinking, text),
# u], tool-loop with the result of its third call, [u, a, u, a, u, a(thinking, text, tool), u].
UTT, LOOP, TWO, REDACTED = "thinking-text-tool", "tool-loop", "two-thinking-blocks", "redacted-thinking"
REJECTED: dict[str, tuple[str, Lie, str]] = {
    # Bullet 1: the envelope, and "Expected … but found".
    "nothing-before-text": (LOOP, blocks(5, unthinking), f"{MODEL}messages.5.content.0.type: Expected `thinking` or `redacted_thinking`, but found `text`. {FIRST}"),  # noqa: E501
    "nothing-before-tool": ("thinking-then-tool", blocks(1, unthinking), f"{MODEL}messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`. {FIRST}"),  # noqa: E501
    # Bullet 2: text null. AWS counts from one.
    "text-null": (UTT, thought(1, text=None), "Value at 'messages.2.member.content.1.member.reasoningContent.reasoningText.text' failed to satisfy constraint: Member must not be null"),  # noqa: E501
    # Bullet 3: unsigned and empty signatures; and docs/providers.md#anthropic-errors, whose rows reach through.
    "unsigned": (UTT, unsigned(1), f"{MODEL}messages.1.content.0.thinking.signature: Field required"),
    "signature-null": (UTT, thought(1, signature=None), f"{MODEL}messages.1.content.0.thinking.signature: Field required"),  # noqa: E501
    "signature-empty": (UTT, thought(1, signature=""), f"{MODEL}messages.1.content.0: Invalid `signature` in `thinking` block"),  # noqa: E501
    "signature-forged": (UTT, thought(3, signature=SEALED), f"{MODEL}messages.3.content.0: Invalid `signature` in `thinking` block"),  # noqa: E501
    "text-changed": (UTT, thought(1, text="Else."), f"{MODEL}messages.1.content.0: Invalid `signature` in `thinking` block"),  # noqa: E501
    "both-empty": (UTT, thought(1, text="", signature=""), f"{MODEL}messages.1.content.0.thinking: each thinking block must contain thinking"),  # noqa: E501
    "redacted-forged": (REDACTED, redacted(1, SEALED), f"{MODEL}messages.1.content.0: Invalid `data` in `redacted_thinking` block"),  # noqa: E501
    "late-thinking": (UTT, blocks(1, lambda content: [content[1], content[0], content[2]]), f"{MODEL}messages.1.content.0: {LATE}"),  # noqa: E501
    "thought-dropped": (TWO, blocks(3, lambda content: content[1:]), f"{MODEL}messages.3.content.0: {MODIFIED}"),
    "thoughts-traded": (TWO, blocks(3, lambda content: [content[1], content[0], *content[2:]]), f"{MODEL}messages.3.content.0: {MODIFIED}"),  # noqa: E501
    "forced-any": (UTT, params(toolConfig={"tools": [], "toolChoice": {"any": {}}}), f"{MODEL}Thinking may not be enabled when tool_choice forces tool use."),  # noqa: E501
    "forced-tool": (UTT, params(toolConfig={"tools": [], "toolChoice": {"tool": {"name": "forecast"}}}), f"{MODEL}Thinking may not be enabled when tool_choice forces tool use."),  # noqa: E501
    "temperature": (UTT, params(inferenceConfig={"temperature": 0.5, "maxTokens": 4096}), f"{MODEL}`temperature` may only be set to 1 when thinking is enabled. Please consult our documentation at {DOCS}#important-considerations-when-using-extended-thinking"),  # noqa: E501
    "adaptive": (UTT, options(thinking={"type": "adaptive"}), f"{MODEL}adaptive thinking is not supported on this model"),  # noqa: E501
    "ends-silently": (UTT, silently(repeat_first), f"{MODEL}messages.5.content.0: {OFF}"),
    "ends-with-thinking": (UTT, repeat_first, f"{MODEL}messages.5: The final block in an assistant message cannot be `thinking`."),  # noqa: E501
    # Bullet 6, and litellm#13609.
    "block-binding": (UTT, options(thinking={**THINKING["thinking"], "block_binding": {}}), f"{MODEL}thinking.enabled.block_binding: Extra inputs are not permitted"),  # type: ignore[dict-item]  # noqa: E501
    "reasoning-field": (UTT, options(reasoning={"effort": "low"}), f"{MODEL}reasoning: Extra inputs are not permitted"),
    # The matrix: "SDK rejects".
    "thinking-blocks": (UTT, field(1, thinking_blocks=[]), 'Unknown parameter in input: "thinking_blocks"'),
    "reasoning-content": (UTT, field(1, reasoning_content="T"), 'Unknown parameter in input: "reasoning_content"'),
    "anthropic-block": (UTT, blocks(1, lambda content: [{"type": "thinking", "thinking": "T"}, *content[1:]]), 'Unknown parameter in input: "type"'),  # noqa: E501
    "in-the-thought": (UTT, thought(1, cache_control={}), 'Unknown parameter in input: "cache_control"'),
    "at-the-root": (UTT, params(reasoning_effort="low"), 'Unknown parameter in input: "reasoning_effort"'),
    # The service model's constraints on call ids.
    "long-id": (UTT, call_id(1, "x" * 65), f"Value '{'x' * 65}' at 'messages.2.member.content.3.member.toolUse.toolUseId' failed to satisfy constraint: Member must have length less than or equal to 64"),  # noqa: E501
    "odd-id": (UTT, call_id(1, "call|1"), "Value 'call|1' at 'messages.2.member.content.3.member.toolUse.toolUseId' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.:-]+"),  # noqa: E501
}  # fmt: skip


@table(REJECTED, "name, lie, message")
def test_claude_rejects(name: str, lie: Lie, message: str) -> None:
    assert told(claude(name).spoilt(lie)) == (400, {"message": message})


def test_the_error_names_its_type() -> None:
    answer = claude(UTT).spoilt(unsigned(1))
    assert answer.headers["x-amzn-errortype"] == "ValidationException"


ACCEPTED: dict[str, tuple[str, Lie]] = {
    "as-it-was": (UTT, truth),
    "no-thinking-then-none-asked": (UTT, silently(truth)),
    "forced-without-thinking": (UTT, silently(params(toolConfig={"tools": [], "toolChoice": {"any": {}}}))),
    "cache-points": (LOOP, blocks(5, lambda content: [{"cachePoint": {"type": "default"}}, *content])),
}


@table(ACCEPTED, "name, lie")
def test_claude_accepts(name: str, lie: Lie) -> None:
    assert claude(name).caught(lie) == ""


def test_finished_turns_may_be_without_thinking_but_that_is_a_loss() -> None:
    """docs/providers.md#which-turns-need-thinking: completed earlier turns may drop it."""
    client = claude(UTT)
    assert client.spoilt(blocks(1, unthinking)).status == 200
    assert "reasoning was dropped" in said(client.backend)


def test_a_thought_as_text_is_a_loss() -> None:
    """docs/failures.md#f35: unsigned thinking becomes visible text."""
    aloud = blocks(3, lambda content: [{"text": content[0]["reasoningContent"]["reasoningText"]["text"]}, *content[1:]])
    assert "thinking became visible text" in claude(UTT).caught(aloud)


ASSUMED: dict[str, tuple[Lie, str]] = {
    "late-thinking": (blocks(1, lambda content: [content[1], content[0], content[2]]), ""),
    "thinking-blocks": (field(1, thinking_blocks=[]), "foreign field on the wire"),
    "reasoning-effort": (params(reasoning_effort="low"), "foreign field on the wire"),
}


@table(ASSUMED, "lie, finding")
def test_a_lenient_bedrock_lets_pass_what_is_not_verified(lie: Lie, finding: str) -> None:
    client = claude(UTT, lenient=True)
    assert client.spoilt(lie).status == 200
    assert finding in said(client.backend)


class Forbidding(BedrockConverse):
    forbids_unsigned = True


@pytest.mark.parametrize("lie", [unsigned(1), thought(1, signature="")], ids=["absent", "empty"])
def test_by_another_source_unsigned_thinking_is_forbidden(lie: Lie) -> None:
    assert told(claude(UTT, backend=Forbidding).spoilt(lie)) == (403, {"message": FORBIDDEN})
    assert claude(UTT, backend=Forbidding, lenient=True).spoilt(lie).status == 400


def test_binding_is_unknown_without_its_beta() -> None:
    """Bullet 6, as litellm#41203 quotes it."""
    client = claude(UTT, fields={"thinking": {"type": "adaptive"}}, model="us.anthropic.claude-sonnet-5-5-v1%3A0")
    binding = params(additionalModelRequestFields={"thinking": {"type": "adaptive", "block_binding": {}}})
    message = f"{MODEL}thinking.adaptive.block_binding: Extra inputs are not permitted"
    assert told(client.spoilt(binding)) == (400, {"message": message})


@pytest.mark.parametrize("model", ["claude-sonnet-5", "claude-fable-5-1"])
def test_a_turn_of_nothing_but_thinking_counts_as_prefill(model: str) -> None:
    """Bullet 5: on Sonnet 5 and Fable 5.1, but not on 4.5."""
    adaptive = {"thinking": {"type": "adaptive"}}
    only = blocks(3, lambda content: content[:1])
    client = claude(UTT, fields=adaptive, model=f"us.anthropic.{model}-v1%3A0")
    assert told(client.spoilt(only)) == (400, {"message": f"{MODEL}{PREFILL}"})
    assert claude(UTT).spoilt(only).status == 200


@replays("redacted-thinking", "thinking-then-tool", "one-thinking-turn")
def test_an_honest_claude_client_is_clean(name: str, stream: bool) -> None:
    assert claude(name, stream=stream).caught(truth) == ""


ALONE = [name for name in conversations.names() if not (load(name).visitors or load(name).imported)]


@pytest.mark.parametrize("name", ALONE)
def test_a_stream_says_what_a_whole_answer_says(name: str) -> None:
    """What one client can play: no switch, nothing from elsewhere."""
    assert claude(name, stream=True).history == claude(name).history


def test_hidden_thinking_comes_without_text_and_goes_back() -> None:
    script = (AssistantTurn((Thinking(""), Text("Yes."))), AssistantTurn((Text("Good."),)))
    client = HonestConverse(BedrockConverse, url=url(), additionalModelRequestFields=THINKING)
    client.backend.dialogue.script = script
    client.history.append({"role": "user", "content": "Well?"})
    client.body = {**client.request(), **client.extra}
    client.take(script[0])
    client.history.append({"role": "user", "content": "Sure?"})
    client.body = {**client.request(), **client.extra}
    (hidden, _) = client.history[1]["content"]
    assert hidden["reasoningContent"]["reasoningText"]["text"] == ""
    assert client.caught(truth) == ""


@pytest.mark.parametrize("backend", [BedrockConverse, BedrockNova])
def test_without_the_switch_no_reasoning_is_given(backend: type[Backend]) -> None:
    script = (AssistantTurn((Thinking("Hm."), Text("Yes."))),)
    body = {"messages": [{"role": "user", "content": [{"text": "Well?"}]}]}
    model = CLAUDE if backend is BedrockConverse else NOVA_MODEL
    answer = ask(backend(Dialogue(script)), body, url(model))
    assert json.loads(answer.body)["output"]["message"]["content"] == [{"text": "Yes."}]


# Bullet 4: the models that take no reasoning back.


@replays()
def test_an_honest_nova_client_is_clean(name: str, stream: bool) -> None:
    assert nova(name, stream=stream).caught(truth) == ""


def thinking_again(**fields: str) -> Lie:
    block = {"reasoningContent": {"reasoningText": {"text": "Rain from noon means yes, but not before.", **fields}}}
    return blocks(3, lambda content: [block, *content])


NOVA_REJECTED: dict[str, tuple[Lie, bool]] = {
    "signed": (thinking_again(signature=SEALED), False),
    "unsigned": (thinking_again(), True),
    "redacted": (redacted(3, SEALED), False),
}


@table(NOVA_REJECTED, "lie, assumed")
def test_nova_refuses_reasoning(lie: Lie, assumed: bool) -> None:
    """By bifrost's account it takes what has no signature, so a lenient one does."""
    assert told(nova(UTT).spoilt(lie)) == (400, {"message": NOVA})
    assert nova(UTT, lenient=True).spoilt(lie).status == (200 if assumed else 400)


@table(NOVA_REJECTED, "lie, assumed")
def test_r1_refuses_reasoning(lie: Lie, assumed: bool) -> None:
    """It did, and AWS says otherwise of reasoning in general: a lenient one takes what nobody signed."""
    assert told(Forgetful(BedrockR1, url=url(R1_MODEL)).play(load(UTT)).spoilt(lie)) == (400, {"message": NOVA})
    lenient = Forgetful(BedrockR1, url=url(R1_MODEL), lenient=True).play(load(UTT))
    assert lenient.spoilt(lie).status == (200 if assumed else 400)


@pytest.mark.parametrize("stream", [False, True])
def test_an_honest_r1_client_is_clean(stream: bool) -> None:
    client = Forgetful(BedrockR1, url=url(R1_MODEL, stream=stream)).play(load(UTT))
    assert client.caught(truth) == ""
    assert client.backend.dialogue.given[0].parts[0].kind == "reasoning"


def test_nova_reasons_in_plain_text() -> None:
    client = HonestConverse(BedrockNova, url=url(NOVA_MODEL), additionalModelRequestFields=NOVA_THINKING)
    client.backend.dialogue.script = load(UTT).assistant_turns
    client.take(load(UTT).turns[0])
    answer = client.read(client.send(client.body))
    assert answer["content"][0] == {
        "reasoningContent": {"reasoningText": {"text": "The forecast decides it; I have to ask for Oslo."}}
    }


# Models of other vendors, which take their own reasoning back.
OWN: dict[type[Backend], str] = {
    BedrockKimi: "global.moonshotai.kimi-k3",
    BedrockMiniMax: "minimax.minimax-m2",
    BedrockGptOss: "openai.gpt-oss-120b-1%3A0",
    BedrockDeepSeek: "deepseek.v3-v1%3A0",
}
FORGED = (
    'The model returned the following errors: {"error": {"code": "validation_error", "message": '
    '"Encrypted content could not be verified.", "param": null, "type": "invalid_request_error"}}'
)


def own(name: str, backend: type[Backend] = BedrockKimi, *, stream: bool = False) -> HonestConverse:
    return HonestConverse(backend, url=url(OWN[backend], stream=stream)).play(load(name))


@pytest.mark.parametrize("backend", OWN)
@replays("one-thinking-turn", "two-thinking-blocks")
def test_an_honest_client_of_another_vendor_is_clean(name: str, stream: bool, backend: type[Backend]) -> None:
    assert own(name, backend, stream=stream).caught(truth) == ""


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("name", ["redacted-thinking", "redacted-first", "redacted-between", "redacted-alone"])
def test_an_honest_client_of_kimi_returns_what_is_sealed(name: str, stream: bool) -> None:
    assert own(name, stream=stream).caught(truth) == ""


OWN_REJECTED: dict[str, tuple[str, Lie]] = {
    "signed-by-another": (UTT, thought(1, signature=SEALED)),
    "sealed-by-another": (REDACTED, redacted(1, SEALED)),
    "wrapped-twice": (REDACTED, blocks(1, lambda content: [resealed(content[0], wrapped), *content[1:]])),
    "unwrapped": (REDACTED, blocks(1, lambda content: [resealed(content[0], unwrapped), *content[1:]])),
}


def resealed(block: Body, change: Callable[[str], str]) -> Body:
    return {"reasoningContent": {"redactedContent": change(block["reasoningContent"]["redactedContent"])}}


@table(OWN_REJECTED, "name, lie")
def test_another_vendors_model_rejects_a_seal_that_is_not_its_own(name: str, lie: Lie) -> None:
    assert told(own(name).spoilt(lie)) == (400, {"message": FORGED})


OWN_MISSED: dict[str, tuple[str, Lie, str]] = {
    "text": (UTT, blocks(1, unthinking), "reasoning was dropped"),
    "sealed": (REDACTED, blocks(1, unthinking), "encrypted content was lost"),
    "aloud": (UTT, blocks(1, lambda content: [{"text": "The forecast decides it; I have to ask for Oslo."}, *content[1:]]), "thinking became visible text"),  # noqa: E501
}  # fmt: skip


@table(OWN_MISSED, "name, lie, finding")
def test_what_another_vendors_model_misses_is_noted(name: str, lie: Lie, finding: str) -> None:
    assert finding in own(name).caught(lie)


# The wire itself.


@table({name: name for name in MEMBERS}, "name")
def test_the_members_are_those_of_the_service_model(name: str) -> None:
    """An older botocore knows fewer of them."""
    assert set(service_model().shape_for(name).members) <= MEMBERS[name]


def test_events_come_in_the_order_that_converse_streams_them() -> None:
    client = HonestConverse(BedrockConverse, url=url(stream=True), additionalModelRequestFields=THINKING)
    client.backend.dialogue.script = load("thinking-then-tool").assistant_turns
    client.take(load("thinking-then-tool").turns[0])
    got = events(client.send(client.body))
    deltas = [next(iter(one["contentBlockDelta"]["delta"])) for one in got if "contentBlockDelta" in one]
    assert [next(iter(one)) for one in got] == [
        "messageStart", *["contentBlockDelta"] * 4, "contentBlockStop",
        "contentBlockStart", *["contentBlockDelta"] * 3, "contentBlockStop", "messageStop", "metadata",
    ]  # fmt: skip
    assert deltas == [*["reasoningContent"] * 4, *["toolUse"] * 3]
    thoughts = [one["contentBlockDelta"]["delta"]["reasoningContent"] for one in got[1:5]]
    assert [next(iter(one)) for one in thoughts] == ["text", "text", "text", "signature"]


def test_a_frame_with_a_wrong_checksum_is_not_read() -> None:
    """What proves that the frames are right is that botocore checks them."""
    frame = framed({":event-type": "messageStop"}, b"{}")
    spoilt = frame[:-1] + bytes([frame[-1] ^ 1])
    with pytest.raises(Exception, match="Checksum mismatch"):
        events(Answer(200, EVENT_STREAM, (spoilt,)))
