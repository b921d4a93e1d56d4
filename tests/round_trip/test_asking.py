"""How LiteLLM asks a provider of chat completions for thinking, as the caller of `/v1/messages` has asked for it.

Each form of asking in one request to each backend (`asking-<form>/messages-<backend>`): it is answered, none of
Anthropic's own parameters is in it, and where the provider has a word for what was asked, that word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import litellm
import pytest

from tests.backends import BACKENDS, Dialogue
from tests.backends.respx_mount import mounted
from tests.backends.wire import Request
from tests.conversations.loader import parse
from tests.round_trip.grid import WHOLE, Case
from tests.round_trip.routes import ROUTES

# One loop for the whole session, as for the grid.
pytestmark = pytest.mark.asyncio(loop_scope="session")

Item = dict[str, Any]

FAMILY = "asking"
SCRIPT = parse(FAMILY, {"about": "One answer.", "turn": [{"user": "Go."}, {"assistant": [{"text": "Gone."}]}]})
_EFFORT: Item = {"thinking": {"type": "adaptive"}, "output_config": {"effort": "high"}}
FORMS: Mapping[str, Item] = {
    "budget": {"thinking": {"type": "enabled", "budget_tokens": 16000}},
    "adaptive": {"thinking": {"type": "adaptive"}},
    "effort": _EFFORT,
    "none": {"thinking": {"type": "disabled"}},
    # What Claude Code sends in each request (litellm#22878).
    "agent": {
        **_EFFORT,
        "context_management": {"edits": [{"type": "clear_thinking_20251015", "keep": "all"}]},
        "extra_headers": {"anthropic-beta": "interleaved-thinking-2025-05-14,context-management-2025-06-27"},
    },
}
# Those that `messages` reaches by way of chat completions, and that think, or not, as they are told.
BACKENDS_ASKED = (
    "azure-chat", "bedrock-nova", "cerebras", "dashscope", "fireworks", "gemini", "groq", "mistral", "moonshot",
    "openai-chat", "openrouter", "sglang", "together", "vllm", "xai-chat", "zai",
)  # fmt: skip
CASES = [Case(f"{FAMILY}-{form}", "messages", backend, WHOLE) for form in FORMS for backend in BACKENDS_ASKED]


def _effort(body: Item) -> object:
    return body.get("reasoning_effort")


def _nova(body: Item) -> object:
    """docs/providers.md#bedrock-converse: `reasoningConfig`."""
    return body["additionalModelRequestFields"].get("reasoningConfig", {}).get("maxReasoningEffort")


def _switch(body: Item) -> object:
    """docs/providers.md#moonshot and docs/providers.md#zai: `thinking`, and no effort beside it."""
    return _effort(body) or (body.get("thinking") or {}).get("type")


_GRADED = {"budget": "high", "adaptive": "medium", "effort": "high", "agent": "high"}
_ON = dict.fromkeys(("budget", "adaptive", "effort", "agent"), "enabled")
WORDS: Mapping[str, tuple[Callable[[Item], object], Mapping[str, str]]] = {
    **dict.fromkeys(("azure-chat", "fireworks", "groq", "openai-chat", "openrouter", "vllm"), (_effort, _GRADED)),
    "bedrock-nova": (_nova, _GRADED),
    "moonshot": (_switch, {"none": "disabled"}),
    "zai": (_switch, {**_ON, "none": "disabled"}),
}
"""How a provider is asked, and in which word for a form; thinking that is on by default needs none."""


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_asking(
    case: Case, record_property: Callable[[str, object], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    form = case.conversation.removeprefix(f"{FAMILY}-")
    dialogue, raised = await _ask(case.backend, FORMS[form], monkeypatch)
    wrong = [("N39" if "reasoning_effort" in text else "N38", text) for text in raised]
    wrong += [("N38", str(loss)) for loss in dialogue.losses]
    wrong += [("N38", str(rejection)) for rejection in dialogue.rejections]
    wrong += [("N40", text) for request in dialogue.requests for text in _other_words(case.backend, form, request)]
    _judge(wrong, record_property)
    assert len(dialogue.requests) == 1


def _other_words(backend: str, form: str, request: Request) -> Iterator[str]:
    read, words = WORDS.get(backend, (_effort, {}))
    if form in words and (got := read(request.body)) != words[form]:
        yield f"asked by {got!r}, not by {words[form]!r}"


# Of each provider with OpenAI's wire a model that no table of LiteLLM's has (F45).
UNMAPPED = [
    Case(f"{FAMILY}-unmapped", "messages", backend, WHOLE)
    for backend in ("cerebras", "dashscope", "fireworks", "groq", "mistral", "moonshot", "openrouter", "together")
]


@pytest.mark.parametrize("case", UNMAPPED, ids=str)
async def test_asking_of_unmapped(
    case: Case, record_property: Callable[[str, object], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model that LiteLLM does not know is asked as one that takes no effort, where it would be refused one."""
    model = f"{ROUTES[case.backend].model.partition('/')[0]}/model-of-tomorrow"
    dialogue, raised = await _ask(case.backend, FORMS["budget"], monkeypatch, model)
    _judge([("F45", text) for text in raised], record_property)
    assert len(dialogue.requests) == 1
    assert not dialogue.rejections


# What an operator has declared to be chat completions: a model's id as it stands behind `openai/`.
DECLARED = {"named": "deepseek-ai/DeepSeek-V4-Flash", "doubled": "openai/gpt-oss-120b"}
DECLARED_CASES = [
    Case(f"{FAMILY}-declared-{name}-{form}", "messages", "openai-chat", WHOLE)
    for name in DECLARED
    for form in ("budget", "adaptive")
]


@pytest.mark.parametrize("case", DECLARED_CASES, ids=str)
async def test_asking_declared(
    case: Case, record_property: Callable[[str, object], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The request goes where the operator has said, to the model that the caller named."""
    _, _, name, form = case.conversation.split("-")
    dialogue, raised = await _ask(case.backend, FORMS[form], monkeypatch, f"openai/{DECLARED[name]}")
    models = [request.body["model"] for request in dialogue.requests]
    wrong = [*raised, *(f"the model is {model}" for model in models if model != DECLARED[name])]
    _judge([("N37", text) for text in wrong], record_property)


async def _ask(
    backend: str, form: Item, monkeypatch: pytest.MonkeyPatch, model: str = ""
) -> tuple[Dialogue, list[str]]:
    """Send one request; return what the backend noted, and what LiteLLM raised instead of passing on its answer."""
    dialogue = Dialogue(SCRIPT.assistant_turns)
    route = ROUTES[backend]
    arguments = {**route.arguments, "model": model or route.model, "api_key": "sk-test", "max_tokens": 32000, **form}
    for name, value in route.settings.items():
        monkeypatch.setattr(litellm, name, value)
    with mounted([endpoint(dialogue) for endpoint in BACKENDS[backend]]):
        try:
            await litellm.anthropic.messages.acreate(**arguments, messages=[{"role": "user", "content": "Go."}])
        except Exception as error:  # what the user would see
            rejected = any(rejection.request == len(dialogue.requests) for rejection in dialogue.rejections)
            return dialogue, [] if rejected else [f"raised {type(error).__name__}: {error}"]
    return dialogue, []


def _judge(wrong: list[tuple[str, str]], record_property: Callable[[str, object], None]) -> None:
    if wrong:
        numbers = " ".join(sorted({number for number, _ in wrong}))
        record_property("failures", numbers)
        pytest.fail("\n".join([numbers, *(text for _, text in wrong)]), pytrace=False)
