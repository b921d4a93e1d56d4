"""What Claude says when the thinking of a history keeps it from answering (failures F12 and F43).

The texts are those of docs/failures.md#what-was-measured, and docs/providers.md#anthropic-errors. Most name a block;
each leaves something to take out, after which the same request is accepted.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any, NamedTuple, Optional

VARIABLE = "LITELLM_THINKING_HEAL"
"""What the process does with such an answer: "error" hands it to the client; all else tries again, the default."""

BOUND = "bound to another conversation"
SILENT = "thinking in a request that does not think"
MISSING = "a turn that does not begin with thinking"
UNSIGNED = "unsigned thinking"
_BAD = "thinking that cannot be verified"
_CHANGED = "thinking that is not as it was given"

_TEXTS = (
    (BOUND, "bound to a different conversation"),
    (_BAD, r"invalid `?(signature|data)`? in `?(redacted_)?thinking`? block"),
    (_BAD, r"thinking\.signature(\.str)?: (field required|input should be a valid string)"),
    (_BAD, r"redacted_thinking\.data(\.str)?: (field required|input should be a valid string)"),
    (_BAD, r"each thinking block must contain (non-whitespace )?thinking"),
    (_CHANGED, "blocks in the latest assistant message cannot be modified"),
    (_CHANGED, "blocks must match the parameters during the original request"),
    (_CHANGED, r"if an `?assistant`? message contains any thinking blocks, the first block must be"),
    (SILENT, r"when thinking is disabled, an `?assistant`? message in the final position cannot contain"),
    (MISSING, "expected `thinking` or `redacted_thinking`, but found"),
)
_PATTERNS = tuple((reason, re.compile(text)) for reason, text in _TEXTS)
_PLACE = re.compile(r"messages\.(\d+)\.content\.(\d+)")
_BEDROCK = "the request signature we calculated does not match"


class Complaint(NamedTuple):
    """What is wrong, and with which message and block, where the text says so."""

    reason: str
    place: Optional[tuple[int, int]]

    @property
    def path(self) -> str:
        return "messages.{}.content.{}".format(*self.place) if self.place else "no block is named"


def complaint(status: int, text: str) -> Optional[Complaint]:
    """Read the answer to a rejected request; None if it is not about thinking.

    Bedrock answers unsigned thinking with 403, in words that are about the request's own signature (F11), so that
    the answer alone does not say which of the two it means.
    """
    words = text.lower()
    if status == 403 and _BEDROCK in words:
        return Complaint(UNSIGNED, None)
    if status != 400 or "thinking" not in words:
        return None
    reason = next((reason for reason, pattern in _PATTERNS if pattern.search(words)), None)
    if reason is None:
        return None
    place = _PLACE.search(words)
    return Complaint(reason, (int(place[1]), int(place[2])) if place else None)


def wants_errors(body: Mapping[str, Any], found: Complaint) -> bool:
    """Whether the process or the request asks for the error instead of an answer without its thinking (F43)."""
    if os.environ.get(VARIABLE) == "error":
        return True
    thinking = body.get("thinking")
    binding = thinking.get("block_binding") if isinstance(thinking, dict) else None
    strict = isinstance(binding, dict) and binding.get("prefix_mismatch_behavior") == "error"
    return strict and found.reason == BOUND
