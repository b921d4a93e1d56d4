"""What a broken LiteLLM makes of a dialect: a lie misreads the bytes of a stream or its events, or misreports them.

The known ways are those of failures N23 and N28, of the threads that the dialects name, and of readers that were
written after one server's form.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.backends.bedrock_stream import EVENT_STREAM
from tests.backends.dialects.framing import DONE, events
from tests.backends.wire import Answer

Event = dict[str, Any]
Misread = Callable[[list[Event]], list[Event]]
Mistold = Callable[[list[Event], list[Event]], list[Event]]


def _well(answer: Answer) -> list[Event]:
    return events(answer)


def _truly(heard: list[Event], told: list[Event]) -> list[Event]:
    return told


@dataclass(frozen=True)
class Lie:
    """The dialects in which a lie shows; what it hears of an answer, reads in the events, and tells the client."""

    shows_in: tuple[str, ...]
    misread: Misread = list
    hears: Callable[[Answer], list[Event]] = _well
    mistold: Mistold = _truly


# ---------------------------------------------------------------- of any wire


def _says(one: object) -> str:
    return json.dumps(one)


def _cut_at(word: str) -> Misread:
    """The first event with a word in it ends the answer, and is not read."""

    def misread(heard: list[Event]) -> list[Event]:
        ends = next((number for number, one in enumerate(heard) if word in _says(one)), len(heard))
        return heard[:ends]

    return misread


def _nothing_unless(word: str) -> Misread:
    """Who waits for something reads nothing before it."""
    return lambda heard: heard if word in _says(heard) else []


def _nothing_if(*words: str) -> Misread:
    """Who refuses something reads nothing with it."""
    return lambda heard: [] if any(word in _says(heard) for word in words) else heard


def _lost(*words: str) -> Misread:
    """Events with all of these words are not read."""
    return lambda heard: [one for one in heard if not all(word in _says(one) for word in words)]


def _without(delta: Event, *names: str) -> Event:
    return {name: value for name, value in delta.items() if name not in names}


# ---------------------------------------------------------------- chat completions


def _deltas(change: Callable[[Event], Event]) -> Misread:
    """Misread every delta."""

    def misread(chunks: list[Event]) -> list[Event]:
        return [
            {**chunk, "choices": [{**choice, "delta": change(choice["delta"])} for choice in chunk["choices"]]}
            for chunk in chunks
        ]

    return misread


def _calls(change: Callable[[Event], Event]) -> Misread:
    """Misread every piece of a call."""

    def changed(delta: Event) -> Event:
        calls = delta.get("tool_calls")
        return {**delta, "tool_calls": [*map(change, calls)]} if calls else delta

    return _deltas(changed)


def _arguments(call: Event, arguments: str) -> Event:
    return {**call, "function": {**call["function"], "arguments": arguments}}


def _begun_empty(call: Event) -> Event:
    """A piece with a name has no arguments."""
    return _arguments(call, "") if call["function"].get("name") else call


def _object_lost(call: Event) -> Event:
    return call if isinstance(call["function"].get("arguments"), str) else _arguments(call, "{}")


def _by_index(chunks: list[Event]) -> list[Event]:
    """A call is known by its index alone."""
    first: dict[Any, str] = {}

    def known(call: Event) -> Event:
        return {**call, "id": first.setdefault(call.get("index"), call["id"])} if call.get("id") else call

    return _calls(known)(chunks)


def _to_the_last(chunks: list[Event]) -> list[Event]:
    """Pieces go to the call that began last."""
    begun: list[str] = []

    def last(call: Event) -> Event:
        begun.extend([call["id"]] if call.get("id") else [])
        return {**call, "id": begun[-1]}

    return _calls(last)(chunks)


def _one_kind(delta: Event) -> Event:
    """Only the last thing that a delta says is read."""
    kinds = [name for name in ("tool_calls", "content", "reasoning", "reasoning_content") if delta.get(name)]
    return _without(delta, *kinds[1:])


def _beside_calls(delta: Event) -> Event:
    """Who has a list of calls says nothing else."""
    return _without(delta, "content") if delta.get("tool_calls") is not None else delta


def _both_carriers(delta: Event) -> Event:
    if not ("reasoning" in delta and "reasoning_content" in delta):
        return delta
    return {**delta, "reasoning": delta["reasoning"] + delta["reasoning_content"]}


def _finish(chunk: Event) -> Any:
    return chunk["choices"][0]["finish_reason"] if chunk["choices"] else None


def _until_finish(chunks: list[Event]) -> list[Event]:
    """What stands in the chunk with the finish, and behind it, is not read."""
    ends = next((number for number, chunk in enumerate(chunks) if _finish(chunk)), len(chunks))
    return chunks[:ends]


def _again_at(word: str, least: int) -> Mistold:
    """A further `message_start` for every chunk with a word in it, of more than `least`."""

    def mistold(heard: list[Event], told: list[Event]) -> list[Event]:
        times = sum(word in _says(one) for one in heard) - least
        return [told[0]] * max(times, 0) + told

    return mistold


def _for_each_finish(heard: list[Event], told: list[Event]) -> list[Event]:
    return [*told[:-2], *[told[-2]] * sum(map(bool, map(_finish, heard))), told[-1]]


def _as_the_server_says(heard: list[Event], told: list[Event]) -> list[Event]:
    reasons = {"tool_calls": "tool_use", "stop": "end_turn"}
    said = next(filter(None, map(_finish, heard)), "")
    return [*told[:-2], {**told[-2], "delta": {"stop_reason": reasons.get(said)}}, told[-1]]


def _added_up(heard: list[Event], told: list[Event]) -> list[Event]:
    spent = sum(chunk["usage"]["prompt_tokens"] for chunk in heard if chunk.get("usage"))
    return [*told[:-2], {**told[-2], "usage": {"input_tokens": spent, "output_tokens": spent}}, told[-1]]


def _empty_block(word: str) -> Mistold:
    """A block for a text that is empty, wherever one is told behind the first chunk."""

    def mistold(heard: list[Event], told: list[Event]) -> list[Event]:
        at = {"index": sum(one["type"] == "content_block_start" for one in told)}
        start = {"type": "content_block_start", **at, "content_block": {"type": "text", "text": ""}}
        block = [start, {"type": "content_block_stop", **at}] if word in _says(heard[1:]) else []
        return [*told[:-2], *block, *told[-2:]]

    return mistold


# ---------------------------------------------------------------- Anthropic, Converse


def _first_input_lost(heard: list[Event]) -> list[Event]:
    """The delta behind the start of a call is an empty one, and passed over."""
    behind = {number + 1 for number, one in enumerate(heard) if one["type"] == "content_block_start"}
    return [one for number, one in enumerate(heard) if number not in behind or "partial_json" not in _says(one)]


def _seals_joined(heard: list[Event]) -> list[Event]:
    """The pieces of a signature are put together."""
    told: list[Event] = []
    for one in heard:
        again = "signature" in _says(one) and one in told
        told.append(json.loads(_says(one).replace('"signature": "', '"signature": "twice')) if again else one)
    return told


def _usage_at_the_end(heard: list[Event]) -> list[Event]:
    def late(one: Event) -> Event:
        none = {"input_tokens": 0, "output_tokens": 0}
        if one["type"] == "message_start":
            return {**one, "message": {**one["message"], "usage": none}}
        return one

    return [*map(late, heard)]


def _thought_ended(heard: list[Event]) -> list[Event]:
    """An empty piece of a thought ends it: what follows of it is lost, its signature as well."""
    told: list[Event] = []
    over = False
    for one in heard:
        thought = one.get("contentBlockDelta", {}).get("delta", {}).get("reasoningContent")
        over = over or (thought is not None and thought.get("text") == "")
        told += [] if over and thought is not None else [one]
    return told


def _inputs_in_pieces(heard: list[Event]) -> list[Event]:
    """An input that comes in one piece is not read."""
    inputs = [one for one in heard if "toolUse" in one.get("contentBlockDelta", {}).get("delta", {})]
    indexes = [one["contentBlockDelta"]["contentBlockIndex"] for one in inputs]
    alone = [one for one, index in zip(inputs, indexes, strict=True) if indexes.count(index) == 1]
    return [one for one in heard if one not in alone]


def _last_metadata(heard: list[Event]) -> list[Event]:
    """The last event of metadata has the usage."""
    last = [one for one in heard if "metadata" in one][-1]
    return [one for one in heard if "metadata" not in one or one is last]


# ---------------------------------------------------------------- Responses


_HOLLOW: Event = {"arguments": "{}", "content": [], "summary": []}


def _deltas_alone(heard: list[Event]) -> list[Event]:
    """An item of which no delta came is empty."""
    said = {one["output_index"] for one in heard if one["type"].endswith(".delta")}

    def kept(item: Event, index: int) -> Event:
        return item if index in said else {name: _HOLLOW.get(name, value) for name, value in item.items()}

    def misread(one: Event) -> Event:
        if one["type"] == "response.output_item.done":
            return {**one, "item": kept(one["item"], one["output_index"])}
        if one["type"] == "response.completed":
            output = [kept(item, index) for index, item in enumerate(one["response"]["output"])]
            return {**one, "response": {**one["response"], "output": output}}
        return one

    return [*map(misread, heard)]


def _first_seal(heard: list[Event]) -> list[Event]:
    """The first encrypted content that is told of an item is kept."""
    early: dict[int, str] = {}

    def misread(one: Event) -> Event:
        if "encrypted_content" not in one.get("item", {}):
            return one
        seal = early.setdefault(one["output_index"], one["item"]["encrypted_content"])
        return {**one, "item": {**one["item"], "encrypted_content": seal}}

    return [*map(misread, heard)]


# ---------------------------------------------------------------- Gemini


def _parts(change: Callable[[list[Event]], list[Event]]) -> Misread:
    """Misread the parts of every chunk."""

    def misread(chunk: Event) -> Event:
        (candidate,) = chunk["candidates"]
        parts = change(candidate["content"].get("parts", []))
        return {**chunk, "candidates": [{**candidate, "content": {**candidate["content"], "parts": parts}}]}

    return lambda heard: [*map(misread, heard)]


def _texts_unsealed(parts: list[Event]) -> list[Event]:
    """A part that says something has no signature, unless it is a call."""
    return [_without(part, "thoughtSignature") if part.get("text") else part for part in parts]


def _called_at_the_end(heard: list[Event]) -> list[Event]:
    """Calls count only in the chunk that ends the answer."""
    calls = [one for one in heard if "functionCall" in _says(one) and "finishReason" not in _says(one)]
    return heard if "functionCall" in _says(heard[-1]) else [one for one in heard if one not in calls]


def _first_usage(heard: list[Event]) -> list[Event]:
    return [heard[0], *(_without(one, "usageMetadata") for one in heard[1:])]


# ---------------------------------------------------------------- the lines of a stream


def _lines(read: Callable[[str], Iterator[str]]) -> Callable[[Answer], list[Event]]:
    """Read the events of a stream badly; AWS's has no lines."""

    def hears(answer: Answer) -> list[Event]:
        if answer.content_type == EVENT_STREAM:
            return events(answer)
        return [json.loads(data) for data in read(answer.body.decode()) if data != DONE]

    return hears


def _lf_alone(text: str) -> Iterator[str]:
    for event in text.split("\n\n"):
        yield from (line[6:] for line in event.split("\n")[-1:] if line)


def _spaced(text: str) -> Iterator[str]:
    yield from (line[6:] for line in text.split("\n") if line.startswith("data: "))


def _all_that_is_no_name(text: str) -> Iterator[str]:
    """Whatever line is not empty, and no event's name, has data."""
    yield from (line.removeprefix("data: ") for line in text.split("\n") if line and not line.startswith("event:"))


def _until_two_blanks(text: str) -> Iterator[str]:
    yield from _spaced(text.partition("\n\n\n")[0])


def _until_done(answer: Answer) -> list[Event]:
    """Without the word at the end nothing was whole."""
    heard = events(answer)
    return [] if "choices" in heard[0] and DONE not in answer.body.decode() else heard


LIES: dict[str, Lie] = {
    "loses a call that comes whole": Lie(
        ("chat-call-whole", "chat-calls-in-one", "chat-all-in-one"), _calls(_begun_empty)
    ),
    "reads arguments as text alone": Lie(("chat-arguments-object",), _calls(_object_lost)),
    "knows calls by index alone": Lie(("chat-no-index", "chat-one-index"), _by_index),
    "gives arguments to the last call": Lie(("chat-calls-in-turns",), _to_the_last),
    "reads one thing in a chunk": Lie(
        ("chat-reasoning-with-text", "chat-text-with-call", "chat-all-in-one"), _deltas(_one_kind)
    ),
    "reads nothing at the finish": Lie(
        ("chat-finish-with-content", "chat-usage-behind", "chat-usage-in-finish"), _until_finish
    ),
    "drops text beside a list of calls": Lie(("chat-empty-calls", "chat-empty-fields"), _deltas(_beside_calls)),
    "reads both carriers": Lie(("chat-both-carriers",), _deltas(_both_carriers)),
    "begins with each role": Lie(("chat-role-in-each",), mistold=_again_at('"role": "assistant"', 1)),
    "begins with each id": Lie(("chat-named-in-each",), mistold=_again_at('"id": "call_', 2)),
    "takes an empty id for one": Lie(("chat-named-empty",), _nothing_if('"id": ""')),
    "ends with each finish": Lie(("chat-finish-twice",), mistold=_for_each_finish),
    "ends as the server says": Lie(("chat-finish-stop", "chat-finish-absent"), mistold=_as_the_server_says),
    "adds usage up": Lie(("chat-usage-in-every",), mistold=_added_up),
    "makes a block of an empty text": Lie(
        ("chat-empty-pieces", "chat-empty-fields"), mistold=_empty_block('"content": ""')
    ),
    "makes a block of null": Lie(("chat-null-fields",), mistold=_empty_block('"content": null')),
    "ends where there is no choice": Lie(("chat-filter-first", "chat-usage-before"), _cut_at('"choices": []')),
    "ends at an empty delta": Lie(("chat-empty-deltas",), _cut_at('"delta": {}, "finish_reason": null')),
    "waits for the role": Lie(("chat-no-role",), _nothing_unless('"role"')),
    "waits for the end in words": Lie(("chat-no-done",), hears=_until_done),
    "refuses fields": Lie(
        (
            "chat-extra-fields",
            "anthropic-extra-fields",
            "responses-extra-fields",
            "gemini-extra-fields",
            "converse-padded",
        ),
        _nothing_if('"service_tier"', '"safetyRatings"', '"p": "abc'),
    ),
    "ends at a ping": Lie(("anthropic-ping",), _cut_at('"ping"')),
    "passes over the first piece of an input": Lie(("anthropic-input-in-one",), _first_input_lost),
    "ends at an empty thought": Lie(("anthropic-empty-deltas",), _cut_at('"thinking_delta", "thinking": ""')),
    "joins signatures": Lie(("anthropic-signature-twice", "converse-signature-twice"), _seals_joined),
    "waits for an empty signature": Lie(("anthropic-bare-start",), _nothing_unless('"signature": ""')),
    "reads usage at the end alone": Lie(("anthropic-usage-apart",), _usage_at_the_end),
    "reads deltas alone": Lie(
        (
            "responses-arguments-in-done",
            "responses-arguments-in-the-item",
            "responses-items-alone",
            "responses-completed-alone",
        ),
        _deltas_alone,
    ),
    "waits for an item to begin": Lie(("responses-no-added",), _nothing_unless("output_item.added")),
    "waits for an item to be done": Lie(("responses-no-item-done",), _nothing_unless("output_item.done")),
    "waits for a part": Lie(("responses-no-parts",), _nothing_unless("summary_part.added")),
    "waits for progress": Lie(("responses-no-in-progress",), _nothing_unless("response.in_progress")),
    "waits for the index of a summary": Lie(("responses-no-summary-index",), _nothing_unless("summary_index")),
    "keeps the first seal": Lie(("responses-sealed-early",), _first_seal),
    "reads the last event alone": Lie(("responses-not-repeated",), lambda heard: heard[-1:]),
    "keeps no seal of a text": Lie(("gemini-signature-on-text",), _parts(_texts_unsealed)),
    "reads calls at the end alone": Lie(("gemini-finish-apart", "gemini-finish-bare"), _called_at_the_end),
    "reads one part in a chunk": Lie(("gemini-calls-in-one", "gemini-all-in-one"), _parts(lambda parts: parts[:1])),
    "ends at an empty thought of Gemini's": Lie(("gemini-empty-thoughts",), _cut_at('"text": "", "thought": true')),
    "ends at an empty text": Lie(("converse-empty-text",), _cut_at('"text": ""')),
    "knows no input of one piece": Lie(("converse-input-in-one",), _inputs_in_pieces),
    "reads the first usage": Lie(("gemini-usage-at-the-end",), _first_usage),
    "ends a thought at an empty piece": Lie(("converse-empty-reasoning",), _thought_ended),
    "waits for the end of a block": Lie(
        ("converse-unstopped",), _nothing_unless('{"contentBlockStop": {"contentBlockIndex": 0}}')
    ),
    "reads the last metadata": Lie(("converse-measured-twice",), _last_metadata),
    "ends lines at LF alone": Lie(("sse-crlf", "sse-on-lines"), hears=_lines(_lf_alone)),
    "wants a space behind the colon": Lie(("sse-no-space",), hears=_lines(_spaced)),
    "reads each line": Lie(("sse-comments", "sse-numbered"), hears=_lines(_all_that_is_no_name)),
    "ends at two blank lines": Lie(("sse-blank-lines",), hears=_lines(_until_two_blanks)),
}
