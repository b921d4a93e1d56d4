"""LiteLLM's wrapper of a Responses stream on `/v1/messages`, as far as the overlay decorates it."""

from __future__ import annotations

from importlib import import_module
from typing import Any

Item = dict[str, Any]


class Wrapper:
    """It passes on what it sees."""

    def __init__(self, responses_stream: object = None) -> None:
        self.responses_stream = responses_stream
        self._chunk_queue: list[Item] = []
        self._index = -1
        self._sent_message_start = True

    def _next_block_index(self) -> int:
        self._index += 1
        return self._index

    def _process_event(self, event: Item) -> None:
        self._chunk_queue.append(event)


def decorated(kind: type[Wrapper], stream: object = None) -> Any:
    """A wrapper of a class of its own, because the overlay changes the class."""
    own = type("Wrapper", (kind,), {"__init__": kind.__init__, "_process_event": kind._process_event})
    return import_module("litellm.thinking_round_trip.responses.answers").streams_thinking_blocks(own)(stream)
