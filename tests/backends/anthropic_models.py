"""What Anthropic's models can do, by their names, and what a request asks of them:
docs/providers.md#anthropic-messages.
"""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from tests.backends.base import Body

INTERLEAVED = "interleaved-thinking-2025-05-14"
BINDING = "thinking-binding-controls-2026-08-01"
Mode = Literal["manual", "adaptive", "off"]
_NAME = re.compile(r"claude-(?P<family>[a-z]+)-(?P<major>\d)(?:[-.](?P<minor>\d))?(?!\d)")
_OLD_NAME = re.compile(r"claude-(?P<major>\d)(?:[-.](?P<minor>\d))?-(?P<family>[a-z]+)")


@dataclass(frozen=True)
class Model:
    """A family and a version."""

    family: str
    version: tuple[int, int]

    @classmethod
    def named(cls, name: str) -> Model:
        """Read a model's name, such as `claude-sonnet-4-5-20250929`. Raises ValueError for one that has no version."""
        found = _NAME.search(name) or _OLD_NAME.search(name)
        if not found:
            raise ValueError(f"not a name of an Anthropic model: {name!r}")
        return cls(found["family"], (int(found["major"]), int(found["minor"] or 0)))

    @property
    def manual(self) -> bool:
        """docs/providers.md#anthropic-errors: manual mode is not for Opus 4.7 and later, nor for anything from 5 on."""
        return self.version < (4, 7)

    @property
    def adaptive(self) -> bool:
        """docs/providers.md#anthropic-errors and docs/providers.md#which-turns-need-thinking: adaptive mode is for Opus
        and Sonnet 4.6 and later, and not for 4.5 models.
        """
        return self.version >= (4, 6)

    @property
    def silent(self) -> bool:
        """docs/providers.md#anthropic-errors: thinking cannot be disabled on Fable, Mythos and Opus 5.5."""
        return self.family not in ("fable", "mythos") and (self.family, self.version) != ("opus", (5, 5))

    @property
    def warm(self) -> bool:
        """docs/providers.md#anthropic-errors: `temperature` is deprecated on 4.7 and later."""
        return self.version < (4, 7)

    @property
    def binds(self) -> bool:
        """docs/providers.md#prefix-binding: the models whose thinking is bound to what stood before it."""
        named = {("fable", (5, 1)), ("fable", (5, 2)), ("mythos", (5, 2))}
        return (self.family, self.version) in named | {(one, (5, 5)) for one in ("opus", "sonnet", "haiku")}


@dataclass(frozen=True)
class Call:
    """A request with the model that it is for and the features in beta that it switches on."""

    body: Body
    model: Model
    betas: Set[str]

    @cached_property
    def thinking(self) -> Body:
        return self.body.get("thinking") or {}

    @property
    def type(self) -> str:
        return str(self.thinking.get("type", ""))

    @property
    def mode(self) -> Mode:
        """Without the parameter a model is silent, but one that cannot be thinks adaptively (inferred)."""
        if self.type == "enabled":
            return "manual"
        if self.type == "adaptive" or (not self.type and not self.model.silent):
            return "adaptive"
        return "off"

    @property
    def interleaves(self) -> bool:
        """docs/providers.md#which-turns-need-thinking: with adaptive thinking, or by header for Claude 4, but never on
        Haiku 4.5.
        """
        if self.mode == "adaptive":
            return True
        able = self.model.version >= (4, 0) and self.model != Model("haiku", (4, 5))
        return self.mode == "manual" and able and INTERLEAVED in self.betas

    @property
    def omits(self) -> bool:
        """docs/providers.md#anthropic-streaming: with display omitted, thinking is sealed and its text left out."""
        return self.thinking.get("display") == "omitted"
