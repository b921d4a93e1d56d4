"""Two callbacks that were tried in place of fixes, as real callbacks of LiteLLM's, and what Claude says to each.

A cache re-injects thinking blocks that a client lost. Where it hands back the very block, in its own place, of the same
conversation, Claude takes it: it is not the signature that forbids that. But a cache cannot know that
place. It has nothing after a restart or in another worker; and what it finds by the turn's text may have been given in
another conversation, where blocks are bound to what stood before them (docs/providers.md#prefix-binding).

A placeholder has a signature that nobody gave, which Claude never takes (docs/providers.md#anthropic-errors).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import litellm
import pytest
from litellm.integrations.custom_logger import CustomLogger

from tests.backends import Dialogue
from tests.backends.anthropic_messages import AnthropicMessages
from tests.backends.respx_mount import mounted
from tests.conversations.model import AssistantTurn, Text, Thinking, ToolUse
from tests.round_trip.calls import call
from tests.round_trip.compat import registered

# One loop for the whole session, as for the grid.
pytestmark = pytest.mark.asyncio(loop_scope="session")

Item = dict[str, Any]

MANUAL = "claude-sonnet-4-5"
BOUND = "claude-sonnet-5-5"
THINKS: dict[str, Item] = {MANUAL: {"type": "enabled", "budget_tokens": 1024}, BOUND: {"type": "adaptive"}}
TURN = AssistantTurn((Thinking("The file is small."), Text("I look."), ToolUse("do", {"task": "look"}, "done")))
END = AssistantTurn((Text("It is done."),))
TOOL = {"type": "object", "properties": {"task": {"type": "string"}}}
INVALID = "Invalid `signature` in `thinking` block"
OTHER = "The block is bound to a different conversation."
NO_THINKING = "Expected `thinking` or `redacted_thinking`, but found `text`."


class Cache(CustomLogger):
    """Keep the thinking of each answer, give it to turns that come without."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, list[Item]] = {}

    def learn(self, answer: Item) -> None:
        self.kept[answer["content"]] = answer["thinking_blocks"]

    async def async_pre_call_deployment_hook(self, kwargs: Item, call_type: Any) -> Item:
        return {**kwargs, "messages": [self._thoughtful(message) for message in kwargs["messages"]]}

    def _thoughtful(self, message: Item) -> Item:
        blocks = self.kept.get(str(message.get("content"))) if message["role"] == "assistant" else None
        return {**message, "thinking_blocks": blocks} if blocks else message


class Placeholder(CustomLogger):
    """A block with a signature of its own in front of each turn that has none."""

    def __init__(self, block: Item) -> None:
        super().__init__()
        self._block = block

    async def async_pre_call_deployment_hook(self, kwargs: Item, call_type: Any) -> Item:
        return {**kwargs, "messages": [self._thoughtful(message) for message in kwargs["messages"]]}

    def _thoughtful(self, message: Item) -> Item:
        if message["role"] != "assistant":
            return message
        content = message["content"]
        if isinstance(content, list):
            return {**message, "content": [self._block, *content]}
        return {**message, "thinking_blocks": [self._block]}


@dataclass
class Talk:
    """A conversation with Claude on chat completions, by a client that loses thinking; `judge` is at the other end."""

    model: str
    judge: AnthropicMessages
    messages: list[Item]

    @classmethod
    def begun(cls, model: str, question: str) -> Talk:
        script = Dialogue([TURN, END])
        judge = AnthropicMessages(script, binding=model == BOUND)
        return cls(model, judge, [{"role": "user", "content": question}])

    async def ask(self, callback: CustomLogger) -> Any:
        """Send the history, and return the message that comes back. Raises what LiteLLM raises."""
        tool = {"type": "function", "function": {"name": "do", "parameters": TOOL}}
        arguments = {"tools": [tool], "thinking": THINKS[self.model], "max_tokens": 4096, "api_key": "sk-test"}
        arguments["allowed_openai_params"] = ["thinking"]  # older releases do not know the newest models
        with registered(callback), mounted([self.judge]):
            answer = await litellm.acompletion(f"anthropic/{self.model}", messages=[*self.messages], **arguments)
        return answer.choices[0].message.model_dump(exclude_none=True)

    def keep(self, answer: Item) -> None:
        """Keep what OpenAI's wire knows of an answer, and answer its call."""
        kept = {name: answer[name] for name in ("role", "content", "tool_calls")}
        result = {"role": "tool", "tool_call_id": answer["tool_calls"][0]["id"], "content": "done"}
        self.messages += [kept, result]

    @property
    def said(self) -> list[str]:
        return [one.violation.message for one in self.judge.dialogue.rejections]


async def _begun(model: str, cache: Cache, question: str = "How big is it?") -> Talk:
    talk = Talk.begun(model, question)
    answer = await talk.ask(cache)
    cache.learn(answer)
    talk.keep(answer)
    return talk


async def _rejected(talk: Talk, callback: CustomLogger, words: str) -> None:
    """The judge rejects the request, once, and LiteLLM hands its words on to the caller."""
    with pytest.raises(litellm.BadRequestError) as caught:
        await talk.ask(callback)
    assert words in str(caught.value).replace("\\", "")
    assert [words in one for one in talk.said] == [True]
    assert len(talk.judge.dialogue.requests) == 2


@pytest.mark.parametrize("model", [MANUAL, BOUND])
async def test_a_cache_serves_the_conversation_that_it_saw(model: str) -> None:
    """The signature is no hindrance: the very block, in its own place, is what Claude wants."""
    cache = Cache()
    talk = await _begun(model, cache)
    await talk.ask(cache)
    assert talk.said == []
    (turn,) = [one for one in talk.judge.dialogue.requests[1].body["messages"] if one["role"] == "assistant"]
    assert turn["content"][0]["signature"] == cache.kept["I look."][0]["signature"]


async def test_a_cache_is_empty_after_a_restart_and_in_another_worker() -> None:
    talk = await _begun(MANUAL, Cache())
    await _rejected(talk, Cache(), NO_THINKING)


async def test_a_cache_takes_one_conversation_for_another_that_says_the_same() -> None:
    """Two users' turns read alike; what was thought in the second is given to the first."""
    cache = Cache()
    talk = await _begun(BOUND, cache)
    await _begun(BOUND, cache, "Is it there?")
    await _rejected(talk, cache, OTHER)


async def test_a_cache_does_not_see_that_a_conversation_was_forked() -> None:
    """The user edits the question and goes on from the answer."""
    cache = Cache()
    talk = await _begun(BOUND, cache)
    talk.messages[0] = {"role": "user", "content": "How big is it, in bytes?"}
    await _rejected(talk, cache, OTHER)


PLACEHOLDERS = {"word": "placeholder", "base64": "EqQBAAAAAAAA"}


def _placeholder(signature: str) -> Placeholder:
    return Placeholder({"type": "thinking", "thinking": "...", "signature": signature})


@pytest.mark.parametrize("signature", PLACEHOLDERS.values(), ids=PLACEHOLDERS)
async def test_a_placeholder_is_rejected_on_chat(signature: str) -> None:
    talk = await _begun(MANUAL, Cache())
    await _rejected(talk, _placeholder(signature), INVALID)


@pytest.mark.parametrize("signature", PLACEHOLDERS.values(), ids=PLACEHOLDERS)
async def test_a_placeholder_is_rejected_on_messages(signature: str) -> None:
    """Newer releases, and the fixes, then ask again without it: the request that succeeds has none in it."""
    judge = AnthropicMessages(Dialogue([END, END]))
    history = [
        {"role": "user", "content": "How big is it?"},
        {"role": "assistant", "content": [{"type": "text", "text": "Small."}]},
        {"role": "user", "content": "And then?"},
    ]
    arguments = {"thinking": THINKS[MANUAL], "max_tokens": 4096, "api_key": "sk-test", "messages": history}
    error = None
    with registered(_placeholder(signature)), mounted([judge]):
        try:
            entry = litellm.anthropic.messages.acreate
            await call(entry, synchronous=False, model=f"anthropic/{MANUAL}", **arguments)
        except Exception as raised:  # releases differ in its type
            error = raised
    asked = [signature in json.dumps(one.body) for one in judge.dialogue.requests]
    assert [INVALID in one.violation.message for one in judge.dialogue.rejections] == [True]
    assert asked == ([True] if error else [True, False])
