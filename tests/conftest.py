"""Set the ground before LiteLLM is imported: no network but loopback, no cost map from the web, no Rust route."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from importlib import metadata, util
from pathlib import Path
from typing import Any

import pytest

from tests import loopback

loopback.install()

# Where a provider is, and how LiteLLM speaks to it, is the suite's to say and not the machine's.
_PROVIDERS = (
    *("ANTHROPIC_", "AWS_", "AZURE_", "CEREBRAS_", "DASHSCOPE_", "DATABRICKS_", "DEEPSEEK_", "FIREWORKS_", "GEMINI_"),
    *("GOOGLE_", "GROQ_", "HOSTED_VLLM_", "LITELLM_", "MINIMAX_", "MISTRAL_", "MOONSHOT_", "OPENAI_", "OPENROUTER_"),
    *("OR_", "TOGETHER", "VERTEX", "XAI_", "ZAI_"),
)
for _name in list(os.environ):
    _own = _name.startswith("LITELLM_THINKING_")
    if not _own and _name.startswith(_PROVIDERS):
        del os.environ[_name]
# Without this, `import litellm` asks GitHub for its cost map, three times, before it takes the one it carries.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
# The same for its list of Anthropic's beta headers.
os.environ["LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS"] = "True"
# From 1.109 on LiteLLM has an opt-in Rust route, whose sockets neither respx nor the guard can see. The value is
# read as a boolean and wins over `litellm.rust(True)`.
os.environ["LITELLM_RUST"] = "0"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--known-failures",
        action="store_true",
        help="tell cases whose failures are all listed as open for the release as open, not as failed",
    )
    parser.addoption(
        "--published-wire",
        type=Path,
        help="what the published release sends where nobody thinks (written by `python -m tests.round_trip.plain`)",
    )
    parser.addoption("--odd-releases", help="the releases on which odd histories are compared; the newest, if left out")
    parser.addoption("--every-cell", action="store_true", help="also play the cells that the grid leaves out for time")


def pytest_report_header() -> list[str]:
    return [
        f"litellm under test: {_version()} at {_location()}",
        f"litellm's Rust route: off (LITELLM_RUST={os.environ['LITELLM_RUST']}); network: loopback only",
    ]


def _version() -> str:
    try:
        return metadata.version("litellm")
    except metadata.PackageNotFoundError:
        return "not installed"


def _location() -> str:
    """Where it would be imported from; not imported here, because that costs seconds."""
    found = util.find_spec("litellm")
    return str(found.origin) if found else "no path"


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, Any, Any]:
    """Half a surrogate pair, which some cases are about, cannot be sent from one process to another: it is escaped."""
    return _sendable((yield))


def _sendable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {key: _sendable(item) for key, item in value.items()}
    return type(value)(map(_sendable, value)) if isinstance(value, list | tuple) else value


@pytest.fixture(autouse=True)
def _nothing_but_loopback() -> Iterator[None]:
    """Fail the test that tried to reach out, even if what it called swallowed the refusal."""
    yield
    refusals = loopback.take_refusals()
    assert not refusals, "\n".join(refusals)
