"""The reasoning of earlier turns in the carrier that the provider of chat completions reads, and in no other.

LiteLLM keeps it in fields of its own (`thinking_blocks`, `provider_specific_fields`) and in `reasoning_content`, and
sends all of them to almost everybody: F4 to F8, F34, N1 to N4 and N14. Clients send back `reasoning` and
`reasoning_details` as well, if they were given them, whoever comes next (N80). `carriers_table` says who takes what.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from operator import is_
from typing import Any, NamedTuple, Optional

from litellm.thinking_round_trip.blocks.reasoning_items import MINTED_PREFIX
from litellm.thinking_round_trip.blocks.sealed_details import CLAUDE_FORMAT, is_sealed, readable, unsealed
from litellm.thinking_round_trip.blocks.signatures import is_foreign
from litellm.thinking_round_trip.chat import carriers_table as table

Message = dict[str, Any]

_OWN_FIELDS = frozenset(("thinking_blocks", "provider_specific_fields", "reasoning_items"))
"""What LiteLLM adds to the messages of its answers, and clients send back (#25595)."""
_GIVEN = ("reasoning", "reasoning_details")
"""What some providers give, and clients may send back to others."""
_PLAIN = ("reasoning_content", *_GIVEN)
_FIELDS = (*_OWN_FIELDS, *_PLAIN)
_READ: Mapping[str, Container[str]] = {
    table.REASONING: ("reasoning",),
    table.PLAIN_DETAILS: ("reasoning_details",),
    table.THINK_TAGS: ("reasoning_details",),
}
"""Which of these the readers of a carrier know as their own words."""
_OPEN, _CLOSE = "<think>", "</think>"


class Thoughts(NamedTuple):
    """The reasoning of a turn: its text, the blocks that it came in, and OpenRouter's entries, where there are any."""

    text: str
    blocks: Sequence[Mapping[str, Any]]
    details: Sequence[Mapping[str, Any]]


class _Way(NamedTuple):
    """How a request goes: the carrier, and which of the fields that clients send back stay as they are."""

    carrier: str
    model: str
    keeps: Container[str]


def carried(
    messages: Any,
    provider: Any,
    model: Any,
    api_base: Any,
    params: Mapping[str, Any],
    custom_providers: Container[str] = (),
) -> Any:
    """Return the messages as the provider takes them; the same list if nothing has to change.

    Where nobody reasoned nothing changes, but for LiteLLM's own fields that the provider would reject.

    `params` are the arguments of the call, `custom_providers` the names under which the user's own code answers:
    that may read what it likes.
    """
    if not isinstance(messages, list) or provider in custom_providers:
        return messages
    carrier = table.carrier_for(str(provider), str(model), api_base, params.get("reasoning_carrier"))
    if carrier == table.AS_IT_IS or not (table.is_strict(str(provider), api_base) or any(map(_reasons, messages))):
        return messages
    if carrier == table.THINK_TAGS and _splits(params):
        carrier = table.PLAIN_DETAILS
    known = table.is_known(str(provider), api_base, params.get("reasoning_carrier"))
    way = _Way(carrier, str(model), _READ.get(carrier, ()) if known else _GIVEN)
    written = [_written(message, way) for message in messages]
    return messages if all(map(is_, written, messages)) else written


def _reasons(message: Any) -> bool:
    """Whether there may be reasoning in a message, in whichever field: a call may have its signature alone."""
    if not isinstance(message, dict) or message.get("role") != "assistant":
        return False
    if message.get("thinking_blocks") or any(map(message.get, _PLAIN)) or _has_called(message):
        return True
    own = message.get("provider_specific_fields")
    return isinstance(own, dict) and bool(own.get("reasoning_content") or own.get("reasoning_details"))


def _splits(params: Mapping[str, Any]) -> bool:
    """docs/providers.md#minimax: whether the request asks for MiniMax's other form."""
    extra = params.get("extra_body")
    return bool(params.get("reasoning_split") or (isinstance(extra, dict) and extra.get("reasoning_split")))


def _written(message: Any, way: _Way) -> Any:
    if not isinstance(message, dict) or message.get("role") != "assistant":
        return message
    if not _has_fields(message) and not _has_called(message):
        return message
    new = {name: value for name, value in message.items() if name not in _OWN_FIELDS}
    if _has_called(message):
        new["tool_calls"] = [_bare_call(call) for call in message["tool_calls"]]
    _carry(new, thoughts_of(message), way)
    return message if new == message else new


def _has_fields(message: Message) -> bool:
    return any(message.get(name) is not None for name in _FIELDS)


def _has_called(message: Message) -> bool:
    """Whether a call has LiteLLM's field: Gemini's signatures, which nobody reads here (F5)."""
    calls = message.get("tool_calls")
    return isinstance(calls, list) and any(call is not _bare_call(call) for call in calls)


def _bare_call(call: Any) -> Any:
    if not isinstance(call, dict):
        return call
    function = call.get("function")
    in_function = isinstance(function, dict) and "provider_specific_fields" in function
    if not in_function and "provider_specific_fields" not in call:
        return call
    bare = {name: value for name, value in call.items() if name != "provider_specific_fields"}
    if isinstance(function, dict):
        bare["function"] = {name: value for name, value in function.items() if name != "provider_specific_fields"}
    return bare


def thoughts_of(message: Mapping[str, Any]) -> Thoughts:
    """Read the reasoning of an assistant message of LiteLLM's."""
    own = message.get("provider_specific_fields")
    own = own if isinstance(own, dict) else {}
    given = message.get("thinking_blocks")
    blocks = [block for block in given if isinstance(block, dict)] if isinstance(given, list) else []
    texts = [text for block in blocks if isinstance(text := block.get("thinking"), str) and text]
    details = own.get("reasoning_details") or message.get("reasoning_details")
    details = [entry for entry in details if isinstance(entry, dict)] if isinstance(details, list) else []
    told = (message.get("reasoning_content"), own.get("reasoning_content"), message.get("reasoning"), _told(details))
    return Thoughts(_text(told, texts, blocks), blocks, details)


def _told(details: Sequence[Mapping[str, Any]]) -> Optional[str]:
    """docs/providers.md#openrouter: the text of entries; a summary has it under another name."""
    texts = (entry.get("text") or entry.get("summary") for entry in details)
    return "".join(text for text in texts if isinstance(text, str)) or None


def _text(told: Iterable[Any], texts: Sequence[str], blocks: Sequence[Mapping[str, Any]]) -> str:
    """The text of a turn: `reasoning_content`, which has that of all blocks; they may be doubled (F20).

    `told` are the fields that may have it, in order.

    But LiteLLM leaves those out of it whose signature is OpenAI's encrypted content (N7); then their texts are joined
    as LiteLLM 1.100.0 and later join them, so that a provider's prompt cache outlives an upgrade. A blank is a
    placeholder.
    """
    encrypted = any(str(block.get("signature") or "").startswith(MINTED_PREFIX) for block in blocks)
    text = next((one for one in told if isinstance(one, str)), "")
    if texts and (encrypted or (text and not text.strip())):
        return "\n".join(texts)
    return text if text.strip() else ""


def _carry(message: Message, thoughts: Thoughts, way: _Way) -> None:
    """Write the reasoning into a message that has none of LiteLLM's own fields any more."""
    if way.carrier != table.REASONING_CONTENT:
        message.pop("reasoning_content", None)
    if way.carrier == table.REASONING_DETAILS:
        entries = unsealed(thoughts.blocks) or _claude_details(thoughts.blocks) or thoughts.details
        thoughts = thoughts._replace(details=readable(entries, way.model))
        if message.get("reasoning_details") and list(thoughts.details) == message["reasoning_details"]:
            return
    for name in _GIVEN:
        if name in message and name not in way.keeps:
            del message[name]
    if any(map(message.get, _GIVEN)):
        return  # the client speaks the provider's own words
    _WRITERS[way.carrier](message, thoughts)


def _nothing(message: Message, thoughts: Thoughts) -> None:
    """The provider has no carrier."""


def _reasoning(message: Message, thoughts: Thoughts) -> None:
    if thoughts.text:
        message["reasoning"] = thoughts.text


def _reasoning_content(message: Message, thoughts: Thoughts) -> None:
    if thoughts.text:
        message["reasoning_content"] = thoughts.text


def _reasoning_details(message: Message, thoughts: Thoughts) -> None:
    """docs/providers.md#openrouter: what was signed or sealed, as it was and in order; anything else as plain text."""
    entries = _whole(thoughts.details)
    if entries:
        message["reasoning_details"] = entries
    else:
        _reasoning(message, thoughts)


def _claude_details(blocks: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    entries = [entry for entry in map(_detail, blocks) if entry]
    return [{**entry, "index": index} for index, entry in enumerate(entries)]


def _detail(block: Mapping[str, Any]) -> Optional[Message]:
    if block.get("type") == "redacted_thinking":
        if is_foreign(block.get("data")):
            return None
        return {"type": "reasoning.encrypted", "data": block["data"], "format": CLAUDE_FORMAT}
    if is_foreign(block.get("signature")):
        return None
    entry = {"type": "reasoning.text", "text": block.get("thinking") or "", "signature": block["signature"]}
    return {**entry, "format": CLAUDE_FORMAT}


def _whole(details: Sequence[Mapping[str, Any]]) -> list[Message]:
    """docs/providers.md#openrouter: the entries of an answer with what is sealed in them. Claude's may be a stream's
    pieces: of its models a text without signature is rejected.
    """
    if any(map(is_sealed, details)) and not any(entry.get("format") in (None, CLAUDE_FORMAT) for entry in details):
        return [dict(entry) for entry in details]
    whole = all(entry.get("type") == "reasoning.encrypted" or entry.get("signature") for entry in details)
    return [dict(entry) for entry in details] if whole else []


def _thinking_parts(message: Message, thoughts: Thoughts) -> None:
    """docs/providers.md#mistral: a chunk for each thought, whose text is a list.

    A tuple, because older releases of LiteLLM make one string of a list and drop what is no text.
    """
    texts = [text for block in thoughts.blocks if isinstance(text := block.get("thinking"), str) and text]
    texts = texts or ([thoughts.text] if thoughts.text else [])
    parts = [{"type": "thinking", "thinking": [{"type": "text", "text": text}]} for text in texts]
    if parts:
        message["content"] = (*parts, *_content_parts(message))


def _reasoning_parts(message: Message, thoughts: Thoughts) -> None:
    """docs/providers.md#claude-on-databricks: a block for each thought with its signature, without which it has no
    place.
    """
    parts = [
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": block["thinking"], "signature": seal}]}
        for block in thoughts.blocks
        if block.get("thinking") and not is_foreign(seal := block.get("signature"))
    ]
    if parts:
        message["content"] = [*parts, *_content_parts(message)]


def _content_parts(message: Message) -> list[Any]:
    content = message.get("content")
    if isinstance(content, (list, tuple)):
        return list(content)
    return [{"type": "text", "text": str(content)}] if content else []  # a client may say a number


def _plain_details(message: Message, thoughts: Thoughts) -> None:
    """docs/providers.md#minimax: the form of the details that nobody signs."""
    if thoughts.text:
        message["reasoning_details"] = [{"type": "reasoning.text", "text": thoughts.text}]


def _think_tags(message: Message, thoughts: Thoughts) -> None:
    """docs/providers.md#minimax: in front of the visible text. A text with a closing tag in it cannot stand between
    tags.
    """
    if not thoughts.text:
        return
    if _CLOSE in thoughts.text:
        _plain_details(message, thoughts)
        return
    tagged = f"{_OPEN}{thoughts.text}{_CLOSE}"
    content = message.get("content")
    if isinstance(content, list):
        message["content"] = [{"type": "text", "text": tagged}, *content]
    else:
        message["content"] = f"{tagged}{content or ''}"


_WRITERS: Mapping[str, Callable[[Message, Thoughts], None]] = {
    table.NONE: _nothing,
    table.REASONING: _reasoning,
    table.REASONING_CONTENT: _reasoning_content,
    table.REASONING_DETAILS: _reasoning_details,
    table.PLAIN_DETAILS: _plain_details,
    table.THINKING_PARTS: _thinking_parts,
    table.REASONING_PARTS: _reasoning_parts,
    table.THINK_TAGS: _think_tags,
}
