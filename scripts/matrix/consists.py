"""What each fix consists of, as a table: hooks, the files of LiteLLM that they change, and modules of the overlay."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from scripts.marked import replaced
from scripts.matrix import reach
from scripts.patching.hooks import Hook
from scripts.patching.series import Fix, Series

MARKERS = "<!-- consists: written by nox -s docs -->", "<!-- end of consists -->"
_OVERLAY = "litellm/thinking_round_trip/"


def with_table(text: str, patches: Series) -> str:
    """The text of patches/README.md with the table of the series. Raises BadPatch where its markers are missing."""
    return replaced("patches/README.md", text, MARKERS, table(patches))


def table(patches: Series) -> str:
    """A row for each fix, in the order of the series."""
    rows = ["| fix | hooks | files of LiteLLM that they change | modules of the overlay |", "|---|---|---|---|"]
    return "\n".join([*rows, *(_row(fix, patches.overlay) for fix in patches.fixes)])


def _row(fix: Fix, overlay: Mapping[str, bytes]) -> str:
    hooks = ", ".join(f"[{hook.since}]({hook.name})" for hook in fix.hooks)
    files = sorted({path for hook in fix.hooks for path in hook.paths})
    called = reach.called(map(_added, fix.hooks), overlay)
    behind = reach.reachable(called, overlay)
    rest = _links(path for path in behind if path not in called)
    told = ", ".join(_links(called)) + ("; behind: " if rest else "") + ", ".join(rest)
    return f"| [`{fix.name}`]({fix.name}/fix.toml) | {hooks} | {', '.join(_short(files))} | {told} |"


def _added(hook: Hook) -> bytes:
    """The lines that a hook adds."""
    lines = (line for file in hook.files for hunk in file for line in hunk if line.is_added)
    return "".join(line.value for line in lines).encode()


def _links(paths: Iterable[str]) -> list[str]:
    """Modules by their wing and name; the packages that they are in go without saying."""
    names = sorted(path.removeprefix(_OVERLAY).removesuffix(".py") for path in paths)
    return [f"[`{name}`](overlay/{_OVERLAY}{name}.py)" for name in names if not name.endswith("__init__")]


_LAYOUT = re.compile(r"(?<=llms/anthropic/)(experimental_pass_through|pass_through|messages)(?=/)")


def _short(files: Sequence[str]) -> list[str]:
    """Paths below `litellm/`, once for all layouts: the folder that was renamed is an ellipsis."""
    return [f"`{name}`" for name in dict.fromkeys(_LAYOUT.sub("…", file.removeprefix("litellm/")) for file in files)]
