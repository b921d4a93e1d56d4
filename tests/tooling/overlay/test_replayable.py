"""The fields of an answer's items, without LiteLLM."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest

pytestmark = pytest.mark.usefixtures("overlay")

PART = {"type": "output_text", "text": "t"}


def given(**fields: Any) -> Any:
    """An item as pydantic keeps it, of which these fields were given."""
    return SimpleNamespace(**fields, model_fields_set=set(fields))


def as_given(value: Any, data: Any) -> Any:
    return import_module("litellm.thinking_round_trip.responses.replayable").as_given(value, data)


def test_nulls_that_nobody_gave_are_left_out_in_parts_too() -> None:
    part = given(**PART)
    value = [given(type="message", content=[part], status=None), {"type": "other", "x": None}, "odd"]
    data = [
        {
            "type": "message",
            "content": [{"type": "output_text", "text": "t", "logprobs": None}],
            "status": None,
            "p": None,
        },
        {"type": "other", "x": None},
        "odd",
    ]
    assert as_given(value, data) == [
        {"type": "message", "content": [PART], "status": None},
        {"type": "other", "x": None},
        "odd",
    ]


@pytest.mark.parametrize(("value", "data"), [(None, None), ([given(a=1)], []), ("x", {"a": None}), ([1], {"a": None})])
def test_what_does_not_match_stays_as_it_is(value: Any, data: Any) -> None:
    assert as_given(value, data) == data
