"""Ways to spoil a request on the Responses wire that any provider's judge must notice."""

from __future__ import annotations

from typing import Any

from tests import conversations
from tests.backends import Dialogue, Moonshot
from tests.backends.responses import Responses
from tests.judges.asking import ask, said
from tests.judges.honest import Body, Lie
from tests.judges.honest_responses import SEALED

# What stands where in the requests of the conversation `thinking-text-tool`, and what is thought there first.
THOUGHT, MESSAGE, CALL, OUTPUT, LATER_THOUGHT = 1, 2, 3, 4, 5
FIRST = "The forecast decides it; I have to ask for Oslo."
SECOND = "Rain from noon means yes, but not before."


def item(index: int, **fields: Any) -> Lie:
    """Overwrite fields of an input item; None removes one."""

    def lie(body: Body) -> None:
        given = {**body["input"][index], **fields}
        body["input"][index] = {key: value for key, value in given.items() if value is not None}

    return lie


def part(kind: str, text: str) -> dict[str, str]:
    return {"type": kind, "text": text}


def summary(index: int, text: str) -> Lie:
    return item(index, summary=[part("summary_text", text)])


def set_parameters(**fields: Any) -> Lie:
    return lambda body: body.update(fields)


def both(*lies: Lie) -> Lie:
    return lambda body: [lie(body) for lie in lies]


def drop(index: int) -> Lie:
    return lambda body: body["input"].pop(index)


def double(index: int) -> Lie:
    return lambda body: body["input"].insert(index, body["input"][index])


def anonymous(body: Body) -> None:
    """Take the ids off all items, as LiteLLM sends them."""
    body["input"] = [{key: value for key, value in one.items() if key != "id"} for one in body["input"]]


def swap(one: int, other: int) -> Lie:
    """Exchange two items that carry no ids."""

    def lie(body: Body) -> None:
        anonymous(body)
        given = body["input"]
        given[one], given[other] = given[other], given[one]

    return lie


def to_text(body: Body) -> None:
    """What releases up to 1.99 do (F1)."""
    thought = body["input"].pop(THOUGHT)["summary"][0]["text"]
    body["input"][MESSAGE - 1]["content"].insert(0, part("output_text", thought))
    body["input"][CALL - 1].pop("id")


def to_user(body: Body) -> None:
    body["input"].append({"role": "user", "content": FIRST})


def made_up(body: Body) -> None:
    body["input"].insert(MESSAGE, {"type": "reasoning", "summary": []})


def lose_turn(body: Body) -> None:
    del body["input"][LATER_THOUGHT : LATER_THOUGHT + 2]


# lie, extra of the requests, what the judge says
COMMON: dict[str, tuple[Lie, Body, str]] = {
    "dropped": (both(item(CALL, id=None), drop(THOUGHT)), {}, "reasoning was dropped"),
    "as-output-text": (to_text, {}, "thinking became visible text"),
    "as-user-text": (to_user, {}, "thinking became visible text"),
    "changed": (summary(THOUGHT, "I have to ask."), {}, "reasoning was changed"),
    "placeholder": (summary(THOUGHT, " "), {}, "a placeholder stands in for the reasoning"),
    "behind-its-call": (swap(THOUGHT, CALL), {}, "reasoning stands behind what followed it"),
    "behind-its-text": (swap(THOUGHT, MESSAGE), {}, "reasoning stands behind what followed it"),
    "in-another-turn": (swap(THOUGHT, LATER_THOUGHT), {}, "reasoning was changed"),
    "doubled": (double(THOUGHT), {}, "reasoning came back twice"),
    "made-up": (made_up, {}, "empty reasoning was made up"),
    "merged": (both(summary(THOUGHT, f"{FIRST} {SECOND}"), drop(LATER_THOUGHT)), {}, "reasoning was changed"),
    "text-dropped": (drop(MESSAGE), {}, "visible text was changed"),
    "text-behind-its-call": (swap(MESSAGE, CALL), {}, "text and calls are out of order"),
    "call-dropped": (drop(CALL), {}, "tool calls were changed"),
    "turn-dropped": (lose_turn, {}, "the number of assistant turns changed"),
}
SEAL_DROPPED: dict[str, tuple[Lie, Body, str]] = {
    "seal-dropped": (item(THOUGHT, encrypted_content=None), SEALED, "encrypted content was lost"),
}


def caught_of_adopted(endpoint: type[Responses], lie: Lie) -> str:
    """What an endpoint says of a turn that another provider gave, when a lie is told about it; "" is nothing."""
    backend = endpoint(adopted_dialogue())
    body = {"model": "m", "input": _adopted_items(backend.dialogue)}
    lie(body)
    ask(backend, body)
    return said(backend)


def adopted_dialogue() -> Dialogue:
    """A dialogue of which Moonshot gave the first turn."""
    dialogue = Dialogue(conversations.load("thinking-text-tool").assistant_turns)
    ask(Moonshot(dialogue), {"messages": [{"role": "user", "content": "Do I need an umbrella in Oslo?"}]})
    return dialogue


def _adopted_items(dialogue: Dialogue) -> list[Body]:
    """That turn as this wire can say it: nothing in it has an id, and its reasoning is a summary."""
    thought, text, call = dialogue.given[0].parts
    return [
        {"role": "user", "content": "Do I need an umbrella in Oslo?"},
        {"type": "reasoning", "summary": [part("summary_text", thought.value)]},
        {"type": "message", "role": "assistant", "content": [part("output_text", text.value)]},
        {"type": "function_call", "call_id": call.value, "name": call.name, "arguments": call.detail},
        {"type": "function_call_output", "call_id": call.value, "output": "rain from noon"},
    ]
