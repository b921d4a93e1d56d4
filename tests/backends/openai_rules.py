"""What OpenAI's Responses API rejects: the table of docs/providers.md#openai-responses, row by row.

The order is that of its errors' reach: first the shape of the whole request, then item by item what it refers to, then
how the items stand to each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.backends.base import Body, Violation
from tests.backends.responses_items import Item, Minted, is_assistant, items, kind
from tests.backends.wire import whole

ENCRYPTED = "reasoning.encrypted_content"
NO_REASONERS = ("gpt-3.5", "gpt-4")  # docs/providers.md#openai-responses has the error, not the models.
LONGEST_ID = 64
PREFIX = {"reasoning": "rs", "function_call": "fc", "message": "msg"}

# The parameters and item fields of the published schema (openai/openai-openapi); anything else is unknown.
PARAMETERS = frozenset({
    "background", "context_management", "conversation", "include", "input", "instructions",
    "max_output_tokens", "max_tool_calls", "metadata", "model", "moderation", "parallel_tool_calls",
    "previous_response_id", "prompt", "prompt_cache_key", "prompt_cache_options",
    "prompt_cache_retention", "reasoning", "safety_identifier", "service_tier", "store", "stream",
    "stream_options", "temperature", "text", "tool_choice", "tools", "top_logprobs", "top_p",
    "truncation", "user",
})  # fmt: skip
REASONING = frozenset({"effort", "summary", "generate_summary"})
FUNCTION = frozenset({"type", "name", "description", "parameters", "strict", "defer_loading"})
FIELDS = {
    "reasoning": frozenset({"type", "id", "summary", "content", "encrypted_content"}),
    "message": frozenset({"type", "id", "role", "content", "status", "phase"}),
    "function_call": frozenset({"type", "id", "call_id", "name", "arguments", "status", "namespace"}),
    "function_call_output": frozenset({"type", "id", "call_id", "output", "status"}),
}
PARTS = {
    "input_text": frozenset({"type", "text"}),
    "input_image": frozenset({"type", "image_url", "file_id", "detail"}),
    "input_file": frozenset({"type", "file_id", "filename", "file_url", "file_data"}),
    "output_text": frozenset({"type", "text", "annotations", "logprobs"}),
    "refusal": frozenset({"type", "refusal"}),
}
INPUT, OUTPUT = ("input_text", "input_image", "input_file"), ("output_text", "refusal")


@dataclass(frozen=True)
class Wording:
    """Where the sources disagree about the same error: by host, or by time.

    `missing` is the status for an item that is not there: 404 (oh-my-pi#41) or 400 (openclaw#21782, on Azure).
    `names_item` is the newer form of the error on encrypted content (codex#8145); the older one shows the ends of it.
    """

    missing: int = 404
    names_item: bool = True


def error(message: str, param: str | None, code: str | None = None, status: int = 400) -> Violation:
    """The envelope at the head of the section."""
    body = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    return Violation(message, param or "input", whole({"error": body}, status))


def violations(request: Body, minted: Minted, wording: Wording) -> Iterator[Violation]:
    """Yield what is wrong with a request to the account that `minted` tells of."""
    yield from _parameters(request)
    given = items(request)
    for index, item in enumerate(given):
        yield from _shape(f"input[{index}]", item)
    for item in given:
        if kind(item) == "reasoning":
            yield from _provenance(item, minted, request.get("store") is not False, wording)
    yield from _neighbours(given, minted)


def _parameters(request: Body) -> Iterator[Violation]:
    """Row "other unknown parameter", and the sentence on models that do not reason."""
    yield from _unknown("", request, PARAMETERS)
    yield from _unknown("reasoning.", request.get("reasoning") or {}, REASONING)
    for index, tool in enumerate(request.get("tools") or []):
        if tool.get("type") == "function":
            yield from _unknown(f"tools[{index}].", tool, FUNCTION)
    if ENCRYPTED in (request.get("include") or []) and str(request.get("model", "")).startswith(NO_REASONERS):
        message = "Encrypted content is not supported with this model."
        yield replace(error(message, "include"), assumed=True)


def _unknown(prefix: str, given: Mapping[str, Any], known: Iterable[str]) -> Iterator[Violation]:
    for name in given:
        if name not in known:
            path = f"{prefix}{name}"
            yield error(f"Unknown parameter: '{path}'.", path, "unknown_parameter")


def _shape(at: str, item: Item) -> Iterator[Violation]:
    """Rows "`status` on reasoning" and "other unknown parameter", and the rows on each kind of item.

    That a message is as strict as reasoning is inferred (docs/providers.md#foreign-carriers, column `thinking_blocks`).
    """
    if kind(item) not in FIELDS:
        yield _unsupported(at, kind(item), FIELDS)
        return
    for violation in _unknown(f"{at}.", item, FIELDS[kind(item)]):
        yield replace(violation, assumed=kind(item) == "message")
    yield from _identity(at, item)
    if kind(item) == "reasoning":
        yield from _reasoning(at, item)
    elif kind(item) == "message":
        yield from _parts(f"{at}.content", item.get("content"), OUTPUT if is_assistant(item) else INPUT)
    elif kind(item) == "function_call_output":
        yield from _parts(f"{at}.output", item.get("output"), INPUT)


def _identity(at: str, item: Item) -> Iterator[Violation]:
    """Rows "wrong id prefix", "id longer than 64", "empty / odd id" and "no id at all", which null counts as.

    Of the prefixes only that of reasoning was seen in an error; those of the other kinds are inferred.
    """
    for name in ("id", "call_id"):
        if item.get(name) is not None:
            yield from _spelling(f"{at}.{name}", item[name])
    prefix = PREFIX.get(kind(item))
    if item.get("id") is not None and prefix and not item["id"].startswith(f"{prefix}_"):
        message = f"Invalid '{at}.id': '{item['id']}'. Expected an ID that begins with '{prefix}'."
        yield replace(error(message, f"{at}.id", "invalid_value"), assumed=kind(item) != "reasoning")


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


def _parts(at: str, content: object, supported: tuple[str, ...]) -> Iterator[Violation]:
    """Rows "Anthropic content part", of which only the beginning is quoted, and "other unknown parameter"."""
    for index, part in enumerate(content if isinstance(content, list) else []):
        if part.get("type") in supported:
            yield from _unknown(f"{at}[{index}].", part, PARTS[part["type"]])
        else:
            yield _unsupported(f"{at}[{index}]", part.get("type"), supported)


def _unsupported(path: str, value: object, supported: Iterable[str]) -> Violation:
    values = ", ".join(f"'{one}'" for one in supported)
    return error(f"Invalid value: '{value}'. Supported values are: {values}.", path, "invalid_value")


def _reasoning(at: str, item: Item) -> Iterator[Violation]:
    """Rows "summary missing", "`summary: []`" and "`content` not empty on reasoning".

    That null counts as missing is a guess: nobody has written it down.
    """
    if item.get("summary") is None:
        message = f"Missing required parameter: '{at}.summary'."
        missing = error(message, f"{at}.summary", "missing_required_parameter")
        yield replace(missing, assumed="summary" in item)
    if item.get("content"):
        yield error(
            f"Invalid '{at}.content': array too long. Expected an array with maximum length 0, "
            f"but got an array with length {len(item['content'])} instead.",
            f"{at}.content",
            "array_above_max_length",
        )


def _provenance(item: Item, minted: Minted, storing: bool, wording: Wording) -> Iterator[Violation]:
    """Rows on `store`, on encrypted content, and "no id + encrypted_content": then only the seal can be checked."""
    ident, seal = item.get("id"), item.get("encrypted_content")
    issued = minted.reasoning.get(str(ident))
    if seal and not minted.has_seal(seal):
        yield _unverified(ident, seal, "Encrypted content could not be decrypted or parsed.", wording)
    elif seal and ident and not (issued and issued.seal == seal):
        yield _unverified(ident, seal, "Encrypted content item_id did not match the target item id.", wording)
    elif ident and not seal and not storing:
        yield error(
            f"Item with id '{ident}' not found. Items are not persisted when `store` is set to false. "
            "Try again with `store` set to true, or remove this item from your input.",
            "input",
            status=wording.missing,
        )
    elif ident and not seal and not (issued and issued.stored):
        yield error(f"Item with id '{ident}' not found", "input", status=wording.missing)


def _unverified(ident: str | None, seal: str, reason: str, wording: Wording) -> Violation:
    """The newer form names the item; the older one, which needs no id, shows the ends of the seal."""
    message = f"The encrypted content {seal[:4]}…{seal[-4:]} could not be verified."
    if ident and wording.names_item:
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
