"""The wire of Gemini's `generateContent`: names in two spellings, contents, and parts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from tests.backends.base import Body
from tests.backends.history import Part
from tests.backends.wire import split

Item = dict[str, Any]
SIGNATURE = "thoughtSignature"

# The names of the shapes that a history is made of (discovery document of generativelanguage, v1beta).
NAMES = {
    "request": {
        "model", "contents", "systemInstruction", "tools", "toolConfig", "safetySettings",
        "generationConfig", "cachedContent", "serviceTier", "store",
    },
    "contents": {"role", "parts"},
    "parts": {
        "text", "thought", SIGNATURE, "functionCall", "functionResponse", "inlineData", "fileData",
        "executableCode", "codeExecutionResult", "toolCall", "toolResponse", "videoMetadata",
        "partMetadata", "mediaResolution",
    },
    "functionCall": {"id", "name", "args"},
}  # fmt: skip


@dataclass(frozen=True)
class Unknown:
    """A name that its object has no place for: where the object is ("" for the request), and the object itself."""

    at: str
    parent: Item
    name: str

    @property
    def path(self) -> str:
        return f"{self.at}.{self.name}" if self.at else self.name


def camel(name: str) -> str:
    """The JSON spelling of a name: Google's parser takes the other one, with underscores, as well."""
    return re.sub(r"_([a-z])", lambda found: found[1].upper(), name)


def plain(item: Mapping[str, Any]) -> Item:
    """An object with its names in one spelling."""
    return {camel(name): value for name, value in item.items()}


def unknown(value: Item, shape: str = "request", at: str = "") -> Iterator[Unknown]:
    """The names that no shape has."""
    for name, inner in value.items():
        known = camel(name)
        if known not in NAMES[shape]:
            yield Unknown(at, value, name)
        elif known in NAMES:
            path = f"{at}.{known}" if at else known
            several = isinstance(inner, list)
            for index, one in enumerate(inner if several else [inner]):
                yield from unknown(one, known, f"{path}[{index}]" if several else path)


@dataclass(frozen=True)
class Place:
    """A part, the number of its content, and where it stands."""

    content: int
    path: str
    part: Item

    @property
    def kind(self) -> str:
        """What the part is, in the words of `history.Part`."""
        if "functionCall" in self.part:
            return "tool"
        return "reasoning" if self.part.get("thought") else "text"

    @property
    def signature(self) -> str:
        return self.part.get(SIGNATURE) or ""


def contents(body: Body) -> list[Item]:
    return list(body["contents"])


def steps(body: Body, start: int = 0) -> Iterator[list[Place]]:
    """What the model said, one list for each run of contents of its role, from one content on."""
    numbered = list(enumerate(contents(body)))[start:]
    for spoken, run in groupby(numbered, key=lambda pair: pair[1].get("role") == "model"):
        if spoken:
            yield [place for number, content in run for place in _places(number, content)]


def _places(number: int, content: Item) -> Iterator[Place]:
    for index, part in enumerate(content["parts"]):
        yield Place(number, f"contents[{number}].parts[{index}]", plain(part))


def current_turn(body: Body) -> int:
    """The number of the content with which the current turn begins: the last in which the user says something."""
    for number, content in reversed(list(enumerate(contents(body)))):
        said = [part for part in content["parts"] if "functionResponse" not in plain(part)]
        if content.get("role", "user") == "user" and said:
            return number
    return 0


def read(place: Place, dummies: frozenset[str]) -> Iterator[Part]:
    """Read one part. Its signature is a piece of reasoning of its own, right before it; a dummy is none."""
    if place.signature and place.signature not in dummies:
        yield Part("reasoning", "", f"{place.path}.{SIGNATURE}", place.signature)
    if place.kind == "tool":
        call = plain(place.part["functionCall"])
        yield Part("tool", "", f"{place.path}.functionCall", json.dumps(call.get("args") or {}), call["name"])
    elif "text" in place.part:
        yield Part(place.kind, place.part["text"], f"{place.path}.text")


def chunks(parts: list[Item]) -> Iterator[Item]:
    """The parts of a streamed answer: texts in pieces, a text's signature on an empty one at its end, calls whole."""
    for part in parts:
        if "functionCall" in part:
            yield part
            continue
        unsigned = {name: value for name, value in part.items() if name != SIGNATURE}
        for piece in split(part["text"]):
            yield {**unsigned, "text": piece}
        if SIGNATURE in part:
            yield {"text": "", SIGNATURE: part[SIGNATURE]}
