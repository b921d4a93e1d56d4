"""Reasoning on LiteLLM's bridge from chat completions to the Responses API (failures F2, F10 and N8).

On this way thinking blocks travel in the `thinking_blocks` of a chat message, in both directions: nothing else there
has room for encrypted content in all releases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import wraps
from typing import Any

from litellm.thinking_round_trip.blocks.reasoning_items import MINTED_PREFIX, reasoning_items
from litellm.thinking_round_trip.chat.block_order import ORDER, Piece, is_interleaved, split_turns
from litellm.thinking_round_trip.responses.events import event_kind, field
from litellm.thinking_round_trip.responses.history import STAND_IN, stand_in, with_items
from litellm.thinking_round_trip.responses.origin import NOWHERE, Origin, current_origin, going_to, named, readable
from litellm.thinking_round_trip.responses.requests import seal
from litellm.thinking_round_trip.responses.stream_blocks import item_blocks

Message = Mapping[str, Any]

_ALWAYS_REASON = frozenset({"xai"})
"""Providers whose models reason and show it without being asked (docs/providers.md#xai)."""


def with_reasoning_of_chat(translate: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate the bridge's method that makes input items of chat messages: thinking becomes `reasoning` items.

    Messages that LiteLLM itself has given reasoning items are left to it.
    """

    @wraps(translate)
    def translate_with_reasoning(bridge: object, messages: Sequence[Message], **more: Any) -> Any:
        if not any(map(_thoughts, messages)):
            return translate(bridge, messages, **more)
        reasoning: list[list[dict[str, Any]]] = []
        rest = [one for message in messages for one in _without_thinking(message, reasoning)]
        items, *others = translate(bridge, rest, **more)
        return (with_items(items, reasoning), *others)

    return translate_with_reasoning


def _thoughts(message: Message) -> Sequence[Any]:
    blocks = message.get("thinking_blocks") if message.get("role") == "assistant" else None
    return blocks if isinstance(blocks, list) and not message.get("reasoning_items") else ()


def _without_thinking(message: Message, reasoning: list[list[dict[str, Any]]]) -> Iterator[Message]:
    blocks = [block for block in _thoughts(message) if isinstance(block, dict)]
    if not blocks:
        yield message
        return
    items = readable(reasoning_items(blocks), current_origin())
    if items:
        yield {"role": "assistant", "content": stand_in(reasoning, items)}
    rest = {key: value for key, value in message.items() if key != "thinking_blocks"}
    if rest.get("content") or rest.get("tool_calls"):
        yield rest


def keeps_text(translate: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate the bridge's method that makes input items of chat messages: text is kept in a message with calls.

    Such a message goes to the bridge as two. A request without reasoning stays as it was, byte for byte.
    """

    @wraps(translate)
    def translate_with_text(bridge: object, messages: Sequence[Message], **more: Any) -> Any:
        if any(map(_has_reasoning, messages)):
            messages = [piece for message in messages for piece in _pieces(message)]
        return translate(bridge, messages, **more)

    return translate_with_text


def _has_reasoning(message: Message) -> bool:
    content = message.get("content")
    stands_in = isinstance(content, str) and content.startswith(STAND_IN)
    return message.get("role") == "assistant" and (
        stands_in or bool(message.get("thinking_blocks") or message.get("reasoning_items"))
    )


def _pieces(message: Message) -> Iterable[Message]:
    if message.get("role") != "assistant" or not message.get("content") or not message.get("tool_calls"):
        return [message]
    if message.get("provider_specific_fields"):
        return [message]  # LiteLLM has noted there what it is to send, of the message as it is
    text = {key: value for key, value in message.items() if key != "tool_calls"}
    return [text, {"role": "assistant", "content": None, "tool_calls": message["tool_calls"]}]


def seals_reasoning_of_chat(build: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Decorate the bridge's method that makes the arguments of a call to the Responses API.

    It comes to pass around the making of the input items.
    """

    @wraps(build)
    def build_sealing(*args: Any, **given: Any) -> dict[str, Any]:
        params = given.get("litellm_params") or {}
        provider = params.get("custom_llm_provider")
        origin = going_to(provider, params.get("api_base"), reads_unnamed=provider == "openai")
        request = build(*args, **given)
        seal(request, str(given.get("model")), origin, always=provider in _ALWAYS_REASON)
        return request

    return build_sealing


def with_thinking_of_chat(translate: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate the bridge's method that makes a chat answer of a Responses one: it gets the thinking blocks."""

    @wraps(translate)
    def translate_with_thinking(*args: Any, **given: Any) -> Any:
        answer = translate(*args, **given)
        output = field(given.get("raw_response"), "output") or ()
        origin = current_origin()
        thoughts = [item_blocks(item, origin) for item in output if field(item, "type") == "reasoning"]
        blocks = [block for one in thoughts for block in one]
        if blocks and answer.choices:
            _carry(blocks, answer.choices[0].message, origin)
        return answer

    return translate_with_thinking


def _carry(blocks: list[dict[str, Any]], message: Any, origin: Origin) -> None:
    """Put the blocks into a message. LiteLLM's own items there get the same content: 1.108.4 compares the two.

    Not so where LiteLLM has noted in the message what it is to send again: that note has a digest of the items.
    """
    message.thinking_blocks = blocks
    if getattr(message, "provider_specific_fields", None):
        return
    for item in getattr(message, "reasoning_items", None) or ():
        content = named(item.get("encrypted_content"), origin)
        if content:
            item["encrypted_content"] = content


def splits_turns(prepare: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate what turns an Anthropic request into a chat request: it takes `messages` and `model` by name.

    On the bridge to the Responses API turns that would lose their order go as several messages (failure F24).
    """

    @wraps(prepare)
    def prepare_split(*args: Any, **given: Any) -> Any:
        if "responses/" in str(given.get("model")) and isinstance(given.get("messages"), list):
            given["messages"] = split_turns(given["messages"])
        return prepare(*args, **given)

    return prepare_split


def remembers_order(translate: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate the bridge's method that makes a chat answer of a Responses one: it keeps the order that this loses.

    `block_order.restores_order` reads it where the chat answer becomes an Anthropic one.
    """

    @wraps(translate)
    def translate_remembering(*args: Any, **given: Any) -> Any:
        answer = translate(*args, **given)
        output = field(given.get("raw_response"), "output") or ()
        order = [piece for item in output for piece in _order_pieces(item)]
        hidden = getattr(answer, "_hidden_params", None)
        if isinstance(hidden, dict) and is_interleaved(order):
            hidden[ORDER] = order
        return answer

    return translate_remembering


def _order_pieces(item: object) -> list[Piece]:
    kind = field(item, "type")
    if kind == "reasoning":
        return [("thinking", 0)] * len(item_blocks(item, NOWHERE))
    if kind == "message":
        return [("text", len(str(field(part, "text") or ""))) for part in field(item, "content") or ()]
    return [("tool_use" if kind == "function_call" else "other", 0)]


def gives_one_choice(translate: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate the bridge's method that makes a chat answer of a Responses one: its calls join its text.

    Older releases make a choice of each message and one more of the calls, and clients read the first choice. Answers
    without reasoning stay as they were.
    """

    @wraps(translate)
    def translate_to_one(*args: Any, **given: Any) -> Any:
        answer = translate(*args, **given)
        output = field(given.get("raw_response"), "output") or ()
        if len(answer.choices) > 1 and any(field(item, "type") == "reasoning" for item in output):
            answer.choices = [_joined(answer.choices)]
        return answer

    return translate_to_one


def _joined(choices: Sequence[Any]) -> Any:
    first, last = choices[0], choices[-1]
    first.message.content = "".join(choice.message.content or "" for choice in choices)
    first.message.tool_calls = last.message.tool_calls
    first.finish_reason = last.finish_reason
    return first


def streams_thinking_of_chat(iterator: type[Any]) -> type[Any]:
    """Decorate the bridge's class that makes chunks of chat of a streamed Responses answer: they get the marks."""
    begin, parse = iterator.__init__, iterator.chunk_parser

    @wraps(begin)
    def begin_with_thinking(self: Any, *args: Any, **more: Any) -> None:
        begin(self, *args, **more)
        self._reasoning_origin, self._reasoning_told = current_origin(), False

    @wraps(parse)
    def parse_with_thinking(self: Any, chunk: Mapping[str, Any]) -> Any:
        parsed = parse(self, chunk)
        kind = event_kind(chunk)
        if kind == "response.reasoning_summary_text.delta":
            self._reasoning_told = True
            for choice in parsed.choices:
                choice.index = 0  # older releases put the number of the summary text there
        elif kind == "response.reasoning_summary_part.added":
            bare = {"type": "thinking", "thinking": "", "signature": MINTED_PREFIX}
            _put(parsed, [bare] if self._reasoning_told else [])
        elif kind == "response.output_item.done" and field(chunk.get("item"), "type") == "reasoning":
            _add_marks(parsed, item_blocks(chunk["item"], self._reasoning_origin), self._reasoning_told)
            self._reasoning_told = False
        return parsed

    iterator.__init__, iterator.chunk_parser = begin_with_thinking, parse_with_thinking
    return iterator


def _add_marks(parsed: Any, blocks: list[dict[str, Any]], told: bool) -> None:
    """Put the encrypted content of an item into a chunk, behind its text, which was streamed as `reasoning_content`."""
    if told:
        blocks = [{**block, "thinking": ""} for block in blocks[-1:] if block.get("signature")]
    _put(parsed, blocks)


def _put(parsed: Any, blocks: list[dict[str, Any]]) -> None:
    """Put blocks into a chunk, in the place of what LiteLLM says there: newer releases part the texts by a blank."""
    for choice in parsed.choices:
        if blocks:
            choice.delta.content, choice.delta.thinking_blocks = None, blocks
        if blocks or getattr(choice.delta, "reasoning_content", None):
            choice.delta.reasoning_content = ""  # None: LiteLLM drops a chunk that has nothing but blocks
