"""The dialects of Anthropic's wire."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.backends.dialects.model import Dialect, Event

STREAMING = "docs/providers.md#anthropic-streaming"
PING: Event = {"type": "ping"}


def _pinged(events: list[Event]) -> list[Event]:
    """A ping behind every event but the last."""
    return [one for event in events[:-1] for one in (event, PING)] + events[-1:]


def _blocks(change: Callable[[list[Event]], list[Event]]) -> Callable[[list[Event]], list[Event]]:
    """Change the deltas of each block."""

    def rewrite(events: list[Event]) -> list[Event]:
        told: list[Event] = []
        deltas: list[Event] = []
        for event in events:
            if event["type"] == "content_block_delta":
                deltas.append(event)
                continue
            told += [*(change(deltas) if deltas else []), event]
            deltas = []
        return told

    return rewrite


def _input_in_one(deltas: list[Event]) -> list[Event]:
    first = deltas[0]
    if first["delta"]["type"] != "input_json_delta":
        return deltas
    text = "".join(one["delta"]["partial_json"] for one in deltas)
    return [{**first, "delta": {"type": "input_json_delta", "partial_json": text}}]


_SAYS = {"thinking_delta": "thinking", "text_delta": "text", "input_json_delta": "partial_json"}


def _with_empty(deltas: list[Event]) -> list[Event]:
    """An empty delta before and behind every one that says something."""
    told: list[Event] = []
    for one in deltas:
        name = _SAYS.get(one["delta"]["type"])
        empty = [{**one, "delta": {**one["delta"], name: ""}}] if name else []
        told += [*empty, one, *empty]
    return told


def _sealed_twice(deltas: list[Event]) -> list[Event]:
    return [*deltas, *(one for one in deltas if one["delta"]["type"] == "signature_delta")]


def _bare(events: list[Event]) -> list[Event]:
    """Blocks are announced without the fields that come later."""

    def bare(event: Event) -> Event:
        if event["type"] != "content_block_start" or event["content_block"]["type"] != "thinking":
            return event
        block = {name: value for name, value in event["content_block"].items() if name != "signature"}
        return {**event, "content_block": block}

    return [*map(bare, events)]


def _usage_apart(events: list[Event]) -> list[Event]:
    """What goes in is told at the start, what comes out at the end."""

    def apart(event: Event) -> Event:
        if event["type"] == "message_start":
            return {**event, "message": {**event["message"], "usage": {"input_tokens": 1, "output_tokens": 0}}}
        if event["type"] == "message_delta":
            return {**event, "usage": {"output_tokens": 1}}
        return event

    return [*map(apart, events)]


_USAGE = {
    "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0, "service_tier": "standard", "inference_geo": "us",
    "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
}  # fmt: skip


def _extra_message(message: Event) -> Event:
    return {"container": None, "context_management": None, **message, "usage": {**_USAGE, **message["usage"]}}


def _extras(events: list[Event]) -> list[Event]:
    def extra(event: Event) -> Event:
        if event["type"] == "message_start":
            return {**event, "message": _extra_message(event["message"])}
        if event["type"] == "message_delta":
            return {**event, "usage": {**_USAGE, **event["usage"]}, "context_management": {"applied_edits": []}}
        return event

    return [*map(extra, events)]


def _dialects() -> Iterator[Dialect]:
    yield Dialect(
        "anthropic", "ping", "events", "pings stand between the events", "Anthropic",
        ("https://docs.anthropic.com/en/docs/build-with-claude/streaming#ping-events",), stream=_pinged,
    )  # fmt: skip
    yield Dialect(
        "anthropic", "input-in-one", "calls", "a call's input comes in one delta, without an empty one before it",
        "relatives that parse calls at their end", ("docs/providers.md#forms-of-streams",),
        stream=_blocks(_input_in_one),
    )  # fmt: skip
    yield Dialect(
        "anthropic", "empty-deltas", "filling", "empty deltas stand before and behind those that say something",
        "Claude behind gateways", ("docs/providers.md#forms-of-streams", "BerriAI/litellm#29441"),
        stream=_blocks(_with_empty),
    )  # fmt: skip
    yield Dialect(
        "anthropic", "signature-twice", "carriers", "a signature is told twice", "Claude behind gateways",
        ("docs/providers.md#forms-of-streams",), stream=_blocks(_sealed_twice),
    )  # fmt: skip
    yield Dialect(
        "anthropic", "bare-start", "start", "a thinking block is announced without a signature", "relatives",
        (STREAMING,), stream=_bare,
    )  # fmt: skip
    yield Dialect(
        "anthropic", "usage-apart", "usage", "tokens in are told at the start, and only tokens out at the end",
        "Anthropic before 2025-05, relatives",
        ("https://docs.anthropic.com/en/docs/build-with-claude/streaming#event-types",), stream=_usage_apart,
    )  # fmt: skip
    yield Dialect(
        "anthropic", "extra-fields", "extras", "messages and usage have further fields, some null", "Anthropic",
        ("https://docs.anthropic.com/en/api/messages",), stream=_extras, whole=_extra_message,
    )  # fmt: skip


DIALECTS = tuple(_dialects())
