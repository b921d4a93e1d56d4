"""The items of an answer on `/v1/responses` with the fields that they were given, and no others (failure N81).

LiteLLM reads them into the types of OpenAI's library, and writes them out with null for each field that those have
besides: in newer versions of the library `phase`, `caller`, `namespace`, `async`. A client sends an item back as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any


def writes_what_was_given(serialize: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate what writes the `output` of an answer: it takes the class, the items, and pydantic's own two."""

    @wraps(serialize)
    def written(cls: Any, value: Any, *args: Any) -> Any:
        return as_given(value, serialize(cls, value, *args))

    return written


def as_given(value: Any, data: Any) -> Any:
    """Data that was made of a value of pydantic's, without the nulls that nobody gave, in its parts as well."""
    if isinstance(data, list) and isinstance(value, (list, tuple)) and len(data) == len(value):
        return [as_given(value[number], one) for number, one in enumerate(data)]
    given = getattr(value, "model_fields_set", None)
    if not isinstance(data, dict) or given is None:
        return data
    return {
        name: as_given(getattr(value, name, None), one)
        for name, one in data.items()
        if one is not None or name in given
    }
