"""The signatures of calls, in a place that every client keeps: the signature of a thinking block (N70).

Gemini signs the first call of a step and demands that signature back (docs/providers.md#gemini). LiteLLM gives it to
the client in a field of its own on the call, and before 1.85 in the call's id. A client that rebuilds its history from
what it understands loses the first, and other providers reject the second. So the thinking block right before the call
bears it as well, or one without text if there is none, and says by the id whose it is. It is marked like any signature
of thinking (`signatures`), so it returns to the kind of endpoint that minted it, and to no other.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from operator import is_
from typing import Any, NamedTuple, Optional

from litellm.thinking_round_trip.blocks.call_ids import MARK, PLACES
from litellm.thinking_round_trip.blocks.signatures import PREFIX, read, seals

_CALL = "call:"
_FIELDS = "provider_specific_fields"

Block = Mapping[str, Any]


class _Borne(NamedTuple):
    """The signature of a call that a thinking block bears, and who minted it."""

    issuer: Optional[str]
    ident: str
    signature: str


def borne_by_thinking(call: Any) -> str:
    """What a thinking block has to have as its signature to bear that of a call, a mapping or an object; "" if none."""
    if _read(call, "type") != "tool_use":
        return ""
    ident, _, inner = str(_read(call, "id") or "").partition(MARK)
    fields = _read(call, _FIELDS)
    signature = (fields.get("signature") if isinstance(fields, Mapping) else None) or inner
    return f"{_CALL}{ident}:{signature}" if isinstance(signature, str) and signature else ""


def with_bearers(content: list[Any]) -> list[Any]:
    """The blocks of an answer with the signature of each call in a thinking block before it; the same list if none has.

    A thinking block right before the call gets it, in place, unless it has a signature of its own.
    """
    if not any(map(borne_by_thinking, content)):
        return content
    out: list[Any] = []
    for block in content:
        seal = borne_by_thinking(block)
        if seal and not (out and _bears(out[-1], seal)):
            out.append({"type": "thinking", "thinking": "", "signature": seal})
        out.append(block)
    return out


def _bears(block: Any, seal: str) -> bool:
    """Give a block the signature of the call behind it; whether it could have it."""
    if _read(block, "type") != "thinking" or _read(block, "signature"):
        return False
    if isinstance(block, MutableMapping):
        block["signature"] = seal
    else:
        block.signature = seal
    return True


def on_their_calls(messages: Sequence[Any], issuer: Optional[str], *, verifies: bool) -> Sequence[Any]:
    """Anthropic messages whose calls have the signatures that thinking bears for them; the same list if it bears none.

    A signature goes on the call of its id, for the issuer that minted it. Its bearer has none then, and is left out for
    whoever reads if it has no text either: nobody thought it. An endpoint that `verifies` gets no signature of another
    issuer's on a call, wherever the client kept it.
    """
    if not any(isinstance(seal, str) and seal.startswith(PREFIX) and f":{_CALL}" in seal for seal in seals(messages)):
        return messages
    borne = {one.ident: one for one in map(_borne, _thinking(messages)) if one}
    reader = _Reader(borne, issuer, verifies)
    return [told for message in messages for told in reader.messages(message)]


class _Reader(NamedTuple):
    """Who reads a history, and the signatures of calls in it, by the ids of the calls."""

    borne: Mapping[str, _Borne]
    issuer: Optional[str]
    verifies: bool

    def messages(self, message: Any) -> Sequence[Any]:
        """A message as it is read, or none if there is nothing in it but signatures of calls."""
        content = message.get("content") if isinstance(message, dict) else None
        if not isinstance(content, list):
            return (message,)
        blocks = [self._block(block) for block in content if not _is_empty(block)]
        if len(blocks) == len(content) and all(map(is_, blocks, content)):
            return (message,)
        return ({**message, "content": blocks},) if blocks else ()

    def _block(self, block: Any) -> Any:
        kind = block.get("type") if isinstance(block, dict) else None
        if kind == "thinking" and _borne(block):
            return {**block, "signature": ""}
        found = self.borne.get(_ident(block)) if kind in PLACES else None
        if found is None:
            return block
        if found.issuer != self.issuer:
            return _unsigned(block) if self.verifies else block
        return _signed(block, found.signature) if kind == "tool_use" else block


def _is_empty(block: Any) -> bool:
    """Whether there is nothing in a block but the signature of a call."""
    if not isinstance(block, dict) or block.get("type") != "thinking" or block.get("thinking"):
        return False
    return _borne(block) is not None


def _signed(call: Block, signature: str) -> Block:
    """A call with its signature where LiteLLM's translator looks for it; it may have it already."""
    fields = _fields(call)
    return {**call, _FIELDS: {**fields, "signature": fields.get("signature") or signature}}


def _unsigned(block: Block) -> Block:
    """A call, or its result, without a signature in any of LiteLLM's places."""
    fields = {name: value for name, value in _fields(block).items() if name != "signature"}
    bare = {**block, PLACES[block["type"]]: _ident(block)}
    bare.pop(_FIELDS, None)
    return {**bare, _FIELDS: fields} if fields else bare


def _fields(block: Block) -> Mapping[str, Any]:
    fields = block.get(_FIELDS)
    return fields if isinstance(fields, dict) else {}


def _thinking(messages: Sequence[Any]) -> list[Block]:
    contents = [message.get("content") for message in messages if isinstance(message, dict)]
    blocks = [block for content in contents if isinstance(content, list) for block in content]
    return [block for block in blocks if isinstance(block, dict) and block.get("type") == "thinking"]


def _borne(block: Block) -> Optional[_Borne]:
    seal = block.get("signature")
    signed = read(seal) if isinstance(seal, str) else None
    if signed is None or signed.issuer is None or not signed.signature.startswith(_CALL):
        return None
    ident, _, signature = signed.signature[len(_CALL) :].rpartition(":")
    return _Borne(signed.issuer, ident, signature)


def _ident(block: Block) -> str:
    return str(block.get(PLACES[block["type"]]) or "").partition(MARK)[0]


def _read(block: Any, name: str) -> Any:
    return block.get(name) if isinstance(block, Mapping) else getattr(block, name, None)
