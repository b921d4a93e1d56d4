"""What the tests of the package index share besides: a server whose certificate nobody trusts."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

import pytest
import trustme
from pytest_httpserver import HTTPServer


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """A certificate authority that nobody trusts."""
    return trustme.CA()


@pytest.fixture(scope="session")
def tls_server(authority: trustme.CA) -> Iterator[HTTPServer]:
    """A server whose certificate, for localhost, that authority has signed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with HTTPServer("localhost", ssl_context=context) as started:
        yield started
