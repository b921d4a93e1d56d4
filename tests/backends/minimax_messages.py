"""MiniMax's endpoint for Anthropic's wire: docs/providers.md#minimax."""

from __future__ import annotations

from collections.abc import Iterator

from tests.backends.anthropic_relatives import UnsignedMessages
from tests.backends.anthropic_wire import Fault, places
from tests.backends.base import Violation
from tests.backends.wire import Request, whole


class MiniMaxMessages(UnsignedMessages):
    """An M2 or M3 model, which thinks unless told otherwise.

    Its thinking has to be passed back, but no error is documented for leaving it out.
    """

    name = "minimax_messages"
    account = "minimax"
    section = "docs/providers.md#minimax"
    host = "api.minimax.io"
    path = "/anthropic/v1/messages"

    def faults(self, request: Request) -> Iterator[Fault]:
        yield from self._switch(request)
        yield from self._tool_results(request)

    def _switch(self, request: Request) -> Iterator[Fault]:
        """docs/providers.md#minimax: thinking is adaptive or disabled; seen with M3, for other models assumed."""
        word = (request.body.get("thinking") or {}).get("type", "adaptive")
        if word not in ("adaptive", "disabled"):
            message = f'invalid thinking.type: "{word}" (allowed: adaptive, disabled) (2013)'
            yield Fault(message, "thinking.type", assumed="M3" not in self.model(request))

    def _tool_results(self, request: Request) -> Iterator[Fault]:
        """docs/providers.md#minimax: a result names a call that stands before it."""
        calls: set[str] = set()
        for place in places(request.body):
            ident = place.block.get("tool_use_id")
            if place.type == "tool_use":
                calls.add(place.block["id"])
            elif place.type == "tool_result" and ident not in calls:
                message = f"invalid params, tool result's tool id({ident}) not found (2013)"
                yield Fault(message, f"{place.path}.tool_use_id")

    def error(self, message: str, path: str = "body") -> Violation:
        """The envelope of docs/providers.md#minimax."""
        error = {"type": "bad_request_error", "message": message, "http_code": "400"}
        ident = self.mint("", len(self.dialogue.requests))[:32]
        return Violation(message, path, whole({"type": "error", "error": error, "request_id": ident}, 400))
