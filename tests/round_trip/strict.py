"""What the strictest client would not take of an answer: its events, its blocks, why it ended, and what it cost.

The conditions of passing (`play`) look at what comes back to the provider. These look at the answer itself, as LiteLLM
gave it, and are asked of what is said in a dialect: there the turn is the same whatever the form.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from tests.backends.history import Part
from tests.round_trip.trace import plain

Event = dict[str, Any]

# Nobody signed it, and a patched release says who had it (N78).
_ISSUER_ALONE = re.compile(r"^litellm_signed_by:[^:]*:$")


class Client:
    """The strictest client: what it is told out of order, or in the wrong place, it notes in `wrong`."""

    def __init__(self) -> None:
        self.wrong: list[str] = []
        self.blocks: list[dict[str, Any]] = []
        self.end: Event = {}
        self.usage: dict[str, Any] = {}
        self._open = False
        self._seen: list[str] = []

    def read(self, events: Iterable[Event]) -> None:
        for event in events:
            self._read(event)
        frame = [kind for kind in self._seen if not kind.startswith(("content_block", "ping"))]
        if frame != ["message_start", "message_delta", "message_stop"]:
            self.wrong.append(f"the message has {frame}")

    def turn(self) -> list[tuple[Any, ...]]:
        """The blocks: type and text, with a thinking's signature; or type, id, name and arguments."""
        return [_seen(block) for block in self.blocks]

    def _read(self, event: Event) -> None:
        kind = event["type"]
        self._seen.append(kind)
        if kind == "content_block_start":
            self._expect(not self._open and event["index"] == len(self.blocks), event)
            self.blocks.append({"_json": "", **event["content_block"]})
            self._open = True
        elif kind.startswith("content_block"):
            self._expect(self._open and event["index"] == len(self.blocks) - 1, event)
            if kind == "content_block_stop":
                self._open = False
            elif self.blocks:
                self._take(event["delta"])
        elif kind != "ping":
            self._expect(not self._open, event)
            self.usage |= (event.get("message") or event).get("usage") or {}
            self.end = event if kind == "message_delta" else self.end

    def _take(self, delta: Event) -> None:
        kind, name, key = _DELTAS[delta["type"]]
        block = self.blocks[-1]
        self._expect(block["type"] == kind, delta)
        block[key] = delta[name] if name == "signature" else block.get(key, "") + delta[name]

    def _expect(self, right: bool, event: object) -> None:
        if not right:
            self.wrong.append(f"in the wrong place: {event}")


_DELTAS = {
    "text_delta": ("text", "text", "text"),
    "thinking_delta": ("thinking", "thinking", "thinking"),
    "signature_delta": ("thinking", "signature", "signature"),
    "input_json_delta": ("tool_use", "partial_json", "_json"),
}


def _seen(block: dict[str, Any]) -> tuple[Any, ...]:
    if block["type"] == "text":
        return "text", block["text"]
    if block["type"] == "thinking":
        return "thinking", block["thinking"], _ISSUER_ALONE.sub("", block.get("signature") or "")
    if block["type"] == "redacted_thinking":
        return block["type"], block["data"]
    pieces = block.get("_json")
    try:
        arguments = json.loads(pieces) if pieces else block["input"]
    except ValueError:
        arguments = pieces
    return block["type"], block["id"], block["name"], arguments


# ---------------------------------------------------------------- an answer against its turn

_KINDS = {"reasoning": "thinking", "text": "text", "tool": "tool_use"}


def faults(ingress: str, told: Any, given: Sequence[Part], usage: tuple[int, int] | None) -> Iterator[str]:
    """Say what is wrong with LiteLLM's answer, a list of pieces if it was streamed, to what the provider has given.

    `usage` are the tokens that the provider told, in and out; None where the client is not told of them.
    """
    blocks, stop, spent, wrong = _READERS[ingress](plain(told))
    yield from wrong
    # A seal without a text is how the signature of something else travels: of a call, of a text.
    expected = [_KINDS[part.kind] for part in given if part.kind != "reasoning" or part.value]
    if blocks is not None and blocks != expected:
        yield f"the client saw {blocks}, and not {expected}"
    if stop not in _STOPS[ingress]["tool_use" in expected]:
        yield f"the turn ended with {stop}"
    if usage is not None and spent is not None and spent != usage:
        yield f"it took {spent} tokens, and not {usage}"


# Why a turn without calls may end, and one with calls.
_STOPS = {
    "messages": ({"end_turn"}, {"tool_use"}),
    "chat": ({"stop"}, {"tool_calls"}),
    "responses": ({"completed"}, {"completed"}),
}

# The types of the blocks in order, why the turn ended, the tokens in and out, and what was wrong with the events. None
# where the form does not say it.
_Read = tuple["list[str] | None", Any, "tuple[int, int] | None", "list[str]"]


def _of_messages(told: Any) -> _Read:
    if isinstance(told, list):
        client = Client()
        client.read(told)
        blocks, stop, usage = client.turn(), client.end.get("delta", {}).get("stop_reason"), client.usage
        wrong = client.wrong
    else:
        blocks, stop, usage = [_seen(block) for block in told["content"]], told["stop_reason"], told["usage"]
        wrong = []
    wrong = [*wrong, *(f"an empty block: {block}" for block in blocks if block[0] in _SAYING and not any(block[1:]))]
    kinds = [block[0] for block in blocks if block[0] != "redacted_thinking" and (block[0] != "thinking" or block[1])]
    return kinds, stop, _tokens(usage, "input_tokens", "output_tokens"), wrong


_SAYING = ("text", "thinking")


def _of_chat(told: Any) -> _Read:
    if isinstance(told, list):
        reasons = [choice["finish_reason"] for chunk in told for choice in chunk["choices"] if _reason(choice)]
        return None, next(reversed(reasons), None), None, []
    usage = _tokens(told.get("usage"), "prompt_tokens", "completion_tokens")
    return None, told["choices"][0]["finish_reason"], usage, []


def _reason(choice: Event) -> bool:
    return choice.get("finish_reason") is not None


def _of_responses(told: Any) -> _Read:
    whole = (told[-1] if told else {}).get("response") or {} if isinstance(told, list) else told
    return None, whole.get("status"), _tokens(whole.get("usage"), "input_tokens", "output_tokens"), []


def _tokens(usage: Any, spent: str, made: str) -> tuple[int, int]:
    told = usage or {}
    return told.get(spent, 0), told.get(made, 0)


_READERS = {"messages": _of_messages, "chat": _of_chat, "responses": _of_responses}
