"""The honest client of Gemini's own wire: `HonestGemini(Gemini, url=url(stream=True)).play(conversation)`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from tests.backends.wire import SSE, Answer
from tests.conversations.model import ToolUse
from tests.judges.honest import Body, Honest, events, schema

THINKING = {"thinkingConfig": {"includeThoughts": True, "thinkingLevel": "high"}}


VERTEX = "/v1/projects/p/locations/us-central1/publishers/google"


def url(*, stream: bool = False, of: str = "/v1beta") -> str:
    verb = "streamGenerateContent?alt=sse" if stream else "generateContent"
    return f"{of}/models/gemini-3.1-pro-preview:{verb}"


class HonestGemini(Honest):
    """Keeps each part as it came, in full; of a stream, the parts with their pieces joined."""

    def request(self) -> Body:
        declarations = [
            {"name": name, "description": name, "parameters": schema(arguments)}
            for name, arguments in self.tools.items()
        ]
        body = {"contents": [_native(content) for content in self.history]}
        return {**body, "tools": [{"functionDeclarations": declarations}]} if declarations else body

    def read(self, answer: Answer) -> Any:
        if answer.content_type == SSE:
            return rebuilt(events(answer))
        return json.loads(answer.body)["candidates"][0]["content"]

    def keep(self, turn: Any, uses: list[ToolUse]) -> None:
        self.history.append(turn)
        calls = [part["functionCall"]["name"] for part in turn["parts"] if "functionCall" in part]
        results = [
            {"functionResponse": {"name": call, "response": {"result": use.result}}}
            for call, use in zip(calls, uses, strict=True)
        ]
        if results:
            self.history.append({"role": "user", "parts": results})


def _native(content: Body) -> Body:
    """A user turn as the base class says it has a string for content, which this wire does not know."""
    return {"role": "user", "parts": [{"text": content["content"]}]} if "content" in content else content


def rebuilt(stream: Iterable[Body]) -> Body:
    """Build the content out of the chunks of a stream: texts of one kind go on until something else comes."""
    parts: list[Body] = []
    for chunk in stream:
        for part in chunk["candidates"][0]["content"]["parts"]:
            if parts and _continues(parts[-1], part):
                parts[-1] = {**parts[-1], **part, "text": parts[-1]["text"] + part["text"]}
            else:
                parts.append(dict(part))
    return {"parts": parts, "role": "model"}


def _continues(before: Body, part: Body) -> bool:
    if not ("text" in before and "text" in part):
        return False
    return bool(before.get("thought")) == bool(part.get("thought")) and "thoughtSignature" not in before
