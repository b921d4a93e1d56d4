"""Odd but accepted histories and answers: what the installed release makes of each.

`python -m tests.round_trip.odd_histories FILE [COUNT]` plays the same COUNT of them in every process, and writes down
whether each was answered, or what was raised. What a patched release makes of them is compared with what its published
wheel does (`tests/releases/test_odd_histories.py`): it may fail nowhere else, and in no other words.

What clients keep of a conversation, what programs make of it, and what servers answer is not what a type says: None,
missing keys, objects instead of dicts, strings, empty lists, blocks of unknown types or of none.
"""

from __future__ import annotations

import asyncio
import copy
import json
import logging
import sys
import warnings
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tests import conftest  # noqa: F401  (sets the ground before LiteLLM is imported)

# isort: split

import httpx
import litellm
import respx
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.round_trip.calls import call
from tests.round_trip.routes import ROUTES
from tests.round_trip.steady import steady

Item = dict[str, Any]
Outcome = tuple[str, str]
"""An input as JSON, and "answered" or what was raised."""

COUNT = 500
ANSWERED = "answered"
BACKENDS = {
    "chat": ("anthropic", "bedrock", "bedrock-kimi", "bedrock-nova", "databricks", "gemini", "minimax", "mistral",
             "moonshot", "openai", "openrouter-claude", "vllm"),
    "messages": ("anthropic", "bedrock", "bedrock-kimi", "gemini", "moonshot", "moonshot-anthropic", "openai",
                 "openrouter-claude"),
}  # fmt: skip

ODD = st.sampled_from([None, "", " ", "words", 0, 5, True, [], {}, [None], ["words"], {"a": 1}, [[]]])
SEALS = (
    "",
    " ",
    "EqQBc2lnbmVk",
    "litellm_signed_by:moonshot:x",
    "litellm_signed_by:",
    "litellm_encrypted_reasoning:gAAA",
)


def _fields(**kinds: st.SearchStrategy[Any]) -> st.SearchStrategy[Item]:
    """Objects that may lack any of their fields."""
    return st.fixed_dictionaries({}, optional=kinds)


def _mostly(usual: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(usual, usual, usual, usual, ODD)


_TEXT = _mostly(st.sampled_from(["Yes.", "One moment.\n", "thinking-0", "[Reasoning] Hm."]))
_SEAL = _mostly(st.sampled_from(SEALS))
_IDENT = _mostly(st.sampled_from(["call_1", "call_1__thought__c2ln", "toolu_1"]))
_TYPED = _mostly(st.just("thinking"))
THOUGHT = st.one_of(
    st.fixed_dictionaries({"type": _TYPED, "thinking": _TEXT, "signature": _SEAL}),
    _fields(type=st.sampled_from(["thinking", "redacted_thinking", "reasoning", "else"]), thinking=_TEXT, data=_SEAL),
)
PART = st.one_of(_fields(type=_mostly(st.just("text")), text=_TEXT), THOUGHT, ODD)
_FUNCTION = _fields(name=_mostly(st.just("map")), arguments=_mostly(st.sampled_from(["{}", '{"a": 1}', "{", ""])))
CALL = _mostly(_fields(id=_IDENT, type=_mostly(st.just("function")), function=_mostly(_FUNCTION), index=ODD))
_OWN = _mostly(_fields(thought_signatures=ODD, reasoning_content=_TEXT, reasoning_details=ODD, thought_signature=ODD))


def _some(kind: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return _mostly(st.lists(kind, max_size=3))


CHAT_TURN = st.fixed_dictionaries(
    {"role": st.just("assistant")},
    optional={
        "content": st.one_of(_TEXT, _some(PART)),
        "thinking_blocks": _some(_mostly(THOUGHT)),
        "reasoning_content": _TEXT,
        "reasoning": _TEXT,
        "reasoning_details": ODD,
        "reasoning_items": ODD,
        "provider_specific_fields": _OWN,
        "tool_calls": _some(CALL),
        "as_object": st.booleans(),
    },
)
USE = _fields(type=st.just("tool_use"), id=_IDENT, name=_mostly(st.just("map")), input=_mostly(st.just({"a": 1})))
MESSAGES_TURN = st.fixed_dictionaries(
    {"role": st.just("assistant"), "content": st.one_of(_TEXT, _some(st.one_of(PART, USE)))}
)
RESULTS = {
    "chat": st.fixed_dictionaries({"role": st.just("tool"), "tool_call_id": _IDENT, "content": _TEXT}),
    "messages": st.fixed_dictionaries(
        {
            "role": st.just("user"),
            "content": _some(_fields(type=st.just("tool_result"), tool_use_id=_IDENT, content=_TEXT)),
        }
    ),
}
USER = st.fixed_dictionaries({"role": st.just("user"), "content": st.just("And then?")})


WIRES = {
    "anthropic": "anthropic", "moonshot-anthropic": "anthropic", "bedrock": "converse", "bedrock-kimi": "converse",
    "bedrock-nova": "converse", "gemini": "gemini", "openai": "responses",
}  # fmt: skip
"""What a backend answers in; all others in chat completions."""

_REASONING = _fields(text=_TEXT, signature=_SEAL)
ANSWERS = {
    "anthropic": _some(st.one_of(PART, USE)),
    "chat": _fields(
        content=st.one_of(_TEXT, _some(PART)),
        reasoning_content=_TEXT,
        reasoning=_TEXT,
        reasoning_details=_some(_fields(type=st.just("reasoning.text"), text=_TEXT, signature=_SEAL)),
        thinking_blocks=_some(THOUGHT),
        tool_calls=_some(CALL),
    ),
    "converse": _some(
        st.one_of(
            _fields(text=_TEXT),
            _fields(reasoningContent=_mostly(_fields(reasoningText=_mostly(_REASONING), redactedContent=_SEAL))),
            _fields(toolUse=_mostly(_fields(toolUseId=_IDENT, name=st.just("map"), input=_mostly(st.just({}))))),
        )
    ),
    "gemini": _some(
        _fields(
            text=_TEXT,
            thought=_mostly(st.just(True)),
            thoughtSignature=_SEAL,
            functionCall=_mostly(_fields(name=st.just("map"), args=_mostly(st.just({})))),
        )
    ),
    "responses": _some(
        _fields(
            type=_mostly(st.sampled_from(["reasoning", "message", "function_call"])),
            id=_IDENT,
            summary=_some(_fields(type=st.just("summary_text"), text=_TEXT)),
            encrypted_content=_SEAL,
            content=_some(_fields(type=_mostly(st.just("output_text")), text=_TEXT, annotations=st.just([]))),
            call_id=_IDENT,
            name=_mostly(st.just("map")),
            arguments=_mostly(st.just("{}")),
            role=st.just("assistant"),
            status=st.just("completed"),
        )
    ),
}
USUAL: dict[str, Any] = {
    "anthropic": [{"type": "text", "text": "Gone."}],
    "chat": {"content": "Gone."},
    "converse": [{"text": "Gone."}],
    "gemini": [{"text": "Gone."}],
    "responses": [
        {
            "type": "message", "id": "msg_1", "role": "assistant", "status": "completed",
            "content": [{"type": "output_text", "text": "Gone.", "annotations": []}],
        }
    ],
}  # fmt: skip


def body(wire: str, content: Any) -> Item:
    """A whole answer."""
    if wire == "anthropic":
        head = {"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "stop_sequence": None}
        return {**head, "content": content, "stop_reason": "end_turn", "usage": {"input_tokens": 1, "output_tokens": 1}}
    if wire == "converse":
        usage = {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2}
        message = {"message": {"role": "assistant", "content": content}}
        return {"output": message, "stopReason": "end_turn", "usage": usage, "metrics": {"latencyMs": 1}}
    if wire == "gemini":
        usage = {"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2}
        return {
            "candidates": [{"content": {"role": "model", "parts": content}, "finishReason": "STOP", "index": 0}],
            "usageMetadata": usage,
        }
    if wire == "responses":
        usage = {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}
        head = {"id": "resp_1", "object": "response", "created_at": 1, "status": "completed", "model": "m"}
        rest = {"parallel_tool_calls": True, "tool_choice": "auto", "tools": [], "error": None}
        return {**head, **rest, "output": content, "usage": usage}
    message = {"role": "assistant", **content} if isinstance(content, dict) else content
    return {
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }  # fmt: skip


@st.composite
def histories(draw: st.DrawFn) -> Item:
    """An ingress, a backend, and either an odd history or an odd answer: of both, only one would be seen."""
    ingress = draw(st.sampled_from(sorted(BACKENDS)))
    backend = draw(st.sampled_from(BACKENDS[ingress]))
    wire = WIRES.get(backend, "chat")
    turn = CHAT_TURN if ingress == "chat" else MESSAGES_TURN
    middle = draw(st.lists(st.one_of(turn, turn, RESULTS[ingress], USER), min_size=1, max_size=4))
    odd = draw(st.integers(0, 3)) == 0
    return {
        "ingress": ingress,
        "backend": backend,
        "messages": [{"role": "user", "content": "Go."}, *([] if odd else middle), *([USER_AGAIN] if not odd else [])],
        "answer": draw(ANSWERS[wire]) if odd else USUAL[wire],
        "thinks": draw(st.booleans()),
    }


USER_AGAIN = {"role": "user", "content": "Go on."}


def inputs(count: int) -> list[Item]:
    """The same list in every process."""
    made: list[Item] = []

    @seed(14)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        derandomize=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(histories())
    def keep(one: Item) -> None:
        made.append(one)

    keep()
    return made


async def play(one: Item) -> str:
    """Whether LiteLLM answers, or what it raises."""
    route, ingress = ROUTES[one["backend"]], one["ingress"]
    arguments = {
        "api_key": "sk-test",
        "max_tokens": 4096,
        "max_retries": 0,
        **route.arguments,
        **(route.thinks.get(ingress, {}) if one["thinks"] else {}),
        "model": route.models.get(ingress, route.model),
    }
    messages = [_message(message) for message in copy.deepcopy(one["messages"])]
    entry = litellm.acompletion if ingress == "chat" else litellm.anthropic.messages.acreate
    answer = body(WIRES.get(one["backend"], "chat"), one["answer"])
    with respx.mock(using="httpx", assert_all_called=False) as router:
        router.post().mock(return_value=httpx.Response(200, json=answer))
        try:
            await call(entry, synchronous=False, **copy.deepcopy(arguments), messages=messages)
        except Exception as error:  # whatever it is, its user would see it
            return _told(error)
    return ANSWERED


def _told(error: Exception) -> str:
    """What was raised, without the traceback that LiteLLM puts into some texts: a decorator is a line of it."""
    return f"{type(error).__name__}: {error}".partition("\nTraceback (most")[0]


def _message(fields: Item) -> Any:
    """A message as its keys say, or as an object of LiteLLM's own where that can be made of them."""
    if not fields.pop("as_object", False):
        return fields
    try:
        return litellm.Message(**fields)
    except Exception:  # what it takes differs from release to release
        return fields


class StandIn:
    """An answer of Converse's as a unit test has it: what is not here, nobody may ask for."""

    status_code = 200
    headers: Mapping[str, str] = MappingProxyType({})
    text = "{}"

    def __init__(self, content: Any) -> None:
        self._content = content

    def json(self) -> Item:
        """The whole answer."""
        return body("converse", self._content)


def transformed(content: Any) -> str:
    """What the method makes of it that upstream's own tests call."""
    arguments = {
        "model": "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "response": StandIn(content),
        "model_response": litellm.ModelResponse(),
        "stream": False,
        "logging_obj": None,
        "optional_params": {},
        "api_key": None,
        "data": {},
        "messages": [],
        "encoding": None,
    }
    try:
        litellm.AmazonConverseConfig()._transform_response(**arguments)
    except Exception as error:
        return _told(error)
    return ANSWERED


STAND_INS = ([{"text": "Gone."}], [{"reasoningContent": {"reasoningText": {"text": "Hm."}}}, {"text": "Gone."}])


async def outcomes(count: int) -> list[Outcome]:
    """What becomes of each input."""
    played = [(json.dumps(one), steady(await play(one), [_TREE])) for one in inputs(count)]
    return [*played, *((json.dumps(one), steady(transformed(one), [_TREE])) for one in STAND_INS)]


_TREE = str(Path(litellm.__file__).parent.parent)


if __name__ == "__main__":
    # Of a release with other types than it expects itself, pydantic has much to say.
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    litellm.suppress_debug_info = True
    number = int(sys.argv[2]) if len(sys.argv) > 2 else COUNT
    Path(sys.argv[1]).write_text(json.dumps(asyncio.run(outcomes(number)), indent=0), encoding="utf-8")
