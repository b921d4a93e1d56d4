"""Whose a signature is: the marks, the endpoints, and the answers that get marks."""

from __future__ import annotations

import asyncio
import copy
import json
import time
from collections.abc import AsyncIterator
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest

pytestmark = pytest.mark.usefixtures("overlay")

MARKED = "litellm_signed_by:kimi:abc"
UNSIGNED_MARK = "litellm_signed_by:kimi:"


@pytest.fixture(autouse=True)
def _unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ANTHROPIC_API_BASE", "ANTHROPIC_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


def module(name: str) -> Any:
    return import_module(f"litellm.thinking_round_trip.{name}")


@pytest.mark.parametrize(
    ("signature", "marked"),
    [
        ("abc", MARKED),
        (MARKED, MARKED),
        ("", ""),
        (" ", " "),
        ("litellm_encrypted_reasoning:abc", "litellm_encrypted_reasoning:abc"),
    ],
)
def test_a_signature_is_marked_once(signature: str, marked: str) -> None:
    assert module("blocks.signatures").mark(signature, "kimi") == marked


def test_an_issuer_with_a_port_can_be_read_back() -> None:
    signatures = module("blocks.signatures")
    assert signatures.read(signatures.mark("a:b", "host:8000")) == ("host_8000", "a:b")


def test_a_signature_without_a_mark_is_read_as_it_is() -> None:
    assert module("blocks.signatures").read("EqQB:x") == (None, "EqQB:x")


@pytest.mark.parametrize("signature", [None, "", " ", 7, MARKED, "litellm_encrypted_reasoning:abc"])
def test_claude_did_not_make_it(signature: object) -> None:
    assert module("blocks.signatures").is_foreign(signature)


def test_claude_may_have_made_it() -> None:
    assert not module("blocks.signatures").is_foreign("EqQBabc")


ARN = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc"


@pytest.mark.parametrize(
    ("model", "provider", "api_base", "claude", "issuer"),
    [
        ("claude-sonnet-4-5", "anthropic", None, True, None),
        ("my-alias", "anthropic", None, True, None),
        ("my-alias", "anthropic", "https://api.anthropic.com/v1", True, None),
        ("claude-sonnet-4-5", "anthropic", "https://gateway.test", True, None),
        ("kimi-k2.5", "anthropic", "https://api.moonshot.ai/anthropic", False, "api.moonshot.ai"),
        ("kimi-k2.5", "anthropic", "localhost:8000/anthropic", False, "localhost"),
        ("vertex_ai/claude-sonnet-4-5", None, None, True, None),
        ("gemini-3-pro", "vertex_ai", None, False, "vertex_ai"),
        ("gemini/gemini-3.1-pro-preview", None, None, False, "gemini"),
        ("bedrock/converse/us.anthropic.claude-sonnet-4-5-v1:0", None, None, True, None),
        ("converse/us.amazon.nova-2-lite-v1:0", "bedrock", None, False, "bedrock-amazon"),
        ("bedrock/us-east-1/deepseek.v3-v1:0", None, None, False, "bedrock-deepseek"),
        (
            "arn:aws:bedrock:us-east-1:1:inference-profile/global.moonshotai.kimi-k3",
            "bedrock",
            None,
            False,
            "bedrock-moonshotai",
        ),
        ("arn:aws:bedrock:us-east-1:1:imported-model/abc", "bedrock_converse", None, False, "bedrock"),
        (f"converse/{ARN}", "bedrock", None, True, None),
        ("anthropic/claude-sonnet-4.5", "openrouter", None, True, None),
        ("our-claude", "databricks", None, True, None),
        ("claude-sonnet-4-5", "litellm_proxy", None, True, None),
        ("anthropic.claude-opus-4-7", "bedrock_mantle", None, True, None),
        ("anthropic/claude-sonnet-4-5", "edenai", None, True, None),
        ("deepseek-v4-pro", "deepseek", None, False, "deepseek"),
        ("claude-sonnet-4-5", None, None, True, None),
    ],
)
def test_who_serves_claude(
    model: str, provider: str | None, api_base: str | None, claude: bool, issuer: str | None
) -> None:
    target = module("blocks.claude_family").Target(model, provider, api_base)
    assert (target.is_claude, target.issuer) == (claude, issuer)


@pytest.mark.parametrize(
    ("model", "converse"),
    [
        ("moonshot.kimi-k2-thinking", True),
        ("converse/openai.gpt-5.6-terra", True),
        ("openai.gpt-oss-120b-1:0", True),
        ("openai.gpt-5.6-terra", False),
        ("us.xai.grok-5", False),
        ("mantle/openai.gpt-5.5", False),
        ("invoke/deepseek.r1-v1:0", False),
        ("openai/arn:aws:bedrock:us-east-1:1:imported-model/abc", False),
        ("anthropic.claude-opus-4-6-v1", False),
    ],
)
def test_which_models_of_others_converse(model: str, converse: bool) -> None:
    assert module("blocks.claude_family").Target(model, "bedrock").is_converse is converse


def test_the_address_may_be_the_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "https://api.minimax.io/anthropic")
    target = module("blocks.claude_family").Target("MiniMax-M2", "anthropic")
    assert (target.is_claude, target.issuer) == (False, "api.minimax.io")


def test_a_whole_answer_is_marked() -> None:
    answer = {"content": [{"type": "thinking", "thinking": "T", "signature": "abc"}, {"type": "text", "text": "x"}]}
    assert module("claude.signed_answers").mark_answer(answer, "kimi")["content"][0]["signature"] == MARKED


def test_the_signature_of_a_call_is_marked_in_the_thinking_before_it() -> None:
    use = {"type": "tool_use", "id": "c", "provider_specific_fields": {"signature": "s"}}
    answer = {"content": [{"type": "thinking", "thinking": "T"}, use, {"type": "text", "text": "x"}, dict(use, id="d")]}
    content = module("claude.signed_answers").mark_answer(answer, "gemini")["content"]
    assert [block.get("signature") for block in content] == [
        "litellm_signed_by:gemini:call:c:s",
        None,
        None,
        "litellm_signed_by:gemini:call:d:s",
        None,
    ]
    assert content[3]["thinking"] == ""


def test_an_answer_may_be_made_of_objects() -> None:
    block = SimpleNamespace(type="thinking", thinking="T", signature="abc")
    module("claude.signed_answers").mark_answer(SimpleNamespace(content=[block]), "kimi")
    assert block.signature == MARKED


@pytest.mark.parametrize(
    "block",
    [
        {"type": "thinking", "thinking": "T", "signature": None},
        {"type": "thinking", "signature": ""},
        {"type": "thinking"},
    ],
)
def test_thinking_that_nobody_signed_has_a_mark_alone(block: dict[str, Any]) -> None:
    signed = module("claude.signed_answers").mark_answer({"content": [dict(block)]}, "kimi")
    assert signed == {"content": [{**block, "signature": UNSIGNED_MARK}]}
    own = SimpleNamespace(**block)
    module("claude.signed_answers").mark_answer(SimpleNamespace(content=[own]), "kimi")
    assert own.signature == UNSIGNED_MARK


@pytest.mark.parametrize("answer", [{"content": "x"}, {}, {"content": [{"type": "redacted_thinking", "data": None}]}])
def test_an_answer_without_thinking_stays_as_it_is(answer: dict[str, Any]) -> None:
    before = json.dumps(answer)
    assert json.dumps(module("claude.signed_answers").mark_answer(answer, "kimi")) == before


EVENTS: list[dict[str, Any]] = [
    {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": "", "signature": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": 'a "signature" ☂'}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "a"}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "bc"}},
    {"type": "content_block_stop", "index": 0},
    {"type": "message_stop"},
]


def sse(events: list[dict[str, Any]]) -> bytes:
    return "".join(f"event: {one['type']}\ndata: {json.dumps(one, ensure_ascii=False)}\n\n" for one in events).encode()


def signature(stream: bytes) -> str:
    """What a client joins."""
    events = [json.loads(line[5:]) for line in stream.decode().splitlines() if line.startswith("data:")]
    return "".join(event.get("delta", {}).get("signature", "") for event in events)


def marks(pieces: list[Any]) -> list[Any]:
    return list(module("claude.signed_answers").marked(iter(pieces), "kimi"))


def test_a_stream_may_be_cut_anywhere() -> None:
    whole = sse(EVENTS)
    outs = [b"".join(marks([whole[:at], whole[at:]])) for at in range(len(whole))]
    assert set(outs) == {outs[0]}
    assert signature(outs[0]) == MARKED
    unchanged = [line for line in whole.splitlines() if b'"signature": "a"' not in line]
    assert [line for line in outs[0].splitlines() if line in unchanged] == unchanged


UNSIGNED = [one for one in EVENTS if "signature" not in one.get("delta", {})]


def test_streamed_thinking_that_nobody_signed_ends_with_a_mark_alone() -> None:
    whole = sse(UNSIGNED)
    empty = {
        "type": "content_block_delta",
        "index": 0,
        "delta": {"type": "signature_delta", "signature": UNSIGNED_MARK},
    }
    outs = {b"".join(marks([whole[:at], whole[at:]])) for at in range(len(whole))}
    (out,) = outs
    assert [json.loads(line[5:]) for line in out.decode().splitlines() if line.startswith("data:")] == [
        *UNSIGNED[:-2],
        empty,
        *UNSIGNED[-2:],
    ]
    names = [line for line in out.decode().splitlines() if line.startswith("event:")]
    assert names[-3:] == ["event: content_block_delta", "event: content_block_stop", "event: message_stop"]


def test_a_signature_at_the_start_is_not_taken_away() -> None:
    start = {**EVENTS[0], "content_block": {"type": "thinking", "thinking": "T", "signature": "abc"}}
    assert b"signature_delta" not in b"".join(marks([sse([start, *UNSIGNED[-2:]])]))


def test_an_empty_signature_in_a_stream_does_not_hide_that_nobody_signed() -> None:
    empty = {"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": ""}}
    assert signature(b"".join(marks([sse([*UNSIGNED[:-2], empty, *UNSIGNED[-2:]])]))) == UNSIGNED_MARK


def test_a_mark_alone_is_an_unsigned_block_to_all_who_read_it() -> None:
    history = [{"role": "assistant", "content": [{"type": "thinking", "thinking": "T", "signature": UNSIGNED_MARK}]}]
    unsigned = module("claude.unsigned_thinking")
    assert unsigned.signed_only(history, text=False).messages == []
    for issuer, verifies in (("kimi", False), ("kimi", True), ("gemini", True), ("other", False), (None, False)):
        [message] = unsigned.without_marks(history, issuer, verifies=verifies)
        assert message["content"] == [{"type": "thinking", "thinking": "T", "signature": ""}]


def test_a_stream_that_breaks_off_loses_nothing() -> None:
    assert b"".join(marks([b"event: content_block_stop\n"])) == b"event: content_block_stop\n"


def test_a_stream_may_come_byte_by_byte() -> None:
    assert signature(b"".join(marks([bytes([one]) for one in sse(EVENTS)]))) == MARKED


def test_a_stream_may_be_of_strings() -> None:
    out = marks([sse([one]).decode() for one in EVENTS])
    assert all(isinstance(piece, str) for piece in out)
    assert signature("".join(out).encode()) == MARKED


def test_a_stream_may_be_of_events() -> None:
    out = marks([dict(one) for one in EVENTS])
    assert [one["delta"]["signature"] for one in out if "signature" in one.get("delta", {})] == [
        "litellm_signed_by:kimi:a",
        "bc",
    ]


def test_a_stream_without_signatures_goes_through_piece_by_piece() -> None:
    pieces = [sse([one]) for one in UNSIGNED][2:]
    out = marks(pieces)
    assert out == pieces


@pytest.mark.parametrize("end", [b"data: {broken", b"data: [1]\n", b'data: {"signature"\n', b"\r"])
def test_what_is_no_event_goes_through(end: bytes) -> None:
    assert b"".join(marks([end])) == end


def test_a_signature_that_comes_whole_is_marked() -> None:
    start = {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "signature": "abc"}}
    assert MARKED.encode() in b"".join(marks([sse([start])]))


def test_sealed_data_is_marked() -> None:
    block = {"type": "redacted_thinking", "data": "abc"}
    start = {"type": "content_block_start", "index": 0, "content_block": block}
    assert MARKED.encode() in b"".join(marks([sse([start])]))
    assert (
        module("claude.signed_answers").mark_answer({"content": [dict(block)]}, "kimi")["content"][0]["data"] == MARKED
    )


class Stream:
    """LiteLLM's stream, with what hangs on it."""

    _hidden_params = {"model_id": "1"}  # noqa: RUF012

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            yield piece


def test_an_asynchronous_stream_is_marked_and_keeps_what_hangs_on_it() -> None:
    whole = sse(EVENTS)
    stream = module("claude.signed_answers").MarkedStream(Stream([whole[:100], whole[100:-3], whole[-3:]]), "kimi")

    async def read() -> bytes:
        return b"".join([piece async for piece in stream])

    assert signature(asyncio.run(read())) == MARKED
    assert stream._hidden_params == {"model_id": "1"}


def test_a_marked_stream_is_closed_as_litellm_does_it() -> None:
    """LiteLLM looks for `aclose` on the class, by a protocol that from Python 3.12 on asks no `__getattr__`."""
    closed = []

    async def stream() -> AsyncIterator[bytes]:
        try:
            yield b"event: ping\n\n"
            yield b"event: ping\n\n"
        finally:
            closed.append(True)

    async def abandon() -> None:
        marked = module("claude.signed_answers").MarkedStream(stream(), "kimi")
        assert await marked.__anext__() == b"event: ping\n\n"
        assert "aclose" in vars(type(marked))
        await marked.aclose()
        assert closed == [True]
        assert copy.copy(marked).__aiter__() is not marked

    asyncio.run(abandon())


def test_a_long_line_is_joined_once() -> None:
    """A line in a hundred thousand pieces: joined at each of them it would take minutes."""
    marks = import_module("litellm.thinking_round_trip.claude.signed_answers").StreamMarks("x")
    begun = time.process_time()
    out = [marks.feed(b"x" * 50) for _ in range(100_000)]
    assert set(out) == {b""}
    assert marks.feed(b"\n") == b"x" * 5_000_000 + b"\n"
    assert time.process_time() - begun < 10
