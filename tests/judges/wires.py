"""The wires as the liars see them: assistant turns as blocks, to take apart and to put together again."""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import ClassVar, Literal

from tests.backends import Backend, Gemini, OpenRouterClaude
from tests.backends.anthropic_wire import MessagesWire
from tests.backends.bedrock_converse import Converse
from tests.backends.demanding import DemandsReasoning
from tests.backends.reasoning_parts import ReasoningList
from tests.backends.responses import Responses
from tests.backends.responses_items import is_assistant
from tests.backends.think_tags import OPEN
from tests.backends.think_tags import ThinkTags as TagsInContent
from tests.judges.honest import Body

FORGED = "RXFRQm1hZGUgdXAgYnkgc29tZWJvZHkgZWxzZQ=="


@dataclass(frozen=True)
class Block:
    """A piece of an assistant turn as it stands on the wire; `text` is that of thinking."""

    kind: Literal["thinking", "seen"]
    native: Body
    text: str = ""


Turn = list[Block]


class Wire(ABC):
    """One wire form. `thought_piece` finds the pieces of a stream that carry thinking text.

    `listed` says that thinking stands in one list with what follows it; elsewhere it is a field beside the content, and
    such fields have no order.
    """

    listed: ClassVar[bool] = True
    thought_piece: ClassVar[re.Pattern[bytes]]

    @abstractmethod
    def places(self, body: Body) -> list[list[tuple[str, Body]]]:
        """The objects that each assistant turn is made of, behind their paths."""

    @abstractmethod
    def turns(self, body: Body) -> list[Turn]:
        """Read the assistant turns."""

    @abstractmethod
    def write(self, body: Body, turns: Sequence[Turn]) -> None:
        """Put other turns in their places."""

    @abstractmethod
    def visible(self, text: str) -> Block:
        """Write a text that the user sees."""

    @abstractmethod
    def forged(self, block: Block) -> Block:
        """Put a made-up seal in the place of a block's own."""

    @abstractmethod
    def reworded(self, block: Block, text: str) -> Block:
        """Put another text in the place of a block's own."""

    def unthinking(self, body: Body) -> None:
        """Take out all thinking."""
        self.write(body, [[block for block in turn if block.kind != "thinking"] for turn in self.turns(body)])

    def silence(self, body: Body) -> None:
        """Take out all thinking, and what would ask for it: the provider has nothing to object to."""
        self.unthinking(body)

    def doubled(self, pieces: Sequence[bytes]) -> tuple[bytes, ...]:
        """Say each run of pieces with thinking text twice."""
        runs = [(thinks, list(run)) for thinks, run in groupby(pieces, self._thinks)]
        return tuple(piece for thinks, run in runs for piece in (run + run if thinks else run))

    def _thinks(self, piece: bytes) -> bool:
        return bool(self.thought_piece.search(piece))


def _messages(body: Body, key: str, role: str) -> list[list[tuple[str, Body]]]:
    """Each message of a role is a turn."""
    return [[(f"{key}[{index}]", message)] for index, message in enumerate(body[key]) if message["role"] == role]


def _replaced(block: Block, fields: Body, text: str | None = None) -> Block:
    return replace(block, native={**block.native, **fields}, text=block.text if text is None else text)


class _Lists(Wire):
    """Each assistant turn is a message with a list of blocks."""

    messages: ClassVar[str] = "messages"
    content: ClassVar[str] = "content"
    role: ClassVar[str] = "assistant"

    def places(self, body: Body) -> list[list[tuple[str, Body]]]:
        return _messages(body, self.messages, self.role)

    def turns(self, body: Body) -> list[Turn]:
        return [list(map(self.read, message[self.content])) for ((_, message),) in self.places(body)]

    def write(self, body: Body, turns: Sequence[Turn]) -> None:
        for ((_, message),), turn in zip(self.places(body), turns, strict=True):
            message[self.content] = [block.native for block in turn]

    @abstractmethod
    def read(self, native: Body) -> Block:
        """Tell thinking from the rest."""

    def visible(self, text: str) -> Block:
        return Block("seen", {"text": text})


class MessagesBlocks(_Lists):
    """Anthropic's Messages."""

    thought_piece = re.compile(rb'"thinking_delta"')

    def read(self, native: Body) -> Block:
        if native["type"] in ("thinking", "redacted_thinking"):
            return Block("thinking", native, native.get("thinking", ""))
        return Block("seen", native)

    def visible(self, text: str) -> Block:
        return Block("seen", {"type": "text", "text": text})

    def forged(self, block: Block) -> Block:
        field = "signature" if block.native["type"] == "thinking" else "data"
        return _replaced(block, {field: FORGED})

    def silence(self, body: Body) -> None:
        super().silence(body)
        body["thinking"] = {"type": "disabled"}

    def reworded(self, block: Block, text: str) -> Block:
        return _replaced(block, {"thinking": text}, text)


class ConverseBlocks(_Lists):
    """Bedrock's Converse."""

    thought_piece = re.compile(rb'"reasoningContent": \{"text"')

    def read(self, native: Body) -> Block:
        if "reasoningContent" not in native:
            return Block("seen", native)
        return Block("thinking", native, native["reasoningContent"].get("reasoningText", {}).get("text", ""))

    def forged(self, block: Block) -> Block:
        return self._with(block, {"signature": FORGED})

    def reworded(self, block: Block, text: str) -> Block:
        return self._with(block, {"text": text})

    def _with(self, block: Block, fields: Body) -> Block:
        thought = {**block.native["reasoningContent"]["reasoningText"], **fields}
        return Block("thinking", {"reasoningContent": {"reasoningText": thought}}, thought["text"])

    def silence(self, body: Body) -> None:
        super().silence(body)
        body["additionalModelRequestFields"].pop("thinking", None)


class GeminiParts(_Lists):
    """Gemini's parts. A signature is a thinking block of its own: it stands on the part that comes next."""

    messages, content, role = "contents", "parts", "model"
    thought_piece = re.compile(rb'"thought": true')

    def turns(self, body: Body) -> list[Turn]:
        return [
            [block for part in message["parts"] for block in self._read_part(part)]
            for ((_, message),) in self.places(body)
        ]

    def _read_part(self, part: Body) -> Iterator[Block]:
        bare = {name: value for name, value in part.items() if name != "thoughtSignature"}
        if bare != part:
            yield Block("thinking", {"thoughtSignature": part["thoughtSignature"]})
        yield self.read(bare)

    def read(self, native: Body) -> Block:
        return Block("thinking", native, native["text"]) if native.get("thought") else Block("seen", native)

    def write(self, body: Body, turns: Sequence[Turn]) -> None:
        super().write(body, turns)
        for ((_, message),) in self.places(body):
            message["parts"] = list(_attached(message["parts"]))

    def silence(self, body: Body) -> None:
        """Only a dummy is taken in the place of a signature."""
        dummy = {"thoughtSignature": "skip_thought_signature_validator"}
        super().silence(body)
        for ((_, message),) in self.places(body):
            message["parts"] = [part | dummy if "functionCall" in part else part for part in message["parts"]]

    def forged(self, block: Block) -> Block:
        return _replaced(block, {"thoughtSignature": FORGED}) if "thoughtSignature" in block.native else block

    def reworded(self, block: Block, text: str) -> Block:
        return _replaced(block, {"text": text}, text)


def _attached(parts: Sequence[Body]) -> Iterator[Body]:
    """Put each signature on the part behind it; behind the last part there is only an empty text to bear it."""
    seal: Body = {}
    for part in parts:
        if part.keys() == {"thoughtSignature"}:
            seal = part
        else:
            yield {**part, **seal}
            seal = {}
    if seal:
        yield {"text": "", **seal}


class ResponsesItems(Wire):
    """The input items of Responses; each summary part is a block, and those of one item stay in it."""

    thought_piece = re.compile(rb"response\.reasoning_summary_text\.delta")

    def places(self, body: Body) -> list[list[tuple[str, Body]]]:
        numbered = [(f"input[{index}]", item) for index, item in enumerate(body["input"])]
        return [list(run) for spoken, run in groupby(numbered, lambda pair: is_assistant(pair[1])) if spoken]

    def turns(self, body: Body) -> list[Turn]:
        return [[block for _, item in run for block in _read_item(item)] for run in self.places(body)]

    def write(self, body: Body, turns: Sequence[Turn]) -> None:
        left = iter(turns)
        runs = groupby(body["input"], is_assistant)
        body["input"] = [item for spoken, run in runs for item in (_items(next(left)) if spoken else run)]

    def silence(self, body: Body) -> None:
        """A call that names itself asks for the reasoning that it was made with."""
        super().silence(body)
        body["input"] = [{name: value for name, value in item.items() if name != "id"} for item in body["input"]]

    def visible(self, text: str) -> Block:
        part = {"type": "output_text", "text": text, "annotations": []}
        return Block("seen", {"type": "message", "role": "assistant", "content": [part]})

    def forged(self, block: Block) -> Block:
        return _replaced(block, {"encrypted_content": FORGED})

    def reworded(self, block: Block, text: str) -> Block:
        return _replaced(block, {"summary": [{"type": "summary_text", "text": text}]}, text)


def _read_item(item: Body) -> Iterator[Block]:
    if item["type"] != "reasoning":
        yield Block("seen", item)
        return
    for part in item["summary"]:
        yield Block("thinking", {**item, "summary": [part]}, part["text"])
    if not item["summary"]:
        yield Block("thinking", item)


def _items(turn: Turn) -> Iterator[Body]:
    for ident, run in groupby(turn, lambda block: block.native["id"] if block.kind == "thinking" else None):
        natives = [block.native for block in run]
        if ident is None:
            yield from natives
        else:
            yield {**natives[0], "summary": [part for native in natives for part in native["summary"]]}


class ChatFields(Wire):
    """Chat completions with the reasoning in fields beside the content: one block, with room for one text."""

    listed = False
    thought_piece = re.compile(rb'"reasoning(_content)?": "[^"]')
    carriers: ClassVar[tuple[str, ...]] = ("reasoning", "reasoning_content", "reasoning_details")

    def places(self, body: Body) -> list[list[tuple[str, Body]]]:
        return _messages(body, "messages", "assistant")

    def turns(self, body: Body) -> list[Turn]:
        return [[*self.thoughts(message), *self.rest(message)] for ((_, message),) in self.places(body)]

    def thoughts(self, message: Body) -> Iterator[Block]:
        """Read the reasoning of a message."""
        native = {field: message[field] for field in self.carriers if message.get(field)}
        if native:
            yield Block("thinking", native, next(value for value in native.values() if isinstance(value, str)))

    def rest(self, message: Body) -> Iterator[Block]:
        """Read what of a message is to be seen, as one block."""
        yield Block("seen", {name: value for name, value in message.items() if name not in self.carriers})

    def write(self, body: Body, turns: Sequence[Turn]) -> None:
        for ((_, message),), turn in zip(self.places(body), turns, strict=True):
            message.clear()
            message.update(self.message(turn))

    def message(self, turn: Turn) -> Body:
        """Write a message; further texts join its content."""
        message: Body = {}
        for block in turn:
            message.update(block.native)
        texts = [block.native["content"] for block in turn if block.native.get("content")]
        return {**message, "content": "".join(texts)} if texts else message

    def visible(self, text: str) -> Block:
        return Block("seen", {"content": text})

    def forged(self, block: Block) -> Block:
        """There is no seal in a plain field."""
        return block

    def reworded(self, block: Block, text: str) -> Block:
        raise NotImplementedError("there is never a second text")


class Demanded(ChatFields):
    """The same where it must not be missing unless thinking is switched off."""

    def silence(self, body: Body) -> None:
        super().silence(body)
        body["thinking"] = {"type": "disabled"}


class ThinkTags(ChatFields):
    """The reasoning stands in the content, between tags."""

    _HEAD = re.compile(rf"\s*{OPEN}(.*?)</think>", re.DOTALL)

    def thoughts(self, message: Body) -> Iterator[Block]:
        head = self._HEAD.match(message["content"])
        if head:
            yield Block("thinking", {"content": head[0]}, head[1])

    def rest(self, message: Body) -> Iterator[Block]:
        yield Block("seen", {**message, "content": self._HEAD.sub("", message["content"], count=1)})

    def doubled(self, pieces: Sequence[bytes]) -> tuple[bytes, ...]:
        """The tags are pieces of their own, one or several, and the text stands between them."""
        said = [_content(piece) for piece in pieces]
        for first in range(len(said)):
            if "".join(said[: first + 1]).strip() == OPEN:
                last = next(at for at in range(first + 1, len(said)) if said[at].startswith("</"))
                return (*pieces[:last], *pieces[first + 1 : last], *pieces[last:])
        return tuple(pieces)


def _content(piece: bytes) -> str:
    """What a chunk of a stream says."""
    data = piece.removeprefix(b"data: ")
    choices = json.loads(data)["choices"] if data.startswith(b"{") else []
    return "".join(choice["delta"].get("content") or "" for choice in choices)


class Details(ChatFields):
    """Claude behind OpenRouter: each entry of `reasoning_details` is a block, and `reasoning` repeats their texts."""

    carriers = ("reasoning_details",)

    def thoughts(self, message: Body) -> Iterator[Block]:
        for detail in message.get("reasoning_details", []):
            yield Block("thinking", detail, detail.get("text", ""))

    def message(self, turn: Turn) -> Body:
        """The text is written anew only if the blocks no longer are what it says."""
        thoughts = [block for block in turn if block.kind == "thinking"]
        message = super().message([block for block in turn if block.kind != "thinking"])
        texts = [block.text for block in thoughts if block.text]
        if "".join(message.get("reasoning", "").split()) != "".join("".join(texts).split()):
            message["reasoning"] = "\n\n".join(texts)
        return {**message, "reasoning_details": [block.native for block in thoughts]} if thoughts else message

    def forged(self, block: Block) -> Block:
        return _replaced(block, {"signature" if block.text else "data": FORGED})

    def reworded(self, block: Block, text: str) -> Block:
        return _replaced(block, {"text": text}, text)


class ContentParts(ChatFields):
    """Mistral and Databricks: the reasoning stands among the parts of the content; the calls are a field."""

    listed = True
    thought_piece = re.compile(rb'"type": "thinking"|"summary_text", "text": "[^"]')

    def turns(self, body: Body) -> list[Turn]:
        return [list(self._read(message)) for ((_, message),) in self.places(body)]

    def _read(self, message: Body) -> Iterator[Block]:
        """What is beside the content is a block as well: it has no place in its order, so it stands last."""
        if isinstance(message["content"], str):
            yield Block("seen", {**message})
            return
        for part in message["content"]:
            thinks = part["type"] != "text"
            yield Block("thinking" if thinks else "seen", part, _text(part) if thinks else "")
        yield Block("seen", {**message, "content": None})

    def message(self, turn: Turn) -> Body:
        (beside,) = [block.native for block in turn if "role" in block.native]
        parts = [block.native for block in turn if "role" not in block.native]
        return {**beside, "content": parts if beside["content"] is None else beside["content"]}

    def visible(self, text: str) -> Block:
        return Block("seen", {"type": "text", "text": text})

    def forged(self, block: Block) -> Block:
        return self._with(block, {"signature": FORGED}) if "summary" in block.native else block

    def reworded(self, block: Block, text: str) -> Block:
        if "summary" in block.native:
            return self._with(block, {"text": text})
        return _replaced(block, {"thinking": [{"type": "text", "text": text}]}, text)

    def _with(self, block: Block, fields: Body) -> Block:
        entries = [{**entry, **fields} for entry in block.native["summary"]]
        return _replaced(block, {"summary": entries}, "".join(entry["text"] for entry in entries))


def _text(part: Body) -> str:
    return "".join(entry["text"] for entry in part.get("thinking") or part["summary"])


# The first class that an endpoint is of decides.
_WIRES: dict[type, Wire] = {
    Converse: ConverseBlocks(),
    MessagesWire: MessagesBlocks(),
    Responses: ResponsesItems(),
    Gemini: GeminiParts(),
    TagsInContent: ThinkTags(),
    OpenRouterClaude: Details(),
    ReasoningList: ContentParts(),
    DemandsReasoning: Demanded(),
    Backend: ChatFields(),
}


def wire_of(endpoint: type[Backend]) -> Wire:
    return next(wire for kind, wire in _WIRES.items() if issubclass(endpoint, kind))
