"""A guard that lets no test of this process reach anything but loopback.

An audit hook sees every use of the socket module, whoever makes it, and cannot be removed. It refuses by raising
and also keeps a note, because a library that swallows the refusal must still fail the test that made it. Code that
opens sockets without Python's socket module (a Rust extension, c-ares) is out of its sight: such routes have to be
switched off.
"""

from __future__ import annotations

import ipaddress
import sys
from functools import cache
from pathlib import Path
from typing import Any

_refusals: list[str] = []
_records: list[Path] = []


class OutsideLoopback(ConnectionError):
    """A test tried to reach something that is not this machine's loopback."""

    def __init__(self, event: str, target: object) -> None:
        super().__init__(event, target)
        self.event, self.target = event, target

    def __str__(self) -> str:
        return f"{self.event} to {self.target!r} refused: tests reach nothing but loopback"


@cache
def install(record: Path | None = None) -> None:
    """Put the guard up, once; it stays for the life of the process. `record` is a file to write each refusal to."""
    if record:
        _records.append(record)
    sys.addaudithook(_audit)


def take_refusals() -> list[str]:
    """Hand over the refusals since the last call, and forget them."""
    taken = _refusals[:]
    _refusals.clear()
    return taken


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    position = _TARGET.get(event)
    if position is None:
        return
    target = arguments[position]
    if not _is_local(target):
        refusal = OutsideLoopback(event, target)
        _refusals.append(str(refusal))
        for record in _records:
            with record.open("a") as file:
                file.write(f"{refusal}\n")
        raise refusal


# Where each audit event of the socket module carries the address or the name.
_TARGET = {
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.sendmsg": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
    "socket.gethostbyaddr": 0,
    "socket.getnameinfo": 0,
}


def _is_local(target: object) -> bool:
    """Tell whether an address or a name stays on this machine.

    None is a socket that is already connected, or a lookup of the wildcard; a bare string after `socket.connect` is the
    path of a Unix socket, which `_is_local_host` lets through because it is a path.
    """
    if isinstance(target, tuple):
        return bool(target) and _is_local_host(target[0])
    return _is_local_host(target)


def _is_local_host(host: object) -> bool:
    if isinstance(host, (bytes, bytearray)):
        host = host.decode("ascii", "replace")
    if host is None or host in ("", "localhost"):
        return True
    if not isinstance(host, str):
        return isinstance(host, int)  # netlink and packet sockets: the kernel, never a host
    return host.startswith(("/", "\0")) or _is_loopback_address(host)


def _is_loopback_address(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
