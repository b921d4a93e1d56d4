"""One proxy for all tests of a run, the clients that there are, and a table of the scenarios at the end."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.clients import known
from tests.clients import proxy as proxies
from tests.clients.ai_sdk import AISDKAnthropic, AISDKCompatible, Line
from tests.clients.anthropic_sdk import AnthropicSDK
from tests.clients.client import Client
from tests.clients.emulators import Emulators
from tests.clients.openai_sdk import OpenAISDK
from tests.clients.play import Stage

# A machine's HTTP proxy is not for loopback; the clients and LiteLLM's proxy would ask it all the same.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"

OF_THE_TOOLS = ("test_guard.py", "test_proxy.py")
"""Tests of what the scenarios are played with, which are none themselves."""

_shown = pytest.StashKey[set[str]]()

CLIENTS: dict[str, Callable[[Client], bool]] = {
    "client": lambda one: True,
    "messages_client": lambda one: one.endpoint == "messages",
    "chat_client": lambda one: one.endpoint == "chat",
    "signing_client": lambda one: one.keeps_signatures,
    "unsigning_client": lambda one: not one.keeps_signatures,
    "signing_chat_client": lambda one: one.endpoint == "chat" and one.keeps_signatures,
}
"""The arguments by which a test asks for clients, and which it gets: a case for each of them."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("e2e", "the proxy and its clients (given by `nox -s e2e`)")
    group.addoption("--proxy", type=Path, help="the Python of an environment with LiteLLM and its extra `proxy`")
    group.addoption("--proxy-folder", type=Path, help="where the proxy has its configuration and its log")
    group.addoption("--release", help="the release of LiteLLM that the proxy is of")
    group.addoption(
        "--ai-sdk", type=Path, action="append", default=[], help="a folder with a line of the AI SDK, installed"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_shown] = set()


def pytest_report_header(config: pytest.Config) -> str:
    lines = [Line(one).name for one in config.getoption("ai_sdk")]
    return f"clients in Node: AI SDK {', '.join(lines)}" if lines else "clients in Node: none, as was asked for"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for name in CLIENTS.keys() & set(metafunc.fixturenames):
        found = [one for one in _clients(metafunc.config) if CLIENTS[name](one)]
        metafunc.parametrize(name, found, ids=[one.name for one in found])
    if "line" in metafunc.fixturenames:
        lines = [Line(one.resolve()) for one in metafunc.config.getoption("ai_sdk")]
        metafunc.parametrize("line", lines, ids=[one.name for one in lines])
    if "streamed" in metafunc.fixturenames:
        metafunc.parametrize("streamed", [False, True], ids=["whole", "stream"])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests for whose clients there is no Node, which was asked for; pytest would skip them."""
    away = [item for item in items if _needs_node(item)]
    items[:] = [item for item in items if item not in away]
    config.hook.pytest_deselected(items=away)


def _needs_node(item: pytest.Item) -> bool:
    """Whether it asks for a client, or a line of the AI SDK, and there was none to give it."""
    asked = {"line", *CLIENTS} & set(getattr(item, "fixturenames", ()))
    arguments = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    return any(not isinstance(arguments.get(name), (Client, Line)) for name in asked)


def _clients(config: pytest.Config) -> list[Client]:
    lines = [Line(one.resolve()) for one in config.getoption("ai_sdk")]
    return [
        AnthropicSDK(),
        OpenAISDK(),
        *map(AISDKAnthropic, lines),
        *map(AISDKCompatible, lines),
    ]


@pytest.fixture(scope="session")
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """The proxy with every deployment, each in front of its emulator."""
    yield from staged(request.config, "proxy")


@pytest.fixture(scope="module")
def strict_stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """A proxy that hands errors over, where another one would try again without thinking."""
    yield from staged(request.config, "strict-proxy", LITELLM_THINKING_HEAL="error")


def staged(
    config: pytest.Config,
    name: str,
    *,
    beside: Callable[[Path], None] | None = None,
    callbacks: Sequence[str] = (),
    **settings: str,
) -> Iterator[Stage]:
    """A proxy of its own for some tests: what a fixture yields. `name` is that of its folder; see `proxy.running`."""
    python, folder = config.getoption("proxy"), config.getoption("proxy_folder")
    if not python or not folder:
        pytest.fail("there is no proxy to test: run `nox -s e2e`", pytrace=False)
    with Emulators().listening() as emulators:
        told = proxies.config(emulators.addresses, callbacks)
        with proxies.running(python, folder / name, told, beside, **settings) as proxy:
            yield Stage(proxy, emulators)
        assert not proxy.refusals, f"the proxy tried to reach beyond loopback:\n{proxy.refusals}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell a failure that is known to be open apart, if that was asked for."""
    report = yield
    if report.when == "call" and report.failed and item.config.getoption("known_failures"):
        arguments = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        number = known.number_of(item.config.getoption("release"), arguments, report.longreprtext)
        if number:
            item.config.stash[_shown].add(number)
            report.outcome = "skipped"
            report.wasxfail = f"open: {number}"
    return report


def pytest_report_teststatus(report: pytest.TestReport | pytest.CollectReport) -> Any:
    if str(getattr(report, "wasxfail", "")).startswith("open: "):
        return "open", "o", ("OPEN", {"yellow": True})
    return None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """One line for each scenario, which is a test function: how many of its cases passed, and which remain open."""
    scenarios: dict[str, Counter[str]] = defaultdict(Counter)
    for outcome in ("passed", "failed", "error", "open"):
        for report in terminalreporter.getreports(outcome):
            file, _, name = report.location
            if Path(file).name not in OF_THE_TOOLS and (outcome != "passed" or report.when == "call"):
                scenarios[name.partition("[")[0].removeprefix("test_")][_told(outcome, report)] += 1
    if not scenarios:
        return
    terminalreporter.section("scenarios")
    for scenario, found in scenarios.items():
        rest = "".join(f", {count} {outcome}" for outcome, count in found.items() if outcome != "passed")
        terminalreporter.line(f"{found['passed']:3} of {found.total():3} passed  {scenario.replace('_', ' ')}{rest}")
    for number in _stale(config):
        terminalreporter.line(f"{number} is listed as open, but no case shows it: mend known.toml", red=True)


def _told(outcome: str, report: pytest.TestReport) -> str:
    return str(getattr(report, "wasxfail", outcome))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if session.exitstatus == pytest.ExitCode.OK and _stale(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _stale(config: pytest.Config) -> list[str]:
    """The numbers that are listed and not seen, if all cases of the release were played."""
    chosen = config.getoption("keyword") or config.getoption("markexpr") or config.getoption("maxfail")
    all_of_them = [Path(one).resolve() for one in config.args] == [Path(__file__).parent]
    if chosen or not all_of_them or not config.getoption("known_failures"):
        return []
    return sorted(known.listed(config.getoption("release")) - config.stash[_shown])
