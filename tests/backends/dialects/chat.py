"""The dialects of chat completions."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from itertools import zip_longest
from typing import Any

from tests.backends.dialects.model import Dialect, Event, Rewriter, Whole

Delta = dict[str, Any]

FORMS = "docs/providers.md#forms-of-streams"
CARRIERS = ("reasoning_content", "reasoning")
USAGE = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}


# ---------------------------------------------------------------- pieces of a stream


def _delta(chunk: Event) -> Delta:
    """The delta of a chunk; an empty one if it has no choice."""
    return chunk["choices"][0]["delta"] if chunk["choices"] else {}


def _finish(chunk: Event) -> str | None:
    return chunk["choices"][0].get("finish_reason") if chunk["choices"] else None


def _says(chunk: Event) -> bool:
    """Whether a chunk has a choice, and does not end the answer."""
    return bool(chunk["choices"]) and not _finish(chunk)


def _chunk(like: Event, delta: Delta, finish: str | None = None) -> Event:
    """A chunk of the same answer with another delta."""
    return {**like, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def _saying(chunk: Event, delta: Delta) -> Event:
    return _chunk(chunk, delta, _finish(chunk))


def _each_delta(change: Callable[[Delta], Delta]) -> Rewriter:
    """Change what every chunk with a choice says."""
    return lambda chunks: [_saying(chunk, change(_delta(chunk))) if chunk["choices"] else chunk for chunk in chunks]


def _each_call(change: Callable[[Event], Event]) -> Rewriter:
    """Change every piece of a call."""

    def changed(delta: Delta) -> Delta:
        calls = delta.get("tool_calls")
        return {**delta, "tool_calls": [change(call) for call in calls]} if calls else delta

    return _each_delta(changed)


def _is_call(chunk: Event) -> bool:
    return bool(_delta(chunk).get("tool_calls"))


def _runs(chunks: list[Event]) -> tuple[list[Event], list[Event], list[Event]]:
    """What stands before the last piece of a call and is none, the pieces of calls, and what stands behind them."""
    last = max((number for number, chunk in enumerate(chunks, 1) if _is_call(chunk)), default=len(chunks))
    before = [chunk for chunk in chunks[:last] if not _is_call(chunk)]
    return before, [chunk for chunk in chunks[:last] if _is_call(chunk)], chunks[last:]


def _pieces_of(calls: list[Event]) -> list[list[Event]]:
    """The chunks of each call, in order."""
    found: dict[int, list[Event]] = {}
    for chunk in calls:
        for entry in _delta(chunk)["tool_calls"]:
            found.setdefault(entry["index"], []).append(_chunk(chunk, {"tool_calls": [entry]}))
    return [*found.values()]


def _whole(pieces: list[Event]) -> Event:
    """The chunks of one call in one."""
    if len(pieces) == 1:
        return pieces[0]
    call = copy.deepcopy(_delta(pieces[0])["tool_calls"][0])
    call["function"]["arguments"] = "".join(_delta(one)["tool_calls"][0]["function"]["arguments"] for one in pieces)
    return _chunk(pieces[0], {"tool_calls": [call]})


def _calls(change: Callable[[list[list[Event]]], list[Event]]) -> Rewriter:
    """Send the calls of a stream otherwise."""

    def rewrite(chunks: list[Event]) -> list[Event]:
        before, calls, behind = _runs(chunks)
        return [*before, *(change(_pieces_of(calls)) if calls else []), *behind]

    return rewrite


# ---------------------------------------------------------------- calls


def _in_one(calls: list[list[Event]]) -> list[Event]:
    entries = [entry for one in calls for entry in _delta(_whole(one))["tool_calls"]]
    return [_chunk(calls[0][0], {"tool_calls": entries})]


def _in_turns(calls: list[list[Event]]) -> list[Event]:
    return [piece for turn in zip_longest(*calls) for piece in turn if piece is not None]


def _with_object(chunk: Event) -> Event:
    (call,) = _delta(chunk)["tool_calls"]
    return _chunk(chunk, {"tool_calls": [{**call, "function": _parsed(call["function"])}]})


def _objects(message: Event) -> Event:
    """The same of a whole message."""
    calls = [{**call, "function": _parsed(call["function"])} for call in message.get("tool_calls") or []]
    return {**message, "tool_calls": calls} if calls else message


def _parsed(function: Event) -> Event:
    return {**function, "arguments": json.loads(function["arguments"])}


def _numbered(number: Callable[[int], int | None]) -> Rewriter:
    """Give each call another index, or none."""

    def renumber(call: Event) -> Event:
        index = number(call["index"])
        rest = {name: value for name, value in call.items() if name != "index"}
        return rest if index is None else {"index": index, **rest}

    return _each_call(renumber)


def _named_in_each(chunks: list[Event]) -> list[Event]:
    names: dict[int, Event] = {}

    def named(call: Event) -> Event:
        first = names.setdefault(call["index"], call)
        function = {**call["function"], "name": first["function"]["name"]}
        return {**call, "id": first["id"], "type": "function", "function": function}

    return _each_call(named)(chunks)


def _named_empty(call: Event) -> Event:
    if call.get("id"):
        return call
    return {**call, "id": "", "type": "function", "function": {"name": None, **call["function"]}}


# ---------------------------------------------------------------- what stands in one chunk


def _together(one: Event, other: Event) -> Event:
    """Two chunks in one."""
    return _chunk(other, _merged(_delta(one), _delta(other)), _finish(other))


def _merged(one: Delta, other: Delta) -> Delta:
    """Two deltas in one: texts are joined, and so are parts of content, of which a text is one beside others."""
    delta = dict(one)
    for name, value in other.items():
        before = delta.get(name)
        if name == "role" or not before or not value:
            delta[name] = value or before
        elif isinstance(before, str) and isinstance(value, str):
            delta[name] = before + value
        else:
            delta[name] = [*_as_parts(before), *_as_parts(value)]
    return delta


def _as_parts(content: Any) -> list[Any]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def _kind(chunk: Event) -> str:
    """What a chunk says."""
    delta = _delta(chunk)
    if delta.get("tool_calls"):
        return "call"
    if delta.get("content"):
        return "text"
    return "reasoning" if any(delta.get(name) for name in CARRIERS) else ""


def _meeting(first: str, then: str) -> Rewriter:
    """Send the last chunk of one kind together with the first of another."""

    def rewrite(chunks: list[Event]) -> list[Event]:
        kinds = [_kind(chunk) for chunk in chunks]
        at = next((n for n in range(1, len(chunks)) if kinds[n - 1 : n + 1] == [first, then]), None)
        if at is None:
            return chunks
        return [*chunks[: at - 1], _together(chunks[at - 1], chunks[at]), *chunks[at + 1 :]]

    return rewrite


def _all_in_one(chunks: list[Event]) -> list[Event]:
    """The whole turn in one chunk, and behind it the finish and what has no choice."""
    said, calls, behind = _runs([chunk for chunk in chunks if _says(chunk)])
    delta: Delta = {}
    for chunk in [*said, *(_in_one(_pieces_of(calls)) if calls else []), *behind]:
        delta = _merged(delta, _delta(chunk))
    return [_chunk(chunks[0], delta), *(chunk for chunk in chunks if not _says(chunk))]


# ---------------------------------------------------------------- fields that say nothing


def _filled(value: Callable[[str], Any], *names: str) -> Rewriter:
    """Put fields that say nothing into every delta; of the carriers, those that the server has."""

    def rewrite(chunks: list[Event]) -> list[Event]:
        own = [name for name in CARRIERS if any(name in _delta(chunk) for chunk in chunks)]
        empty = {name: value(name) for name in (*names, *own)}
        return _each_delta(lambda delta: {**empty, **delta})(chunks)

    return rewrite


def _empty(name: str) -> Any:
    return [] if name == "tool_calls" else ""


def _null(name: str) -> Any:
    return None


def _between(delta: Delta) -> Rewriter:
    """A chunk behind each that has a choice and does not end the answer."""

    def rewrite(chunks: list[Event]) -> list[Event]:
        told = []
        for chunk in chunks:
            told += [chunk, _chunk(chunk, delta)] if _says(chunk) else [chunk]
        return told

    return rewrite


def _message(change: Whole) -> Whole:
    """Change the message of a whole answer."""

    def rewrite(answer: Event) -> Event:
        (choice,) = answer["choices"]
        return {**answer, "choices": [{**choice, "message": change(choice["message"])}]}

    return rewrite


def _nulls(message: Event) -> Event:
    null = dict.fromkeys(("refusal", "function_call", "audio", "annotations"))
    return {**null, "tool_calls": None, **message, "content": message["content"] or None}


_BOTH = {"reasoning": "reasoning_content", "reasoning_content": "reasoning"}


def _both(delta: Delta) -> Delta:
    return {**delta, **{_BOTH[name]: delta[name] for name in CARRIERS if name in delta}}


# ---------------------------------------------------------------- beginning, end, usage


def _without_role(delta: Delta) -> Delta:
    return {name: value for name, value in delta.items() if name != "role"}


def _no_first(chunks: list[Event]) -> list[Event]:
    return [chunk for chunk in _each_delta(_without_role)(chunks) if any(_delta(chunk).values()) or not _says(chunk)]


def _filter_first(chunks: list[Event]) -> list[Event]:
    results = [{"prompt_index": 0, "content_filter_results": {"hate": {"filtered": False, "severity": "safe"}}}]
    empty = {"id": "", "object": "", "created": 0, "model": "", "choices": [], "prompt_filter_results": results}
    return [empty, *chunks]


def _finish_with_content(chunks: list[Event]) -> list[Event]:
    """The last chunk that says something ends the answer as well."""
    said = [chunk for chunk in chunks if _says(chunk)]
    ends = [chunk for chunk in chunks if _finish(chunk)]
    return [*said[:-1], _together(said[-1], ends[0]), *(chunk for chunk in chunks if not chunk["choices"])]


def _finish_twice(chunks: list[Event]) -> list[Event]:
    return [*chunks, *(_chunk(chunk, {}, _finish(chunk)) for chunk in chunks if _finish(chunk))]


def _finish_absent(chunks: list[Event]) -> list[Event]:
    return [chunk for chunk in chunks if not _finish(chunk)]


def _finish_stop(chunks: list[Event]) -> list[Event]:
    return [_chunk(chunk, _delta(chunk), "stop") if _finish(chunk) else chunk for chunk in chunks]


def _whole_stop(answer: Event) -> Event:
    (choice,) = answer["choices"]
    return {**answer, "choices": [{**choice, "finish_reason": "stop"}]}


def _told(chunk: Event, usage: Any = USAGE) -> Event:
    return {**chunk, "usage": usage}


def _usage_chunk(like: Event) -> Event:
    return {**like, "choices": [], "usage": USAGE}


def _untold(chunks: list[Event]) -> list[Event]:
    """Without the usage that a backend tells if it is asked to."""
    return [
        {name: value for name, value in chunk.items() if name != "usage"}
        for chunk in chunks
        if chunk["choices"] or "usage" not in chunk
    ]


def _usage_behind(chunks: list[Event]) -> list[Event]:
    chunks = _untold(chunks)
    return [*(_told(chunk, None) for chunk in chunks), _usage_chunk(chunks[-1])]


def _usage_before(chunks: list[Event]) -> list[Event]:
    chunks = _untold(chunks)
    at = next((number for number, chunk in enumerate(chunks) if _finish(chunk)), len(chunks))
    return [*chunks[:at], _usage_chunk(chunks[-1]), *chunks[at:]]


def _usage_in_finish(chunks: list[Event]) -> list[Event]:
    chunks = _untold(chunks)
    return [*chunks[:-1], _told(chunks[-1])]


def _usage_in_every(chunks: list[Event]) -> list[Event]:
    return [*map(_told, _untold(chunks))]


# ---------------------------------------------------------------- what is nobody's business


def _extras(chunks: list[Event]) -> list[Event]:
    return [_extra(chunk) for chunk in chunks]


def _extra(chunk: Event) -> Event:
    choices = [
        {**choice, "logprobs": None, "stop_reason": None, "token_ids": None, "matched_stop": None}
        for choice in chunk["choices"]
    ]
    return {
        **chunk, "choices": choices, "system_fingerprint": "fp_1", "service_tier": "default", "obfuscation": "x7Qf",
        "provider": "P", "prompt_token_ids": None,
    }  # fmt: skip


def _stream(
    part: str, form: str, rewrite: Rewriter | None, says: str, spoken: str, *sources: str, **more: Any
) -> Dialect:
    return Dialect("chat", form, part, says, spoken, sources, stream=rewrite, **more)


def _dialects() -> Iterator[Dialect]:
    yield _stream(
        "calls", "call-whole", _calls(lambda calls: [_whole(one) for one in calls]),
        "each call comes whole, in one chunk", "Ollama, and whoever parses calls at their end",
        "BerriAI/litellm#25321", "BerriAI/litellm#25561", "BerriAI/litellm#33678",
    )  # fmt: skip
    yield _stream(
        "calls", "calls-in-one", _calls(_in_one),
        "all calls come whole in one chunk", "gateways before Gemini", FORMS,
    )  # fmt: skip
    yield _stream(
        "calls", "calls-in-turns", _calls(_in_turns),
        "the pieces of two calls come in turns", "servers that stream parallel calls as they come",
        FORMS,
        against=frozenset({"chat-no-index", "chat-one-index"}),
    )  # fmt: skip
    yield _stream(
        "calls", "arguments-object", _calls(lambda calls: [_with_object(_whole(one)) for one in calls]),
        "arguments are an object, and no text with JSON in it", "gateways that hand Ollama's own form on",
        FORMS, whole=_message(_objects),
    )  # fmt: skip
    yield _stream(
        "index", "no-index", _numbered(lambda index: None),
        "the pieces of calls have no index", "Ollama before 0.5, Gemini's compatible endpoint, mistral.rs",
        "ollama/ollama#7881", "openai/openai-python#3246", "EricLBuehler/mistral.rs#1507",
    )  # fmt: skip
    yield _stream(
        "index", "one-index", _numbered(lambda index: 0),
        "every call has the index 0", "Ollama, Dynamo before 0.8, Gemini gateways",
        "ollama/ollama#15457", "vercel/ai#14277", "ai-dynamo/dynamo#4723", "BerriAI/litellm#33678",
    )  # fmt: skip
    yield _stream(
        "naming", "named-in-each", _named_in_each,
        "every piece of a call repeats its id and name", "gateways",
        FORMS,
    )  # fmt: skip
    yield _stream(
        "naming", "named-empty", _each_call(_named_empty),
        "further pieces of a call have an empty id and a null name", "Qwen's servers",
        FORMS,
    )  # fmt: skip
    yield _stream(
        "joint", "reasoning-with-text", _meeting("reasoning", "text"),
        "one chunk ends the reasoning and begins the text", "vLLM before `reasoning`",
        "docs/providers.md#vllm", "BerriAI/litellm#22997",
    )  # fmt: skip
    yield _stream(
        "joint", "text-with-call", _meeting("text", "call"),
        "one chunk ends the text and begins a call", "servers that hand several tokens on at once", FORMS,
    )  # fmt: skip
    yield _stream(
        "joint", "all-in-one", _all_in_one,
        "the whole turn comes in one chunk", "servers that buffer, and streams that LiteLLM makes of whole answers",
        FORMS,
    )  # fmt: skip
    yield _stream(
        "carriers", "both-carriers", _each_delta(_both),
        "reasoning comes under both names, `reasoning` and `reasoning_content`",
        "vLLM while it renamed the field, gateways",
        "docs/providers.md#vllm", whole=_message(_both),
    )  # fmt: skip
    yield _stream(
        "filling", "empty-calls", _each_delta(lambda delta: {"tool_calls": [], **delta}),
        "a delta or message without calls has an empty list of them", "mlx_lm, vLLM 0.20 and later",
        "BerriAI/litellm#25232", "vllm-project/vllm#44104", "microsoft/vscode#330038",
        whole=_message(lambda message: {"tool_calls": [], **message}),
    )  # fmt: skip
    yield _stream(
        "filling", "empty-fields", _filled(_empty, "content", "tool_calls"),
        "every delta has all fields, those that say nothing empty", "gateways",
        FORMS, "BerriAI/litellm#29286",
    )  # fmt: skip
    yield _stream(
        "filling", "null-fields", _filled(_null, "content", "tool_calls", "function_call", "refusal", "audio"),
        "every delta or message has all fields, those that say nothing null", "vLLM with DeepSeek, GLM",
        "vllm-project/vllm-ascend#14501", "crewAIInc/crewAI#4461", whole=_message(_nulls),
    )  # fmt: skip
    yield _stream(
        "filling", "empty-deltas", _between({}),
        "chunks with an empty delta stand between those that say something", "vMLX, proxies that keep alive",
        "jjang-ai/vmlx#219",
    )  # fmt: skip
    yield _stream(
        "filling", "empty-pieces", _between({"content": "", "reasoning_content": ""}),
        "chunks with empty text and empty reasoning stand between the others", "Databricks, LiteLLM's proxy",
        "BerriAI/litellm#29441",
    )  # fmt: skip
    yield _stream(
        "start", "no-role", _no_first,
        "there is no first chunk with the role", "Azure through older releases of LiteLLM",
        "BerriAI/litellm#25638", FORMS,
    )  # fmt: skip
    yield _stream(
        "start", "role-in-each", _each_delta(lambda delta: {"role": "assistant", **delta}),
        "every delta repeats the role", "Ollama", "ollama/ollama#7881",
    )  # fmt: skip
    yield _stream(
        "start", "filter-first", _filter_first,
        "a chunk without a choice, an id or a model comes first", "Azure OpenAI",
        "BerriAI/litellm#25638", "meilisearch/meilisearch#6477",
    )  # fmt: skip
    yield _stream(
        "finish", "finish-with-content", _finish_with_content,
        "the chunk with the finish says the last of the turn", "servers that hand several tokens on at once", FORMS,
    )  # fmt: skip
    yield _stream(
        "finish", "finish-twice", _finish_twice,
        "the finish is told twice", "gateways", FORMS,
    )  # fmt: skip
    yield _stream(
        "finish", "finish-absent", _finish_absent,
        "no chunk has a finish: the stream just ends", "gateways", FORMS,
    )  # fmt: skip
    yield _stream(
        "finish", "finish-stop", _finish_stop,
        "an answer with calls ends with `stop`", "Gemini's compatible endpoint, Ollama",
        "googleapis/python-genai#2868", "BerriAI/litellm#12481", whole=_whole_stop,
    )  # fmt: skip
    yield _stream(
        "usage", "usage-behind", _usage_behind,
        "usage is null in every chunk, and stands in one without a choice at the end", "OpenAI, Azure, vLLM",
        "docs/providers.md#openai-chat-completions", "st3w4r/openai-partial-stream#22",
    )  # fmt: skip
    yield _stream(
        "usage", "usage-before", _usage_before,
        "a chunk without a choice has the usage, and the finish comes behind it", "gateways", FORMS,
    )  # fmt: skip
    yield _stream(
        "usage", "usage-in-finish", _usage_in_finish,
        "the chunk with the finish has the usage", "servers that tell it unasked", FORMS,
    )  # fmt: skip
    yield _stream(
        "usage", "usage-in-every", _usage_in_every,
        "every chunk has the usage so far", "vLLM and SGLang with `continuous_usage_stats`",
        "sgl-project/sglang#12241",
    )  # fmt: skip
    yield _stream(
        "extras", "extra-fields", _extras,
        "chunks, choices and messages have fields of the server's own", "Groq, and every server in its own way",
        "docs/providers.md#groq", whole=_extra,
    )  # fmt: skip
    yield Dialect(
        "chat", "no-done", "lines", "the stream ends without `[DONE]`", "gateways", (FORMS,),
        raw=lambda pieces: tuple(piece for piece in pieces if b"[DONE]" not in piece),
        # Without either a stream has not ended, but broken off.
        against=frozenset({"chat-finish-absent"}),
    )  # fmt: skip


DIALECTS = tuple(_dialects())
