"""The forms in which servers stream one and the same turn of chat completions (failures N23, F9).

A form is what a server sends, and the blocks that a client has to get of it, in order. Sources: what the parsers of
vLLM and SGLang give, Databricks' `reasoning` summaries (docs/providers.md#claude-on-databricks), OpenRouter, another
LiteLLM in front of Claude (BerriAI/litellm#25321, #25561, #29286, #29441).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

Delta = dict[str, Any]

ROLE: Delta = {"role": "assistant"}
SIGNATURE = "EqQBCkYIAxgC"
THINKING = ("thinking", "Two and two.", "")
SIGNED = ("thinking", "Two and two.", SIGNATURE)
TEXT = ("text", "It is four.")
ROME = ("tool_use", "call_1", "map", {"to": "Rome"})
OSLO = ("tool_use", "call_2", "map", {"to": "Oslo"})
_USAGE = {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12}


_NOTHING: Delta = {}


class Form(NamedTuple):
    """Deltas in order and what they make; `last` is the delta of the chunk with the finish, None if there is none.

    `usage` says where it stands: `behind` the finish, `before` it, with it (`finish`), in `every` chunk, in `none`.
    """

    deltas: Sequence[Delta]
    blocks: Sequence[tuple[Any, ...]]
    last: Delta | None = _NOTHING
    usage: str = "behind"
    finishes: int = 1


def call(arguments: Any, index: int | None = 0, ident: str | None = None, name: str | None = None) -> Delta:
    """A delta with a piece of a call."""
    entry: dict[str, Any] = {"function": {"arguments": arguments} | ({} if name is None else {"name": name})}
    entry |= {} if index is None else {"index": index}
    entry |= {} if ident is None else {"id": ident, "type": "function"}
    return {"tool_calls": [entry]}


def pieces(city: str, index: int | None, ident: str) -> list[Delta]:
    """A call whose arguments come in pieces, as OpenAI streams it."""
    return [call("", index, ident, "map"), call('{"to": ', index), call(f'"{city}"}}', index)]


def _with(deltas: Iterable[Delta], **fields: Any) -> list[Delta]:
    return [{**fields, **delta} for delta in deltas]


def _both(*deltas: Delta) -> Delta:
    """One delta with the calls of several."""
    return {"tool_calls": [entry for delta in deltas for entry in delta["tool_calls"]]}


def _between(deltas: Iterable[Delta], empty: Delta) -> list[Delta]:
    return [one for delta in deltas for one in (delta, empty)]


_THINKS: list[Delta] = [{"reasoning_content": "Two "}, {"reasoning_content": "and two."}]
_SAYS: list[Delta] = [{"content": "It is "}, {"content": "four."}]
_ROME, _OSLO = pieces("Rome", 0, "call_1"), pieces("Oslo", 1, "call_2")
_OSLO_TOO = pieces("Oslo", 0, "call_2")
_WHOLE_ROME, _WHOLE_OSLO = call('{"to": "Rome"}', 0, "call_1", "map"), call('{"to": "Oslo"}', 1, "call_2", "map")
_WHOLE_OSLO_TOO = call('{"to": "Oslo"}', 0, "call_2", "map")
_EMPTY: Delta = {"content": "", "reasoning_content": "", "tool_calls": []}
_NULL: Delta = {"content": None, "reasoning_content": None, "tool_calls": None}
_NOWHERE = ("tool_use", "call_1", "map", {})

FORMS = {
    "tidy": Form([ROLE, *_THINKS, *_SAYS, *_ROME, *_OSLO], [THINKING, TEXT, ROME, OSLO]),
    "text-alone": Form([ROLE, *_SAYS], [TEXT]),
    "no-role": Form([*_THINKS, *_SAYS], [THINKING, TEXT]),
    "nothing": Form([ROLE], []),
    "empty-calls": Form(_with([ROLE, *_SAYS], tool_calls=[]), [TEXT]),
    "empty-calls-thinking": Form(_with([ROLE, *_THINKS, *_SAYS], tool_calls=[]), [THINKING, TEXT]),
    "empty-fields": Form(_with([ROLE, *_THINKS, *_SAYS, *_ROME], **_EMPTY), [THINKING, TEXT, ROME]),
    "null-fields": Form(_with([ROLE, *_THINKS, *_SAYS, *_ROME], **_NULL), [THINKING, TEXT, ROME]),
    "empty-fields-no-thinking": Form(_with([ROLE, *_SAYS, *_ROME, *_OSLO], **_EMPTY), [TEXT, ROME, OSLO]),
    "empty-blocks": Form(_with([ROLE, *_THINKS, *_SAYS, *_ROME], thinking_blocks=[]), [THINKING, TEXT, ROME]),
    "empty-chunks": Form(_between([ROLE, *_THINKS, *_SAYS, *_ROME], _EMPTY), [THINKING, TEXT, ROME]),
    "empty-reasoning": Form(_between([ROLE, *_THINKS, *_ROME], {"reasoning_content": ""}), [THINKING, ROME]),
    "call-whole": Form([ROLE, _WHOLE_ROME], [ROME]),
    "call-whole-first": Form([{**ROLE, "content": None, **_WHOLE_ROME}], [ROME]),
    "call-whole-thinking": Form([ROLE, *_THINKS, _WHOLE_ROME], [THINKING, ROME]),
    "call-whole-text": Form([ROLE, *_SAYS, _WHOLE_ROME], [TEXT, ROME]),
    "calls-whole": Form([ROLE, _WHOLE_ROME, _WHOLE_OSLO], [ROME, OSLO]),
    "calls-in-one": Form([ROLE, _both(_WHOLE_ROME, _WHOLE_OSLO)], [ROME, OSLO]),
    "calls-in-one-thinking": Form([ROLE, *_THINKS, _both(_WHOLE_ROME, _WHOLE_OSLO)], [THINKING, ROME, OSLO]),
    "calls-begun-in-one": Form([ROLE, _both(_ROME[0], _OSLO[0]), *_ROME[1:], *_OSLO[1:]], [ROME, OSLO]),
    "calls-in-turns": Form([ROLE, *(d for two in zip(_ROME, _OSLO, strict=True) for d in two)], [ROME, OSLO]),
    "calls-abreast": Form([ROLE, *(_both(*two) for two in zip(_ROME, _OSLO, strict=True))], [ROME, OSLO]),
    "call-begins-with-text": Form([ROLE, _SAYS[0], {**_SAYS[1], **_ROME[0]}, *_ROME[1:]], [TEXT, ROME]),
    "call-begins-with-thinking": Form([ROLE, _THINKS[0], {**_THINKS[1], **_ROME[0]}, *_ROME[1:]], [THINKING, ROME]),
    "thinking-with-text": Form([ROLE, _THINKS[0], {**_THINKS[1], **_SAYS[0]}, _SAYS[1]], [THINKING, TEXT]),
    "thinking-in-call": Form([ROLE, *_ROME[:2], *_THINKS, _ROME[2], *_SAYS], [ROME, THINKING, TEXT]),
    "text-in-call": Form([ROLE, *_ROME[:2], *_SAYS, _ROME[2]], [ROME, TEXT]),
    "all-in-one": Form(
        [{**ROLE, "reasoning_content": "Two and two.", "content": "It is four.", **_WHOLE_ROME}], [THINKING, TEXT, ROME]
    ),
    "no-index": Form([ROLE, *pieces("Rome", None, "call_1"), *pieces("Oslo", None, "call_2")], [ROME, OSLO]),
    "one-index": Form([ROLE, *_ROME, *_OSLO_TOO], [ROME, OSLO]),
    "one-index-whole": Form([ROLE, _WHOLE_ROME, _WHOLE_OSLO_TOO], [ROME, OSLO]),
    "one-index-in-one": Form([ROLE, _both(_WHOLE_ROME, _WHOLE_OSLO_TOO)], [ROME, OSLO]),
    "name-in-each": Form([ROLE, *(call(part, 0, "call_1", "map") for part in ("", '{"to": ', '"Rome"}'))], [ROME]),
    "id-in-each": Form([ROLE, _ROME[0], *(call(part, 0, "call_1", "") for part in ('{"to": ', '"Rome"}'))], [ROME]),
    "id-in-none": Form([ROLE, _ROME[0], *(call(part, 0, "") for part in ('{"to": ', '"Rome"}'))], [ROME]),
    "name-behind": Form([ROLE, call(None, 0, "call_1"), call("", 0, None, "map"), *_ROME[1:]], [ROME]),
    "arguments-object": Form([ROLE, call({"to": "Rome"}, 0, "call_1", "map")], [ROME]),
    "arguments-none": Form([ROLE, *_THINKS, call("", 0, "call_1", "map")], [THINKING, _NOWHERE]),
    "arguments-null": Form([ROLE, call(None, 0, "call_1", "map")], [_NOWHERE]),
    "thinking-behind": Form([ROLE, *_SAYS, *_THINKS], [TEXT, THINKING]),
    "text-behind-call": Form([ROLE, *_THINKS, *_ROME, *_SAYS], [THINKING, ROME, TEXT]),
    "text-between-calls": Form([ROLE, *_ROME, *_SAYS, *_OSLO], [ROME, TEXT, OSLO]),
    "finish-with-text": Form([ROLE, *_THINKS, _SAYS[0]], [THINKING, TEXT], last=_SAYS[1]),
    "finish-with-thinking": Form([ROLE, _THINKS[0]], [THINKING], last=_THINKS[1]),
    "finish-with-call": Form([ROLE, *_SAYS], [TEXT, ROME], last=_WHOLE_ROME),
    "finish-with-arguments": Form([ROLE, *_ROME[:2]], [ROME], last=_ROME[2]),
    "finish-with-all": Form(
        [], [THINKING, TEXT, ROME], last={"reasoning_content": "Two and two.", "content": "It is four.", **_WHOLE_ROME}
    ),
    "finish-absent": Form([ROLE, *_THINKS, *_SAYS], [THINKING, TEXT], last=None),
    "finish-absent-call": Form([ROLE, *_ROME], [ROME], last=None),
    "finish-twice": Form([ROLE, *_THINKS, *_ROME], [THINKING, ROME], usage="finish", finishes=2),
    "usage-before": Form([ROLE, *_THINKS, *_SAYS], [THINKING, TEXT], usage="before"),
    "usage-with-finish": Form([ROLE, *_THINKS, *_SAYS], [THINKING, TEXT], usage="finish"),
    "usage-in-every": Form([ROLE, *_SAYS, *_ROME], [TEXT, ROME], usage="every"),
}


def _block(text: str | None, signature: str = "") -> Delta:
    """A piece of Claude's thinking as LiteLLM streams it."""
    words = {"reasoning_content": text} if text else {}
    return {**words, "thinking_blocks": [{"type": "thinking", "thinking": text, "signature": signature}]}


def _summary(text: str | None, signature: str = "") -> Delta:
    """The same as Databricks streams it."""
    return {
        "content": [{"type": "reasoning", "summary": [{"type": "summary_text", "text": text, "signature": signature}]}]
    }


def _signed(piece: Any, usage: str) -> dict[str, Form]:
    """Where a signature, and empty pieces, may stand."""
    one, two, sealed, empty = piece("Two "), piece("and two."), piece("", SIGNATURE), piece("")
    shapes = {
        "apart": [one, two, sealed],
        "with-thinking": [one, piece("and two.", SIGNATURE)],
        "null-thinking": [one, two, piece(None, SIGNATURE)],
        "twice": [one, two, sealed, sealed],
        "snapshot": [one, two, piece("Two and two.", SIGNATURE)],
        "empty-first": [empty, one, two, sealed],
        "empty-between": [one, empty, two, sealed],
        "empty-before": [one, two, empty, sealed],
        "empty-behind": [one, two, sealed, empty],
    }
    return {
        f"signature-{name}": Form([*deltas, *_SAYS], [SIGNED, TEXT], usage=usage) for name, deltas in shapes.items()
    }


# Of Databricks' usage LiteLLM made an estimate until 1.99.
SIGNED_FORMS = {"litellm_proxy": _signed(_block, "behind"), "databricks": _signed(_summary, "none")}
# A text that is null is not in Databricks' form.
del SIGNED_FORMS["databricks"]["signature-null-thinking"]


def wire(form: Form) -> bytes:
    """What the server sends."""
    return b"".join(f"data: {json.dumps(chunk)}\n\n".encode() for chunk in _chunks(form)) + b"data: [DONE]\n\n"


def _chunks(form: Form) -> Iterator[dict[str, Any]]:
    every = _USAGE if form.usage == "every" else None
    for delta in form.deltas:
        yield _chunk([{"index": 0, "delta": delta, "finish_reason": None}], every)
    if form.usage == "before":
        yield _chunk([], _USAGE)
    for number in range(0 if form.last is None else form.finishes):
        finish = {"index": 0, "delta": {} if number else form.last, "finish_reason": chat_reason(form)}
        yield _chunk([finish], _USAGE if form.usage in ("finish", "every") else None)
    if form.usage == "behind":
        yield _chunk([], _USAGE)


def _chunk(choices: list[Any], usage: Any) -> dict[str, Any]:
    chunk = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": choices}
    return chunk | ({} if usage is None else {"usage": usage})


def chat_reason(form: Form) -> str:
    return "tool_calls" if any(block[0] == "tool_use" for block in form.blocks) else "stop"
