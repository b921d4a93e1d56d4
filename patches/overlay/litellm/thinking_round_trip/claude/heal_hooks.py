"""Where LiteLLM's one retry on /v1/messages meets `heal_errors` and `heal_requests`.

From 1.83.9 on LiteLLM asks the provider's configuration whether to try again, and has it change the request: those two
methods get `retries` and `heals`, and the handler around them `reports_heals`. Before, nothing tries again: there the
handler gets `heals_itself`.
"""

from __future__ import annotations

import functools
import inspect
import json
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextvars import ContextVar
from typing import Any, Optional

from litellm.thinking_round_trip.claude.heal_errors import Complaint, complaint
from litellm.thinking_round_trip.claude.heal_requests import Healed, clear, heal

Function = Callable[..., Any]

HIDDEN_PARAM = "thinking_heal"
"""Where the hidden params of an answer say what was taken out for it: `reason`, `path`, `removed`, `silent`."""

HEADER = "llm_provider-thinking-heal"
"""The header by which the proxy tells its client the same, in a sentence. With this prefix a name stays as it is, in
every release."""

_log = logging.getLogger("LiteLLM")
_heals: ContextVar[Optional[list[dict[str, Any]]]] = ContextVar("thinking_heals", default=None)


class HealedAnswer(dict[str, Any]):
    """An answer to /v1/messages with hidden params, which a plain mapping cannot have."""

    def __init__(self, answer: Mapping[str, Any]) -> None:
        super().__init__(answer)
        self._hidden_params: dict[str, Any] = {}

    def get(self, key: str, default: Any = None) -> Any:
        """Newer releases look here for a mapping's hidden params; as an item older ones would have them in the body."""
        return self._hidden_params if key == "_hidden_params" else super().get(key, default)


class HealedStream:
    """A stream with hidden params, which a bare generator cannot have."""

    def __init__(self, stream: AsyncIterator[Any]) -> None:
        self._stream = stream
        self._hidden_params: dict[str, Any] = {}

    def __aiter__(self) -> HealedStream:
        return self

    async def __anext__(self) -> Any:
        return await self._stream.__anext__()

    async def aclose(self) -> None:
        """Close the stream inside."""
        close = getattr(self._stream, "aclose", None)
        if close is not None:
            await close()


def retries(method: Function) -> Function:
    """Decorate `should_retry_anthropic_messages_on_http_error(self, e, litellm_params, request_body=...)`."""

    @functools.wraps(method)
    def should_retry(self: Any, e: Any, *args: Any, **kwargs: Any) -> bool:
        found = _found(e)
        if found is None:
            return bool(method(self, e, *args, **kwargs))
        body = kwargs.get("request_body")
        body = body if isinstance(body, dict) else _sent(e)
        return heal(body, found) is not None

    return should_retry


def heals(method: Function) -> Function:
    """Decorate `transform_anthropic_messages_request_on_http_error(self, e, request_data)`; it changes the data."""

    @functools.wraps(method)
    def transform(self: Any, e: Any, request_data: dict[str, Any]) -> dict[str, Any]:
        found = _found(e)
        healed = heal(request_data, found) if found else None
        if found and healed:
            healed.apply(request_data)
            _note(found, healed)
            return request_data
        thought = "thinking" in request_data
        changed: dict[str, Any] = method(self, e, request_data)
        if thought:
            clear(changed)
        return changed

    return transform


def reports_heals(handler: Function) -> Function:
    """Decorate `async_anthropic_messages_handler` of the HTTP handler: its answer says what was healed for it."""

    @functools.wraps(handler)
    async def handle(*args: Any, **kwargs: Any) -> Any:
        notes: list[dict[str, Any]] = []
        token = _heals.set(notes)
        try:
            answer = await handler(*args, **kwargs)
        finally:
            _heals.reset(token)
        return _reported(answer, notes[-1]) if notes else answer

    return handle


def heals_itself(handler: Function) -> Function:
    """Decorate the same handler where LiteLLM does not try again: it is called once more with less thinking."""
    signature = inspect.signature(handler)

    @functools.wraps(handler)
    async def handle(*args: Any, **kwargs: Any) -> Any:
        call = {**signature.bind_partial(*args).arguments, **kwargs}
        params = call.get("anthropic_messages_optional_request_params") or {}
        body = {**params, "messages": call.get("messages")}  # LiteLLM takes out of the parameters what it has read
        try:
            return await handler(**call)
        except Exception as error:
            found = complaint(_status(error), str(getattr(error, "message", error)))
            healed = heal(body, found) if found else None
            if not found or not healed:
                raise
        healed.apply(body)
        note = _note(found, healed)
        call["messages"] = body.pop("messages")
        return _reported(await handler(**{**call, "anthropic_messages_optional_request_params": body}), note)

    return handle


def _found(error: Any) -> Optional[Complaint]:
    response = getattr(error, "response", None)
    try:
        text = str(getattr(response, "text", ""))
    except Exception:  # httpx raises errors of its own for an answer that nobody has read
        return None
    return complaint(_status(response), text)


def _status(holder: Any) -> int:
    """A status that is no number, as some exceptions have it, is none that is about thinking."""
    status = str(getattr(holder, "status_code", ""))
    return int(status) if status.isdecimal() else 0


def _sent(error: Any) -> Mapping[str, Any]:
    """The body of the request that an error answers; releases before 1.105.3 do not hand it over."""
    try:
        body = json.loads(error.request.content)
    except Exception:  # httpx raises errors of its own for a request that it no longer has
        return {}
    return body if isinstance(body, dict) else {}


def _note(found: Complaint, healed: Healed) -> dict[str, Any]:
    note = {"reason": found.reason, "path": found.path, "removed": list(healed.removed), "silent": healed.silent}
    _log.warning(
        "/v1/messages: rejected for %s (%s); sent again without thinking in %s%s",
        found.reason,
        found.path,
        ", ".join(healed.removed) or "no block",
        ", and without `thinking`" if healed.silent else "",
    )
    notes = _heals.get()
    if notes is not None:
        notes.append(note)
    return note


def _reported(answer: Any, note: dict[str, Any]) -> Any:
    """The answer with the note in its hidden params, and in the headers that the proxy makes of them."""
    if not hasattr(answer, "_hidden_params"):
        if isinstance(answer, dict):
            answer = HealedAnswer(answer)
        elif hasattr(answer, "__anext__"):
            answer = HealedStream(answer)
    hidden = getattr(answer, "_hidden_params", None)
    if isinstance(hidden, dict):
        hidden[HIDDEN_PARAM] = note
        hidden["additional_headers"] = {**(hidden.get("additional_headers") or {}), HEADER: _told(note)}
    return answer


def _told(note: Mapping[str, Any]) -> str:
    what = ", ".join(note["removed"]) or "no block"
    return f"{note['reason']} ({note['path']}); sent again without thinking in {what}"
