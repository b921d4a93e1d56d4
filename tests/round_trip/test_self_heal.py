"""What LiteLLM makes of a rejection that is about the thinking in a history: the texts of
docs/failures.md#what-was-measured.

The first request is answered with the error in the provider's words and envelope, and the next one with a turn. That
one has to be the only other one, without what the error is about and with all the rest.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import litellm
import pytest
import respx

from tests.round_trip import google
from tests.round_trip.calls import call

# One loop for the whole session, as for the grid.
pytestmark = pytest.mark.asyncio(loop_scope="session")

Item = dict[str, Any]
Record = Callable[[str, object], None]

NOTE = "thinking_heal"
LATER = "messages.3.content.0"
EARLIER = "The first thought."
LATEST = "The second thought."
ADAPTIVE = {"type": "adaptive"}
MANUAL = {"type": "enabled", "budget_tokens": 1024}
STRICT = {"type": "adaptive", "block_binding": {"prefix_mismatch_behavior": "error"}}
CLEARING = {"edits": [{"type": "clear_thinking_20251015", "keep": "all"}, {"type": "clear_tool_uses_20250919"}]}
BINDING_HEADER = {"anthropic-beta": "thinking-binding-controls-2026-08-01"}

BOUND = (
    f"{LATER}: Invalid `signature` in `thinking` block. The block is bound to a different conversation. Remove the "
    'block, or set `thinking.block_binding.prefix_mismatch_behavior` to "drop_block".'
)
EXPECTED = (
    "messages.3.content.0.type: Expected `thinking` or `redacted_thinking`, but found `text`. When `thinking` is "
    "enabled, a final `assistant` message must start with a thinking block (preceeding the lastmost set of `tool_use` "
    "and `tool_result` blocks). We recommend you include thinking blocks from previous turns. To avoid this "
    "requirement, disable `thinking`. Please consult our documentation at "
    "https://docs.claude.com/en/docs/build-with-claude/extended-thinking"
)
UNCHANGED = (
    f"{LATER}: `thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified. These "
    "blocks must remain as they were in the original response."
)
PARAMETERS = (
    f"{LATER}: When providing `thinking` or `redacted_thinking` blocks, the blocks must match the parameters during "
    "the original request."
)
DISABLED = (
    f"{LATER}: When thinking is disabled, an `assistant` message in the final position cannot contain `thinking`. To "
    "use thinking blocks, enable `thinking` in your request."
)


@dataclass(frozen=True)
class Row:
    """An error, the request that it answers, and what is left of the request's thinking and parameters after it."""

    error: str
    failures: str = "F12"
    thinking: Mapping[str, Any] | None = field(default_factory=lambda: ADAPTIVE)
    kept: Sequence[str] = (EARLIER,)
    left: Mapping[str, Any] | None = field(default_factory=lambda: ADAPTIVE)
    clearing: bool = False
    latest: Sequence[Item] = ({"type": "thinking", "thinking": LATEST, "signature": "EqQBc2Vjb25k"},)
    retried: bool = True


def _manual(error: str, **changed: Any) -> Row:
    return Row(error, thinking=MANUAL, left=None, **changed)


ROWS = {
    "invalid-signature": Row(f"{LATER}: Invalid `signature` in `thinking` block"),
    "missing-signature": Row(f"{LATER}.thinking.signature: Field required"),
    "null-signature": Row(f"{LATER}.thinking.signature.str: Input should be a valid string"),
    "no-thinking-in-it": Row(f"{LATER}.thinking: each thinking block must contain thinking"),
    "blank-thinking": Row(f"{LATER}.thinking: each thinking block must contain non-whitespace thinking"),
    "modified": Row(UNCHANGED),
    "other-parameters": Row(PARAMETERS),
    "invalid-data": Row(
        f"{LATER}: Invalid `data` in `redacted_thinking` block", latest=({"type": "redacted_thinking", "data": "EmYK"},)
    ),
    "not-thinking": Row(DISABLED, thinking=None, left=None),
    "bound": Row(BOUND, kept=()),
    "bound-and-strict": Row(BOUND, failures="F43", thinking=STRICT, left=STRICT, kept=(EARLIER, LATEST), retried=False),
    "manual": _manual(f"{LATER}: Invalid `signature` in `thinking` block"),
    "no-thinking-first": _manual(EXPECTED, latest=()),
    "clearing": _manual(f"{LATER}: Invalid `signature` in `thinking` block", failures="F12 F13", clearing=True),
    "clearing-goes-on": Row(f"{LATER}: Invalid `signature` in `thinking` block", failures="F12 F13", clearing=True),
}


def _anthropic_error(text: str) -> httpx.Response:
    error = {"type": "invalid_request_error", "message": text}
    return httpx.Response(400, json={"type": "error", "error": error, "request_id": "req_011CQRwCZ1Vtwv9"})


def _bedrock_error(text: str) -> httpx.Response:
    return httpx.Response(400, json={"message": text})


@dataclass(frozen=True)
class Place:
    """Where LiteLLM reaches Claude with Anthropic's wire; `{}` in the model is its version."""

    model: str
    host: str
    error: Callable[[str], httpx.Response] = _anthropic_error
    arguments: Callable[[], Mapping[str, Any]] = lambda: {"api_key": "sk-test"}


_AWS = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "aws_region_name": "us-east-1"}
PLACES = {
    "anthropic": Place("anthropic/claude-sonnet-{}", "api.anthropic.com"),
    "vertex_anthropic": Place(
        "vertex_ai/claude-sonnet-{}",
        "us-east5-aiplatform.googleapis.com",
        arguments=lambda: {**google.arguments(), "vertex_location": "us-east5"},
    ),
    "bedrock_invoke": Place(
        "bedrock/invoke/us.anthropic.claude-sonnet-{}-v1:0",
        "bedrock-runtime.us-east-1.amazonaws.com",
        error=_bedrock_error,
        arguments=lambda: _AWS,
    ),
}
MODES = {"anthropic": ("", "-stream"), "vertex_anthropic": ("",), "bedrock_invoke": ("",)}
CASES = [
    pytest.param(row, PLACES[place], mode, id=f"self-heal-{name}/messages-{place}{mode}")
    for name, row in ROWS.items()
    for place in PLACES
    for mode in MODES[place]
]

_TEXT = {"type": "text", "text": "Done."}
_USAGE = {"input_tokens": 1, "output_tokens": 1}
_MESSAGE = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude", "stop_sequence": None}
ANSWER = {**_MESSAGE, "content": [_TEXT], "stop_reason": "end_turn", "usage": _USAGE}
EVENTS: list[Item] = [
    {"type": "message_start", "message": {**_MESSAGE, "content": [], "stop_reason": None, "usage": _USAGE}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Done."}},
    {"type": "content_block_stop", "index": 0},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None}, "usage": _USAGE},
    {"type": "message_stop"},
]


def _answer(mode: str) -> httpx.Response:
    if not mode:
        return httpx.Response(200, json=ANSWER)
    lines = "".join(f"event: {one['type']}\ndata: {json.dumps(one)}\n\n" for one in EVENTS)
    return httpx.Response(200, headers={"content-type": "text/event-stream"}, content=lines.encode())


def _history(row: Row) -> list[Item]:
    tool = {"type": "tool_use", "id": "toolu_1", "name": "do", "input": {"task": "it"}}
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "done"}
    first = {"type": "thinking", "thinking": EARLIER, "signature": "EqQBZmlyc3Q="}
    return [
        {"role": "user", "content": "What next?"},
        {"role": "assistant", "content": [first, {"type": "text", "text": "That."}]},
        {"role": "user", "content": "Do it."},
        {"role": "assistant", "content": [*row.latest, {"type": "text", "text": "I do it."}, tool]},
        {"role": "user", "content": [result]},
    ]


def _request(row: Row, place: Place) -> Item:
    tool = {"name": "do", "input_schema": {"type": "object", "properties": {"task": {"type": "string"}}}}
    request: Item = {
        "model": place.model.format("4-5" if row.thinking is MANUAL else "4-6"),
        **place.arguments(),
        "messages": _history(row),
        "max_tokens": 4096,
        "tools": [tool],
    }
    if row.thinking is not None:
        request["thinking"] = dict(row.thinking)
    if row.clearing:
        request["context_management"] = CLEARING
    if row.thinking is STRICT:
        request["extra_headers"] = BINDING_HEADER
    return request


Responder = Callable[[httpx.Request], httpx.Response]


@dataclass
class Talk:
    """What was sent, what came back, and what LiteLLM told of it."""

    bodies: list[Item]
    answer: Any
    error: Exception | None
    warnings: list[str]
    hidden: Any


async def _talk(request: Item, host: str, respond: Responder, mode: str, caplog: pytest.LogCaptureFixture) -> Talk:
    answer: Any = None
    error: Exception | None = None
    hidden: Any = None
    logger = logging.getLogger("LiteLLM")
    logger.addHandler(caplog.handler)
    try:
        with caplog.at_level(logging.INFO, "LiteLLM"), respx.mock(using="httpx") as router:
            router.post(host=host).mock(side_effect=respond)
            try:
                answer, hidden = await _read(request, mode)
            except Exception as raised:  # what the user would see
                error = raised
            bodies = [json.loads(one.request.content) for one in router.calls]
    finally:
        logger.removeHandler(caplog.handler)
    warnings = [one.getMessage() for one in caplog.records if one.levelno == logging.WARNING]
    return Talk(bodies, answer, error, [one for one in warnings if "thinking" in one], hidden)


async def _read(request: Item, mode: str) -> tuple[Any, Any]:
    """The answer, read to its end, and its hidden params; None where it has no place for any."""
    entry = litellm.anthropic.messages.acreate
    if not mode:
        answer = await call(entry, synchronous=False, **request)
        return answer, getattr(answer, "_hidden_params", None)
    stream = await entry(**request, stream=True)
    return [piece async for piece in stream], getattr(stream, "_hidden_params", None)


def _thoughts(body: Item) -> list[str]:
    return [
        str(block.get("thinking") or block.get("data"))
        for message in body["messages"]
        for block in message["content"]
        if isinstance(block, dict) and block["type"] in ("thinking", "redacted_thinking")
    ]


def _visible(body: Item) -> list[Any]:
    return [
        block
        for message in body["messages"]
        for block in (message["content"] if isinstance(message["content"], list) else [message["content"]])
        if not isinstance(block, dict) or block["type"] not in ("thinking", "redacted_thinking")
    ]


def _wrong(row: Row, talk: Talk, mode: str) -> list[str]:
    wanted = 2 if row.retried else 1
    if len(talk.bodies) != wanted:
        return [f"{wanted} requests were expected, {len(talk.bodies)} were sent; {talk.error}"]
    if not row.retried:
        return [] if talk.error else ["the error was asked for, and did not come"]
    first, second = talk.bodies
    found = [] if talk.error is None else [f"raised {talk.error}"]
    if _thoughts(second) != list(row.kept):
        found.append(f"of the thinking {_thoughts(second)} was sent again, not {list(row.kept)}")
    if _visible(second) != _visible(first):
        found.append(f"what can be seen was changed: {_visible(second)}")
    if second.get("thinking") != row.left:
        found.append(f"`thinking` was {second.get('thinking')}, not {row.left}")
    found += _wrong_parameters(row, first, second)
    if not any("sent again" in one for one in talk.warnings):
        found.append("no warning tells of it")
    if (not mode or talk.hidden is not None) and not (talk.hidden or {}).get(NOTE):
        found.append(f"the hidden params do not tell of it: {talk.hidden}")
    return found


def _wrong_parameters(row: Row, first: Item, second: Item) -> list[str]:
    """Edits that clear thinking are there as long as `thinking` is; all else is as it was."""
    found = []
    edits = [one["type"] for one in (second.get("context_management") or {}).get("edits", [])]
    sent = [one["type"] for one in (first.get("context_management") or {}).get("edits", [])]
    wanted = [one for one in sent if row.left is not None or not one.startswith("clear_thinking")]
    if edits != wanted:
        found.append(f"the edits {edits} were sent again, not {wanted}")
    changing = ("messages", "thinking", "context_management")
    changed = {key for key in {*first, *second} - {*changing} if first.get(key) != second.get(key)}
    return [*found, f"{changed} changed as well"] if changed else found


def _judge(wrong: list[str], failures: str, record_property: Record) -> None:
    if wrong:
        record_property("failures", failures)
        pytest.fail(f"{failures}\n" + "\n".join(wrong), pytrace=False)


@pytest.mark.parametrize(("row", "place", "mode"), CASES)
async def test_self_heal(
    row: Row, place: Place, mode: str, record_property: Record, caplog: pytest.LogCaptureFixture
) -> None:
    answers = iter([place.error(row.error), *([_answer(mode)] * 5)])
    talk = await _talk(_request(row, place), place.host, lambda _: next(answers), mode, caplog)
    _judge(_wrong(row, talk, mode), row.failures, record_property)


_FORBIDDEN = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details."
)


@pytest.mark.parametrize(
    "signed",
    [True, False],
    ids=["self-heal-403-signed/messages-bedrock_invoke", "self-heal-403-unsigned/messages-bedrock_invoke"],
)
async def test_bedrock_forbids(signed: bool, record_property: Record, caplog: pytest.LogCaptureFixture) -> None:
    """Bedrock's 403 is about unsigned thinking, if there is some; otherwise it is about the request's signature."""
    latest = {"type": "thinking", "thinking": LATEST, "signature": "EqQBc2Vjb25k" if signed else ""}
    row, place = Row("", latest=(latest,)), PLACES["bedrock_invoke"]

    def respond(request: httpx.Request) -> httpx.Response:
        blocks = [one for message in json.loads(request.content)["messages"] for one in message["content"]]
        unsigned = any(isinstance(one, dict) and one.get("signature") == "" for one in blocks)
        return httpx.Response(403, json={"message": _FORBIDDEN}) if unsigned or signed else _answer("")

    talk = await _talk(_request(row, place), place.host, respond, "", caplog)
    if signed:
        wrong = [] if talk.error and len(talk.bodies) == 1 else [f"{len(talk.bodies)} requests were sent"]
    else:
        wrong = [f"raised {talk.error}"] if talk.error else []
        wrong += [] if _thoughts(talk.bodies[-1]) == [EARLIER] else [f"sent {_thoughts(talk.bodies[-1])}"]
    _judge(wrong, "F12", record_property)
