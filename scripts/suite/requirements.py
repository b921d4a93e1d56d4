"""The verb `requirements`: pin what pyproject.toml's dependency groups ask for, with hashes and without addresses."""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from uv import find_uv_bin

from scripts.commands import check
from scripts.paths import ROOT
from scripts.releases import configuration

OVERRIDES = "tests/overrides.txt"
"""The one visible place for requirements of LiteLLM that an index may not meet."""

HOW = [
    "--universal",
    "--python-version",
    "3.10",
    "--generate-hashes",
    "--custom-compile-command",
    "nox -s requirements",
]
"""One lock for every platform and Python, with hashes, and with a head that names neither a path nor an address."""

LOCKS = {
    "scripts/requirements.txt": ["--group", "engine"],
    "scripts/requirements-dev.txt": ["--group", "dev"],
    "tests/requirements.txt": ["--group", "suite", "--overrides", OVERRIDES, "--no-emit-package", "litellm"],
}
"""Each lock file, and how it is compiled."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the verb takes."""
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions for everything")


def run(arguments: argparse.Namespace) -> int:
    """Compile the locks: new pins only where pyproject.toml asks for them, or everywhere with `arguments.upgrade`."""
    for name in LOCKS:
        _compile(name, ROOT / name, ["--upgrade"] if arguments.upgrade else [])
    return 0


def stale() -> list[str]:
    """One finding for each lock that is not what pyproject.toml and the pins in it give."""
    with tempfile.TemporaryDirectory() as folder:
        findings = []
        for name in LOCKS:
            fresh = Path(folder) / "requirements.txt"
            shutil.copyfile(ROOT / name, fresh)
            _compile(name, fresh, [])
            if fresh.read_bytes() != (ROOT / name).read_bytes():
                findings.append(f"{name} does not fit pyproject.toml: run `nox -s requirements`.")
    return findings


def _compile(name: str, target: Path, options: list[str]) -> None:
    command = [find_uv_bin(), "pip", "compile", "--quiet", *HOW, *LOCKS[name], *options, "--output-file", str(target)]
    # A lock has to hold everywhere: an extra index of this machine may have only some of a version's files.
    main = replace(configuration.configured(), extra=(), find_links=())
    check(command, {**os.environ, **configuration.environment(main)})
