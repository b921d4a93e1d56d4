"""What OpenAI's Responses API rejects: the table of research/backends.md section 2, row by row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.backends.base import Body, Violation
from tests.backends.wire import whole

Item = dict[str, Any]
LONGEST_ID = 64
PREFIX = {"reasoning": "rs", "function_call": "fc", "message": "msg"}

# The parameters and item fields of the published schema (openai/openai-openapi); anything else is unknown.
PARAMETERS = {
    "background", "context_management", "conversation", "include", "input", "instructions",
    "max_output_tokens", "max_tool_calls", "metadata", "model", "moderation", "parallel_tool_calls",
    "previous_response_id", "prompt", "prompt_cache_key", "prompt_cache_options",
    "prompt_cache_retention", "reasoning", "safety_identifier", "service_tier", "store", "stream",
    "stream_options", "temperature", "text", "tool_choice", "tools", "top_logprobs", "top_p",
    "truncation", "user",
}  # fmt: skip
FIELDS = {
    "reasoning": {"type", "id", "summary", "content", "encrypted_content"},
    "message": {"type", "id", "role", "content", "status", "phase"},
    "function_call": {"type", "id", "call_id", "name", "arguments", "status", "namespace"},
    "function_call_output": {"type", "id", "call_id", "output", "status"},
}
PARTS = {
    "user": ("input_text", "input_image", "input_file"),
    "assistant": ("output_text", "refusal"),
}


@dataclass
class Minted:
    """What this account was given: reasoning ids with their seals, and call ids with the reasoning they belong to."""

    reasoning: dict[str, str] = field(default_factory=dict)
    calls: dict[str, str] = field(default_factory=dict)


def items(request: Body) -> list[Item]:
    """The input items; a bare string is one user message."""
    given = request["input"]
    return given if isinstance(given, list) else [{"role": "user", "content": given}]


def kind(item: Item) -> str:
    return str(item.get("type", "message"))


def is_assistant(item: Item) -> bool:
    """Tell whether the model made an item, and not the user or a tool."""
    return kind(item) in ("reasoning", "function_call") or item.get("role") == "assistant"


def error(message: str, param: str | None, code: str | None = None, status: int = 400) -> Violation:
    """The envelope at the head of the section."""
    body = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    return Violation(message, param or "input", whole({"error": body}, status))


def violations(request: Body, minted: Minted) -> Iterator[Violation]:
    for name in request:
        if name not in PARAMETERS:
            yield _unknown(name)
    for index, item in enumerate(items(request)):
        at = f"input[{index}]"
        yield from _fields(at, item)
        yield from _identity(at, item)
        yield from _parts(at, item)
        if kind(item) == "reasoning":
            yield from _reasoning(at, item)
            yield from _provenance(item, minted, request.get("store") is not False)
    yield from _neighbours(items(request), minted)


def _unknown(path: str) -> Violation:
    """Rows "`status` on reasoning" and "other unknown parameter"."""
    return error(f"Unknown parameter: '{path}'.", path, "unknown_parameter")


def _fields(at: str, item: Item) -> Iterator[Violation]:
    for name in item:
        if name not in FIELDS.get(kind(item), {name}):
            yield _unknown(f"{at}.{name}")


def _identity(at: str, item: Item) -> Iterator[Violation]:
    """Rows "wrong id prefix", "id longer than 64", "empty / odd id" and "no id at all", which null counts as."""
    for name in ("id", "call_id"):
        if item.get(name) is not None:
            yield from _spelling(f"{at}.{name}", item[name])
    prefix = PREFIX.get(kind(item))
    if item.get("id") is not None and prefix and not item["id"].startswith(f"{prefix}_"):
        message = f"Invalid '{at}.id': '{item['id']}'. Expected an ID that begins with '{prefix}'."
        yield error(message, f"{at}.id", "invalid_value")


def _spelling(path: str, value: str) -> Iterator[Violation]:
    if len(value) > LONGEST_ID:
        yield error(
            f"Invalid '{path}': string too long. Expected a string with maximum length {LONGEST_ID}, "
            f"but got a string with length {len(value)} instead.",
            path,
            "string_above_max_length",
        )
    elif not re.fullmatch(r"[A-Za-z0-9_-]+", value):
        yield error(
            f"Invalid '{path}': '{value}'. Expected an ID that contains letters, numbers, underscores, or "
            "dashes, but this value contained additional characters.",
            path,
            "invalid_value",
        )


def _parts(at: str, item: Item) -> Iterator[Violation]:
    """Row "Anthropic content part"; the list of supported values is quoted there only in part."""
    if kind(item) != "message" or not isinstance(item.get("content"), list):
        return
    supported = PARTS.get(item["role"], PARTS["user"])
    for index, part in enumerate(item["content"]):
        if part.get("type") not in supported:
            values = ", ".join(f"'{value}'" for value in supported)
            message = f"Invalid value: '{part.get('type')}'. Supported values are: {values}."
            yield error(message, f"{at}.content[{index}]", "invalid_value")


def _reasoning(at: str, item: Item) -> Iterator[Violation]:
    """Rows "summary missing", "`summary: []`" and "`content` not empty on reasoning"."""
    if item.get("summary") is None:
        message = f"Missing required parameter: '{at}.summary'."
        yield error(message, f"{at}.summary", "missing_required_parameter")
    if item.get("content"):
        yield error(
            f"Invalid '{at}.content': array too long. Expected an array with maximum length 0, "
            f"but got an array with length {len(item['content'])} instead.",
            f"{at}.content",
            "array_above_max_length",
        )


def _provenance(item: Item, minted: Minted, stored: bool) -> Iterator[Violation]:
    """Rows on `store` and on encrypted content. Without an id only the seal itself can be checked."""
    ident, seal = item.get("id"), item.get("encrypted_content")
    if seal and seal not in minted.reasoning.values():
        yield _unverified(ident, seal, "Encrypted content could not be decrypted or parsed.")
    elif seal and ident and minted.reasoning.get(ident) != seal:
        yield _unverified(ident, seal, "Encrypted content item_id did not match the target item id.")
    elif ident and not stored and not seal:
        yield error(
            f"Item with id '{ident}' not found. Items are not persisted when `store` is set to false. "
            "Try again with `store` set to true, or remove this item from your input.",
            "input",
            status=404,
        )
    elif ident and ident not in minted.reasoning:
        yield error(f"Item with id '{ident}' not found", "input", status=404)


def _unverified(ident: str | None, seal: str, reason: str) -> Violation:
    """The newer wording names the item; the older one, which needs no id, shows the ends of the seal."""
    message = f"The encrypted content {seal[:4]}…{seal[-4:]} could not be verified."
    if ident:
        message = f"The encrypted content for item {ident} could not be verified. Reason: {reason}"
    return error(message, None, "invalid_encrypted_content")


def _neighbours(given: list[Item], minted: Minted) -> Iterator[Violation]:
    """The first two rows: an item that names itself needs the item it was made with."""
    present = {item.get("id") for item in given}
    for index, item in enumerate(given):
        ident = item.get("id")
        if kind(item) == "reasoning" and ident and not _has_follower(given[index + 1 :]):
            yield error(
                f"Item '{ident}' of type 'reasoning' was provided without its required following item.",
                "input",
            )
        needed = minted.calls.get(str(ident))
        if needed and needed not in present:
            yield error(
                f"Item '{ident}' of type 'function_call' was provided without its required 'reasoning' item: "
                f"'{needed}'.",
                "input",
            )


def _has_follower(rest: list[Item]) -> bool:
    follower = next((item for item in rest if kind(item) != "reasoning"), None)
    return follower is not None and is_assistant(follower)
