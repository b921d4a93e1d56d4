"""The events of a streamed response: docs/providers.md#openai-responses, "Streaming"."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

from tests.backends.wire import event, split

Event = dict[str, Any]


def stream(empty: Event, full: Event) -> Iterator[bytes]:
    """Write the events of a response, from its empty form to its full one."""
    started = {**empty, "status": "in_progress"}
    number = count()
    for one in _events(started, full):
        yield event({**one, "sequence_number": next(number)}, one["type"])


def _events(started: Event, full: Event) -> Iterator[Event]:
    yield {"type": "response.created", "response": started}
    yield {"type": "response.in_progress", "response": started}
    for index, item in enumerate(full["output"]):
        for one in _item(item):
            yield {**one, "output_index": index}
    yield {"type": "response.completed", "response": full}


def _item(item: Event) -> Iterator[Event]:
    body = {"reasoning": _reasoning, "message": _message, "function_call": _call}[item["type"]]
    yield {"type": "response.output_item.added", "item": _opening(item)}
    for one in body(item):
        yield {**one, "item_id": item["id"]}
    yield {"type": "response.output_item.done", "item": item}


def _opening(item: Event) -> Event:
    """An item as it is announced: nothing in it yet, and no encrypted content, which only the finished item has."""
    hollow: Event = {"summary": [], "content": [], "arguments": "", "status": "in_progress"}
    return {key: hollow.get(key, value) for key, value in item.items() if key != "encrypted_content"}


def _reasoning(item: Event) -> Iterator[Event]:
    for index, part in enumerate(item["summary"]):
        at = {"summary_index": index}
        head = "response.reasoning_summary"
        yield {"type": f"{head}_part.added", **at, "part": {**part, "text": ""}}
        for piece in split(part["text"]):
            yield {"type": f"{head}_text.delta", **at, "delta": piece}
        yield {"type": f"{head}_text.done", **at, "text": part["text"]}
        yield {"type": f"{head}_part.done", **at, "part": part}
    yield from _plain_reasoning(item.get("content") or [])


def _plain_reasoning(content: list[Event]) -> Iterator[Event]:
    """Of models whose reasoning itself is told, and not a summary of it."""
    for index, part in enumerate(content):
        at = {"content_index": index}
        yield {"type": "response.content_part.added", **at, "part": {**part, "text": ""}}
        for piece in split(part["text"]):
            yield {"type": "response.reasoning_text.delta", **at, "delta": piece}
        yield {"type": "response.reasoning_text.done", **at, "text": part["text"]}
        yield {"type": "response.content_part.done", **at, "part": part}


def _message(item: Event) -> Iterator[Event]:
    for index, part in enumerate(item["content"]):
        at = {"content_index": index}
        yield {"type": "response.content_part.added", **at, "part": {**part, "text": ""}}
        for piece in split(part["text"]):
            yield {"type": "response.output_text.delta", **at, "delta": piece, "logprobs": []}
        yield {"type": "response.output_text.done", **at, "text": part["text"], "logprobs": []}
        yield {"type": "response.content_part.done", **at, "part": part}


def _call(item: Event) -> Iterator[Event]:
    head = "response.function_call_arguments"
    for piece in split(item["arguments"]):
        yield {"type": f"{head}.delta", "delta": piece}
    yield {"type": f"{head}.done", "arguments": item["arguments"], "name": item["name"]}
