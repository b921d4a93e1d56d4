"""The order of an assistant turn's blocks, where LiteLLM's chat form has no room for it (failure F24).

A chat message has one content, one list of calls and one list of thinking blocks, so a turn of thinking, text, call,
thinking, text, call comes out as thinking, thinking, text, call, call. Claude rejects its thinking in such a place, and
another model reads a turn that it did not write. Bedrock Converse and Gemini have the order on their wire, and the
translators that LiteLLM has for them join neighbouring assistant messages: for these two a turn goes as several.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from itertools import groupby, takewhile
from operator import itemgetter
from typing import Any

Block = Mapping[str, Any]
Message = Mapping[str, Any]

_RANKS = {"thinking": 0, "redacted_thinking": 0, "text": 1, "tool_use": 2}
_THINKING = ("thinking", "redacted_thinking")


def keeps_order(prepare: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate what turns an Anthropic request into a chat request: it takes `messages`, `model` and `extra_kwargs`.

    For a target whose wire has an order, the turns that would lose theirs come in as several messages.
    """

    @wraps(prepare)
    def prepared(*args: Any, **kwargs: Any) -> Any:
        messages = kwargs.get("messages")
        if isinstance(messages, list) and _has_order(kwargs.get("model"), kwargs.get("extra_kwargs")):
            kwargs["messages"] = split_turns(messages)
        return prepare(*args, **kwargs)

    return prepared


def split_turns(messages: list[Message]) -> list[Message]:
    """Write each assistant turn whose blocks would change places as several messages; the same list if none would.

    In each of these thinking comes first and calls come last. Without thinking a turn stays whole: such requests are to
    remain as they are, and nothing checks their order.
    """
    split = {number: _parts(message["content"]) for number, message in enumerate(messages) if _loses_order(message)}
    if not split:
        return messages
    out: list[Message] = []
    for number, message in enumerate(messages):
        out.extend({**message, "content": part} for part in split[number]) if number in split else out.append(message)
    return out


def _loses_order(message: Message) -> bool:
    content = message.get("content") if message.get("role") == "assistant" else None
    if not isinstance(content, list) or len(content) < 2:
        return False
    ranks = [_RANKS.get(str(block.get("type")), -1) for block in content if isinstance(block, dict)]
    ranks = [rank for rank in ranks if rank >= 0]
    return 0 in ranks and ranks != sorted(ranks)


def _parts(content: Iterable[Any]) -> list[list[Any]]:
    parts: list[list[Any]] = [[]]
    highest = 0
    for block in content:
        rank = _RANKS.get(str(block.get("type")), highest) if isinstance(block, dict) else highest
        if rank < highest:
            parts.append([])
        highest = rank
        parts[-1].append(block)
    return parts


def _has_order(model: Any, extra: Any) -> bool:
    """Whether the target is Bedrock Converse or Gemini; a provider given apart stands before the model's prefix."""
    name = model if isinstance(model, str) else ""
    provider = extra.get("custom_llm_provider") if isinstance(extra, dict) else None
    if not isinstance(provider, str) or not provider:
        provider = name.partition("/")[0]
    if provider in ("bedrock", "bedrock_converse"):
        return "invoke/" not in name
    return provider == "gemini" or (provider.startswith("vertex_ai") and "gemini" in name)


def keeps_calls(convert: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate the translator of chat messages into Gemini's contents, which takes `messages` first.

    It looks for the call of a tool's result in the last message of a turn alone, and leaves out a call that it has
    already: so the last message of a turn with thinking has the calls of those before it as well.
    """

    @wraps(convert)
    def converted(messages: Any, *args: Any, **kwargs: Any) -> Any:
        return convert(with_calls(messages), *args, **kwargs)

    return converted


def with_calls(messages: Sequence[Any]) -> Sequence[Any]:
    """The messages, the last of a turn with all its calls; the same list if no turn is in several messages."""
    runs = [list(run) for _, run in groupby(messages, key=itemgetter("role"))]
    if len(runs) == len(messages) or not any(map(_is_split, runs)):
        return messages
    return [message for run in runs for message in (_with_calls(run) if _is_split(run) else run)]


def _is_split(run: Sequence[Any]) -> bool:
    if len(run) == 1 or run[0]["role"] != "assistant":
        return False
    return any(message.get("thinking_blocks") or message.get("reasoning_content") for message in run)


def _with_calls(run: Sequence[Any]) -> Sequence[Any]:
    calls = [call for message in run for call in message.get("tool_calls") or ()]
    last = run[-1]
    if not calls:
        return run
    fields = last if isinstance(last, dict) else last.model_dump()
    return [*run[:-1], {**fields, "tool_calls": calls}]


Piece = tuple[str, int]
"""A block of an answer: `thinking`, `text` or `tool_use`, and the length of a text. Its words are no matter for a place
that LiteLLM hands to callbacks, which may log what they see."""

ORDER = "thinking_round_trip_order"
"""Its key among what LiteLLM keeps with a response and shows no client."""


def remembers_converse_order(transform: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate the method that makes a chat response of Bedrock Converse's: it keeps the order that the form loses."""

    @wraps(transform)
    def transformed(self: Any, model: str, response: Any, *args: Any, **kwargs: Any) -> Any:
        result = transform(self, model, response, *args, **kwargs)
        if any(map(_thinks, getattr(result, "choices", None) or ())):
            _remember(result, converse_pieces(response.json()))
        return result

    return transformed


def remembers_gemini_order(transform: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate the method that makes a chat response of Gemini's: it keeps the order that the form loses."""

    @wraps(transform)
    def transformed(self: Any, completion_response: Any, *args: Any, **kwargs: Any) -> Any:
        order = gemini_pieces(completion_response)
        result = transform(self, completion_response, *args, **kwargs)
        _remember(result, order)
        return result

    return transformed


def _thinks(choice: Any) -> bool:
    return bool(getattr(getattr(choice, "message", None), "thinking_blocks", None))


def _remember(response: Any, order: Sequence[Piece]) -> None:
    hidden = getattr(response, "_hidden_params", None)
    if isinstance(hidden, dict) and is_interleaved(order):
        hidden[ORDER] = list(order)


def restores_order(translate: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate what turns a chat response into an Anthropic one: its blocks stand as the model gave them."""

    @wraps(translate)
    def translated(*args: Any, **kwargs: Any) -> Any:
        result = translate(*args, **kwargs)
        response = kwargs.get("response", args[1] if len(args) > 1 else None)
        hidden = getattr(response, "_hidden_params", None)
        order = hidden.get(ORDER) if isinstance(hidden, dict) else None
        content = result.get("content") if order and isinstance(result, dict) else None
        if order and isinstance(content, list):
            result["content"] = in_order(content, order)
        return result

    return translated


def is_interleaved(order: Sequence[Piece]) -> bool:
    """Whether thinking stands behind a text or a call."""
    kinds = [kind for kind, _ in order]
    return "thinking" in kinds[len(list(takewhile("thinking".__eq__, kinds))) :]


def in_order(content: list[Any], order: Sequence[Piece]) -> list[Any]:
    """Give the blocks of an Anthropic answer their places back, and the text the seams at which it was joined.

    The same list, if its blocks are not those of the order: something else has been at work on the answer.
    """
    waiting: dict[str, list[Any]] = {kind: [] for kind in _KINDS}
    for block in content:
        kind = _read(block, "type")
        waiting.setdefault("thinking" if kind in _THINKING else str(kind), []).append(block)
    order = [(kind, size) for kind, size in order if size or kind != "text"]
    text = "".join(str(_read(block, "text")) for block in waiting["text"])
    if any(kind not in _KINDS for kind in [*waiting, *(kind for kind, _ in order)]) or not _agree(waiting, text, order):
        return content
    out: list[Any] = []
    said = 0
    for kind, size in order:
        out.append(waiting[kind].pop(0) if kind != "text" else _with_text(waiting["text"][0], text[said : said + size]))
        said += size
    return out


def _agree(waiting: Mapping[str, Sequence[Any]], text: str, order: Sequence[Piece]) -> bool:
    """Whether there are as many blocks of thinking and calls, and as much text."""
    kinds = [kind for kind, _ in order]
    if any(len(waiting[kind]) != kinds.count(kind) for kind in ("thinking", "tool_use")):
        return False
    return len(text) == sum(size for _, size in order)


_KINDS = ("thinking", "text", "tool_use")


def _with_text(block: Any, words: str) -> Any:
    if isinstance(block, dict):
        return {**block, "text": words}
    return block.model_copy(update={"text": words})


def _read(block: Any, name: str) -> Any:
    return block.get(name) if isinstance(block, dict) else getattr(block, name, None)


def converse_pieces(answer: Mapping[str, Any]) -> list[Piece]:
    """The order of Bedrock Converse's `output.message.content` (docs/providers.md#bedrock-converse)."""
    content = ((answer.get("output") or {}).get("message") or {}).get("content") or []
    return [_converse_piece(block) for block in content if isinstance(block, dict)]


def _converse_piece(block: Block) -> Piece:
    if "reasoningContent" in block:
        return "thinking", 0
    if "toolUse" in block:
        return "tool_use", 0
    return ("text", len(str(block["text"]))) if "text" in block else ("other", 0)


def gemini_pieces(answer: Any) -> list[Piece]:
    """The order of the parts of Gemini's only candidate (docs/providers.md#gemini); several have no one order."""
    candidates = (answer.get("candidates") if isinstance(answer, dict) else None) or []
    if not isinstance(candidates, list) or len(candidates) != 1:
        return []
    content = candidates[0].get("content") if isinstance(candidates[0], dict) else None
    parts = content.get("parts") if isinstance(content, dict) else None
    return [_gemini_piece(part) for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []


def _gemini_piece(part: Block) -> Piece:
    if "functionCall" in part:
        return "tool_use", 0
    if "text" in part:
        return ("thinking", 0) if part.get("thought") else ("text", len(str(part["text"])))
    return "other", 0
