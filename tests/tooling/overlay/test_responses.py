"""Reasoning items of the Responses API and Anthropic thinking blocks, in both directions, without LiteLLM."""

from __future__ import annotations

import asyncio
import base64
from importlib import import_module
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.tooling.overlay.responses_wrapper import Wrapper, decorated

Item = dict[str, Any]

MARK = "litellm_encrypted_reasoning:"
MINTED = f"{MARK}gAAA=="


pytestmark = pytest.mark.usefixtures("overlay")


def module(name: str) -> ModuleType:
    return import_module(f"litellm.thinking_round_trip.{name}")


def thinking(text: object, signature: str | None = None) -> Item:
    return {"type": "thinking", "thinking": text, "signature": signature}


def redacted(data: object) -> Item:
    return {"type": "redacted_thinking", "data": data}


def text(words: str) -> Item:
    return {"type": "text", "text": words}


def call(name: str) -> Item:
    return {"type": "tool_use", "id": name, "name": "do", "input": {}}


def reasoning(*texts: str, **more: str) -> Item:
    return {"type": "reasoning", "summary": [{"type": "summary_text", "text": words} for words in texts], **more}


def said(*texts: str) -> Item:
    content = [{"type": "output_text", "text": words} for words in texts]
    return {"type": "message", "role": "assistant", "content": content}


def called(name: str) -> Item:
    return {"type": "function_call", "call_id": name}


class Adapter:
    """Makes items as LiteLLM's adapter does: calls first, then one message of all text; it knows no thinking."""

    def translate(self, messages: list[Item]) -> list[Item]:
        items: list[Item] = []
        for message in messages:
            if message["role"] != "assistant":
                items.append({"type": "message", "role": message["role"], "content": message["content"]})
                continue
            content = message["content"]
            blocks = [text(content)] if isinstance(content, str) else content
            assert not any("thinking" in block["type"] for block in blocks)
            items += [called(block["id"]) for block in blocks if block["type"] == "tool_use"]
            words = [block["text"] for block in blocks if block["type"] == "text"]
            items += [said(*words)] if words else []
        return items

    def request(self, anthropic_request: Item) -> list[Item]:
        history = module("responses.history")
        return list(history.with_reasoning_items(Adapter.translate)(self, anthropic_request["messages"]))


def turn(*blocks: Item) -> list[Item]:
    """The input items of one assistant turn, not put in order."""
    return Adapter().request({"messages": [{"role": "assistant", "content": list(blocks)}]})


def ordered(*messages: Item) -> list[Item]:
    request: Item = {"model": "m", "messages": list(messages)}
    return list(module("responses.history").in_order(Adapter.request)(Adapter(), request))


# --- thinking blocks become reasoning items ---


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        ([thinking("A"), text("t")], [reasoning("A"), said("t")]),
        ([thinking("A"), call("c")], [reasoning("A"), called("c")]),
        ([thinking("A"), thinking("B"), text("t")], [reasoning("A", "B"), said("t")]),
        ([thinking("A"), text("s"), thinking("B"), text("t")], [reasoning("A"), said("s"), reasoning("B"), said("t")]),
        ([thinking("A"), thinking(""), thinking("B")], [reasoning("A", "B")]),
        ([text("s"), thinking(None), text("t")], [said("s"), said("t")]),
        ([thinking(5), text("t")], [said("t")]),
        ([redacted("EmwKclaude"), text("t")], [said("t")]),
        ([redacted(MINTED), text("t")], [reasoning(encrypted_content="gAAA=="), said("t")]),
        ([redacted(None), text("t")], [said("t")]),
        ([thinking("A", "ErUBclaude"), text("t")], [reasoning("A"), said("t")]),
        ([thinking("A", MINTED), text("t")], [reasoning("A", encrypted_content="gAAA=="), said("t")]),
        ([thinking("", MINTED), text("t")], [reasoning(encrypted_content="gAAA=="), said("t")]),
        ([thinking("A", MARK), thinking("B", MINTED)], [reasoning("A", "B", encrypted_content="gAAA==")]),
        ([thinking("A", MARK), thinking("B"), thinking("C")], [reasoning("A", "B", "C")]),
        (
            [thinking("A"), thinking("B", MARK), redacted("x"), thinking("C", MINTED)],
            [reasoning("A"), reasoning("B", "C", encrypted_content="gAAA==")],
        ),
        (
            [thinking("A", MINTED), thinking("B"), thinking("C", MINTED), thinking("D")],
            [
                reasoning("A", encrypted_content="gAAA=="),
                reasoning("B"),
                reasoning("C", encrypted_content="gAAA=="),
                reasoning("D"),
            ],
        ),
    ],
)
def test_thinking_becomes_reasoning_items(blocks: list[Item], expected: list[Item]) -> None:
    assert turn(*blocks) == expected


def test_a_history_without_thinking_is_left_to_the_adapter() -> None:
    seen: list[object] = []
    messages = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": [text("s"), call("c")]}]

    def translate(_: object, given: list[Item]) -> list[Item]:
        seen.append(given)
        return []

    module("responses.history").with_reasoning_items(translate)(None, messages)
    assert seen[0] is messages


def split(_: object, messages: list[Item]) -> list[Item]:
    """An item for each block, as LiteLLM 1.102.0 and later make of blocks with a mark of theirs."""
    blocks = [block for message in messages for block in message["content"]]
    return [said(block["text"]) if "text" in block else reasoning(block["thinking"]) for block in blocks]


def test_what_was_one_item_is_one_where_litellm_makes_items_itself() -> None:
    whole = module("responses.history").keeps_items_whole(split)
    blocks = [thinking("A", MARK), thinking("B", MINTED)]
    assert whole(None, [{"role": "assistant", "content": blocks}]) == [reasoning("A", "B", encrypted_content="gAAA==")]
    unmarked = [{"role": "assistant", "content": [thinking("A"), thinking("B", "ErUB")]}]
    assert whole(None, unmarked) == [reasoning("A"), reasoning("B")]


def test_the_client_s_blocks_are_left_alone() -> None:
    blocks = [thinking("A", MINTED), text("s"), call("c")]
    before = [dict(block) for block in blocks]
    turn(*blocks)
    assert blocks == before


@pytest.mark.parametrize(
    ("block", "marked"),
    [
        (thinking("A", MINTED), True),
        (thinking("A", MARK), True),
        (redacted(MINTED), True),
        (thinking("A", "ErUB"), False),
        (thinking("A"), False),
        (redacted("EmwK"), False),
    ],
)
def test_a_marked_block_is_told_from_others(block: Item, marked: bool) -> None:
    assert module("blocks.reasoning_items").is_marked(block) is marked


# --- order ---


def test_a_turn_keeps_its_order() -> None:
    blocks = [thinking("A"), text("s"), call("c"), thinking("B"), text("t"), text("u"), call("d")]
    assert ordered({"role": "assistant", "content": blocks}) == [
        reasoning("A"), said("s"), called("c"), reasoning("B"), said("t", "u"), called("d"),
    ]  # fmt: skip


def test_a_request_with_thinking_keeps_the_order_of_its_other_turns() -> None:
    assert ordered(
        {"role": "assistant", "content": [text("s"), call("c")]}, {"role": "assistant", "content": [thinking("A")]}
    ) == [said("s"), called("c"), reasoning("A")]


def test_a_request_without_thinking_stays_as_it_was() -> None:
    assert ordered({"role": "assistant", "content": [text("s"), call("c")]}) == [called("c"), said("s")]


# --- who minted it ---


def going(provider: str, api_base: str | None, *, unnamed: bool = True) -> Any:
    return module("responses.origin").going_to(provider, api_base, reads_unnamed=unnamed)


def test_encrypted_content_goes_back_to_where_it_was_minted_byte_for_byte() -> None:
    origin = module("responses.origin")
    here = going("azure", "https://one.openai.azure.com/openai")
    named = origin.named("gAAA;==", here)
    assert named.startswith("litellm_enc:")
    sent = origin.readable([reasoning("A", encrypted_content=named)], going("azure", "https://one.openai.azure.com"))
    assert sent == [reasoning("A", encrypted_content="gAAA;==")]


def test_a_proxys_secret_keeps_the_host_from_being_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    origin = module("responses.origin")
    guessed = going("openai", "http://gpt.internal:8000")
    begun = origin.named("gAAA", guessed)
    monkeypatch.setenv("LITELLM_MASTER_KEY", "sk-one")
    here = going("openai", "http://gpt.internal:8000")
    assert here.name != guessed.name
    monkeypatch.setenv("LITELLM_SALT_KEY", "salt")
    assert going("openai", "http://gpt.internal:8000").name not in (here.name, guessed.name)
    monkeypatch.setenv("LITELLM_MASTER_KEY", "sk-other")
    salted = going("openai", "http://gpt.internal:8000")
    items = [reasoning("A", encrypted_content=named) for named in (origin.named("gAAA", salted), begun)]
    assert origin.readable(items, salted) == [reasoning("A", encrypted_content="gAAA")] * 2, "also what began without"
    assert origin.readable(items, going("openai", "http://other.internal")) == [reasoning("A")] * 2


def test_a_call_within_a_call_leaves_no_trace() -> None:
    origin = module("responses.origin")

    @origin.forgets_origin
    class Handler:
        def completion(self, *, acompletion: bool = False) -> Any:
            if acompletion:
                return self.acompletion()
            going("openai", "https://inner.test")
            return origin.current_origin()

        async def acompletion(self) -> Any:
            going("openai", "https://inner.test")
            return origin.current_origin()

        @staticmethod
        def anthropic_messages_handler() -> None:
            going("openai", "https://inner.test")
            raise LookupError("the inner call failed")

    outer, inner = going("openai", None), going("openai", "https://inner.test")
    going("openai", None)
    assert Handler().completion() == inner
    assert origin.current_origin() == outer
    with pytest.raises(LookupError):
        Handler.anthropic_messages_handler()
    assert origin.current_origin() == outer

    async def within() -> None:
        going("openai", None)
        assert await Handler().completion(acompletion=True) == inner
        assert origin.current_origin() == outer

    asyncio.run(within())


@pytest.mark.parametrize(
    ("provider", "api_base"),
    [("openai", None), ("azure", "https://two.openai.azure.com"), ("xai", "https://one.openai.azure.com")],
)
def test_encrypted_content_goes_nowhere_else(provider: str, api_base: str | None) -> None:
    origin = module("responses.origin")
    named = origin.named("gAAA", going("azure", "https://one.openai.azure.com"))
    items = [reasoning("A", encrypted_content=named), reasoning(encrypted_content=named), said("t")]
    assert origin.readable(items, going(provider, api_base)) == [reasoning("A"), said("t")]


def test_litellm_reads_the_wrapper_and_finds_the_content_unchanged() -> None:
    """As `_unwrap_encrypted_content_with_model_id` does in 1.82.1 to 1.109.1."""
    named = module("responses.origin").named("gAAA==", going("openai", None))
    label, _, content = named.partition(";")
    assert content == "gAAA=="
    assert base64.b64decode(label[len("litellm_enc:") :]).decode().startswith("model_id:")


@pytest.mark.parametrize(
    "content", ["gAAA==", "litellm_enc:bW9kZWxfaWQ6MQ==;gAAA==", "litellm_enc:%;x", "litellm_enc:"]
)
def test_content_without_a_name_of_ours_goes_where_unpatched_releases_mint_it(content: str) -> None:
    origin = module("responses.origin")
    items = [reasoning("A", encrypted_content=content)]
    assert origin.readable(items, going("openai", None)) == items
    assert origin.readable(items, going("azure", None, unnamed=False)) == [reasoning("A")]


def test_content_that_litellm_named_keeps_its_name() -> None:
    content = "litellm_enc:bW9kZWxfaWQ6MQ==;gAAA=="
    assert module("responses.origin").named(content, going("openai", None)) == content


# --- what a request asks for ---

INCLUDE = "reasoning.encrypted_content"


@pytest.mark.parametrize(
    ("model", "request_", "asks"),
    [
        ("gpt-5", {"input": []}, False),
        ("gpt-5", {"input": [], "reasoning": {"effort": "low"}}, True),
        ("gpt-5", {"input": [reasoning("A")]}, False),
        ("gpt-5", {"input": [reasoning("A", encrypted_content="x")]}, True),
        ("openai/gpt-4.1", {"input": [reasoning("A", encrypted_content="x")]}, False),
        ("xai/grok-4-fast-non-reasoning", {"input": [], "reasoning": {"effort": "low"}}, False),
    ],
)
def test_encrypted_content_is_asked_for_where_reasoning_is(model: str, request_: Item, asks: bool) -> None:
    build = module("responses.requests").seals_reasoning(lambda **given: dict(request_))
    built = build(model=model, extra_kwargs={"custom_llm_provider": "openai"})
    assert built == ({**request_, "include": [INCLUDE]} if asks else request_)


def test_what_is_included_anyway_stays() -> None:
    build = module("responses.requests").seals_reasoning(lambda **given: {"reasoning": {}, "include": ["x", INCLUDE]})
    assert build(model="gpt-5") == {"reasoning": {}, "include": ["x", INCLUDE]}


# --- answers ---


class Response(SimpleNamespace):
    def model_copy(self, update: Item) -> Response:
        return Response(**{**vars(self), **update})


def answered(*output: Item) -> list[Item]:
    def translate(_: object, response: Response) -> Item:
        words = [part["text"] for item in response.output for part in item.get("content", ())]
        return {"content": [text(word) for word in words]}

    response = Response(output=list(output))
    answer = module("responses.answers").with_thinking_blocks(translate)(None, response)
    assert response.output == list(output)
    return list(answer["content"])


@pytest.mark.parametrize(
    ("item", "blocks"),
    [
        (reasoning("A"), [thinking("A")]),
        (reasoning("A", encrypted_content="gAAA=="), [thinking("A", MINTED)]),
        (reasoning("A", "B", encrypted_content="gAAA=="), [thinking("A", MARK), thinking("B", MINTED)]),
        (reasoning(encrypted_content="gAAA=="), [redacted(MINTED)]),
        (reasoning(), []),
        ({"type": "reasoning", "summary": None, "encrypted_content": None}, []),
    ],
)
def test_a_reasoning_item_becomes_thinking_blocks_and_comes_back(item: Item, blocks: list[Item]) -> None:
    assert answered(said("s"), item, said("t")) == [text("s"), *blocks, text("t")]
    back = [] if not blocks else [item]
    assert turn(*blocks, text("t")) == [*back, said("t")]


# --- streams ---


def added(kind: str) -> Item:
    return {"type": "response.output_item.added", "item": {"type": kind, "id": kind}}


def part(number: int, *pieces: str) -> list[Item]:
    return [
        {"type": "response.reasoning_summary_part.added", "summary_index": number},
        *(
            {"type": "response.reasoning_summary_text.delta", "summary_index": number, "delta": piece}
            for piece in pieces
        ),
    ]


def done(item: Item) -> Item:
    return {"type": "response.output_item.done", "item": item}


def streamed(*events: Item, stream: object = None) -> list[Item]:
    wrapper = decorated(Wrapper, stream)
    for event in events:
        wrapper._process_event(event)
    return list(wrapper._chunk_queue)


def blocks_of(chunks: list[Item]) -> list[Item]:
    """Put the blocks together, as a client does."""
    blocks: list[Item] = []
    for chunk in chunks:
        if chunk["type"] == "content_block_start":
            assert chunk["index"] == len(blocks)
            blocks.append(dict(chunk["content_block"]))
        elif chunk["type"] == "content_block_delta":
            for name, value in chunk["delta"].items():
                if name != "type":
                    blocks[chunk["index"]][name] = blocks[chunk["index"]].get(name, "") + value
    assert sum(chunk["type"] == "content_block_stop" for chunk in chunks) == len(blocks)
    return blocks


@pytest.mark.parametrize(
    ("events", "item", "blocks"),
    [
        (part(0, "A1", "A2"), reasoning("A1A2"), [thinking("A1A2", "")]),
        (part(0, "A"), reasoning("A", encrypted_content="gAAA=="), [thinking("A", MINTED)]),
        (
            [*part(0, "A"), *part(1, "B")],
            reasoning("A", "B", encrypted_content="gAAA=="),
            [thinking("A", MARK), thinking("B", MINTED)],
        ),
        (part(0, ""), reasoning(encrypted_content="gAAA=="), [redacted(MINTED)]),
        ([], reasoning("A", encrypted_content="gAAA=="), [thinking("A", MINTED)]),
        ([], reasoning(), []),
    ],
)
def test_streamed_reasoning_becomes_the_same_blocks(events: list[Item], item: Item, blocks: list[Item]) -> None:
    assert blocks_of(streamed(added("reasoning"), *events, done(item))) == blocks


def test_other_events_are_the_wrapper_s() -> None:
    events = [{"type": "response.in_progress"}, {"type": "response.web_search_call.searching"}, {"no": "type"}]
    assert streamed({"type": "response.created"}, *events) == events


class MockResponsesAPIStreamingIterator:
    """The name of LiteLLM's class for streams that it makes itself."""


def test_a_stream_that_litellm_made_is_announced() -> None:
    output = [
        reasoning("A"),
        said("t"),
        {"type": "function_call", "id": "f", "call_id": "c", "name": "do", "arguments": "{}"},
    ]
    last = {"type": "response.completed", "response": {"output": output}}
    events = streamed(
        {"type": "response.output_text.delta", "delta": "t"}, last, stream=MockResponsesAPIStreamingIterator()
    )
    assert blocks_of(events[:-1]) == [thinking("A", ""), text("t"), {**call("c"), "partial_json": "{}"}]
    assert events[-1] == last


# --- the bridge from chat completions ---


def bridge(messages: list[Item], *decorators: str) -> list[Item]:
    def translate(_: object, given: list[Item], **more: object) -> tuple[list[Item], None]:
        items: list[Item] = []
        for message in given:
            if message.get("tool_calls"):
                items += [called(one["id"]) for one in message["tool_calls"]]
            else:
                items.append(said(message["content"]))
        return items, None

    made: Any = translate
    for name in decorators:
        made = getattr(module("responses.chat_bridge"), name)(made)
    return list(made(None, messages, drop_params=True)[0])


def spoken(**more: object) -> Item:
    return {"role": "assistant", "content": "t", "tool_calls": [{"id": "c"}], **more}


BOTH = ("keeps_text", "with_reasoning_of_chat")


def test_the_bridge_keeps_reasoning_and_text() -> None:
    blocks = [thinking("A"), redacted("EmwK")]
    assert bridge([spoken(thinking_blocks=blocks)], *BOTH) == [reasoning("A"), said("t"), called("c")]


def test_the_bridge_leaves_a_history_without_thinking_alone() -> None:
    assert bridge([spoken(), {"role": "assistant", "content": "u"}], *BOTH) == [called("c"), said("u")]


def test_the_bridge_sends_encrypted_content_to_where_it_was_minted() -> None:
    origin = module("responses.origin")
    here = going("azure", "https://one", unnamed=False)
    blocks = [thinking("A", origin.marked("gAAA", here)), thinking("B", MINTED)]
    sent = bridge([{"role": "assistant", "content": "t", "thinking_blocks": blocks}], *BOTH)
    assert sent == [
        reasoning("A", encrypted_content="gAAA"),
        reasoning("B"),
        said("t"),
    ]


def test_the_bridge_leaves_litellm_s_own_items_alone() -> None:
    message = spoken(thinking_blocks=[thinking("A")], reasoning_items=[{"id": "rs_1"}])
    assert bridge([message], "with_reasoning_of_chat") == [called("c")]


def test_the_bridge_gives_one_choice_with_the_thinking_blocks() -> None:
    bridge = module("responses.chat_bridge")

    def choice(content: str | None, calls: object, reason: str) -> SimpleNamespace:
        return SimpleNamespace(message=SimpleNamespace(content=content, tool_calls=calls), finish_reason=reason)

    def translate(**given: object) -> SimpleNamespace:
        return SimpleNamespace(
            choices=[choice("s", None, "stop"), choice(None, ["c"], "tool_calls")], _hidden_params={}
        )

    output = [reasoning("A", encrypted_content="gAAA=="), said("s"), {"type": "function_call"}, reasoning("B")]
    made = bridge.with_thinking_of_chat(bridge.remembers_order(bridge.gives_one_choice(translate)))
    answer = made(raw_response=SimpleNamespace(output=output))
    (only,) = answer.choices
    assert (only.message.content, only.message.tool_calls, only.finish_reason) == ("s", ["c"], "tool_calls")
    assert only.message.thinking_blocks == [thinking("A", MINTED), thinking("B")]
    assert answer._hidden_params == {
        "thinking_round_trip_order": [("thinking", 0), ("text", 1), ("tool_use", 0), ("thinking", 0)]
    }


def test_the_bridge_s_stream_carries_the_marks() -> None:
    class Stream:
        def chunk_parser(self, chunk: Item) -> SimpleNamespace:
            delta = SimpleNamespace(content="", reasoning_content=chunk.get("delta", " "))
            return SimpleNamespace(choices=[SimpleNamespace(index=1, delta=delta)])

    stream = module("responses.chat_bridge").streams_thinking_of_chat(Stream)()
    item = reasoning("A", "B", encrypted_content="gAAA==")
    deltas = [stream.chunk_parser(chunk).choices[0].delta for chunk in [*part(0, "A"), *part(1, "B"), done(item)]]
    assert [(delta.reasoning_content, getattr(delta, "thinking_blocks", None)) for delta in deltas] == [
        ("", None), ("A", None), ("", [thinking("", MARK)]), ("B", None), ("", [thinking("", MINTED)]),
    ]  # fmt: skip
    alone = stream.chunk_parser(done(reasoning(encrypted_content="gAAA=="))).choices[0].delta
    assert alone.thinking_blocks == [redacted(MINTED)]


def test_the_adapter_to_chat_messages_does_not_see_the_marks() -> None:
    seen: list[Any] = []

    def translate(_: object, messages: list[Item], model: str) -> list[Item]:
        seen.extend(messages)
        return [{"role": "assistant", "content": "t", "thinking_blocks": list(messages[0]["content"])}]

    made = module("responses.marks").keeps_marked_thinking(translate)
    blocks = [thinking("A", MINTED), redacted(MINTED), thinking("B", "ErUB")]
    messages = [{"role": "assistant", "content": blocks}]
    assert made(None, messages, "m")[0]["thinking_blocks"] == blocks
    assert MARK not in str(seen)
    plain = [{"role": "assistant", "content": [thinking("B", "ErUB")]}]
    seen.clear()
    made(None, plain, "m")
    assert seen[0] is plain[0]
