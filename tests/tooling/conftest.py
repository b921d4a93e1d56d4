"""What the engine's tests share: a package index on loopback, and an empty cache."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache as remember
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from scripts.releases import configuration, index
from tests.tooling.releases.simple_index import SimpleIndex


@pytest.fixture
def unconfigured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No configuration of pip, uv, proxies or netrc from the machine reaches the test; gives the home folder."""
    for name in os.environ:
        if name.startswith(("PIP_", "UV_", "XDG_")) or name.lower().endswith("_proxy") or name in _CERTIFICATES:
            monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "no-system"))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    return home


_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSL_CLIENT_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NETRC")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The engine's cache, empty."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("LITELLM_THINKING_CACHE", str(folder))
    return folder


@pytest.fixture(scope="session")
def server() -> Iterator[HTTPServer]:
    """A server that answers several requests at a time."""
    with HTTPServer("127.0.0.1", threaded=True) as started:
        yield started


@pytest.fixture
def simple(server: HTTPServer, unconfigured: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> SimpleIndex:
    """The index, which pip is configured with, and no waiting between retries."""
    made = SimpleIndex(server)
    monkeypatch.setenv("PIP_INDEX_URL", made.url)
    monkeypatch.setattr(index, "BACKOFF", 0.001)
    # No file configures pip here, so it has to be asked only once for what the same variables mean: it takes a second.
    monkeypatch.setattr(configuration, "_pip_config_list", lambda: _told(_variables_of_pip()))
    return made


_pip_config_list = configuration._pip_config_list


def _variables_of_pip() -> frozenset[tuple[str, str]]:
    return frozenset((name, value) for name, value in os.environ.items() if name.startswith("PIP_"))


@remember
def _told(variables: frozenset[tuple[str, str]]) -> str:
    return _pip_config_list()
