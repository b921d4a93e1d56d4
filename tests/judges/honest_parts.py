"""The honest client of a chat wire whose content may be a list of parts with reasoning among them."""

from __future__ import annotations

from typing import Any

from tests.backends.wire import Answer
from tests.judges.honest import Body, events
from tests.judges.honest_chat import NAMES, HonestChat, rebuilt


class HonestParts(HonestChat):
    """Keeps the content as a list if reasoning came in it, and as a string otherwise."""

    def read(self, answer: Answer) -> Any:
        if not self.extra.get("stream"):
            return super().read(answer)
        chunks = events(answer)
        contents = [choice["delta"].pop("content", None) for chunk in chunks for choice in chunk["choices"]]
        return {**rebuilt(chunks), "content": _joined(contents)}


def _joined(contents: list[Any]) -> Any:
    """Continue the last part with the next one of its type."""
    parts: list[Body] = []
    for content in filter(None, contents):
        for part in [{"type": "text", "text": content}] if isinstance(content, str) else content:
            if parts and parts[-1]["type"] == part["type"] and not _signed(parts[-1]):
                parts[-1] = _continued(parts[-1], part)
            else:
                parts.append(part)
    if all(part["type"] == "text" for part in parts):
        return "".join(part["text"] for part in parts)
    return parts


def _signed(part: Body) -> bool:
    """The signature ends a thought."""
    return any(entry.get("signature") for entry in part.get("summary", []))


def _continued(old: Any, new: Any) -> Any:
    if isinstance(old, str):
        return old + new
    if isinstance(old, list):
        return [_continued(*pair) for pair in zip(old, new, strict=True)]
    return {key: value if key in NAMES else _continued(value, new[key]) for key, value in old.items()}
