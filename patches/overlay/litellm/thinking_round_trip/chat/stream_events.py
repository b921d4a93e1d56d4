"""The events of an Anthropic stream, from the pieces of a turn (failures F16, N23)."""

from __future__ import annotations

from typing import Any, Optional

from litellm.thinking_round_trip.blocks.call_signatures import borne_by_thinking
from litellm.thinking_round_trip.chat.answers import Block

Event = dict[str, Any]

_OURS = ("text", "thinking", "redacted_thinking")


class _Thinking:
    """A thinking block on the wire: the provider's number, its text and its signature."""

    def __init__(self, index: Optional[int]) -> None:
        self.index = index
        self.signature = ""
        self._texts: list[str] = []
        self._length = 0

    def add(self, text: str) -> None:
        self._texts.append(text)
        self._length += len(text)

    def goes_on_with(self, block: Block) -> bool:
        """Whether a block of the stream is more of this one.

        A block ends with its signature. One that comes with each piece of it, always the same, is no end.
        """
        index = block.get("index")
        if index is not None and self.index is not None and index != self.index:
            return False
        return not self.signature or block["signature"] == self.signature

    def is_repeated_by(self, block: Block) -> bool:
        """Whether a block comes with the signature and repeats all the text that was there before."""
        text: str = block["thinking"]
        return bool(block["signature"]) and len(text) == self._length and text == "".join(self._texts)

    def is_all_of(self, block: Block) -> bool:
        """Whether a block has nothing that this one, which has ended, has not; a signature comes too late for it."""
        if block.get("index") != self.index or (self.signature and block["signature"] != self.signature):
            return False
        return self.is_repeated_by(block) if block["thinking"] else True


class Turn:
    """Writes the events of one turn, in order and numbered: a block ends where something else begins.

    The blocks of calls, the message and its end are LiteLLM's, and so is what is not known here: `event` takes them.
    All return what goes to the client.
    """

    def __init__(self) -> None:
        self._next = 0
        self._kind = ""
        self._thinking: Optional[_Thinking] = None
        self._ended: Optional[_Thinking] = None

    def thinking(self, block: Block) -> list[Event]:
        """Return the events for a thinking block, or for a piece of one."""
        if block["type"] == "redacted_thinking":
            return [*self._opened(dict(block)), *self.close()]
        if self._thinking is None and self._ended is not None and self._ended.is_all_of(block):
            return []
        out: list[Event] = []
        if self._thinking is None or not self._thinking.goes_on_with(block):
            out = self._opened({"type": "thinking", "thinking": "", "signature": ""})
            self._thinking = _Thinking(block.get("index"))
        return [*out, *self._more(self._thinking, block)]

    def text(self, words: str) -> list[Event]:
        """Return the events for some text."""
        begun = [] if self._kind == "text" else self._opened({"type": "text", "text": ""})
        return [*begun, self._delta({"type": "text_delta", "text": words})]

    def arguments(self, words: str) -> list[Event]:
        """Return the events for some arguments of the call that LiteLLM has begun."""
        return [self._delta({"type": "input_json_delta", "partial_json": words})] if self._kind == "tool_use" else []

    def event(self, event: Any) -> list[Any]:
        """Return what becomes of one of LiteLLM's events.

        It opens a block of text by itself, and a refusal is text.
        """
        kind = event.get("type") if isinstance(event, dict) else None
        if kind == "content_block_start":
            block = event.get("content_block") or {}
            return [] if block.get("type") in _OURS else self._call(block)
        if kind == "content_block_delta":
            return self._their_delta(event)
        if kind == "content_block_stop":
            return self.close() if self._is_theirs() else []
        ending = self._ending(event) if kind == "message_delta" else event
        return [*self.close(), ending]

    def close(self) -> list[Event]:
        """End the block that is open, one of thinking with its signature if it has one."""
        if not self._kind:
            return []
        out: list[Event] = []
        if self._thinking is not None:
            if self._thinking.signature:
                out.append(self._delta({"type": "signature_delta", "signature": self._thinking.signature}))
            self._ended, self._thinking = self._thinking, None
        self._kind = ""
        return [*out, {"type": "content_block_stop", "index": self._next - 1}]

    def _more(self, thinking: _Thinking, block: Block) -> list[Event]:
        news = "" if thinking.is_repeated_by(block) else block["thinking"]
        thinking.signature = block["signature"] or thinking.signature
        if not news:
            return []
        thinking.add(news)
        return [self._delta({"type": "thinking_delta", "thinking": news})]

    def _call(self, block: Block) -> list[Event]:
        """Begin the block of a call, or of something of LiteLLM's own.

        The thinking block before a call bears its signature too, or one without text, if there is none that can (N70).
        """
        seal = borne_by_thinking(block)
        if not seal:
            return self._opened(block)
        bearer = self._thinking
        out: list[Event] = []
        if bearer is None or bearer.signature:
            out = self._opened({"type": "thinking", "thinking": "", "signature": ""})
            bearer = self._thinking = _Thinking(None)
        bearer.signature = seal
        return [*out, *self._opened(block)]

    def _opened(self, block: Block) -> list[Event]:
        out = self.close()
        self._kind = str(block.get("type"))
        out.append({"type": "content_block_start", "index": self._next, "content_block": block})
        self._next += 1
        return out

    def _delta(self, delta: Block) -> Event:
        return {"type": "content_block_delta", "index": self._next - 1, "delta": delta}

    def _their_delta(self, event: Event) -> list[Event]:
        delta = event.get("delta") or {}
        if self._is_theirs():
            return [self._delta(delta)]
        return self.text(delta["text"]) if delta.get("type") == "text_delta" and delta.get("text") else []

    def _is_theirs(self) -> bool:
        """Whether a block is open that LiteLLM writes by itself, such as one of `compaction`."""
        return self._kind not in ("", "tool_use", *_OURS)

    def _ending(self, event: Event) -> Event:
        """The end of the turn; one that ends with a call asks for its result, which some servers forget to say."""
        delta = event.get("delta") or {}
        if self._kind != "tool_use" or delta.get("stop_reason") != "end_turn":
            return event
        return {**event, "delta": {**delta, "stop_reason": "tool_use"}}
