"""The events of an Anthropic stream: LiteLLM's for text and calls, and thinking in blocks of its own (failure F16)."""

from __future__ import annotations

from typing import Any, Optional

from litellm.thinking_round_trip.chat.answers import Block

Event = dict[str, Any]
_PAYLOAD = {"text_delta": "text", "input_json_delta": "partial_json"}


class _Thinking:
    """The thinking block that is open: its number on the wire, the provider's number, its text and its signature."""

    def __init__(self, number: int, index: Optional[int]) -> None:
        self.number = number
        self.index = index
        self.texts: list[str] = []
        self.length = 0
        self.signature = ""

    def goes_on_with(self, block: Block) -> bool:
        """Whether a block of the stream is more of this one.

        A block ends with its signature. One that comes with each piece of it, always the same, is no end.
        """
        index = block.get("index")
        if index is not None and self.index is not None and index != self.index:
            return False
        return not self.signature or block["signature"] == self.signature

    def news_in(self, block: Block) -> str:
        """The text in a block, or "" if it comes with the signature and repeats all that was there before."""
        text: str = block["thinking"]
        repeats = block["signature"] and len(text) == self.length and text == "".join(self.texts)
        return "" if repeats else text


class Turn:
    """The events of one turn, in order, numbered anew.

    `thinking` takes a block that the provider gave, `event` one of LiteLLM's events for the rest; both return what goes
    to the client. As long as no thinking shows, LiteLLM's events go out as they are; only the start of a text block is
    kept back until there is text in it, because some releases begin every stream with one.
    """

    def __init__(self) -> None:
        self._kept: list[Event] = []
        self._thought = False
        self._next = 0
        self._thinking: Optional[_Thinking] = None
        self._unsigned: Optional[_Thinking] = None
        self._theirs: Optional[Event] = None
        self._number: Optional[int] = None

    def thinking(self, block: Block) -> list[Event]:
        """Return the events for a thinking block, or for a piece of one."""
        if self._is_late(block):
            return []
        self._thought = True
        self._kept = []
        out = self._end_theirs()
        if block["type"] == "redacted_thinking":
            return [*out, *self.close(), *self._whole(block)]
        if self._thinking is not None and not self._thinking.goes_on_with(block):
            out += self.close()
        return [*out, *self._more(block)]

    def event(self, event: Any) -> list[Any]:
        """Return what becomes of one of LiteLLM's events."""
        kind = event.get("type") if isinstance(event, dict) else None
        if kind == "content_block_start":
            return self._start(dict(event))
        if kind == "content_block_delta":
            return self._delta(dict(event))
        if kind == "content_block_stop":
            return self._stop(dict(event))
        return [*self._released(), *self.close(), event]

    def close(self) -> list[Event]:
        """End the thinking block that is open, with its signature if it has one."""
        block, self._thinking = self._thinking, None
        if block is None:
            return []
        stop = {"type": "content_block_stop", "index": block.number}
        self._unsigned = None if block.signature else block
        if not block.signature:
            return [stop]
        return [_delta(block.number, {"type": "signature_delta", "signature": block.signature}), stop]

    def _more(self, block: Block) -> list[Event]:
        out: list[Event] = []
        if self._thinking is None:
            self._thinking = _Thinking(self._next, block.get("index"))
            out.append(self._opened({"type": "thinking", "thinking": "", "signature": ""}))
        news = self._thinking.news_in(block)
        if news:
            self._thinking.texts.append(news)
            self._thinking.length += len(news)
            out.append(_delta(self._thinking.number, {"type": "thinking_delta", "thinking": news}))
        self._thinking.signature = block["signature"] or self._thinking.signature
        return out

    def _is_late(self, block: Block) -> bool:
        """Whether it is the signature of a block that is closed already.

        There is no way to add it. As a block of its own it would be one whose text and signature do not agree, which
        Claude rejects; thinking without a signature is only left out.
        """
        unsigned = self._unsigned
        if block.get("thinking") or block.get("data") or self._thinking is not None or unsigned is None:
            return False
        return unsigned.index == block.get("index")

    def _whole(self, block: Block) -> list[Event]:
        number = self._next
        return [self._opened(dict(block)), {"type": "content_block_stop", "index": number}]

    def _opened(self, block: Block) -> Event:
        start = {"type": "content_block_start", "index": self._next, "content_block": block}
        self._next += 1
        return start

    def _start(self, event: Event) -> list[Event]:
        """LiteLLM opens a block. One of text waits until it has some."""
        out = [*self._released(), *(self._end_theirs() if self._thought else [])]
        self._theirs, self._number = event, None
        if _is_empty_text(event.get("content_block")):
            self._kept = [event]
            return out
        return [*out, *self.close(), self._begun()]

    def _delta(self, event: Event) -> list[Event]:
        if not _has_payload(event):
            if self._kept and not self._thought:
                self._kept.append(event)
                return []
            return [] if self._thought else [event]
        out = self._released()
        if self._number is None:
            if not _is_text(event):
                return out if self._thought else [*out, event]
            out += [*self.close(), self._begun()]
        return [*out, {**event, "index": self._number}]

    def _stop(self, event: Event) -> list[Event]:
        if not self._thought:
            out = [*self._released(), {**event, "index": event["index"] if self._number is None else self._number}]
            self._theirs = self._number = None
            return out
        self._kept = []
        return self._end_theirs(for_good=True)

    def _released(self) -> list[Event]:
        """What was kept back, if nothing but LiteLLM's own has been there so far."""
        kept, self._kept = self._kept, []
        if not kept or self._thought:
            return []
        return [self._begun(), *({**event, "index": self._number} for event in kept[1:])]

    def _begun(self) -> Event:
        """The start of LiteLLM's block, under the next number."""
        block = (self._theirs or {}).get("content_block") or {"type": "text", "text": ""}
        self._number = self._next
        return {**(self._theirs or {}), **self._opened(block)}

    def _end_theirs(self, *, for_good: bool = False) -> list[Event]:
        """End LiteLLM's block on the wire. Text may go on in another one; what is not text may not."""
        number, self._number = self._number, None
        if for_good or (number is not None and not _is_empty_text((self._theirs or {}).get("content_block"))):
            self._theirs = None
        return [] if number is None else [{"type": "content_block_stop", "index": number}]


def _delta(number: int, delta: Block) -> Event:
    return {"type": "content_block_delta", "index": number, "delta": delta}


def _is_empty_text(block: object) -> bool:
    return isinstance(block, dict) and block.get("type") == "text" and not block.get("text")


def _is_text(event: Event) -> bool:
    return bool((event.get("delta") or {}).get("type") == "text_delta")


def _has_payload(event: Event) -> bool:
    """Whether a delta says anything; one of a type that is not known here does."""
    delta = event.get("delta") or {}
    name = _PAYLOAD.get(delta.get("type") or "")
    return name is None or bool(delta.get(name))
