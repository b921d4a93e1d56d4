"""The model that a stream of the proxy's /v1/messages names: the one that the client asked for (failure N75).

Claude Code sends signed thinking back only if `message_start` names the model that it asked for. A whole answer does
so on every release, and a stream from 1.101.0 on. Of the stream's bytes only that value changes.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from functools import wraps
from inspect import signature
from typing import Any, Optional

Chunk = Any

_ASKED = "_litellm_client_requested_model"
"""Where the proxy keeps what the client asked for, while it goes on under the names of deployments."""

_RAW = "_complexity_router_return_raw_model_name"
"""By this LiteLLM's router of complexity says in the metadata that the client is to see which model it chose."""

_LONGEST = 65536
"""Bytes of a line; no `message_start` has as many."""

_MODEL = re.compile(rb'"model"\s*:\s*("(?:[^"\\]|\\.)*"|null)')


def naming_what_was_asked_for(generate: Callable[..., AsyncIterator[Chunk]]) -> Callable[..., AsyncIterator[Chunk]]:
    """Decorate the function that makes the proxy's SSE of a stream and the `request_data`."""

    @wraps(generate)
    def generated(*args: Any, **kwargs: Any) -> AsyncIterator[Chunk]:
        stream = generate(*args, **kwargs)
        name = _asked_for(signature(generate).bind_partial(*args, **kwargs).arguments.get("request_data"))
        return _named(stream, name) if name else stream

    return generated


def _asked_for(request: Any) -> Optional[str]:
    if not isinstance(request, Mapping):
        return None
    told = (request.get("metadata"), request.get("litellm_metadata"))
    if any(isinstance(metadata, Mapping) and metadata.get(_RAW) is True for metadata in told):
        return None
    name = request.get(_ASKED)
    return name if isinstance(name, str) else None


async def _named(stream: Any, name: str) -> AsyncIterator[Chunk]:
    start = MessageStart(name)
    try:
        async for chunk in stream:
            out = start.feed(chunk)
            if out:
                yield out
        rest = start.rest()
        if rest:
            yield rest
    finally:
        await stream.aclose()


class MessageStart:
    """Looks for the `message_start` of a stream: `feed` takes a chunk and gives what may go out, `rest` what is left.

    Lines may be cut anywhere, so one is held until it is complete. Behind the first event nothing is looked at.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._line = b""
        self._text = False
        self._over = False

    def feed(self, chunk: Chunk) -> Chunk:
        if self._over or not isinstance(chunk, (bytes, bytearray, str)):
            return chunk
        self._text = isinstance(chunk, str)
        lines = (self._line + (chunk.encode() if isinstance(chunk, str) else bytes(chunk))).splitlines(keepends=True)
        whole = bool(lines) and (lines[-1].endswith((b"\n", b"\r")) or len(lines[-1]) > _LONGEST)
        self._line = b"" if whole or not lines else lines.pop()
        out = b"".join(map(self._read, lines))
        if self._over:
            return self._out(out + self.rest_of_line())
        return self._out(out)

    def rest(self) -> Chunk:
        """What the stream ended with instead of a line end."""
        return self._out(self._read(self.rest_of_line()))

    def rest_of_line(self) -> bytes:
        line, self._line = self._line, b""
        return line

    def _out(self, data: bytes) -> Chunk:
        return data.decode() if self._text else data

    def _read(self, line: bytes) -> bytes:
        body = line[len(b"data:") :].strip()
        if self._over or not line.startswith(b"data:") or not body:
            return line
        event = _parsed(body)
        if not isinstance(event, dict) or event.get("type") != "ping":
            self._over = True
        if not isinstance(event, dict) or event.get("type") != "message_start":
            return line
        return line.replace(body, named(body, event, self._name), 1)


def named(body: bytes, event: Mapping[str, Any], name: str) -> bytes:
    """The JSON of a `message_start` with another model's name in it, and else to the byte what it was."""
    message = event.get("message")
    if not isinstance(message, dict) or message.get("model") == name:
        return body
    wanted = {**event, "message": {**message, "model": name}}
    value = json.dumps(name).encode()
    changed = (body[: found.start(1)] + value + body[found.end(1) :] for found in _MODEL.finditer(body))
    return next((one for one in changed if _parsed(one) == wanted), None) or json.dumps(wanted).encode()


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
