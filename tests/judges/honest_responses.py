"""The honest client of the Responses wire: `HonestResponses(OpenAIResponses, stream=True).play(conversation)`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from tests.backends.wire import Answer
from tests.conversations.model import ToolUse
from tests.judges.honest import Body, Honest, events, schema

SEALED: Body = {"include": ["reasoning.encrypted_content"]}
UNSTORED: Body = {**SEALED, "store": False}


class HonestResponses(Honest):
    """Keeps each output item as it came, in full."""

    def request(self) -> Body:
        tools = [
            {"type": "function", "name": name, "parameters": schema(arguments), "strict": False}
            for name, arguments in self.tools.items()
        ]
        body = {"model": "m", "input": list(self.history)}
        return {**body, "tools": tools} if tools else body

    def read(self, answer: Answer) -> Any:
        return rebuilt(events(answer)) if self.extra.get("stream") else json.loads(answer.body)["output"]

    def keep(self, turn: Any, uses: list[ToolUse]) -> None:
        self.history += turn
        calls = [item for item in turn if item["type"] == "function_call"]
        for call, use in zip(calls, uses, strict=True):
            self.history.append({"type": "function_call_output", "call_id": call["call_id"], "output": use.result})


def rebuilt(stream: Iterable[Body]) -> list[Body]:
    """Build the output items out of the events of a stream, from nothing but their openings and deltas.

    What only a finished item has is its seal and its status: it is taken from there.
    """
    output: list[Body] = []
    for one in stream:
        if one["type"] == "response.output_item.added":
            output.append(dict(one["item"]))
        elif one["type"] == "response.output_item.done":
            late = ("encrypted_content", "status")
            output[one["output_index"]].update({key: one["item"][key] for key in late if key in one["item"]})
        elif one["type"] in _CONTINUES:
            _CONTINUES[one["type"]](output[one["output_index"]], one)
    return output


def _open_part(carrier: str, number: str) -> Callable[[Body, Body], None]:
    def opened(item: Body, one: Body) -> None:
        assert len(item[carrier]) == one[number]
        item[carrier] = [*item[carrier], dict(one["part"])]

    return opened


def _grow_part(carrier: str, number: str) -> Callable[[Body, Body], None]:
    def grown(item: Body, one: Body) -> None:
        item[carrier][one[number]]["text"] += one["delta"]

    return grown


def _grow_arguments(item: Body, one: Body) -> None:
    item["arguments"] += one["delta"]


_CONTINUES: dict[str, Callable[[Body, Body], None]] = {
    "response.reasoning_summary_part.added": _open_part("summary", "summary_index"),
    "response.reasoning_summary_text.delta": _grow_part("summary", "summary_index"),
    "response.content_part.added": _open_part("content", "content_index"),
    "response.reasoning_text.delta": _grow_part("content", "content_index"),
    "response.output_text.delta": _grow_part("content", "content_index"),
    "response.function_call_arguments.delta": _grow_arguments,
}
