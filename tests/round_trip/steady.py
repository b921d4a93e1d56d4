"""What differs from run to run, replaced: the same failure reads the same on every release and machine."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Ids that LiteLLM makes up (of calls, answers, items), addresses in memory, the second or the time that an answer took.
_MADE_UP = re.compile(
    r"(?P<id>(?<=resp_)bGl0ZWxsb[\w+/=-]+"
    r"|(?<=rs_)-?\d{12,20}"  # what Python's hash() makes of a text, in each process something else
    r"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|(?<![0-9a-f])[0-9a-f]{24,32}(?![0-9a-f]))"
    r"|(?P<address>\b0x[0-9a-f]{8,16}\b)"
    r"|(?P<second>(?<![\d.])1[789]\d{8}(?:\.\d+)?(?![\d.]))"
    r"|(?P<duration>(?<=_ms': )\d+(?:\.\d+)?)"
)


def steady(text: str, places: Iterable[str] = ()) -> str:
    """A text with made-up ids numbered in their order, without times, addresses, and the folders in `places`."""
    for place in sorted(places, key=len, reverse=True):  # one may lie below another
        text = text.replace(f"{place}/", "")
    seen: dict[str, str] = {}

    def told(found: re.Match[str]) -> str:
        if found["id"]:
            return seen.setdefault(found["id"], f"<id {len(seen) + 1}>")
        return f"<{found.lastgroup}>"

    return _MADE_UP.sub(told, text)
