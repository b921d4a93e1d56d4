"""The dialects of the Responses wire."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tests.backends.dialects.model import Dialect, Event, Rewriter

FORMS = "docs/providers.md#forms-of-streams"


def without(*kinds: str) -> Rewriter:
    """Leave out the events whose type, without its `response.`, begins so."""
    return lambda events: [one for one in events if not one["type"].removeprefix("response.").startswith(kinds)]


def _each(change: Callable[[Event], Event]) -> Rewriter:
    return lambda events: [*map(change, events)]


def _sealed_early(event: Event) -> Event:
    """Encrypted content where the item is announced, which is not all of it yet."""
    if event["type"] != "response.output_item.added" or event["item"]["type"] != "reasoning":
        return event
    return {**event, "item": {**event["item"], "encrypted_content": "gAAAAABnot-yet"}}


def _not_repeated(event: Event) -> Event:
    if event["type"] != "response.completed":
        return event
    return {**event, "response": {**event["response"], "output": []}}


def _without_fields(*names: str) -> Rewriter:
    return _each(lambda event: {name: value for name, value in event.items() if name not in names})


def _obfuscated(event: Event) -> Event:
    return {**event, "obfuscation": "x7QfKp"} if event["type"].endswith(".delta") else event


def _extra(answer: Event) -> Event:
    return {**answer, "service_tier": "default", "safety_identifier": None, "prompt_cache_key": None, "billing": None}


def _extras(event: Event) -> Event:
    return _obfuscated({**event, "response": _extra(event["response"])} if "response" in event else event)


def _dialect(part: str, form: str, stream: Rewriter, says: str, spoken: str, *sources: str, **more: Any) -> Dialect:
    return Dialect("responses", form, part, says, spoken, sources, stream=stream, **more)


_SAYS_NOTHING = ("function_call", "output_text", "content_part", "reasoning_summary", "reasoning_text")
_LAST = frozenset({"responses-not-repeated"})


def _dialects() -> Iterator[Dialect]:
    yield _dialect(
        "calls", "arguments-in-done", without("function_call_arguments.delta"),
        "arguments come only in `function_call_arguments.done`", "LiteLLM's and others' bridges",
        FORMS, "BerriAI/litellm#25321", "lidge-jun/opencodex#4652",
    )  # fmt: skip
    yield _dialect(
        "calls", "arguments-in-the-item", without("function_call_arguments"),
        "arguments come only in the finished item", "bridges", FORMS,
    )  # fmt: skip
    yield _dialect(
        "blocks", "no-added", without("output_item.added"),
        "items are not announced", "bridges", FORMS, "BerriAI/litellm#30115",
    )  # fmt: skip
    yield _dialect(
        "blocks", "no-item-done", without("output_item.done"),
        "no item is said to be done", "SGLang's router", "sgl-project/sglang#12652", against=_LAST,
    )  # fmt: skip
    yield _dialect(
        "blocks", "items-alone", without(*_SAYS_NOTHING),
        "items come without any delta", "servers that buffer", FORMS,
    )  # fmt: skip
    yield _dialect(
        "blocks", "completed-alone", without(*_SAYS_NOTHING, "output_item"),
        "only the last event has the items", "servers that buffer", FORMS, "NVIDIA-NeMo/Switchyard#777", against=_LAST,
    )  # fmt: skip
    yield _dialect(
        "joint", "no-parts", without("content_part", "reasoning_summary_part"),
        "parts of items are neither announced nor finished", "bridges", FORMS,
    )  # fmt: skip
    yield _dialect(
        "carriers", "sealed-early", _each(_sealed_early),
        "an announced item has encrypted content that is not yet all", "OpenAI", FORMS,
    )  # fmt: skip
    yield _dialect(
        "finish", "not-repeated", _each(_not_repeated),
        "the last event does not repeat the items", "ChatGPT's backend, bridges", FORMS, "NVIDIA-NeMo/Switchyard#777",
    )  # fmt: skip
    yield _dialect(
        "index", "no-summary-index", _without_fields("summary_index"),
        "the pieces of a summary have no index", "xAI, bridges", FORMS,
    )  # fmt: skip
    yield _dialect(
        "start", "no-in-progress", without("in_progress"),
        "nothing stands between the first event and the first item", "bridges", FORMS,
    )  # fmt: skip
    yield _dialect(
        "extras", "extra-fields", _each(_extras),
        "deltas are obfuscated, and answers have fields of the server's own", "OpenAI",
        "https://platform.openai.com/docs/api-reference/responses-streaming", whole=_extra,
    )  # fmt: skip


DIALECTS = tuple(_dialects())
