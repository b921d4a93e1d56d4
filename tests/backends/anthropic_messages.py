"""Anthropic Messages: docs/providers.md#anthropic-messages. What a turn looks like; the rules are in modules of their
own.

anthropic_models    what a model can do, and what a request asks of it
anthropic_rules     what is wrong with a request by itself (1.1)
anthropic_history   what is wrong with it after what was said before (1.1, 1.2, 1.4)
anthropic_seals     signatures, and what they are bound to
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from typing import Any, ClassVar

from tests.backends import anthropic_history as history
from tests.backends import anthropic_rules as rules
from tests.backends.anthropic_models import Call, Model
from tests.backends.anthropic_seals import Kind, Seals, elsewhere, prefix
from tests.backends.anthropic_wire import Fault, MessagesWire, content
from tests.backends.base import Dialogue, Violation, block_name
from tests.backends.history import Part
from tests.backends.wire import Answer, Request, whole
from tests.conversations.model import AssistantTurn, Block, Redacted, Thinking


class AnthropicMessages(MessagesWire):
    """Claude at Anthropic.

    A request that does not switch thinking on gets none: reasoning of the script is left out of that turn. Neither does
    one get reasoning behind a tool's result or a visible block, unless thinking is interleaved
    (docs/providers.md#which-turns-need-thinking).

    `binding` says that the account is one for which thinking is bound to what stood before it
    (docs/providers.md#prefix-binding), with those models that can; other accounts ask for it in the request.

    Its seals open wherever Claude is served: Anthropic's documentation of extended thinking has signatures "compatible
    across platforms (Claude APIs, Amazon Bedrock, and Vertex AI)". So all of them share an `account`.
    """

    name = "anthropic"
    account: ClassVar[str] = "anthropic"
    section = "docs/providers.md#anthropic-messages"
    host = "api.anthropic.com"
    path = "/v1/messages"
    redacts = True
    signs = True
    foreign_text = "refused"
    request_prefix = "req_011C"

    def __init__(self, dialogue: Dialogue, *, lenient: bool = False, binding: bool = False) -> None:
        super().__init__(dialogue, lenient=lenient)
        self.binding = binding
        self._seals = Seals(self.mint)
        self._silent: set[str] = set()

    def call(self, request: Request) -> Call:
        return Call(request.body, Model.named(self.model(request)), self.betas(request))

    def betas(self, request: Request) -> Set[str]:
        """The features in beta that a request switches on."""
        return request.betas()

    def thinks(self, request: Request) -> bool:
        return self.call(request).mode != "off"

    def faults(self, request: Request) -> Iterator[Fault]:
        call = self.call(request)
        yield from rules.faults(call)
        yield from history.seals(call, self._seals, elsewhere(self.dialogue.seals(self.account)))
        if call.model.binds and (self.binding or "block_binding" in call.thinking):
            yield from history.bindings(call, self._seals)
        yield from history.unchanged(call, [one.parts for one in self.dialogue.given if one.account == self.account])
        yield from history.beginnings(call, self._silent)
        yield from history.endings(call)

    def shown(self, turn: AssistantTurn, request: Request) -> Iterator[tuple[int, Block]]:
        call = self.call(request)
        ready = call.mode != "off" and (call.interleaves or not _answers_tools(request))
        for index, block in enumerate(turn.blocks):
            thinks = isinstance(block, (Thinking, Redacted))
            if ready or not thinks:
                yield index, block
            ready = ready and (thinks or call.interleaves)

    def give(self, turn: AssistantTurn, number: int, request: Request) -> list[Part]:
        """Remember as well which calls came without thinking before them although it was on."""
        parts = super().give(turn, number, request)
        if self.thinks(request) and parts[0].kind != "reasoning":
            self._silent |= {part.value for part in parts if part.kind == "tool"}
        return parts

    def thought(
        self, block: Thinking | Redacted, number: int, index: int, request: Request
    ) -> tuple[dict[str, Any], Part]:
        """Thinking without text is sealed as an omitted one, whose text is no part of the seal."""
        if isinstance(block, Redacted):
            data = self._seal("redacted", "", request)
            part = Part("reasoning", "", block_name(number, index, "redacted thinking"), data)
            return {"type": "redacted_thinking", "data": data}, part
        text = "" if self.call(request).omits else block.text
        signature = self._seal("thinking" if text else "omitted", text, request)
        part = Part("reasoning", text, block_name(number, index, "thinking"), signature)
        return {"type": "thinking", "thinking": text, "signature": signature}, part

    def _seal(self, kind: Kind, text: str, request: Request) -> str:
        own = [part for one in self.dialogue.given if one.account == self.account for part in one.parts]
        here = sum("signature" in block or "data" in block for block in self._blocks)
        rank = sum(part.kind == "reasoning" for part in own) + here
        return self._seals.make(kind, text, rank, prefix(request.body, len(request.body["messages"])))

    def perform(self, parts: Sequence[Part], request: Request) -> Answer:
        answer = super().perform(parts, request)
        return Answer(answer.status, answer.content_type, answer.pieces, {"request-id": self._request_id()})

    def error(self, message: str, path: str = "body") -> Violation:
        """The envelope at the head of the section."""
        ident = self._request_id()
        error = {"type": "invalid_request_error", "message": message}
        answer = whole({"type": "error", "error": error, "request_id": ident}, 400)
        return Violation(message, path, Answer(400, answer.content_type, answer.pieces, {"request-id": ident}))

    def _request_id(self) -> str:
        return self.mint(self.request_prefix, len(self.dialogue.requests))[:28]


def _answers_tools(request: Request) -> bool:
    return any(block.get("type") == "tool_result" for block in content(request.body["messages"][-1]))
