"""The judges of Together AI against docs/providers.md#together."""

from __future__ import annotations

import pytest

from tests.backends import Backend, Together, TogetherGLM
from tests.conversations import load
from tests.judges.chat_checks import RESULT, USER, answered, asked, called, check_honest
from tests.judges.chat_lies import common_lies, field, foreign_part
from tests.judges.honest import Lie
from tests.judges.honest_chat import HonestChat
from tests.judges.replays import replays, table

CARRIERS: dict[type[Backend], str] = {Together: "reasoning", TogetherGLM: "reasoning_content"}
FOREIGN = {
    "blocks": (field("thinking_blocks", lambda text: []), "foreign field on the wire"),
    "details": (field("reasoning_details", lambda text: []), "foreign field on the wire"),
    "part": (foreign_part, "foreign content on the wire"),
}
LIES: dict[str, tuple[type[Backend], Lie, str]] = {
    f"{backend.name}-{name}": (backend, *row)
    for backend, carrier in CARRIERS.items()
    for name, row in {**common_lies(carrier), **FOREIGN}.items()
}


@pytest.mark.parametrize("backend", CARRIERS)
@pytest.mark.parametrize("field", ["reasoning", "reasoning_content", "thinking_blocks"])
def test_accepts_any_field(backend: type[Backend], field: str) -> None:
    assert answered(backend, asked(USER, called(**{field: "I think."}), RESULT))[0] == 200


@replays()
@pytest.mark.parametrize("backend", CARRIERS)
def test_an_honest_replay_leaves_a_clean_record(backend: type[Backend], name: str, stream: bool) -> None:
    check_honest(backend, name, stream)


@table(LIES, "backend, lie, expected")
def test_catches(backend: type[Backend], lie: Lie, expected: str) -> None:
    assert expected in HonestChat(backend).play(load("thinking-text-tool")).caught(lie)


@pytest.mark.parametrize(("backend", "carrier"), CARRIERS.items())
def test_the_other_models_carrier_loses_the_reasoning(backend: type[Backend], carrier: str) -> None:
    other = next(one for one in CARRIERS.values() if one != carrier)

    def rename(body: dict[str, list[dict[str, str]]]) -> None:
        body["messages"][1][other] = body["messages"][1].pop(carrier)

    caught = HonestChat(backend).play(load("thinking-text-tool")).caught(rename)
    assert "reasoning was dropped" in caught
    assert "foreign field on the wire" in caught
