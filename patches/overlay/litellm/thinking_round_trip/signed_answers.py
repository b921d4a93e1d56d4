"""The mark on the signatures of an answer to /v1/messages that Claude did not give: whole ones, and SSE streams.

A stream's bytes are not touched but for the lines of events that carry a signature. Those may be cut anywhere between
two chunks, so a line goes out when it is complete; a client could not read it before.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, MutableMapping
from typing import Any, Optional

from litellm.thinking_round_trip.signatures import SEALS, mark

Chunk = Any

_WORDS = (b'"signature', b'"redacted_thinking"')


def mark_answer(answer: Any, issuer: str) -> Any:
    """Mark the thinking blocks of a whole answer, which may be a mapping or an object, in place."""
    content = answer.get("content") if isinstance(answer, MutableMapping) else getattr(answer, "content", None)
    for block in content if isinstance(content, list) else ():
        _mark_block(block, issuer)
    return answer


def _mark_block(block: Any, issuer: str) -> None:
    mapping = isinstance(block, MutableMapping)
    key = SEALS.get(str(block.get("type") if mapping else getattr(block, "type", "")))
    if key is None:
        return
    seal = block.get(key) if mapping else getattr(block, key, None)
    if isinstance(seal, str) and mapping:
        block[key] = mark(seal, issuer)
    elif isinstance(seal, str):
        setattr(block, key, mark(seal, issuer))


class StreamMarks:
    """Marks a stream: `feed` takes a chunk and gives what may go out, `rest` what is left at the end."""

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer
        self._line = b""
        self._text = False
        self._marked: set[Any] = set()

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
        line, self._line = self._line, b""
        return self._out(self._read(line))

    def _complete(self, data: bytes) -> bytes:
        if not self._line and data.endswith(b"\n") and not any(word in data for word in _WORDS):
            return data
        lines = (self._line + data).splitlines(keepends=True)
        self._line = lines.pop() if lines and not lines[-1].endswith((b"\n", b"\r")) else b""
        return b"".join(map(self._read, lines))

    def _out(self, data: bytes) -> Chunk:
        return data.decode("utf-8", "surrogatepass") if self._text else data

    def _read(self, line: bytes) -> bytes:
        if not line.startswith(b"data:") or not any(word in line for word in _WORDS):
            return line
        body = line[len(b"data:") :].strip()
        try:
            event = json.loads(body)
        except ValueError:
            return line
        changed = self._event(event) if isinstance(event, dict) else None
        return line if changed is None else line.replace(body, json.dumps(changed).encode(), 1)

    def _event(self, event: dict[str, Any]) -> Optional[dict[str, Any]]:
        """The event with its signature marked, the first piece of each; None if there is nothing to mark."""
        key = {"content_block_start": "content_block", "content_block_delta": "delta"}.get(str(event.get("type")), "")
        part, index = event.get(key), event.get("index")
        if not isinstance(part, dict) or index in self._marked:
            return None
        field = SEALS.get(str(part.get("type")), "signature")
        seal = part.get(field)
        if not isinstance(seal, str) or not seal:
            return None
        self._marked.add(index)
        return {**event, key: {**part, field: mark(seal, self._issuer)}}


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
