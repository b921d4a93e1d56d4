"""The callback `thinking_compat` as a user has it: from the wheel, or copied next to a config where there is none."""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import util
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

import litellm

from tests.round_trip.ingress import FIXED

ROOT = Path(__file__).parents[2]
OVERLAY = ROOT / "patches/overlay/litellm/thinking_round_trip"
NAME = "thinking_compat"
CAPABILITIES = "model-capabilities"

Item = dict[str, Any]


def copied(folder: Path) -> ModuleType:
    """Copy the file and its YAML into a folder, and load it as the proxy loads what stands beside its config.

    The proxy (`get_instance_fn`, on every supported release) executes the file without adding it to `sys.modules`.
    """
    shutil.copyfile(OVERLAY / f"{NAME}.py", folder / f"{NAME}.py")
    shutil.copytree(OVERLAY / CAPABILITIES, folder / CAPABILITIES)
    return loaded(folder / f"{NAME}.py")


def loaded(path: Path) -> ModuleType:
    """Execute a module by its path."""
    spec = util.spec_from_file_location(NAME, path)
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_FOLDER = TemporaryDirectory()

COMPAT = importlib.import_module(f"litellm.thinking_round_trip.{NAME}") if FIXED else copied(Path(_FOLDER.name))
"""The module under test: that of the wheel, which has the fixes; otherwise the copied file."""


def said(folder: Path, takes: Mapping[str, str]) -> Path:
    """Write a user's folder of capabilities: what all models of each provider take."""
    folder.mkdir(parents=True, exist_ok=True)
    for provider, one in takes.items():
        text = f'{provider}:\n  "*":\n    takes: {one}\n'
        (folder / f"{provider}.yaml").write_text(text, encoding="utf-8")
    return folder


@contextmanager
def registered(*callbacks: object) -> Iterator[None]:
    """Let LiteLLM call these back, in the place where the proxy's config puts them, and nobody else."""
    before = litellm.callbacks
    litellm.callbacks = list(callbacks)
    try:
        yield
    finally:
        litellm.callbacks = before
