"""The guard of `tests.loopback` refuses what is outside, says so, and lets loopback through."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import loopback

pytest_plugins = ["pytester"]

# 192.0.2.0/24 is set aside for documentation, and .invalid never resolves: neither would answer if the guard were down.
OUTSIDE = ("192.0.2.1", 80)


def _connect() -> None:
    with socket.socket() as plug:
        plug.settimeout(1)
        plug.connect(OUTSIDE)


def _connect_by_ipv6() -> None:
    with socket.socket(socket.AF_INET6) as plug:
        plug.settimeout(1)
        plug.connect(("2001:db8::1", 80))


def _send_a_datagram() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plug:
        plug.sendto(b"x", OUTSIDE)


def _connect_in_a_loop() -> None:
    asyncio.run(_open())


async def _open() -> None:
    await asyncio.wait_for(asyncio.open_connection(*OUTSIDE), 1)


def _connect_by_name() -> None:
    socket.create_connection(("example.invalid", 80), 1)


def _look_up() -> None:
    socket.getaddrinfo("example.invalid", 80)


def _look_up_the_old_way() -> None:
    socket.gethostbyname("example.invalid")


def _look_up_in_reverse() -> None:
    socket.getnameinfo(OUTSIDE, 0)


@pytest.mark.parametrize(
    ("attempt", "target"),
    [
        (_connect, "192.0.2.1"),
        (_connect_by_ipv6, "2001:db8::1"),
        (_connect_in_a_loop, "192.0.2.1"),
        (_send_a_datagram, "192.0.2.1"),
        (_connect_by_name, "example.invalid"),
        (_look_up, "example.invalid"),
        (_look_up_the_old_way, "example.invalid"),
        (_look_up_in_reverse, "192.0.2.1"),
    ],
)
def test_the_outside_is_refused(attempt: Callable[[], object], target: str) -> None:
    with pytest.raises(loopback.OutsideLoopback, match="tests reach nothing but loopback"):
        attempt()
    refusals = loopback.take_refusals()
    assert refusals
    assert all(target in refusal for refusal in refusals)


def test_a_swallowed_refusal_is_remembered() -> None:
    with contextlib.suppress(OSError):
        _connect()
    (refusal,) = loopback.take_refusals()
    assert "socket.connect to ('192.0.2.1', 80)" in refusal


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_loopback_is_open(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = (host, server.getsockname()[1])
        with socket.create_connection(address, 1) as plug:
            peer, _ = server.accept()
            with peer:
                peer.sendall(b"here")
            assert plug.recv(4) == b"here"
    assert loopback.take_refusals() == []


def test_a_refusal_fails_the_test_that_caused_it(pytester: pytest.Pytester) -> None:
    """Run the fixture of the conftest on a test that swallows what it did."""
    pytester.makeconftest("from tests.conftest import _nothing_but_loopback")
    pytester.makepyfile(
        """
        import socket

        def test_swallows():
            try:
                socket.create_connection(("192.0.2.1", 80), 1)
            except OSError:
                pass

        def test_innocent():
            pass
        """
    )
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*192.0.2.1*refused: tests reach nothing but loopback*"])


def test_a_refusal_in_another_process_is_written_down(tmp_path: Path) -> None:
    program = (
        "import socket, sys; from pathlib import Path; from tests import loopback\n"
        "loopback.install(Path(sys.argv[1]))\n"
        "try: socket.create_connection(('192.0.2.1', 80), 1)\n"
        "except OSError: pass"
    )
    subprocess.run([sys.executable, "-c", program, tmp_path / "refusals"], check=True)
    (refusal,) = (tmp_path / "refusals").read_text().splitlines()
    assert "to '192.0.2.1' refused" in refusal
