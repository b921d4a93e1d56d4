"""The signatures of an answer to /v1/messages that Claude did not give: whole ones, and SSE streams.

Each is marked with its issuer, and thinking that nobody signed gets the mark alone: on Anthropic's wire each thinking
block has a signature, and of a block without, or with an empty one, clients make what they like (docs/clients.md).

A stream's bytes are not touched but for the lines of events that carry a signature, and the event that a mark alone
takes. Lines may be cut anywhere between two chunks, so one goes out when it is complete; a client could not read it
before.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, MutableMapping
from typing import Any, Optional

from litellm.thinking_round_trip.blocks.call_signatures import with_bearers
from litellm.thinking_round_trip.blocks.signatures import SEALS, mark, unsigned

Chunk = Any

_WORDS = (b'"signature', b'"redacted_thinking"', b"content_block_start", b"content_block_stop")
_UNSIGNED = """event: content_block_delta
data: {{"type": "content_block_delta", "index": {}, "delta": {{"type": "signature_delta", "signature": {}}}}}

"""


def mark_answer(answer: Any, issuer: str) -> Any:
    """Mark the thinking blocks of a whole answer, a mapping or an object, in place.

    The signature of a call has a thinking block of its own, or is that of the one before it (N70).
    """
    content = answer.get("content") if isinstance(answer, MutableMapping) else getattr(answer, "content", None)
    if not isinstance(content, list):
        return answer
    content[:] = with_bearers(content)
    for block in content:
        _mark_block(block, issuer)
    return answer


def _mark_block(block: Any, issuer: str) -> None:
    mapping = isinstance(block, MutableMapping)
    key = SEALS.get(str(block.get("type") if mapping else getattr(block, "type", "")))
    if key is None:
        return
    seal = block.get(key) if mapping else getattr(block, key, None)
    signed = isinstance(seal, str) and bool(seal.strip())
    if not signed and key != "signature":
        return
    marked_seal = mark(str(seal), issuer) if signed else unsigned(issuer)
    if mapping:
        block[key] = marked_seal
    else:
        setattr(block, key, marked_seal)


class StreamMarks:
    """Marks a stream: `feed` takes a chunk and gives what may go out, `rest` what is left at the end."""

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer
        # The pieces of a line that is not complete; they are joined once, as a line may be as long as the stream.
        self._pieces: list[bytes] = []
        self._held = b""
        self._text = False
        self._marked: set[Any] = set()
        self._unsigned: set[Any] = set()

    def feed(self, chunk: Chunk) -> Chunk:
        """Bytes and strings are SSE; an event may also come as a mapping, as a few iterators give them."""
        if isinstance(chunk, MutableMapping):
            return self._event(dict(chunk)) or chunk
        if not isinstance(chunk, (bytes, str)):
            return chunk
        self._text = isinstance(chunk, str)
        return self._out(self._complete(chunk.encode("utf-8", "surrogatepass") if isinstance(chunk, str) else chunk))

    def rest(self) -> Chunk:
        """What the stream ended with instead of a line end."""
        line, self._pieces = b"".join(self._pieces), []
        return self._out(self._read(line) + self._released())

    def _complete(self, data: bytes) -> bytes:
        if not self._pieces and not self._held and data.endswith(b"\n") and not any(word in data for word in _WORDS):
            return data
        self._pieces.append(data)
        if b"\n" not in data and b"\r" not in data:
            return b""
        lines = b"".join(self._pieces).splitlines(keepends=True)
        self._pieces = [lines.pop()] if lines and not lines[-1].endswith((b"\n", b"\r")) else []
        return b"".join(map(self._read, lines))

    def _out(self, data: bytes) -> Chunk:
        return data.decode("utf-8", "surrogatepass") if self._text else data

    def _read(self, line: bytes) -> bytes:
        if line.startswith(b"event:") and b"content_block_stop" in line:
            before, self._held = self._released(), line  # a signature may have to stand before it
            return before
        if not line.startswith(b"data:") or not any(word in line for word in _WORDS):
            return self._released() + line
        body = line[len(b"data:") :].strip()
        try:
            event = json.loads(body)
        except ValueError:
            return self._released() + line
        changed = self._event(event) if isinstance(event, dict) else None
        out = line if changed is None else line.replace(body, json.dumps(changed).encode(), 1)
        return self._missing(event) + self._released() + out

    def _released(self) -> bytes:
        held, self._held = self._held, b""
        return held

    def _missing(self, event: Any) -> bytes:
        """The mark of a thinking block that ends without a signature."""
        if not isinstance(event, dict) or event.get("type") != "content_block_stop":
            return b""
        index = event.get("index")
        if index not in self._unsigned:
            return b""
        self._unsigned.discard(index)
        return _UNSIGNED.format(json.dumps(index), json.dumps(unsigned(self._issuer))).encode()

    def _event(self, event: dict[str, Any]) -> Optional[dict[str, Any]]:
        """The event with its signature marked, the first piece of each; None if there is nothing to mark."""
        key = {"content_block_start": "content_block", "content_block_delta": "delta"}.get(str(event.get("type")), "")
        part, index = event.get(key), event.get("index")
        if not isinstance(part, dict) or index in self._marked:
            return None
        kind = str(part.get("type"))
        seal = part.get(SEALS.get(kind, "signature"))
        if kind == "thinking" and not seal:
            self._unsigned.add(index)
        if not isinstance(seal, str) or not seal:
            return None
        self._unsigned.discard(index)
        self._marked.add(index)
        return {**event, key: {**part, SEALS.get(kind, "signature"): mark(seal, self._issuer)}}


class MarkedStream:
    """An asynchronous stream with marks; in everything else the stream that it wraps."""

    def __init__(self, stream: AsyncIterator[Chunk], issuer: str) -> None:
        self._stream = stream
        self._chunks = stream.__aiter__()
        self._marks: Optional[StreamMarks] = StreamMarks(issuer)

    def __getattr__(self, name: str) -> Any:
        if name == "_stream":  # of a copy that is not made yet
            raise AttributeError(name)
        return getattr(self._stream, name)

    async def aclose(self) -> None:
        """Close the stream inside. LiteLLM looks for this on the class: from Python 3.12 on it does not ask further."""
        close = getattr(self._stream, "aclose", None)
        if close is not None:
            await close()

    def __aiter__(self) -> MarkedStream:
        return self

    async def __anext__(self) -> Chunk:
        while self._marks is not None:
            try:
                out = self._marks.feed(await self._chunks.__anext__())
            except StopAsyncIteration:
                out, self._marks = self._marks.rest(), None
            if out:
                return out
        raise StopAsyncIteration


def marked(chunks: Iterator[Chunk], issuer: str) -> Iterator[Chunk]:
    """The same for a synchronous stream."""
    marks = StreamMarks(issuer)
    for chunk in chunks:
        if out := marks.feed(chunk):
            yield out
    if out := marks.rest():
        yield out
