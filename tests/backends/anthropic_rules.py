"""What Anthropic's Messages API rejects whatever was said before: the table of docs/providers.md#anthropic-errors.

What it rejects because of what it said itself is in `anthropic_history`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.backends.anthropic_models import BINDING, Call, Model
from tests.backends.anthropic_wire import Fault, Place, content, places

LEAST_BUDGET = 1024
_DOCS = "Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking"

# The fields of each block (anthropic-sdk-python, `src/anthropic/types/*_block_param.py`); others stand in no rule here.
FIELDS = {
    "thinking": {"type", "thinking", "signature"},
    "redacted_thinking": {"type", "data"},
    "text": {"type", "text", "cache_control", "citations"},
    "tool_use": {"type", "id", "name", "input", "cache_control", "caller"},
    "tool_result": {"type", "tool_use_id", "content", "is_error", "cache_control"},
}
REQUIRED = {"thinking": ("thinking", "signature"), "redacted_thinking": ("data",)}


def faults(call: Call) -> Iterator[Fault]:
    """Forms first, then the parameters, then what the conversation looks like."""
    yield from _message_fields(call)
    for place in places(call.body):
        yield from _block_fields(place)
    yield from _modes(call)
    yield from _budget(call)
    yield from _binding_header(call)
    yield from _tool_choice(call)
    yield from _temperature(call)
    yield from _empty(call)
    yield from _unanswered(call)
    yield from _unasked(call)
    yield from _ending(call)


def _extra(path: str, assumed: bool = False) -> Fault:
    return Fault(f"{path}: Extra inputs are not permitted", path, assumed)


def _message_fields(call: Call) -> Iterator[Fault]:
    """Row "foreign field on a message", which for the API itself is inferred."""
    for number, message in enumerate(call.body["messages"]):
        for key in sorted(set(message) - {"role", "content"}):
            yield _extra(f"messages.{number}.{key}", assumed=True)


def _block_fields(place: Place) -> Iterator[Fault]:
    """Rows "`signature` absent", "`signature` null" and "foreign field in a block"."""
    at = f"{place.path}.{place.type}"
    for field in REQUIRED.get(place.type, ()):
        if field not in place.block:
            yield Fault(f"{at}.{field}: Field required", f"{at}.{field}")
        elif not isinstance(place.block[field], str):
            yield Fault(f"{at}.{field}.str: Input should be a valid string", f"{at}.{field}")
    for key in sorted(set(place.block) - FIELDS.get(place.type, set(place.block))):
        yield _extra(f"{at}.{key}")


def _modes(call: Call) -> Iterator[Fault]:
    """Rows on manual, disabled and adaptive thinking; how the second text goes on is not written down anywhere."""
    if call.type == "enabled" and not call.model.manual:
        yield Fault(
            '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and '
            '"output_config.effort" to control thinking behavior.',
            "thinking.type",
        )
    if call.type == "disabled" and not call.model.silent:
        yield Fault('"thinking.type.disabled" is not supported for this model.', "thinking.type")
    if call.type == "adaptive" and not call.model.adaptive:
        yield Fault("adaptive thinking is not supported on this model", "thinking.type")


def _budget(call: Call) -> Iterator[Fault]:
    """Below the table. The rule is documented; the texts are those of the API, which docs/providers.md does not quote.

    With interleaved thinking a budget is for the whole turn, so it may exceed `max_tokens`.
    """
    if call.mode != "manual":
        return
    path, budget = "thinking.enabled.budget_tokens", call.thinking.get("budget_tokens")
    if budget is None:
        yield Fault(f"{path}: Field required", path)
    elif budget < LEAST_BUDGET:
        yield Fault(f"{path}: Input should be greater than or equal to {LEAST_BUDGET}", path)
    elif budget >= call.body["max_tokens"] and not call.interleaves:
        yield Fault(f"`max_tokens` must be greater than `thinking.budget_tokens`. {_DOCS}", path)


def _binding_header(call: Call) -> Iterator[Fault]:
    """docs/providers.md#prefix-binding: the setting is a feature in beta."""
    if "block_binding" in call.thinking and BINDING not in call.betas:
        yield _extra(f"thinking.{call.type}.block_binding")


def _tool_choice(call: Call) -> Iterator[Fault]:
    """Row "forced `tool_choice`"; for Sonnet 5 another source says that only Bedrock still demands it."""
    choice = (call.body.get("tool_choice") or {}).get("type")
    if call.mode != "off" and choice in ("any", "tool"):
        message = "Thinking may not be enabled when tool_choice forces tool use."
        yield Fault(message, "tool_choice", assumed=call.model == Model("sonnet", (5, 0)))


def _temperature(call: Call) -> Iterator[Fault]:
    """Rows "temperature ≠1 with thinking" and "temperature on 4.7+"."""
    temperature = call.body.get("temperature")
    if temperature is None:
        return
    if not call.model.warm:
        yield Fault("temperature is deprecated for this model.", "temperature")
    elif call.mode != "off" and temperature != 1:
        anchor = "#important-considerations-when-using-extended-thinking"
        yield Fault(
            f"`temperature` may only be set to 1 when thinking is enabled. {_DOCS}{anchor}",
            "temperature",
        )


def _empty(call: Call) -> Iterator[Fault]:
    """Row "empty text"; an assistant message may be empty, and so may what a tool answers."""
    for number, message in enumerate(call.body["messages"]):
        if message["role"] == "user" and not message.get("content"):
            yield Fault("user messages must have non-empty content", f"messages.{number}.content")
    for place in places(call.body):
        if place.type == "text" and not place.block["text"]:
            yield Fault("text content blocks must be non-empty", place.path)
        elif place.type == "text" and not place.block["text"].strip():
            yield Fault("text content blocks must contain non-whitespace text", place.path)


def _ids(message: dict[str, Any] | None, kind: str, field: str) -> list[str]:
    return [block[field] for block in content(message or {}) if block.get("type") == kind]


def _unanswered(call: Call) -> Iterator[Fault]:
    """Row "tool pairing", first half."""
    messages = call.body["messages"]
    for number, (message, after) in enumerate(zip(messages, [*messages[1:], None], strict=True)):
        open_calls = set(_ids(message, "tool_use", "id")) - set(_ids(after, "tool_result", "tool_use_id"))
        if open_calls:
            yield Fault(
                "tool_use ids were found without tool_result blocks immediately after. Each `tool_use` block must "
                "have a corresponding `tool_result` block in the next message.",
                f"messages.{number}",
            )


def _unasked(call: Call) -> Iterator[Fault]:
    """Row "tool pairing", second half, of which docs/providers.md quotes the beginning."""
    messages = call.body["messages"]
    for place in places(call.body):
        before = messages[place.message - 1] if place.message else None
        if place.type == "tool_result" and place.block["tool_use_id"] not in _ids(before, "tool_use", "id"):
            yield Fault(
                f"unexpected `tool_use_id` found in `tool_result` blocks: {place.block['tool_use_id']}. Each "
                "`tool_result` block must have a corresponding `tool_use` block in the previous message.",
                place.path,
            )


def _ending(call: Call) -> Iterator[Fault]:
    """Rows "conversation ends with a[thinking]" and "ends with assistant text".

    Which models take no prefill is not written down: that those do which think adaptively is assumed.
    """
    number, last = len(call.body["messages"]) - 1, call.body["messages"][-1]
    if last["role"] != "assistant":
        return
    blocks = content(last)
    if blocks and blocks[-1]["type"] == "thinking" and call.mode != "off":
        yield Fault(
            f"messages.{number}: The final block in an assistant message cannot be `thinking`.", f"messages.{number}"
        )
    elif call.model.adaptive:
        message = (
            "This model does not support assistant message prefill. The conversation must end with a user message."
        )
        yield Fault(message, f"messages.{number}", assumed=True)
