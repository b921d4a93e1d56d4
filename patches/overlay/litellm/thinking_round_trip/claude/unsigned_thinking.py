"""What becomes of thinking in a /v1/messages history that the endpoint did not sign (failure F11).

Claude verifies each signature, of any turn, and rejects the whole request for one that it did not make
(docs/providers.md#anthropic-errors and docs/providers.md#blocks-from-another-model). So such a block does not get
there: it is left out, or becomes text, as the setting says. Others that speak Anthropic's wire verify none
(docs/providers.md#moonshot, docs/providers.md#deepseek and docs/providers.md#minimax): there the text stays.
"""

from __future__ import annotations

import os
from collections.abc import Container, Mapping, Sequence
from typing import Any, NamedTuple, Optional

from litellm.thinking_round_trip.blocks.reasoning_items import MINTED_PREFIX
from litellm.thinking_round_trip.blocks.signatures import DETAILS_PREFIX, PREFIX, SEALS, is_foreign, read, seals

SETTING = "unsigned_thinking"
"""The key of a deployment's `litellm_params`; "drop", which is the default, or "text"."""

VARIABLE = "LITELLM_UNSIGNED_THINKING"
"""The same for the whole process."""

Messages = Sequence[Any]


class Checked(NamedTuple):
    """Messages without unsigned thinking, and where it stood: (number of the message, path)."""

    messages: Messages
    removed: Sequence[tuple[int, str]]


def as_text(setting: object) -> bool:
    """Read the setting of a deployment, or else of the process: True for "text"."""
    return (setting or os.environ.get(VARIABLE)) == "text"


def is_unsigned(block: Mapping[str, Any]) -> bool:
    """Tell a block that Claude did not sign from one that it may have."""
    seal = SEALS.get(str(block.get("type")))
    return seal is not None and is_foreign(block.get(seal))


def signed_only(messages: Messages, *, text: bool) -> Checked:
    """The messages without the thinking that Claude did not sign; the same object if there is none.

    With `text`, a thinking text becomes a text block, `[Reasoning] ...`, where it stood. A message of which nothing
    remains is left out: a turn may follow one of the same role (docs/providers.md#anthropic-errors, "empty text").
    """
    if not any(map(is_foreign, seals(messages))):
        return Checked(messages, ())
    removed: list[tuple[int, str]] = []
    kept: list[Any] = []
    for number, message in enumerate(messages):
        content = _own_content(message)
        bad = [index for index, block in enumerate(content) if isinstance(block, dict) and is_unsigned(block)]
        if not bad:
            kept.append(message)
            continue
        removed.extend((number, f"messages.{number}.content.{index}") for index in bad)
        blocks = _without(content, frozenset(bad), text)
        if blocks:
            kept.append({**message, "content": blocks})
    return Checked(kept, removed)


def _own_content(message: Any) -> Sequence[Any]:
    if not isinstance(message, dict) or message.get("role") != "assistant":
        return ()
    content = message.get("content")
    return content if isinstance(content, list) else ()


def _without(content: Sequence[Any], bad: Container[int], text: bool) -> list[Any]:
    blocks: list[Any] = []
    for index, block in enumerate(content):
        if index not in bad:
            blocks.append(block)
        elif text and str(block.get("thinking") or "").strip():
            blocks.append({"type": "text", "text": f"[Reasoning] {block['thinking']}"})
    return blocks


def without_marks(messages: Messages, issuer: Optional[str], *, verifies: bool, native: bool = False) -> Messages:
    """The messages with the signatures as their issuers gave them; the same object if none is marked.

    An endpoint that `verifies` its own gets a blank one where another issuer signed; one that does not verify gets
    all of them, since its wire has the field. Data that another issuer sealed is nothing that either could read.

    With `native`, for Anthropic's wire, OpenAI's marks are taken off as well: LiteLLM 1.102.0 and later would leave
    such a block out there, text and all, which these endpoints ask back (N7). A bridge may need the marks.
    """
    marks = (PREFIX, MINTED_PREFIX) if native else (PREFIX,)
    if not any(isinstance(seal, str) and seal.startswith(marks) for seal in seals(messages)):
        return messages
    read_messages = (_read(message, _Reader(issuer, verifies, marks)) for message in messages)
    return [message for message in read_messages if message is not None]


class _Reader(NamedTuple):
    """Who reads a history, and which marks it cannot have."""

    issuer: Optional[str]
    verifies: bool
    marks: tuple[str, ...]

    def minds(self, block: Any) -> bool:
        """Whether a block has one of the marks."""
        seal = block.get(SEALS.get(str(block.get("type")), "")) if isinstance(block, dict) else None
        return isinstance(seal, str) and seal.startswith(self.marks)

    def block(self, block: Mapping[str, Any]) -> Optional[Mapping[str, Any]]:
        """A block that it minds as it can have it; None if it cannot."""
        key = SEALS[block["type"]]
        signed = read(block[key])
        own = signed.issuer is not None and signed.issuer == self.issuer
        if not own and key == "data":
            return None
        private = self.verifies or signed.issuer is None or signed.signature.startswith(DETAILS_PREFIX)
        keeps = own or not private
        return {**block, key: signed.signature if keeps else ""}


def _read(message: Any, reader: _Reader) -> Optional[Any]:
    content = _own_content(message)
    if not any(map(reader.minds, content)):
        return message
    blocks = [reader.block(one) if reader.minds(one) else one for one in content]
    kept = [block for block in blocks if block is not None]
    return {**message, "content": kept} if kept else None
