"""Bedrock Converse: docs/providers.md#bedrock-converse. The carrier is a `reasoningContent` block.

It is a text, signed or not, or redacted content. A Claude model asks for it back and checks it, Nova refuses it, and
models of other vendors take their own.

bedrock_wire     the blocks, and how AWS puts them to Claude
bedrock_rules    what AWS rejects by itself
bedrock_stream   the events, in AWS's binary framing
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from typing import Any, ClassVar

from tests.backends import bedrock_rules as rules
from tests.backends.anthropic_messages import AnthropicMessages
from tests.backends.anthropic_wire import Fault, MessagesWire, places, turns
from tests.backends.base import Given, Violation, block_name
from tests.backends.bedrock_stream import EVENT_STREAM, stream
from tests.backends.bedrock_wire import THOUGHT, as_messages, read, unknown, written
from tests.backends.history import Finding, Part
from tests.backends.wire import Answer, Request, whole
from tests.conversations.model import AssistantTurn, Redacted, Thinking


class Converse(MessagesWire):
    """Any model of Bedrock. What it is asked and what it gives is translated from, and into, Anthropic's form.

    `faults`, `thinks` and `thought` get the translated request.
    """

    section = "docs/providers.md#bedrock-converse"
    host = "bedrock-runtime.us-east-1.amazonaws.com"
    foreign_text = "refused"

    def violations(self, request: Request) -> Iterator[Violation]:
        yield from rules.service(request.body)
        yield from super().violations(as_messages(request))

    def foreign(self, request: Request) -> Iterator[Finding]:
        """What a lenient service ignores."""
        for path, parent, name in unknown(request.body):
            yield Finding("foreign field on the wire", path, path, after=str(parent[name]))

    def replayed(self, request: Request) -> list[list[Part]]:
        return [
            [
                part
                for index, message in run
                for offset, block in enumerate(message["content"])
                for part in read(f"messages[{index}].content[{offset}]", block)
            ]
            for role, run in turns(request.body)
            if role == "assistant"
        ]

    def without_carriers(self, request: Request) -> object:
        """Unknown members are blanked as well: they are a finding of their own."""
        body = copy.deepcopy(request.body)
        for _, parent, name in list(unknown(body)):
            parent[name] = None
        for message in body["messages"]:
            message["content"] = [None if THOUGHT in block else block for block in message["content"]]
        return body

    def expected(self, given: Given, request: Request) -> list[Part]:
        return super().expected(given, as_messages(request))

    def give(self, turn: AssistantTurn, number: int, request: Request) -> list[Part]:
        return super().give(turn, number, as_messages(request))

    def perform(self, parts: Sequence[Part], request: Request) -> Answer:
        content = [written(block) for block in self._blocks]
        reason = "tool_use" if any(part.kind == "tool" for part in parts) else "end_turn"
        if request.path.endswith("/converse-stream"):
            return Answer(200, EVENT_STREAM, tuple(stream(content, reason, _USAGE)))
        message = {"role": "assistant", "content": content}
        return whole({"output": {"message": message}, "stopReason": reason, "usage": _USAGE, "metrics": _METRICS})

    def error(self, message: str, path: str = "body") -> Violation:
        return rules.error(message, path)


class BedrockConverse(Converse, AnthropicMessages):
    """A Claude model: the one that the address names. It thinks when it is told to, and its rules are those of
    docs/providers.md#anthropic-messages.

    `forbids_unsigned` says that thinking without a signature gets a 403, as one source has it.
    """

    name = "bedrock"
    path = r"/model/[^/]*anthropic\.claude[^/]*/converse(-stream)?"
    forbids_unsigned: ClassVar[bool] = False

    def violations(self, request: Request) -> Iterator[Violation]:
        if self.forbids_unsigned:
            yield from rules.forbidden(request.body)
        yield from super().violations(request)
        for fault in rules.fields(request.body):
            yield self.error(_wrapped(fault).message, fault.path)

    def faults(self, request: Request) -> Iterator[Fault]:
        """docs/providers.md#bedrock-converse, first bullet: AWS hands through what the model says, behind words of its
        own.
        """
        yield from map(_wrapped, super().faults(request))
        yield from map(_wrapped, rules.prefill(self.call(request)))

    def betas(self, request: Request) -> Set[str]:
        """No header reaches the model: features in beta are a field of it."""
        return set(request.body.get("anthropic_beta") or [])


class BedrockNova(Converse):
    """Nova 2, which reasons in plain text when it is told to, and wants nothing of it back."""

    name = "bedrock-nova"
    path = r"/model/[^/]*amazon\.nova[^/]*/converse(-stream)?"

    def faults(self, request: Request) -> Iterator[Fault]:
        """docs/providers.md#bedrock-converse: "User messages cannot contain reasoning content"; unsigned it may be
        there, bifrost says.
        """
        for place in places(request.body):
            if place.role == "assistant" and place.thinks:
                yield Fault(
                    "User messages cannot contain reasoning content. Please remove the reasoning content and try "
                    "again.",
                    place.path,
                    assumed=place.type == "thinking" and "signature" not in place.block,
                )

    def expected(self, given: Given, request: Request) -> list[Part]:
        """Its own reasoning may stay away: strictly it must, and a lenient model has no use for it."""
        parts = super().expected(given, request)
        return [replace(part, optional=True) if part.kind == "reasoning" else part for part in parts]

    def thinks(self, request: Request) -> bool:
        """Nova's own switch, as AWS documents it."""
        return bool((request.body.get("reasoningConfig") or {}).get("type") == "enabled")

    def thought(
        self, block: Thinking | Redacted, number: int, index: int, request: Request
    ) -> tuple[dict[str, Any], Part]:
        if isinstance(block, Redacted):
            raise self.no_form(block)
        part = Part("reasoning", block.text, block_name(number, index, "thinking"))
        return {"type": "thinking", "thinking": block.text}, part


class BedrockR1(BedrockNova):
    """DeepSeek R1, which always thinks, and was seen to reject its unsigned reasoning (langchain-ai/langchain-aws#401)
    before AWS said of reasoning in general that it goes back. So that rule is assumed, as Nova's is.
    """

    name = "bedrock-r1"
    path = r"/model/[^/]*deepseek\.r1[^/]*/converse(-stream)?"

    def thinks(self, request: Request) -> bool:
        return True


class BedrockOwn(Converse):
    """A model of another vendor: it reasons unasked, in text that nobody signs, and reads that again.

    AWS has it so for Kimi, MiniMax, gpt-oss, DeepSeek and Qwen (docs/providers.md#bedrock-converse). Nothing tells such
    a text of another model from its own, so one may come back and need not.
    """

    foreign_text = "optional"

    def violations(self, request: Request) -> Iterator[Violation]:
        yield from rules.others(request.body, self.dialogue.seals(self.name))
        yield from super().violations(request)

    def faults(self, request: Request) -> Iterator[Fault]:
        """What a model says of a request in which nothing is sealed is not known."""
        yield from ()

    def thinks(self, request: Request) -> bool:
        return True

    def thought(
        self, block: Thinking | Redacted, number: int, index: int, request: Request
    ) -> tuple[dict[str, Any], Part]:
        if isinstance(block, Thinking):
            part = Part("reasoning", block.text, block_name(number, index, "thinking"))
            return {"type": "thinking", "thinking": block.text}, part
        if not self.redacts:
            raise self.no_form(block)
        data = self.mint("sealed", number, index)
        return {"type": "redacted_thinking", "data": data}, Part(
            "reasoning", "", block_name(number, index, "redacted thinking"), data
        )


class BedrockKimi(BedrockOwn):
    """Kimi K3, which seals a part of its reasoning (NousResearch/hermes-agent#115865)."""

    name = "bedrock-kimi"
    path = r"/model/[^/]*moonshot(ai)?\.kimi[^/]*/converse(-stream)?"
    redacts = True


class BedrockMiniMax(BedrockOwn):
    """MiniMax M2."""

    name = "bedrock-minimax"
    path = r"/model/[^/]*minimax\.[^/]*/converse(-stream)?"


class BedrockGptOss(BedrockOwn):
    """OpenAI's gpt-oss."""

    name = "bedrock-gpt-oss"
    path = r"/model/[^/]*openai\.gpt-oss[^/]*/converse(-stream)?"


class BedrockDeepSeek(BedrockOwn):
    """DeepSeek V3.1 and later."""

    name = "bedrock-deepseek"
    path = r"/model/[^/]*deepseek\.v3[^/]*/converse(-stream)?"


def _wrapped(fault: Fault) -> Fault:
    return replace(fault, message=f"The model returned the following errors: {fault.message}")


_USAGE = {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2}
_METRICS = {"latencyMs": 1}
