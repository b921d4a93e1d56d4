"""Where LiteLLM's handlers of /v1/messages meet `unsigned_thinking`, `manual_thinking` and `signed_answers`.

`only_signed_thinking` decorates the handler of Anthropic's wire, `only_signed_thinking_bridged` the two of the bridge
to chat completions. All take and give what the handlers do.
"""

from __future__ import annotations

import functools
import inspect
import logging
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any, Optional

from litellm.thinking_round_trip.blocks.call_ids import bare_ids
from litellm.thinking_round_trip.blocks.call_signatures import on_their_calls
from litellm.thinking_round_trip.blocks.claude_family import Target
from litellm.thinking_round_trip.claude.manual_thinking import forbids_thinking, silent, turn_start
from litellm.thinking_round_trip.claude.signed_answers import MarkedStream, mark_answer, marked
from litellm.thinking_round_trip.claude.unsigned_thinking import SETTING, as_text, signed_only, without_marks

Handler = Callable[..., Any]
Arguments = dict[str, Any]

_log = logging.getLogger("LiteLLM")
VERIFYING = ("gemini", "vertex_ai")
"""Providers that verify their own signatures."""
_READING_IDS = (*VERIFYING, "litellm_proxy")


def only_signed_thinking(handler: Handler) -> Handler:
    """Decorate `async_anthropic_messages_handler` of the HTTP handler."""

    @functools.wraps(handler)
    async def handle(*args: Any, **kwargs: Any) -> Any:
        call = _named(handler, args, kwargs)
        target = Target(str(call.get("model")), call.get("custom_llm_provider"), call.get("api_base"))
        params: Mapping[str, Any] = call.get("anthropic_messages_optional_request_params") or {}
        setting = (call.get("kwargs") or {}).get(SETTING)
        changed = _request(bare_ids(call["messages"]), params, target, setting, native=True)
        if target.is_claude:
            changed["messages"] = without_own_fields(changed["messages"])
        call["messages"] = changed.pop("messages")
        if changed:
            call["anthropic_messages_optional_request_params"] = _updated(params, changed)
        return _answer(await handler(**call), target.issuer)

    return handle


def only_signed_thinking_bridged(handler: Handler) -> Handler:
    """Decorate `async_anthropic_messages_handler` and `anthropic_messages_handler` of the bridge."""
    if inspect.iscoroutinefunction(handler):

        @functools.wraps(handler)
        async def handle(*args: Any, **kwargs: Any) -> Any:
            call, issuer = _bridged(handler, args, kwargs)
            return _answer(await handler(**call), issuer)

        return handle

    @functools.wraps(handler)
    def handle_sync(*args: Any, **kwargs: Any) -> Any:
        if kwargs.get("_is_async") is True:  # it hands over to the other one
            return handler(*args, **kwargs)
        call, issuer = _bridged(handler, args, kwargs)
        return _answer(handler(**call), issuer)

    return handle_sync


def _bridged(handler: Handler, args: Any, kwargs: Any) -> tuple[Arguments, Optional[str]]:
    call = _named(handler, args, kwargs)
    target = Target(str(call.get("model")), call.get("custom_llm_provider"), call.get("api_base"))
    messages = call["messages"]
    # Before 1.91 the bridge left Gemini's signatures in the ids of calls, for whoever gets them.
    if target.provider and target.provider not in _READING_IDS:
        messages = bare_ids(messages)
    call = _updated(call, _request(messages, call, target, call.pop(SETTING, None)))
    return call, target.issuer


def _named(handler: Handler, args: Any, kwargs: Any) -> Arguments:
    return {**inspect.signature(handler).bind_partial(*args).arguments, **kwargs} if args else kwargs


def _request(
    messages: Any, params: Mapping[str, Any], target: Target, setting: object, *, native: bool = False
) -> Arguments:
    """What of a request changes: `messages` always, `thinking` and `context_management` where they do; None is gone."""
    verifies = target.provider in VERIFYING
    if not target.is_claude:
        messages = on_their_calls(messages, target.issuer, verifies=verifies)
    if target.is_converse:
        return {"messages": messages}  # its translator reads the other marks
    if not target.is_claude:
        return {"messages": without_marks(messages, target.issuer, verifies=verifies, native=native)}
    text = as_text(setting)
    checked = signed_only(messages, text=text)
    if not checked.removed:
        return {"messages": checked.messages}
    did = "was made text" if text else "was left out"
    _log.info("/v1/messages: thinking that Claude did not sign %s: %s", did, ", ".join(at for _, at in checked.removed))
    start = turn_start(messages)
    broken = start is not None and any(number >= start for number, _ in checked.removed)
    if not broken or not forbids_thinking(checked.messages, params.get("thinking"), messages):
        return {"messages": checked.messages}
    _log.info("/v1/messages: this request goes without `thinking`, since its last turn does not begin with any")
    kept = silent(checked.messages, params.get("context_management"))
    changed: Arguments = {"messages": kept.messages, "thinking": None}
    if kept.context_management is not params.get("context_management"):
        changed["context_management"] = kept.context_management
    return changed


def _updated(params: Mapping[str, Any], changed: Arguments) -> Arguments:
    new = {**params, **changed}
    return {key: value for key, value in new.items() if value is not None or key not in changed}


def without_own_fields(messages: Any) -> Any:
    """LiteLLM's own field on a block of another provider's turn, which Claude rejects (failure F5)."""
    changed = {number: _plain(message) for number, message in enumerate(messages) if _is_foreign(message)}
    return [changed.get(number, message) for number, message in enumerate(messages)] if changed else messages


def _is_foreign(message: Any) -> bool:
    content = message.get("content") if isinstance(message, dict) else None
    return isinstance(content, list) and any(
        isinstance(block, dict) and "provider_specific_fields" in block for block in content
    )


def _plain(message: Mapping[str, Any]) -> Mapping[str, Any]:
    content = [
        {key: value for key, value in block.items() if key != "provider_specific_fields"}
        if isinstance(block, dict)
        else block
        for block in message["content"]
    ]
    return {**message, "content": content}


def _answer(answer: Any, issuer: Optional[str]) -> Any:
    """Mark the answer. LiteLLM knows its own stream by its type, so of that one the stream inside is wrapped."""
    if issuer is None or answer is None:
        return answer
    if hasattr(answer, "__anext__") or hasattr(answer, "__aiter__"):
        if type(answer).__name__ == "AnthropicMessagesStreamingResponse":
            answer.completion_stream = MarkedStream(answer.completion_stream, issuer)
            return answer
        return MarkedStream(answer, issuer)
    if isinstance(answer, MutableMapping) or hasattr(answer, "content"):
        return mark_answer(answer, issuer)
    return marked(answer, issuer) if hasattr(answer, "__next__") else answer
