"""Which cases there are: conversation x ingress x backend x mode, each with the id that runs it alone.

Modes: whole (no suffix); `-stream`, every turn streamed; `-last-streamed`, where the client kept the history of
whole turns and only the last request, the one that replays all of it, is streamed. The last mode exists because
what a chat backend streams reaches a client of `/v1/messages` damaged up to about 1.97 (failures F16 to F19), so
that there is nothing left to replay; what it proves is that a streamed request carries the history like a whole
one, and that its answer arrives.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests import conversations
from tests.backends import BACKENDS

WHOLE, STREAM, LAST_STREAMED = "", "-stream", "-last-streamed"

# A route is listed when LiteLLM has it in every supported release and no open failure stands in its way:
# `responses` to a chat backend loses reasoning up to 1.100 (F26), and `chat` to OpenAI loses the turn (F10).
_ROUTES = {
    ("messages", "openai"): (WHOLE, STREAM, LAST_STREAMED),
    ("messages", "moonshot"): (WHOLE, LAST_STREAMED),
    ("messages", "openrouter"): (WHOLE, LAST_STREAMED),
    ("chat", "moonshot"): (WHOLE, STREAM),
    ("chat", "openrouter"): (WHOLE, STREAM),
    ("responses", "openai"): (WHOLE, STREAM),
}


@dataclass(frozen=True)
class Case:
    conversation: str
    ingress: str
    backend: str
    mode: str

    def __str__(self) -> str:
        return f"{self.conversation}/{self.ingress}-{self.backend}{self.mode}"

    def streams(self, turn: int, turns: int) -> bool:
        """Tell whether an assistant turn, counted from one, is streamed."""
        return self.mode == STREAM or (self.mode == LAST_STREAMED and turn == turns)


def cases() -> list[Case]:
    return [
        Case(name, ingress, backend, mode)
        for name in conversations.names()
        for (ingress, backend), modes in _ROUTES.items()
        for mode in modes
        if BACKENDS[backend].redacts or not conversations.load(name).redacts
    ]
