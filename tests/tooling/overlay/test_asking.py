"""What a provider of chat completions is asked of thinking, of what the caller of `/v1/messages` asked."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

import pytest

from tests.tooling.overlay.conftest import Overlay

Item = dict[str, Any]

BUDGET = {"type": "enabled", "budget_tokens": 4000}
ADAPTIVE = {"type": "adaptive"}
OFF = {"type": "disabled"}
EDITS: Item = {"edits": []}
HIGH: Item = {"effort": "high"}


class Library:
    """What LiteLLM says of its providers: the parameters of each model, and whether it knows the model."""

    def __init__(self, taken: Mapping[str, list[str]], known: Mapping[str, Item] | None = None) -> None:
        self._taken = taken
        self._known = known or {}

    def get_supported_openai_params(self, model: str, custom_llm_provider: str) -> list[str] | None:
        return self._taken.get(model) if custom_llm_provider != "openai" else self._taken.get(f"openai:{model}")

    def get_model_info(self, *, model: str, custom_llm_provider: str) -> Item:
        return self._known[model]


TAKES = Library(
    {"graded": ["reasoning_effort"], "switched": ["thinking"], "neither": [], "based": [], "openai:other": ["top_p"]}
)


@pytest.fixture
def asking(overlay: Overlay) -> ModuleType:
    module: ModuleType = overlay("chat.asking")
    return module


def _of(model: str, provider: str = "groq", **more: Any) -> Item:
    return {"model": model, "messages": [], "custom_llm_provider": provider, **more}


@pytest.mark.parametrize(
    ("model", "thinking", "config", "made", "effort"),
    [
        ("graded", BUDGET, None, "low", "low"),
        ("graded", ADAPTIVE, None, None, "medium"),
        ("graded", ADAPTIVE, HIGH, None, "high"),
        ("graded", ADAPTIVE, {"effort": "max"}, None, "high"),
        ("graded", ADAPTIVE, {"effort": 3}, None, "medium"),
        ("graded", ADAPTIVE, HIGH, "xhigh", "xhigh"),
        ("graded", None, HIGH, None, None),
        ("graded", OFF, None, None, None),
        ("graded", "enabled", None, None, None),
        ("neither", BUDGET, None, "low", None),
        ("neither", ADAPTIVE, HIGH, None, None),
        ("neither", OFF, None, "none", None),
        ("unheard-of", BUDGET, None, "low", None),
    ],
)
def test_an_effort_is_made_of_every_form_and_left_out_where_it_is_not_taken(
    asking: ModuleType, model: str, thinking: Any, config: Any, made: str | None, effort: str | None
) -> None:
    completion = _of(model) if made is None else _of(model, reasoning_effort=made)
    request = {"thinking": thinking, "extra_kwargs": {"output_config": config}}
    assert asking.asked(completion, request, TAKES).get("reasoning_effort") == effort


@pytest.mark.parametrize(
    "more",
    [
        {"allowed_openai_params": ["reasoning_effort"]},
        {"base_model": "graded"},
        {"model_info": {"base_model": "graded"}},
    ],
)
def test_an_effort_stays_where_the_deployment_takes_it(asking: ModuleType, more: Item) -> None:
    completion = _of("based", reasoning_effort="low", **more)
    assert asking.asked(completion, {"thinking": BUDGET}, TAKES)["reasoning_effort"] == "low"


def test_an_effort_stays_where_litellm_knows_the_model_without_its_provider(asking: ModuleType) -> None:
    completion = _of("groq/graded", reasoning_effort="low")
    assert asking.asked(completion, {"thinking": BUDGET}, TAKES)["reasoning_effort"] == "low"


def test_an_effort_is_left_to_litellm_where_no_provider_is_named(asking: ModuleType) -> None:
    completion = {"model": "neither", "reasoning_effort": "low"}
    assert asking.asked(completion, {"thinking": BUDGET}, TAKES)["reasoning_effort"] == "low"


def test_an_unknown_provider_is_taken_for_openai(asking: ModuleType) -> None:
    library = Library({"openai:m": ["reasoning_effort"]})
    assert asking.asked(_of("m", reasoning_effort="low"), {"thinking": BUDGET}, library)["reasoning_effort"] == "low"


@pytest.mark.parametrize("model", ["neither", "graded"])
def test_what_the_caller_wrote_stays(asking: ModuleType, model: str) -> None:
    completion = _of(model, reasoning_effort="low")
    request = {"thinking": ADAPTIVE, "extra_kwargs": {"reasoning_effort": "low"}}
    assert asking.asked(completion, request, TAKES) is completion


@pytest.mark.parametrize("model", ["responses/gpt-5", "claude-sonnet-4-5", "arn:aws:bedrock:x"])
def test_claude_and_the_responses_api_are_asked_as_they_were(asking: ModuleType, model: str) -> None:
    completion = _of(model, reasoning_effort="low")
    assert asking.asked(completion, {"thinking": BUDGET}, TAKES) is completion


@pytest.mark.parametrize(
    ("provider", "model", "thinking", "word"),
    [
        ("zai", "switched", BUDGET, "enabled"),
        ("zai", "switched", ADAPTIVE, "enabled"),
        ("zai", "glm-4.6", OFF, "disabled"),
        ("zai", "glm-5", OFF, "disabled"),
        ("zai", "neither", BUDGET, None),
        ("zai", "glm-4-32b", OFF, None),
        ("zai", "glm-5.3", OFF, None),
        ("moonshot", "kimi-k2.5", OFF, "disabled"),
        ("moonshot", "moonshot-v1-32k", OFF, None),
        ("moonshot", "graded", BUDGET, None),
        ("moonshot", "kimi-k2-thinking", OFF, None),
        ("groq", "switched", OFF, None),
        ("zai", "switched", {"type": "between_tools"}, None),
        ("zai", "switched", None, None),
    ],
)
def test_a_switch_is_used_to_stop_and_where_no_effort_is_taken(
    asking: ModuleType, provider: str, model: str, thinking: Any, word: str | None
) -> None:
    changed = asking.asked(_of(model, provider, reasoning_effort="none"), {"thinking": thinking}, TAKES)
    assert changed.get("extra_body") == (word and {"thinking": {"type": word}})
    assert word is None or "reasoning_effort" not in changed


def test_the_callers_body_stands_before_the_switch(asking: ModuleType) -> None:
    body = {"thinking": {"type": "enabled", "clear_thinking": False}}
    assert asking.asked(_of("switched", "zai", extra_body=body), {"thinking": BUDGET}, TAKES)["extra_body"] == body


@pytest.mark.parametrize(
    ("provider", "info", "effort"),
    [
        ("azure", {"supports_none_reasoning_effort": True}, "none"),
        ("azure", {"supports_none_reasoning_effort": None}, None),
        ("azure", {}, "none"),
        ("azure", None, "none"),
        ("groq", {"supports_none_reasoning_effort": None}, "none"),
    ],
)
def test_an_effort_of_none_is_one_of_the_models_own(
    asking: ModuleType, provider: str, info: Item | None, effort: str | None
) -> None:
    library = Library({"m": ["reasoning_effort"]}, {} if info is None else {"m": info})
    completion = _of("m", provider, reasoning_effort="none")
    assert asking.asked(completion, {"thinking": OFF}, library).get("reasoning_effort") == effort


@pytest.mark.parametrize(
    ("provider", "model", "left"),
    [
        ("groq", "graded", {}),
        ("groq", "responses/graded", {}),
        ("openrouter", "anthropic/claude-sonnet-4.5", {"output_config": HIGH}),
        ("databricks", "databricks-claude-opus-4-6", {"output_config": HIGH}),
        ("litellm_proxy", "smart", {"output_config": HIGH}),
        ("bedrock", "converse/anthropic.claude-opus-4-6-v1", {"output_config": HIGH}),
        ("litellm_proxy", "claude-sonnet-4-5", {"output_config": HIGH}),
    ],
)
def test_what_was_only_copied_is_left_out(asking: ModuleType, provider: str, model: str, left: Item) -> None:
    copied = {"output_config": HIGH, "context_management": EDITS}
    changed = asking.asked(_of(model, provider, **copied), {"extra_kwargs": copied}, TAKES)
    assert changed == _of(model, provider, **left)


def test_what_was_translated_stays(asking: ModuleType) -> None:
    completion = _of("graded", context_management=[{"type": "compaction"}])
    assert asking.asked(completion, {"extra_kwargs": {"context_management": EDITS}}, TAKES) is completion


def test_what_the_deployment_allows_stays(asking: ModuleType) -> None:
    completion = _of("graded", context_management=EDITS, allowed_openai_params=["context_management"])
    assert asking.asked(completion, {"extra_kwargs": {"context_management": EDITS}}, TAKES) is completion


def test_an_effort_of_the_responses_api_is_a_word_on_chat_completions(asking: ModuleType) -> None:
    wrapped = {"effort": "low", "summary": "detailed"}
    library = Library({"openai:m": ["reasoning_effort"]})
    changed = asking.asked(_of("m", "openai", reasoning_effort=wrapped), {"thinking": BUDGET}, library)
    assert changed["reasoning_effort"] == "low"
    responses = _of("responses/m", "openai", reasoning_effort=wrapped)
    assert asking.asked(responses, {"thinking": BUDGET}, library) is responses


@pytest.mark.parametrize(
    ("provider", "model", "name"),
    [
        ("openai", "openai/gpt-oss-120b", "openai/openai/gpt-oss-120b"),
        ("openai", "deepseek-ai/V4", "deepseek-ai/V4"),
        ("groq", "openai/gpt-oss-120b", "openai/gpt-oss-120b"),
    ],
)
def test_an_id_that_begins_like_its_provider_is_kept(asking: ModuleType, provider: str, model: str, name: str) -> None:
    assert asking.named_again(_of(model, provider))["model"] == name


def prepare(**kwargs: Any) -> tuple[Item, Item]:
    """As LiteLLM's function: what it gives is its own."""
    return _of(kwargs["model"], "openai", reasoning_effort="low"), {"names": "kept"}


@pytest.mark.parametrize(("local", "model"), [(False, "openai/openai/m"), (True, "openai/m")])
def test_the_decorated_function_gives_what_it_gave(
    asking: ModuleType, monkeypatch: pytest.MonkeyPatch, local: bool, model: str
) -> None:
    if local:
        monkeypatch.setitem(prepare.__globals__, "local_model_name", str)
    completion, names = asking.asks(TAKES)(prepare)(model="openai/m", thinking=BUDGET)
    assert completion == _of(model, "openai")
    assert names == {"names": "kept"}


@pytest.mark.parametrize(("declared", "model"), [(True, "m"), (False, "responses/m")])
def test_what_is_declared_chat_completions_is_not_rerouted(asking: ModuleType, declared: bool, model: str) -> None:
    def reroute(completion: Item, *, thinking: Any) -> None:
        completion["model"] = f"responses/{completion['model']}"

    completion = {"model": "m"}
    asking.stays_chat(lambda: declared)(reroute)(completion, thinking=BUDGET)
    assert completion == {"model": model}
