"""One proxy for all tests of a run, the clients that there are, and a table of the scenarios at the end."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.clients import proxy as proxies
from tests.clients.ai_sdk import AISDKAnthropic, AISDKCompatible, Line
from tests.clients.anthropic_sdk import AnthropicSDK
from tests.clients.client import Client
from tests.clients.emulators import Emulators
from tests.clients.openai_sdk import OpenAISDK
from tests.clients.play import Stage

# A machine's HTTP proxy is not for loopback; the clients and LiteLLM's proxy would ask it all the same.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"

CLIENTS: dict[str, Callable[[Client], bool]] = {
    "client": lambda one: True,
    "messages_client": lambda one: one.endpoint == "messages",
    "chat_client": lambda one: one.endpoint == "chat",
    "signing_client": lambda one: one.keeps_signatures,
    "unsigning_client": lambda one: not one.keeps_signatures,
    "full_messages_client": lambda one: one.endpoint == "messages" and one.keeps_fields,
    "plain_messages_client": lambda one: one.endpoint == "messages" and not one.keeps_fields,
    "signing_chat_client": lambda one: one.endpoint == "chat" and one.keeps_signatures,
}
"""The arguments by which a test asks for clients, and which it gets: a case for each of them."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("e2e", "the proxy and its clients (given by `nox -s e2e`)")
    group.addoption("--proxy", type=Path, help="the Python of an environment with LiteLLM and its extra `proxy`")
    group.addoption("--proxy-folder", type=Path, help="where the proxy has its configuration and its log")
    group.addoption(
        "--ai-sdk", type=Path, action="append", default=[], help="a folder with a line of the AI SDK, installed"
    )


def pytest_report_header(config: pytest.Config) -> str:
    lines = [Line(one).name for one in config.getoption("ai_sdk")]
    return f"clients in Node: AI SDK {', '.join(lines)}" if lines else "clients in Node: none, as was asked for"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for name in CLIENTS.keys() & set(metafunc.fixturenames):
        found = [one for one in _clients(metafunc.config) if CLIENTS[name](one)]
        metafunc.parametrize(name, found, ids=[one.name for one in found])
    if "streamed" in metafunc.fixturenames:
        metafunc.parametrize("streamed", [False, True], ids=["whole", "stream"])


def _clients(config: pytest.Config) -> list[Client]:
    lines = [Line(one) for one in config.getoption("ai_sdk")]
    return [
        AnthropicSDK(),
        OpenAISDK(),
        *map(AISDKAnthropic, lines),
        *map(AISDKCompatible, lines),
    ]


@pytest.fixture(scope="session")
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """The proxy with every deployment, each in front of its emulator."""
    yield from _staged(request.config, "proxy")


@pytest.fixture(scope="module")
def strict_stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """A proxy that hands errors over, where another one would try again without thinking."""
    yield from _staged(request.config, "strict-proxy", LITELLM_THINKING_HEAL="error")


def _staged(config: pytest.Config, name: str, **settings: str) -> Iterator[Stage]:
    python, folder = config.getoption("proxy"), config.getoption("proxy_folder")
    if not python or not folder:
        pytest.fail("there is no proxy to test: run `nox -s e2e`", pytrace=False)
    with Emulators().listening() as emulators:
        told = proxies.config(emulators.addresses)
        with proxies.running(python, folder / name, told, **settings) as proxy:
            yield Stage(proxy, emulators)
        assert not proxy.refusals, f"the proxy tried to reach beyond loopback:\n{proxy.refusals}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line for each scenario, which is a test function: how many of its cases passed."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for outcome in ("passed", "failed", "error"):
        for report in terminalreporter.getreports(outcome):
            if outcome != "passed" or report.when == "call":
                counts[report.location[2].partition("[")[0].removeprefix("test_")][outcome] += 1
    if not counts:
        return
    terminalreporter.section("scenarios")
    for scenario, found in counts.items():
        total = sum(found.values())
        terminalreporter.line(f"{found['passed']:3} of {total:3} passed  {scenario.replace('_', ' ')}")
