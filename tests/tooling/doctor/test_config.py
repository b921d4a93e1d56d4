"""A proxy's config: what is read of it, which backend each model is, which endpoint it gets, and the client's part."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from scripts.__main__ import main
from scripts.doctor import clients, endpoints, providers, proxy_config
from scripts.doctor.endpoints import Endpoint, choose
from scripts.doctor.measured import Route, Score
from scripts.doctor.proxy_config import Config, Deployment
from scripts.errors import BadConfig
from tests.backends import BACKENDS
from tests.round_trip.routes import ROUTES

INTACT, BROKEN = Score(True, 9, 0), Score(False, 6, 3)
WORSE = Score(False, 1, 8)


def deployment(model: str, name: str = "m", **params: Any) -> Deployment:
    return Deployment(name, {"model": model, **params})


def chosen(scores: dict[Route, Score], *deployments: Deployment, **settings: Any) -> Endpoint:
    (found,) = choose(Config(deployments, settings, {}), scores)
    return found


def written(folder: Path, text: str, name: str = "config.yaml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


# ---------------------------------------------------------------- reading


def test_what_is_read(tmp_path: Path) -> None:
    written(tmp_path, "model_list:\n- {model_name: b, litellm_params: {model: zai/glm-4.7}}\n", "more.yaml")
    path = written(
        tmp_path,
        """\
include: [more.yaml]
model_list:
- model_name: a
  litellm_params: {model: anthropic/claude-sonnet-4-5, api_key: os.environ/KEY, rust: yes}
litellm_settings: {disable_aiohttp_transport: on}
environment_variables: {LITELLM_RUST: "1", SECRET: os.environ/OTHER}
""",
    )
    found = proxy_config.read(path)
    assert [(one.name, one.model) for one in found.deployments] == [
        ("a", "anthropic/claude-sonnet-4-5"),
        ("b", "zai/glm-4.7"),
    ]
    assert found.deployments[0].params["rust"] is True, "as YAML 1.1 has it, which LiteLLM reads"
    assert found.settings == {"disable_aiohttp_transport": True}
    assert found.variables == {"LITELLM_RUST": "1"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "it has no model_list"),
        ("model_list:\n", "it has no model_list"),
        ("model_list: []\n", "model_list is no list of models"),
        ("model_list: {a: b}\n", "model_list is no list of models"),
        ("- a\n", "the whole of it is no mapping of names to values"),
        ("just a text\n", "the whole of it is no mapping of names to values"),
        ("model_list: [a]\n", "model_list[0] is no mapping of names to values"),
        ("model_list:\n- model_name: a\n", "model_list[0].litellm_params.model is no text"),
        ("model_list:\n- {litellm_params: {model: a}}\n", "model_list[0].model_name is no text"),
        ("model_list:\n- {model_name: 5, litellm_params: {model: a}}\n", "model_list[0].model_name is no text"),
        ("model_list:\n- {model_name: a, litellm_params: {model: 5}}\n", "model_list[0].litellm_params.model is no te"),
        ("model_list:\n- {model_name: a, litellm_params: b}\n", "model_list[0].litellm_params is no mapping"),
        (
            "model_list: [{model_name: a, litellm_params: {model: b}}]\nlitellm_settings: 1",
            "litellm_settings is no map",
        ),
        ("include: more.yaml\nmodel_list: []\n", "include is no list of files"),
        ("include: [config.yaml]\nmodel_list: []\n", "include leads from"),
        ("include: [gone.yaml]\nmodel_list: []\n", "there is no such file"),
        ("model_list:\n  - a: b\n c: d\n", "line 3, column 2: "),
        ("a: {b: [\n", "line 2, column 1: "),
        ("a: !!python/object:os.system x\n", "line 1, column 4: could not determine a constructor"),
        ("a: b\na: c\n", "line 2, column 1: found duplicate key"),
        ("[" * 1000, "it is nested too deeply"),
        ("a: \0\n", "special characters are not allowed"),
        ("a: &a [*a]\nmodel_list: *a\n", "model_list[0] is no mapping"),
    ],
)
def test_what_litellm_would_not_take(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(BadConfig) as caught:
        proxy_config.read(written(tmp_path, text))
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(tmp_path) in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "api_key: sk-secret\napi_key: sk-secret-too\n",
        "api_key: *sk-secret\n",
        "api_key: !sk-secret x\n",
        'general_settings:\n  master_key: "sk-secret\n  a: b',
    ],
)
def test_what_is_wrong_is_said_without_what_is_there(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadConfig, match=r"line \d+, column \d+: [a-z]+") as caught:
        proxy_config.read(written(tmp_path, text))
    assert "secret" not in str(caught.value)


def test_included_files_do_not_grow_without_end(tmp_path: Path) -> None:
    """Each file includes the next one four times: there are seven of them, and they would be read some 5,000 times."""
    for number in range(1, 7):
        more = f"include: [{', '.join([f'{number + 1}.yaml'] * 4)}]\n" if number < 6 else ""
        (tmp_path / f"{number}.yaml").write_text(f"{more}a: 1\n")
    with pytest.raises(BadConfig, match="it includes more than 100 files"):
        proxy_config.read(written(tmp_path, "include: [1.yaml, 1.yaml, 1.yaml, 1.yaml]\nmodel_list: []\n"))


def test_merged_mappings_do_not_grow_without_end(tmp_path: Path) -> None:
    """Each line doubles the one above: a thousand characters would be keys for hours."""
    merged = "".join(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}], k{n}: {n}}}\n" for n in range(1, 19))
    models = "model_list: [{model_name: a, litellm_params: {<<: [*a18, *a0], model: b, k0: mine}}]\n"
    path = written(tmp_path, f"a0: &a0 {{k0: 0, k1: other}}\n{merged}{models}")
    start = time.process_time()
    (found,) = proxy_config.read(path).deployments
    assert time.process_time() - start < 1
    assert found.params == {"model": "b", "k0": "mine"} | {f"k{n}": n for n in range(1, 19)}, "the first of a list wins"


def test_aliases_of_the_router_are_models_too(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """\
model_list: [{model_name: a, litellm_params: {model: zai/glm-4.7}}]
router_settings: {model_group_alias: {b: a, c: {model: a, hidden: true}, d: gone}}
""",
    )
    found = proxy_config.read(path)
    assert [(one.name, one.model) for one in found.deployments] == [(name, "zai/glm-4.7") for name in "abc"]


@pytest.mark.parametrize("alias", ["1", "[a]", "{b: 1}", "{b: {hidden: true}}"])
def test_aliases_that_litellm_would_not_take(tmp_path: Path, alias: str) -> None:
    models = "model_list: [{model_name: a, litellm_params: {model: b}}]"
    text = f"{models}\nrouter_settings: {{model_group_alias: {alias}}}\n"
    with pytest.raises(BadConfig, match=r"router_settings\.model_group_alias"):
        proxy_config.read(written(tmp_path, text))


def test_a_config_that_is_no_text_or_no_file(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes(b"\xff\xfe\x00\xd8 a: b")
    for bad in (path, tmp_path, tmp_path / "gone.yaml", Path("/dev/zero")):
        with pytest.raises(BadConfig):
            proxy_config.read(bad)


# ---------------------------------------------------------------- models


@pytest.mark.parametrize(
    ("model", "params", "expected"),
    [
        ("anthropic/claude-sonnet-4-5-20250929", {}, ["anthropic"] * 3),
        ("claude-sonnet-4-6", {}, ["anthropic-adaptive"] * 3),
        ("anthropic/claude-haiku-9", {}, ["anthropic-adaptive anthropic"] * 3),
        ("anthropic/*", {}, ["anthropic-adaptive anthropic"] * 3),
        ("claude-sonnet-4-5", {"custom_llm_provider": "vertex_ai"}, ["vertex_anthropic"] * 3),
        ("anthropic/claude-sonnet-4-5", {"api_base": "https://gateway.internal"}, ["anthropic"] * 3),
        ("anthropic/kimi-k2.5", {"api_base": "https://api.moonshot.ai/anthropic"}, ["moonshot-anthropic"] * 3),
        ("anthropic/glm-4.7", {"api_base": "https://api.z.ai/api/anthropic"}, ["", "", ""]),
        ("openai/gpt-5", {}, ["openai", "openai-chat", "openai"]),
        ("gpt-5-mini", {}, ["openai", "openai-chat", "openai"]),
        ("openai/qwen3", {"api_base": "http://localhost:8000/v1"}, ["", "", ""]),
        ("openai/qwen3", {"api_base": "os.environ/BASE"}, ["", "", ""]),
        ("azure/our-gpt-5", {"api_base": "https://us.openai.azure.com"}, ["azure-chat", "azure-chat", "azure"]),
        ("azure/responses/our-gpt-5", {"api_base": "os.environ/BASE"}, ["azure", "azure", ""]),
        ("moonshot/kimi-k2-thinking", {"api_base": "https://api.moonshot.cn/v1"}, ["moonshot"] * 3),
        ("deepseek/deepseek-reasoner", {}, ["", "deepseek-v3.2", "deepseek-v3.2"]),
        ("deepseek/deepseek-v4-flash", {}, ["deepseek"] * 3),
        ("dashscope/qwen3-max", {}, ["dashscope"] * 3),
        ("hosted_vllm/Qwen/Qwen3", {"api_base": "http://gpu:8000/v1"}, ["vllm", "vllm", ""]),
        (
            "hosted_vllm/Qwen/Qwen3",
            {"api_base": "http://gpu:8000/v1", "reasoning_carrier": "reasoning_content"},
            ["vllm-older", "vllm-older", ""],
        ),
        ("bedrock/converse/us.anthropic.claude-opus-4", {}, ["bedrock"] * 3),
        ("bedrock/us.anthropic.claude-opus-4", {}, ["", "", ""]),
        ("bedrock/converse/us.amazon.nova-2-pro", {}, ["bedrock-nova"] * 3),
        ("vertex_ai/gemini-3.1-pro", {}, ["vertex_gemini"] * 3),
        ("vertex_ai/mistral-large", {}, ["", "", ""]),
        ("databricks/databricks-claude-sonnet-4", {}, ["", "databricks", "databricks"]),
        ("openrouter/anthropic/claude-opus-4", {}, ["openrouter-claude", "openrouter-claude", ""]),
        ("openrouter/qwen/qwen3", {}, ["openrouter", "openrouter", ""]),
        ("azure_ai/claude-sonnet-4-5", {}, ["", "", ""]),
        ("xai/grok-4", {}, ["xai-chat", "xai-chat", "xai"]),
        ("together_ai/zai-org/GLM-5.3-air", {}, ["together-glm", "together-glm", "together"]),
        ("*", {}, ["", "", ""]),
    ],
)
def test_which_backend_a_model_is(model: str, params: dict[str, Any], expected: list[str]) -> None:
    found = [" ".join(providers.backends(deployment(model, **params), one, {})) for one in endpoints.PATHS]
    assert found == expected


@pytest.mark.parametrize("backend", [name for name in BACKENDS if name in ROUTES])
def test_each_route_of_the_suite_is_its_own_backend(backend: str) -> None:
    route = ROUTES[backend]
    for ingress in endpoints.PATHS:
        model = route.models.get(ingress, route.model)
        params = {key: route.arguments[key] for key in ("api_base",) if key in route.arguments} | dict(route.told)
        found = providers.backends(deployment(model, **params), ingress, route.settings)
        assert (backend in found) is (ingress not in route.impossible), (ingress, model, found)


@pytest.mark.parametrize(("flag", "expected"), [(True, ["openai-chat"]), (False, ["openai"])])
def test_the_setting_that_takes_messages_to_the_chat_endpoint(flag: bool, expected: list[str]) -> None:
    assert providers.backends(deployment("openai/gpt-5"), "messages", {providers.FLAG: flag}) == expected


# ---------------------------------------------------------------- endpoints


@pytest.mark.parametrize(
    ("model", "messages", "chat", "expected"),
    [
        ("anthropic/claude-sonnet-4-5", INTACT, INTACT, "messages"),
        ("anthropic/claude-sonnet-4-5", BROKEN, INTACT, "chat"),
        ("anthropic/claude-sonnet-4-5", WORSE, BROKEN, "chat"),
        ("anthropic/claude-sonnet-4-5", BROKEN, BROKEN, "messages"),
        ("zai/glm-4.7", INTACT, INTACT, "chat"),
        ("zai/glm-4.7", INTACT, BROKEN, "messages"),
        ("zai/glm-4.7", BROKEN, WORSE, "messages"),
        ("zai/glm-4.7", BROKEN, BROKEN, "chat"),
    ],
)
def test_the_endpoint_where_more_survives(model: str, messages: Score, chat: Score, expected: str) -> None:
    backend = "anthropic" if "claude" in model else "zai"
    found = chosen({(backend, "messages"): messages, (backend, "chat"): chat}, deployment(model))
    assert found.ingress == expected
    assert found.intact is (INTACT in (messages, chat))
    assert found.why == (f"intact: measured as {backend}" if found.intact else found.why)


def test_what_fails_is_counted() -> None:
    found = chosen({("zai", "chat"): BROKEN, ("zai", "messages"): WORSE}, deployment("zai/glm-4.7"))
    assert found.why == "3 of 9 cases fail: measured as zai"
    assert (found.passed, found.red, found.backends) == (6, 3, ("zai",))


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("azure_ai/claude-sonnet-4-5", "messages"),
        ("bedrock/us.anthropic.claude-opus-4", "messages"),
        ("vertex_ai/gemini-3.1-pro", "chat"),
        ("*", "chat"),
        ("ollama_chat/qwen3", "chat"),
    ],
)
def test_the_rule_where_nothing_was_measured(model: str, expected: str) -> None:
    found = chosen({("anthropic", "chat"): INTACT}, deployment(model))
    assert (found.ingress, found.measured, found.intact) == (expected, False, False)
    assert found.why.startswith("not measured; the rule is: ")


def test_deployments_of_one_name_agree_on_an_endpoint() -> None:
    scores = {("zai", "chat"): INTACT, ("zai", "messages"): INTACT, ("moonshot", "messages"): INTACT}
    both = chosen({**scores, ("moonshot", "chat"): BROKEN}, deployment("zai/glm-4.7"), deployment("moonshot/kimi-k2.5"))
    assert (both.ingress, both.intact, both.backends) == ("messages", True, ("moonshot", "zai"))
    half = chosen(scores, deployment("zai/glm-4.7"), deployment("ollama_chat/qwen3"))
    assert not half.intact, "nobody knows what the other deployment does"
    assert half.why == "intact: measured as zai; another deployment of this name was not measured"


# ---------------------------------------------------------------- clients


def test_the_client_s_configuration() -> None:
    found = clients.configuration(
        [
            Endpoint("claude", "messages", True, ("anthropic",), 9, 0, ""),
            Endpoint("qwen", "chat", True, ("vllm",), 9, 0, ""),
            Endpoint("openrouter/*", "chat", True, ("openrouter",), 9, 0, ""),
        ]
    )
    assert found["provider"]["litellm-anthropic"] == {
        "npm": "@ai-sdk/anthropic",
        "options": {"baseURL": "http://localhost:4000/v1", "apiKey": "{env:LITELLM_API_KEY}"},
        "models": {"claude": {"name": "claude"}},
    }
    assert found["provider"]["litellm"]["npm"] == "@ai-sdk/openai-compatible"
    assert list(found["provider"]["litellm"]["models"]) == ["qwen"], "a pattern is no name to ask for"


CONFIG = """\
model_list:
- model_name: claude-sonnet
  litellm_params: {model: anthropic/claude-sonnet-4-5, api_key: sk-secret-one}
- model_name: kimi
  litellm_params: {model: moonshot/kimi-k2.5, api_key: os.environ/MOONSHOT, api_base: "https://u:sk-secret-two@h/v1"}
- model_name: "openrouter/*"
  litellm_params: {model: "openrouter/*"}
litellm_settings: {disable_aiohttp_transport: true}
environment_variables: {LITELLM_RUST: "true"}
"""


def test_the_engine_says_which_endpoint_and_prints_no_secret(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LITELLM_RUST", raising=False)
    path = written(tmp_path, CONFIG)
    assert main(["doctor", "1.109.1+thinking.1", "--config", str(path), "--json"]) == 1, "for the Rust route"
    out, err = capfd.readouterr()
    data = json.loads(out)
    assert err == ""
    assert "secret" not in out
    assert {one["model"]: one["client"] for one in data["endpoints"]}["claude-sonnet"] == "litellm-anthropic"
    assert all(one["measured_as"] for one in data["endpoints"])
    assert (data["rust"]["on"], data["transport"]["name"]) == (True, "httpx")
    assert main(["doctor", "1.109.1+thinking.1", "--config", str(path)]) == 1
    out, err = capfd.readouterr()
    assert "secret" not in out
    assert '"baseURL": "http://localhost:4000/v1"' in out
    assert json.loads(out[out.index("\n{") : out.index("\n}") + 2]) == data["clients"]


def test_a_bad_config_is_one_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, "model_list:\n  - a: b\n c: d\n")
    assert main(["doctor", "--config", str(path)]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith(f"error: {path} cannot be used: line 3, column 2: ")
    assert err.count("\n") == 1
