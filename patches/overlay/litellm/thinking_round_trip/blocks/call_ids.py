"""Ids of calls that are valid for whoever gets them (N35 of tests/round_trip/failures.toml).

LiteLLM keeps the signature of a call of Gemini's in the call's id, behind a mark, where every client keeps it. Claude
rejects such an id for its letters, and OpenAI for its length. So it goes to Gemini alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

MARK = "__thought__"
PLACES = {"tool_use": "id", "tool_result": "tool_use_id"}
"""Where a block names a call."""


def bare_ids(messages: Any) -> Any:
    """Anthropic messages with the ids of calls and results as they were made up; the same list if all are."""
    if not isinstance(messages, list) or not any(map(_is_marked, messages)):
        return messages
    return [_bare(message) if _is_marked(message) else message for message in messages]


def _is_marked(message: Any) -> bool:
    return any(_holds_mark(block) for block in _blocks(message))


def _blocks(message: Any) -> Sequence[Any]:
    content = message.get("content") if isinstance(message, dict) else None
    return content if isinstance(content, list) else ()


def _holds_mark(block: Any) -> bool:
    key = PLACES.get(str(block.get("type"))) if isinstance(block, dict) else None
    name = block.get(key) if key else None
    return isinstance(name, str) and MARK in name


def _bare(message: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**message, "content": [_bare_block(one) if _holds_mark(one) else one for one in message["content"]]}


def _bare_block(block: Mapping[str, Any]) -> Mapping[str, Any]:
    key = PLACES[block["type"]]
    return {**block, key: block[key].partition(MARK)[0]}
