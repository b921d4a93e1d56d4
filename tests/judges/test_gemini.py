"""Gemini's judge: docs/providers.md#gemini, each bullet as rows of a table here."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.backends import Dialogue
from tests.backends.gemini import Gemini
from tests.conversations import AssistantTurn, Text, Thinking, ToolUse, load
from tests.conversations.loader import parse
from tests.judges.asking import ask, said
from tests.judges.honest import Body, Lie, events, truth
from tests.judges.honest_gemini import THINKING, HonestGemini, rebuilt, url
from tests.judges.replays import replays, table, told

FORGED = base64.b64encode(b"of another provider").decode()
DUMMY = "skip_thought_signature_validator"
ENCODED = base64.b64encode(DUMMY.encode()).decode()
OTHER_DUMMY = "context_engineering_is_the_way_to_go"
CORRUPTED = "Corrupted thought signature."


def client(
    name: str, *, stream: bool = False, lenient: bool = False, kind: type[HonestGemini] = HonestGemini
) -> HonestGemini:
    """A client that asks for thoughts, before the last request of a conversation."""
    return kind(Gemini, url=url(stream=stream), lenient=lenient, generationConfig=THINKING).play(load(name))


def missing(name: str, position: int) -> str:
    return (
        "Function call is missing a thought_signature in functionCall parts. This is required for tools to work "
        "correctly, and missing thought_signature may lead to degraded model performance. Additional data, function "
        f"call `default_api:{name}` , position {position}. Please refer to "
        "https://ai.google.dev/gemini-api/docs/thought-signatures for more details."
    )


def unknown(name: str, at: str = "") -> str:
    where = f" at '{at}'" if at else ""
    return f'Invalid JSON payload received. Unknown name "{name}"{where}: Cannot find field.'


# Lies: they spoil one place of the last request. Contents and parts count from zero.


def parts(content: int, change: Callable[[list[Body]], list[Body]]) -> Lie:
    def lie(body: Body) -> None:
        body["contents"][content]["parts"] = change(body["contents"][content]["parts"])

    return lie


def part(content: int, index: int, **fields: Any) -> Lie:
    return lambda body: body["contents"][content]["parts"][index].update(fields)


def unsigned(content: int, index: int) -> Lie:
    return lambda body: body["contents"][content]["parts"][index].pop("thoughtSignature")


def signed(content: int, index: int, signature: str) -> Lie:
    return part(content, index, thoughtSignature=signature)


def content(number: int, **fields: Any) -> Lie:
    return lambda body: body["contents"][number].update(fields)


def params(**fields: Any) -> Lie:
    return lambda body: body.update(fields)


def unthinking(given: list[Body]) -> list[Body]:
    return [one for one in given if not one.get("thought")]


def snake(body: Body) -> None:
    """Spell the names of a step in the other way that Google's parser knows."""
    call = body["contents"][5]["parts"][2]
    call["function_call"] = call.pop("functionCall")
    call["thought_signature"] = call.pop("thoughtSignature")


def move(source: tuple[int, int], target: tuple[int, int], *, filler: str = "") -> Lie:
    """Move a signature from one part to another, and leave something in its place."""

    def lie(body: Body) -> None:
        bearer = body["contents"][source[0]]["parts"][source[1]]
        signature = bearer.pop("thoughtSignature")
        if filler:
            bearer["thoughtSignature"] = filler
        body["contents"][target[0]]["parts"][target[1]]["thoughtSignature"] = signature

    return lie


# What the request is before it is spoilt. tool-loop ends with the result of its third call: [u, m(thought, text, call),
# u, m, u, m, u]. thinking-text-tool ends [u, m(thought, text, call), u, m(thought, text), u], whose current turn has
# no step yet. PARALLEL ends [u, m(thought, call, call), u].
LOOP, UTT = "tool-loop", "thinking-text-tool"
PARALLEL = parse(
    "parallel",
    {
        "about": "Two calls at once, and no answer yet.",
        "turn": [
            {"user": "Which is warmer?"},
            {
                "assistant": [
                    {"thinking": "I can take both readings at once."},
                    {"tool": "temperature", "input": {"city": "Lima"}, "result": "19"},
                    {"tool": "temperature", "input": {"city": "Quito"}, "result": "14"},
                ]
            },
            {"assistant": [{"text": "Lima."}]},
        ],
    },
)


def parallel() -> HonestGemini:
    return HonestGemini(Gemini, url=url(), generationConfig=THINKING).play(PARALLEL)


REJECTED: dict[str, tuple[str, Lie, str]] = {
    # "Missing": the first call of each step of the current turn.
    "last-step-unsigned": (LOOP, unsigned(5, 2), missing("run", 6)),
    "first-step-unsigned": (LOOP, unsigned(1, 2), missing("run", 2)),
    "empty-signature": (LOOP, signed(3, 2, ""), missing("run", 4)),
    # "Bad": wherever it stands.
    "forged": (LOOP, signed(5, 2, FORGED), CORRUPTED),
    "forged-in-a-past-turn": (UTT, signed(1, 2, FORGED), CORRUPTED),
    "forged-on-text": (UTT, signed(3, 1, FORGED), CORRUPTED),
    "forged-on-a-thought": (UTT, signed(3, 0, FORGED), CORRUPTED),
}


@table(REJECTED, "name, lie, message")
def test_gemini_rejects(name: str, lie: Lie, message: str) -> None:
    error = {"code": 400, "message": message, "status": "INVALID_ARGUMENT"}
    assert told(client(name).spoilt(lie)) == (400, {"error": error})


def test_of_parallel_calls_the_first_must_be_signed() -> None:
    error = {"code": 400, "message": missing("temperature", 2), "status": "INVALID_ARGUMENT"}
    assert told(parallel().spoilt(unsigned(1, 1))) == (400, {"error": error})
    assert told(parallel().spoilt(move((1, 1), (1, 2)))) == (400, {"error": error})
    assert "thoughtSignature" not in parallel().history[1]["parts"][2]
    assert parallel().caught(truth) == ""
    assert parallel().caught(signed(1, 2, DUMMY)) == ""


UNKNOWN: dict[str, tuple[Lie, str, str, bool]] = {
    # At the root it was seen; in a content or a part it is not verified.
    "root": (params(reasoning={}), "reasoning", "", False),
    "root-underscores": (params(reasoning_effort="low"), "reasoning_effort", "", False),
    "content": (content(1, thinking_blocks=[]), "thinking_blocks", "contents[1]", True),
    "reasoning-content": (content(1, reasoning_content="T"), "reasoning_content", "contents[1]", True),
    "part": (part(1, 0, thinking="T"), "thinking", "contents[1].parts[0]", True),
    "call": (part(1, 2, functionCall={"name": "forecast", "arguments": "{}"}), "arguments", "contents[1].parts[2].functionCall", True),  # noqa: E501
}  # fmt: skip


@table(UNKNOWN, "lie, name, at, assumed")
def test_gemini_knows_its_names(lie: Lie, name: str, at: str, assumed: bool) -> None:
    status, body = told(client(UTT).spoilt(lie))
    (detail,) = body["error"].pop("details")
    (violation,) = detail["fieldViolations"]
    assert status == 400
    assert body["error"] == {"code": 400, "message": unknown(name, at), "status": "INVALID_ARGUMENT"}
    assert detail["@type"] == "type.googleapis.com/google.rpc.BadRequest"
    assert violation["description"] == unknown(name, at)
    lenient = client(UTT, lenient=True)
    assert lenient.spoilt(lie).status == (200 if assumed else 400)
    assert ("foreign field on the wire" in said(lenient.backend)) == assumed


ACCEPTED: dict[str, tuple[str, Lie]] = {
    "as-it-was": (LOOP, truth),
    "thoughts-dropped": (LOOP, parts(3, unthinking)),
    "text-unsigned": (UTT, unsigned(3, 1)),
    "other-spelling": (LOOP, snake),
}


@table(ACCEPTED, "name, lie")
def test_gemini_accepts(name: str, lie: Lie) -> None:
    """docs/providers.md#gemini, "text parts not enforced"."""
    assert client(name).caught(lie) == ""


LOST: dict[str, tuple[str, Lie, str]] = {
    # What the validator lets pass, though what the model thought is gone.
    "dummy": (LOOP, signed(5, 2, DUMMY), "encrypted content was lost"),
    "dummy-encoded": (LOOP, signed(5, 2, ENCODED), "encrypted content was lost"),
    "other-dummy": (LOOP, signed(5, 2, OTHER_DUMMY), "encrypted content was lost"),
    "past-turn-unsigned": (UTT, unsigned(1, 2), "encrypted content was lost"),
    "past-turn-dummy": (UTT, signed(1, 2, DUMMY), "encrypted content was lost"),
    "on-the-thought": (UTT, move((1, 2), (1, 0)), "a signature stands on another part"),
    "on-the-text": (LOOP, move((5, 2), (5, 1), filler=DUMMY), "a signature stands on another part"),
    "thought-changed": (LOOP, part(3, 0, text="Else."), "reasoning was changed"),
    "thought-as-text": (LOOP, part(3, 0, thought=False), "thinking became visible text"),
    "thought-behind-text": (UTT, parts(3, lambda given: given[::-1]), "reasoning stands behind what followed it"),
    "thought-behind-call": ("thinking-then-tool", parts(1, lambda given: given[::-1]), "reasoning stands behind"),
    "text-dropped": (UTT, parts(3, lambda given: given[:1]), "visible text was changed"),
    "call-renamed": (UTT, part(1, 2, functionCall={"name": "other", "args": {}}), "tool calls were changed"),
}


@table(LOST, "name, lie, finding")
def test_gemini_takes_silently(name: str, lie: Lie, finding: str) -> None:
    spoilt = client(name)
    assert spoilt.spoilt(lie).status == 200
    assert finding in said(spoilt.backend)


def test_a_signature_of_a_call_on_a_second_part_came_back_twice() -> None:
    """docs/failures.md#f30: our signature on a text part, beside the call's own."""
    twice = client(LOOP)
    signature = twice.body["contents"][5]["parts"][2]["thoughtSignature"]
    assert "encrypted content came back twice" in twice.caught(signed(5, 1, signature))


@pytest.mark.parametrize("signature", [DUMMY, ENCODED, OTHER_DUMMY])
def test_a_call_from_elsewhere_may_bear_a_dummy(signature: str) -> None:
    """docs/providers.md#gemini: dummies are for calls that another model made."""
    backend = Gemini(Dialogue((AssistantTurn((Text("Yes."),)),)))
    call = {"functionCall": {"name": "forecast", "args": {}}, "thoughtSignature": signature}
    response = {"functionResponse": {"name": "forecast", "response": {"result": "rain"}}}
    turns = [("user", {"text": "Rain?"}), ("model", call), ("user", response)]
    body = {"contents": [{"role": role, "parts": [one]} for role, one in turns]}
    assert ask(backend, body, url()).status == 200


@replays("one-thinking-turn", "thinking-then-tool")
def test_an_honest_client_is_clean(name: str, stream: bool) -> None:
    assert client(name, stream=stream).caught(truth) == ""


@pytest.mark.parametrize("name", ["interleaved", "odd-text", "parallel-tools", "tool-loop", "two-thinking-blocks"])
def test_a_stream_says_what_a_whole_answer_says(name: str) -> None:
    """Nothing in a stream tells where one thought ends and the next one begins."""
    one, other = (
        [rebuilt([{"candidates": [{"content": turn}]}]) for turn in played.history if turn["role"] == "model"]
        for played in (client(name, stream=True), client(name))
    )
    assert one == other


THOUGHTFUL = (Thinking("The forecast decides it."), Text("Let me look."), ToolUse("forecast", {"city": "Oslo"}, "rain"))


def first_answer(*, stream: bool = False, **extra: Any) -> Any:
    backend = Gemini(Dialogue((AssistantTurn(THOUGHTFUL),)))
    answer = ask(backend, {"contents": [{"role": "user", "parts": [{"text": "Rain?"}]}], **extra}, url(stream=stream))
    return events(answer) if stream else json.loads(answer.body)


def test_thoughts_are_shown_on_request_only_but_calls_are_signed_always() -> None:
    """docs/providers.md#gemini: "also at minimal thinking"."""
    silent = first_answer()["candidates"][0]["content"]["parts"]
    spoken = first_answer(generationConfig=THINKING)["candidates"][0]["content"]["parts"]
    assert [sorted(one) for one in silent] == [["text"], ["functionCall", "thoughtSignature"]]
    assert spoken == [{"text": "The forecast decides it.", "thought": True}, *silent]


def test_a_stream_has_thoughts_first_and_the_signature_late() -> None:
    chunks = first_answer(stream=True, generationConfig=THINKING)
    got = [chunk["candidates"][0]["content"]["parts"][0] for chunk in chunks]
    assert [sorted(one) for one in got] == [
        *[["text", "thought"]] * 3, *[["text"]] * 3, ["functionCall", "thoughtSignature"]
    ]  # fmt: skip
    assert ["finishReason" in chunk["candidates"][0] for chunk in chunks] == [False] * 6 + [True]


def test_the_signature_of_a_text_streams_on_an_empty_part_at_its_end() -> None:
    turn = AssistantTurn((Thinking("Thirteen times seventeen."), Text("No.")))
    body = {"contents": [{"role": "user", "parts": [{"text": "Is 221 prime?"}]}]}
    answer = ask(Gemini(Dialogue((turn,))), body, url(stream=True))
    (*texts, last) = [chunk["candidates"][0]["content"]["parts"][0] for chunk in events(answer)]
    assert "".join(one["text"] for one in texts) == "No."
    assert not any("thoughtSignature" in one for one in texts)
    assert last["text"] == ""
    assert last["thoughtSignature"]
