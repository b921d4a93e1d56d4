"""Outcomes that were measured before, kept by the digest of everything that they depend on."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Callable, Iterable, Mapping

from scripts.paths import BUILD, ROOT
from scripts.writing import write_text

FOLDER = BUILD / "outcomes"
SUITE = ("tests/conftest.py", "tests/loopback.py", "tests/backends", "tests/conversations", "tests/round_trip")
LOCKS = ("tests/requirements.txt", "tests/overrides.txt", "pyproject.toml")


def remembered(key: str, measure: Callable[[], dict[str, list[str]]]) -> dict[str, list[str]]:
    """What `measure` gives, or gave when it was asked for the same key. What it raises is not kept."""
    path = FOLDER / f"{key}.json"
    if path.exists():
        kept: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
        return kept
    found = measure()
    write_text(path, json.dumps(found, sort_keys=True))
    return found


def key(suite: str, base: str, changed: Mapping[str, bytes], cases: Iterable[str]) -> str:
    """The digest of one measurement: the suite's digest, the base wheel's SHA-256, what was changed, the cases."""
    told = [suite, base, *sorted(cases), *(f"{name}:{_sha256(data)}" for name, data in sorted(changed.items()))]
    return _sha256("\n".join(told).encode())


def suite_digest() -> str:
    """The digest of the suite, of what its environment is made from, and of the Python that runs it."""
    roots = [ROOT / name for name in (*SUITE, *LOCKS)]
    files = sorted(path for root in roots for path in (root.rglob("*") if root.is_dir() else [root]))
    told = [f"{path.relative_to(ROOT)}:{_sha256(path.read_bytes())}" for path in files if path.suffix in _READ]
    return _sha256("\n".join([platform.python_version(), platform.platform(), *told]).encode())


_READ = (".py", ".toml", ".txt")


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
