"""LiteLLM's proxy as users start it: the program `litellm`, with a configuration file, in a process of its own.

Nothing but loopback is open to it (`in_proxy/sitecustomize.py`), and what it logs stays in its folder.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.clients.deployments import DEPLOYMENTS

STARTS, STOPS, LOGS = 180, 30, 30
"""Seconds that the proxy may take to be ready, to end when it is asked to, and to log a request."""

_IN_PROXY = Path(__file__).with_name("in_proxy")
# Where a provider is and how the proxy speaks to it is the configuration's to say, not the machine's.
_SETTINGS = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True",
    "LITELLM_LOCAL_BLOG_POSTS": "True",
    "LITELLM_TELEMETRY": "False",
    "LITELLM_RUST": "0",
    "PROVIDER_KEY": "key-of-nobody",
    "PYTHONUNBUFFERED": "1",
}


class ProxyFailed(AssertionError):
    """The proxy did not start, or did not end as it should; the message has the end of its log."""


@dataclass
class Proxy:
    """A running proxy: its address, its master key, and the folder with its configuration and what it writes."""

    url: str
    key: str
    folder: Path

    @property
    def log(self) -> str:
        return (self.folder / "proxy.log").read_text("utf-8", "replace")

    @property
    def refusals(self) -> str:
        """What it tried to reach beyond loopback, a line each."""
        path = self.folder / "refusals.txt"
        return path.read_text() if path.exists() else ""

    def spent(self, call: str) -> Mapping[str, Any]:
        """What the standard logging payload said of a request, by its id. Raises LookupError if nothing comes."""
        path = self.folder / "spend.jsonl"
        for _ in range(LOGS * 10):
            lines = path.read_text().splitlines() if path.exists() else []
            found = [told for told in map(json.loads, lines) if told["call"] == call]
            if found:
                return dict(found[-1])
            time.sleep(0.1)
        raise LookupError(f"nothing was logged for request {call} within {LOGS} seconds")


@contextmanager
def running(
    python: Path,
    folder: Path,
    config: Mapping[str, Any],
    beside: Callable[[Path], None] | None = None,
    **settings: str,
) -> Iterator[Proxy]:
    """Start the proxy of an environment and wait until it is ready; end it with the block. Raises ProxyFailed.

    `folder` gets its configuration (YAML reads JSON), its callback and its log, and what `beside` puts there;
    `settings` are variables for it.
    """
    _prepare(folder, config)
    if beside:
        beside(folder)
    proxy = Proxy(f"http://127.0.0.1:{_free_port()}", f"sk-{secrets.token_hex(24)}", folder)
    with (folder / "proxy.log").open("wb") as log:
        process = subprocess.Popen(
            _command(python, proxy),
            cwd=folder,
            env={**_environment(proxy), **settings},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait(process, proxy)
            yield proxy
        finally:
            _stop(process, proxy)


def _prepare(folder: Path, config: Mapping[str, Any]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(_IN_PROXY / "spend_log.py", folder)
    (folder / "config.yaml").write_text(json.dumps(config, indent=2))


def config(addresses: Mapping[str, str], callbacks: Sequence[str] = ()) -> dict[str, Any]:
    """A configuration with every deployment, each at the address of its emulator, and callbacks beside our own."""
    models = [
        {"model_name": model, "litellm_params": one.params(model, addresses[model])}
        for model, one in DEPLOYMENTS.items()
    ]
    return {
        "model_list": models,
        "litellm_settings": {"callbacks": ["spend_log.handler", *callbacks], "num_retries": 0},
        "router_settings": {"num_retries": 0},
        "general_settings": {"master_key": "os.environ/LITELLM_MASTER_KEY"},
    }


def _command(python: Path, proxy: Proxy) -> list[str]:
    program = python.with_name("litellm.exe" if os.name == "nt" else "litellm")
    host, port = proxy.url.removeprefix("http://").split(":")
    return [str(program), "--config", "config.yaml", "--host", host, "--port", port, "--telemetry", "False"]


def _environment(proxy: Proxy) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "LITELLM_"))}
    own = {"E2E_FOLDER": str(proxy.folder), "PYTHONPATH": str(_IN_PROXY), "LITELLM_MASTER_KEY": proxy.key}
    return {**kept, **_SETTINGS, **own}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as plug:
        port: int = plug.getsockname()[1]
        return port


def _wait(process: subprocess.Popen[bytes], proxy: Proxy) -> None:
    end = time.monotonic() + STARTS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise ProxyFailed(_told(proxy, f"it ended with exit status {process.returncode} before it was ready"))
        try:
            if httpx.get(f"{proxy.url}/health/readiness", timeout=5).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise ProxyFailed(_told(proxy, f"it was not ready within {STARTS} seconds"))


def _stop(process: subprocess.Popen[bytes], proxy: Proxy) -> None:
    process.terminate()
    try:
        process.wait(STOPS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise ProxyFailed(_told(proxy, f"it did not end within {STOPS} seconds")) from None


def _told(proxy: Proxy, why: str) -> str:
    end = "\n".join(proxy.log.splitlines()[-30:])
    return f"the proxy failed: {why}. The end of {proxy.folder / 'proxy.log'}:\n{end}"
