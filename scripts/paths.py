"""Where things are in the project."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "upstream.lock"
PATCHES = ROOT / "patches"
DIST = ROOT / "dist"
BUILD = ROOT / "build"
