"""The events and items of the Responses API, which LiteLLM has as models or as mappings."""

from __future__ import annotations

from typing import Any


def field(source: object, name: str) -> Any:
    """A field of what may be a model or a mapping; None where it has no such field."""
    return source.get(name) if isinstance(source, dict) else getattr(source, name, None)


def event_kind(event: object) -> str:
    """The type of an event of a streamed answer, which may be an enumeration's."""
    kind = field(event, "type")
    return str(getattr(kind, "value", kind))


def string(source: object, name: str) -> str:
    """A field that is a string; "" where it is none."""
    value = field(source, name)
    return value if isinstance(value, str) else ""


def thoughts(item: object) -> list[str]:
    """The texts of a reasoning item: of its summary, or of its content, where open models tell the reasoning itself."""
    return _texts(item, "summary") or _texts(item, "content")


def texts_of(item: object) -> list[str]:
    """The texts of an item, part by part; the arguments of a call are one."""
    kind = field(item, "type")
    if kind == "reasoning":
        return thoughts(item)
    if kind == "function_call":
        return [string(item, "arguments")]
    return [string(part, "text") or string(part, "refusal") for part in field(item, "content") or ()]


def _texts(item: object, name: str) -> list[str]:
    return [text for part in field(item, name) or () for text in [string(part, "text")] if text]
