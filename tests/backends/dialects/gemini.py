"""The dialects of Gemini's wire."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.backends.dialects.model import Dialect, Event

SIGNATURE = "thoughtSignature"


def _parts(chunk: Event) -> list[Event]:
    found: list[Event] = chunk["candidates"][0]["content"].get("parts", [])
    return found


def _with(chunk: Event, parts: list[Event] | None, *, ends: bool) -> Event:
    """The chunk with other parts (None: without any), and with or without the end of the answer."""
    candidate = {name: value for name, value in chunk["candidates"][0].items() if name != "finishReason"}
    content = {"role": "model"} if parts is None else {"parts": parts, "role": "model"}
    finish = {"finishReason": "STOP"} if ends else {}
    return {**chunk, "candidates": [{**candidate, "content": content, **finish}]}


def _ended_apart(parts: list[Event] | None) -> Any:
    """The end of the answer in a chunk of its own."""
    return lambda chunks: [
        *(_with(one, _parts(one), ends=False) for one in chunks),
        _with(chunks[-1], parts, ends=True),
    ]


def _sealed_text(chunks: list[Event]) -> list[Event]:
    """A text's signature on the last piece of it, and not on an empty one behind that."""
    told: list[Event] = []
    for chunk in chunks:
        parts = _parts(chunk)
        if len(parts) == 1 and parts[0].get("text") == "" and SIGNATURE in parts[0]:
            *others, text = _parts(told.pop())
            sealed = {**text, SIGNATURE: parts[0][SIGNATURE]}
            told.append(_with(chunk, [*others, sealed], ends="finishReason" in chunk["candidates"][0]))
        else:
            told.append(chunk)
    return told


def _calls_in_one(chunks: list[Event]) -> list[Event]:
    """All calls in one chunk."""
    calls = [part for chunk in chunks for part in _parts(chunk) if "functionCall" in part]
    if not calls:
        return chunks
    others = [chunk for chunk in chunks if not any("functionCall" in part for part in _parts(chunk))]
    return [*others, _with(chunks[-1], calls, ends=True)]


def _all_in_one(chunks: list[Event]) -> list[Event]:
    return [_with(chunks[-1], [part for chunk in chunks for part in _parts(chunk)], ends=True)]


def _with_empty_thoughts(chunks: list[Event]) -> list[Event]:
    told: list[Event] = []
    for chunk in chunks:
        thinks = any(part.get("thought") for part in _parts(chunk))
        told += [chunk, _with(chunk, [{"text": "", "thought": True}], ends=False)] if thinks else [chunk]
    return told


def _usage_at_the_end(chunks: list[Event]) -> list[Event]:
    bare = [{name: value for name, value in chunk.items() if name != "usageMetadata"} for chunk in chunks[:-1]]
    return [*bare, chunks[-1]]


def _extra(chunk: Event) -> Event:
    (candidate,) = chunk["candidates"]
    rating = {"category": "HARM_CATEGORY_HATE_SPEECH", "probability": "NEGLIGIBLE"}
    usage = {**chunk.get("usageMetadata", {}), "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 1}]}
    return {
        **chunk, "candidates": [{**candidate, "safetyRatings": [rating], "avgLogprobs": -0.1}],
        "createTime": "2026-09-01T00:00:00Z", **({"usageMetadata": usage} if "usageMetadata" in chunk else {}),
    }  # fmt: skip


def _dialects() -> Iterator[Dialect]:
    yield Dialect(
        "gemini", "finish-apart", "finish", "a chunk with an empty text ends the answer", "Gemini 3.5",
        ("envoyproxy/ai-gateway#2399",), stream=_ended_apart([{"text": ""}]),
    )  # fmt: skip
    yield Dialect(
        "gemini", "finish-bare", "finish", "a chunk without parts ends the answer", "Gemini 2.5 and later",
        ("su-kaka/gcli2api#407",), stream=_ended_apart(None),
    )  # fmt: skip
    yield Dialect(
        "gemini", "signature-on-text", "carriers", "a text's signature stands on the text itself", "Gemini 3",
        ("aaif-goose/goose#7204", "anomalyco/opencode#43984"), stream=_sealed_text,
    )  # fmt: skip
    yield Dialect(
        "gemini", "calls-in-one", "calls", "all calls come in one chunk", "Gemini",
        ("docs/providers.md#gemini",), stream=_calls_in_one,
    )  # fmt: skip
    yield Dialect(
        "gemini", "all-in-one", "joint", "the whole turn comes in one chunk", "Gemini, with short answers",
        ("docs/providers.md#gemini",), stream=_all_in_one,
    )  # fmt: skip
    yield Dialect(
        "gemini", "empty-thoughts", "filling", "empty thoughts stand between the thoughts", "gateways",
        ("docs/providers.md#forms-of-streams",), stream=_with_empty_thoughts,
    )  # fmt: skip
    yield Dialect(
        "gemini", "usage-at-the-end", "usage", "only the last chunk has the usage", "Vertex AI",
        ("envoyproxy/ai-gateway#2399",), stream=_usage_at_the_end,
    )  # fmt: skip
    yield Dialect(
        "gemini", "extra-fields", "extras", "answers have ratings, log probabilities and details of the usage",
        "Gemini, Vertex AI", ("https://ai.google.dev/api/generate-content#candidate",),
        stream=lambda chunks: [*map(_extra, chunks)], whole=_extra,
    )  # fmt: skip


DIALECTS = tuple(_dialects())
