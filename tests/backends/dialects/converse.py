"""The dialects of Bedrock Converse."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.backends.dialects.model import Dialect, Event, Rewriter

STREAM = "docs/providers.md#bedrock-converse"


def _data(event: Event) -> Event:
    (data,) = event.values()
    return dict(data)


def _delta(event: Event) -> Event:
    return dict(_data(event).get("delta", {})) if "contentBlockDelta" in event else {}


def _like(event: Event, delta: Event) -> Event:
    return {"contentBlockDelta": {**_data(event), "delta": delta}}


def _expanded(change: Callable[[Event], list[Event]]) -> Rewriter:
    return lambda events: [one for event in events for one in change(event)]


def _empty_reasoning(event: Event) -> list[Event]:
    """An empty text before each piece of reasoning, its signature included."""
    if "reasoningContent" not in _delta(event) or "redactedContent" in _delta(event)["reasoningContent"]:
        return [event]
    return [_like(event, {"reasoningContent": {"text": ""}}), event]


def _empty_text(event: Event) -> list[Event]:
    return [_like(event, {"text": ""}), event] if "text" in _delta(event) else [event]


def _sealed_twice(event: Event) -> list[Event]:
    return [event, event] if "signature" in _delta(event).get("reasoningContent", {}) else [event]


def _input_in_one(events: list[Event]) -> list[Event]:
    """The input of each call in one delta."""
    told: list[Event] = []
    for event in events:
        call = _delta(event).get("toolUse")
        before = _delta(told[-1]).get("toolUse") if told else None
        if call and before:
            told[-1] = _like(event, {"toolUse": {"input": before["input"] + call["input"]}})
        else:
            told.append(event)
    return told


def _unstopped(events: list[Event]) -> list[Event]:
    """No block but a call is said to be over."""
    calls = {_data(event)["contentBlockIndex"] for event in events if "contentBlockStart" in event}
    return [event for event in events if "contentBlockStop" not in event or _data(event)["contentBlockIndex"] in calls]


def _measured_twice(events: list[Event]) -> list[Event]:
    return [*events, {"metadata": {"metrics": {"latencyMs": 2}}}]


def _padded(event: Event) -> list[Event]:
    ((name, data),) = event.items()
    return [{name: {**data, "p": "abcdefghijkl"}}]


def _extra(answer: Event) -> Event:
    return {
        **answer,
        "additionalModelResponseFields": None,
        "trace": None,
        "performanceConfig": {"latency": "standard"},
    }


def _dialects() -> Iterator[Dialect]:
    yield Dialect(
        "converse", "empty-reasoning", "carriers",
        "an empty text stands before each piece of a thought, its signature included", "Bedrock",
        (STREAM, "BerriAI/litellm#29441"), stream=_expanded(_empty_reasoning),
    )  # fmt: skip
    yield Dialect(
        "converse", "empty-text", "filling", "an empty text stands before each piece of a text", "Bedrock",
        ("docs/providers.md#forms-of-streams",), stream=_expanded(_empty_text),
    )  # fmt: skip
    yield Dialect(
        "converse", "signature-twice", "naming", "a signature is told twice", "gateways",
        ("docs/providers.md#forms-of-streams",), stream=_expanded(_sealed_twice),
    )  # fmt: skip
    yield Dialect(
        "converse", "input-in-one", "calls", "the input of a call comes in one delta", "models that Bedrock parses",
        (STREAM,), stream=_input_in_one,
    )  # fmt: skip
    yield Dialect(
        "converse", "unstopped", "blocks", "a block that is no call does not say that it is over", "Bedrock",
        ("earendil-works/pi#8314", "anomalyco/opencode#38712"), stream=_unstopped,
    )  # fmt: skip
    yield Dialect(
        "converse", "measured-twice", "usage", "a second event of metadata has metrics and no usage", "Bedrock",
        ("anomalyco/opencode#38712",), stream=_measured_twice,
    )  # fmt: skip
    yield Dialect(
        "converse", "padded", "extras", "every event has a field of padding; a whole answer has fields that are null",
        "Bedrock", (STREAM,), stream=_expanded(_padded), whole=_extra,
    )  # fmt: skip


DIALECTS = tuple(_dialects())
