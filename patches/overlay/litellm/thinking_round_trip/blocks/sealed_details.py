"""OpenRouter's `reasoning_details` of models that are not Claude, sealed into the thinking blocks of an answer (N84).

OpenRouter wants them back unmodified (docs/providers.md#openrouter): those of GPT and Grok hold encrypted reasoning,
Gemini's the signatures without which it rejects a call. A client keeps a block's signature, or its data, as it is:
there the entries travel, without the text that the block itself has, and marked as OpenRouter's.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Optional

from litellm.thinking_round_trip.blocks.signatures import DETAILS_PREFIX, SEALS, mark, read

Entry = Mapping[str, Any]
Block = dict[str, Any]

CLAUDE_FORMAT = "anthropic-claude-v1"
_ISSUER = "openrouter"
_TEXTS = {"reasoning.text": "text", "reasoning.summary": "summary"}
_VENDORS: Mapping[str, tuple[str, tuple[Optional[str], ...]]] = {
    "anthropic": (r"claude", (None, CLAUDE_FORMAT)),
    "openai": (r"(^|/)openai/", ("openai-responses-v1", "azure-openai-responses-v1")),
    "google": (r"(^|/)google/", ("google-gemini-v1",)),
    "x-ai": (r"(^|/)x-ai/", ("xai-responses-v1",)),
}
"""docs/providers.md#openrouter: whose format is whose, and how the models of a vendor are told by their names."""
_ANY_MODEL = re.compile(r"^(openrouter/)?(auto|@preset/)")


def is_sealed(entry: Entry) -> bool:
    """Whether an entry of a model that is not Claude holds what only its vendor can read."""
    return entry.get("format") != CLAUDE_FORMAT and bool(entry.get("data") or entry.get("signature"))


def readable(entries: Sequence[Entry], model: str) -> Sequence[Entry]:
    """The entries that a model of OpenRouter's may get: those of its vendor; all where OpenRouter chooses the model."""
    name = model.lower()
    if _ANY_MODEL.search(name):
        return entries
    own = next((formats for pattern, formats in _VENDORS.values() if re.search(pattern, name)), None)
    if own is not None:
        return [entry for entry in entries if entry.get("format") in own]
    foreign = {form for _, formats in _VENDORS.values() for form in formats if form}
    return [entry for entry in entries if entry.get("format") not in foreign]


def sealed_blocks(entries: Iterable[Entry]) -> list[Block]:
    """The blocks of a whole answer: one for each text, with what comes behind it; none if nothing is sealed."""
    entries = list(entries)
    if not any(map(is_sealed, entries)):
        return []
    runs: list[tuple[str, list[Entry]]] = []
    for entry in entries:
        text, bare = parted(entry)
        if text or not runs:
            runs.append((text, [bare]))
        else:
            runs[-1][1].append(bare)
    return [block(text, run) for text, run in runs]


def parted(entry: Entry) -> tuple[str, Entry]:
    """The text of an entry, and the entry without it."""
    name = _TEXTS.get(str(entry.get("type")), "")
    text = entry.get(name)
    if not isinstance(text, str) or not text:
        return "", entry
    return text, {key: value for key, value in entry.items() if key != name}


def block(text: str, entries: Sequence[Entry]) -> Block:
    """Make a block of a text and the entries that it carries, of which the first is its own."""
    seal = base64.b64encode(json.dumps(entries).encode()).decode()
    marked = mark(f"{DETAILS_PREFIX}{seal}", _ISSUER)
    if text:
        return {"type": "thinking", "thinking": text, "signature": marked}
    return {"type": "redacted_thinking", "data": marked}


def unsealed(blocks: Iterable[Mapping[str, Any]]) -> list[Entry]:
    """The entries that the blocks of a turn carry, with their texts."""
    return [entry for one in blocks for entry in _unsealed(one)]


def _unsealed(carrier: Mapping[str, Any]) -> list[Entry]:
    seal = carrier.get(SEALS.get(str(carrier.get("type")), ""))
    payload = read(seal).signature if isinstance(seal, str) else ""
    if not payload.startswith(DETAILS_PREFIX):
        return []
    try:
        entries = json.loads(base64.b64decode(payload[len(DETAILS_PREFIX) :], validate=True))
    except (binascii.Error, ValueError):
        return []
    entries = [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    name = _TEXTS.get(str(entries[0].get("type"))) if entries else None
    if name and name not in entries[0] and carrier.get("thinking"):
        entries[0] = {**entries[0], name: carrier["thinking"]}
    return entries
