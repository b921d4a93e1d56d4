"""Which cases there are: conversation x ingress x backend x mode, each with the id that runs it alone.

`python -m tests.round_trip.grid` lists every cell, played or not, with the reason.

Modes: whole (no suffix); `-stream`, every turn streamed and joined as an ordinary client does; `-built`, streamed and
joined by LiteLLM's own `stream_chunk_builder` (chat only, and only where signatures are at stake); `-last-streamed`,
where the client kept the history of whole turns and only the last request, the one that replays all of it, is streamed.

A dialect takes the place of a conversation: `dialect-chat-call-whole/messages-vllm-stream` is `SPOKEN` in the form of
that name (`tests/backends/dialects`), by a backend of its wire.

A cell that is not played says why. What limits the grid beside the impossible is its time (`nox -s bench`): more than
5,000 cells mean something, and a tenth of them tells nearly all. With `--every-cell`, or by its id, each of the others
is played too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from tests import conversations
from tests.backends import BACKENDS
from tests.backends.dialects import DIALECTS, PARTS, Dialect, wires
from tests.conversations.model import Conversation
from tests.round_trip.routes import ROUTES

INGRESSES = ("messages", "chat", "responses")
WHOLE, STREAM, BUILT, LAST_STREAMED = "", "-stream", "-built", "-last-streamed"
MODES = (WHOLE, STREAM, BUILT, LAST_STREAMED)

# The backends that stand for LiteLLM's ways of translating: each ingress reaches its own wire, and /v1/messages the two
# others. In a switch the guest of one is the host of another.
WAYS = {"messages": ("anthropic", "moonshot", "openai"), "chat": ("anthropic",), "responses": ("openai",)}
SWITCHED_WAYS = {**WAYS, "chat": ("anthropic", "openai")}
# One backend for each wire form.
WIRES = ("anthropic", "bedrock", "gemini", "moonshot", "openai")
# These show that a streamed request carries a history like a whole one, also on releases whose streams are damaged so
# that nothing of a streamed turn is left to replay (failures F16 to F19).
LAST_STREAMED_TO = ("moonshot", "openai", "openrouter")
# Where stream_chunk_builder has something to spoil: a signature, or encrypted content, for which this one stands.
SEALED_IN_ITEMS = "openai"

# What is said in a dialect: thinking, a text and two calls in one turn, then thinking and the answer.
SPOKEN = "parallel-tools"
DIALECT = "dialect-"
# The backend that speaks the dialects of each wire.
SPEAKERS = {
    "chat": "vllm",
    "anthropic": "anthropic",
    "responses": "openai",
    "gemini": "gemini",
    "converse": "bedrock",
}
# Which wires and which parts of an answer show by default how an ingress reads dialects. For /v1/messages the project
# vouches, so all do. What /v1/chat/completions hands on shows what it reads wrongly, not what says nothing; and
# /v1/responses has of any wire but its own what that made of it. The lines of a stream are read once for all of them.
HEARD = {
    "messages": (frozenset(SPEAKERS), frozenset(PARTS)),
    "chat": (
        frozenset(SPEAKERS),
        frozenset({"calls", "joint", "blocks", "carriers", "finish", "naming", "index", "usage"}),
    ),
    "responses": (frozenset({"chat"}), frozenset({"calls", "finish", "index"})),
}
LINES_HEARD = frozenset({"chat", "gemini", "responses"})
# The synchronous entry points share their translation with the asynchronous ones; this shows that they still do.
SYNCHRONOUS = "thinking-text-tool"


@dataclass(frozen=True)
class Case:
    conversation: str
    ingress: str
    backend: str
    mode: str

    def __str__(self) -> str:
        return f"{self.conversation}/{self.ingress}-{self.backend}{self.mode}"

    @classmethod
    def parse(cls, ident: str) -> Case:
        """Read an id back."""
        conversation, _, route = ident.partition("/")
        ingress, _, backend = route.partition("-")
        mode = next((mode for mode in (LAST_STREAMED, STREAM, BUILT) if backend.endswith(mode)), WHOLE)
        return cls(conversation, ingress, backend.removesuffix(mode), mode)

    @property
    def dialect(self) -> Dialect | None:
        """The dialect that its backend speaks, if it speaks one."""
        return DIALECTS[self.conversation.removeprefix(DIALECT)] if self.conversation.startswith(DIALECT) else None

    @property
    def script(self) -> str:
        """The name of the conversation that is played."""
        return self.conversation if self.dialect is None else SPOKEN

    @property
    def synchronous(self) -> bool:
        """Whether the synchronous entry points play it as well."""
        return self.conversation == SYNCHRONOUS and self.backend in WIRES

    def streams(self, turn: int, turns: int) -> str:
        """How an assistant turn, counted from one, is streamed; "" if it is not."""
        if self.mode == LAST_STREAMED:
            return STREAM if turn == turns else WHOLE
        return self.mode


@cache
def cells() -> tuple[tuple[Case, str], ...]:
    """Every cell of the grid, with the reason why it is not played; "" if it is."""
    return tuple(_cells())


def _cells() -> Iterator[tuple[Case, str]]:
    for name in conversations.names():
        conversation = conversations.load(name)
        for backend in BACKENDS:
            for ingress in INGRESSES:
                for mode in MODES:
                    case = Case(name, ingress, backend, mode)
                    yield case, _impossible(case, conversation) or _untimely(case, conversation)
    for dialect in DIALECTS.values():
        for backend in BACKENDS:
            for ingress in INGRESSES:
                for mode in (WHOLE, STREAM):
                    case = Case(f"{DIALECT}{dialect.name}", ingress, backend, mode)
                    yield case, _unspeakable(case, dialect) or _unspoken(case, dialect)


def cases(*, every: bool = False) -> list[Case]:
    """The cells that are played: those that the time is for, or `every` one that means something."""
    return [case for case, reason in cells() if not reason or (every and reason in UNTIMELY)]


def _impossible(case: Case, conversation: Conversation) -> str:
    """Why a cell means nothing."""
    endpoints = BACKENDS[case.backend]
    if case.ingress in ROUTES[case.backend].impossible:
        return ROUTES[case.backend].impossible[case.ingress]
    if conversation.redacts and not any(endpoint.redacts for endpoint in endpoints):
        return "the provider's wire has no form for redacted thinking"
    if conversation.hides and not any(endpoint.signs for endpoint in endpoints):
        return "the provider's wire has no form for sealed thinking without text"
    if any(set(endpoints) & set(BACKENDS[visitor]) for visitor in conversation.visitors):
        return "no switch: the visitor is the backend itself"
    if conversation.imported and case.ingress == "responses":
        return "an item of /v1/responses has no signature that could be missing"
    return _no_mode(case)


def _no_mode(case: Case) -> str:
    if case.mode == BUILT and (case.ingress != "chat" or not _seals(case.backend)):
        return "stream_chunk_builder is for /v1/chat/completions, and spoils a seal only where there is one"
    if case.mode == LAST_STREAMED and (case.ingress != "messages" or case.backend not in LAST_STREAMED_TO):
        return "for /v1/messages, and three backends that stand for its bridges"
    return ""


def _seals(backend: str) -> bool:
    return backend == SEALED_IN_ITEMS or any(endpoint.signs for endpoint in BACKENDS[backend])


def _untimely(case: Case, conversation: Conversation) -> str:
    """Why a cell would cost more time than it tells; every such cell can still be asked for."""
    if case.mode in (BUILT, LAST_STREAMED):
        return "" if conversation.name in ("interleaved", "thinking-text-tool") else REJOINED
    if conversation.scope == "ways":
        return "" if _on_the_way(case, conversation) else SHAPED_ALIKE
    if case.backend in WIRES:
        return ""
    if case.mode == STREAM:
        return "" if conversation.scope == "all" and case.ingress == "messages" else STREAMED_ALIKE
    return "" if conversation.scope == "all" or case.ingress == "messages" else SHAPED_ALIKE


def _on_the_way(case: Case, conversation: Conversation) -> bool:
    """Whether a backend stands for a way of translating."""
    if case.mode == STREAM:
        return case.ingress == "messages" and case.backend in _streamed(conversation)
    ways = SWITCHED_WAYS if conversation.visitors else WAYS
    if conversation.redacts and case.backend == "bedrock-kimi":
        return True
    return case.backend in ways[case.ingress] or (_sealed(conversation) and case.backend == "bedrock")


def _streamed(conversation: Conversation) -> tuple[str, ...]:
    """Streamed, the way through the chat adapter has the most to go wrong; sealed thinking cannot take it."""
    if conversation.visitors:
        return ("anthropic", "moonshot")
    if conversation.redacts:
        return ("anthropic", "bedrock-kimi")
    return ("anthropic",) if _sealed(conversation) else ("moonshot",)


def _sealed(conversation: Conversation) -> bool:
    """Whether it matters how a provider seals: Bedrock's form is its own, and Kimi's there is none of Claude's."""
    return conversation.redacts or conversation.hides or conversation.imported


def _unspeakable(case: Case, dialect: Dialect) -> str:
    """Why a cell of a dialect means nothing."""
    if case.ingress in ROUTES[case.backend].impossible:
        return ROUTES[case.backend].impossible[case.ingress]
    if all(dialect.wire not in wires(endpoint) for endpoint in BACKENDS[case.backend]):
        return "the dialect is one of another wire"
    if not (dialect.streams if case.mode == STREAM else dialect.whole):
        return f"the dialect is no form of {'streamed' if case.mode == STREAM else 'whole'} answers"
    return ""


def _unspoken(case: Case, dialect: Dialect) -> str:
    """Why a cell of a dialect would cost more time than it tells."""
    heard, parts = HEARD[case.ingress]
    if dialect.wire == "sse":
        heard = LINES_HEARD if case.ingress == "messages" else frozenset()
    speaks = {wire for wire, speaker in SPEAKERS.items() if speaker == case.backend}
    return "" if speaks & heard and dialect.part in parts else SPOKEN_ALIKE


SHAPED_ALIKE = "for time: it is carried as at the backends that stand for the ways of translating"
STREAMED_ALIKE = "for time: another conversation shows how this backend is streamed"
REJOINED = "for time: two conversations show what there is to see of this mode"
SPOKEN_ALIKE = "for time: another backend of the same wire, or another way in, shows how the dialect is read"
UNTIMELY = (SHAPED_ALIKE, STREAMED_ALIKE, REJOINED, SPOKEN_ALIKE)


if __name__ == "__main__":
    for cell, why in cells():
        print(f"{cell}: {why or 'played'}")
