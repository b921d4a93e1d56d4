"""What a release's hooks can run of the overlay: a change elsewhere in it concerns the release not at all."""

from __future__ import annotations

import pytest

from scripts.matrix import reach
from scripts.matrix.reach import reachable
from scripts.patching import series

INIT, ONE, TWO, THREE = (f"litellm/thinking_round_trip/{name}.py" for name in ("__init__", "one", "two", "three"))
OVERLAY = {
    INIT: b'"""All."""\n',
    ONE: b"from litellm.thinking_round_trip.two import two\n",
    TWO: b"import json\n\ntwo = 2\n",
    THREE: b"three = 3\n",
}


def _reached(text: str) -> set[str]:
    return set(reachable({"litellm/a.py": text.encode()}, OVERLAY))


def test_modules_are_reached_through_others() -> None:
    assert _reached("from litellm.thinking_round_trip.one import one") == {"litellm/a.py", INIT, ONE, TWO}
    assert _reached("import litellm.thinking_round_trip.two") == {"litellm/a.py", INIT, TWO}


def test_a_module_that_is_imported_by_its_name_is_reached() -> None:
    assert _reached("from litellm.thinking_round_trip import three") == {"litellm/a.py", INIT, THREE}


def test_an_import_inside_a_function_counts() -> None:
    assert THREE in _reached("def go():\n    from litellm.thinking_round_trip.three import three\n    return three")


def test_without_hooks_nothing_is_reached() -> None:
    assert reachable({}, OVERLAY) == {}
    assert _reached("import litellm.main") == {"litellm/a.py"}


@pytest.mark.parametrize(
    "text",
    [
        "from litellm import thinking_round_trip",
        "import json, litellm.thinking_round_trip.three",
        "if True: from litellm.thinking_round_trip import three",
        "from litellm.thinking_round_trip.one import one  # see (b\nx = (1)",
        "from litellm.thinking_round_trip.one import (  # (b)\n    one,\n)",
        "from litellm.thinking_round_trip.one \\\n    import one",
        '"""A text.\n\nimport litellm.thinking_round_trip is no code.\n"""\nimport litellm.thinking_round_trip.one',
    ],
)
def test_any_way_of_importing_is_seen_in_a_module_of_ours(text: str) -> None:
    assert INIT in _reached(text)


HOOKED = [
    line.value
    for fix in series.load().fixes
    for hook in fix.hooks
    for file in hook.files
    for hunk in file
    for line in hunk
    if line.is_added and "thinking_round_trip" in line.value
]


@pytest.mark.parametrize(
    "text", ["from litellm.thinking_round_trip.one import (\n    one,\n)", "import litellm.thinking_round_trip.one"]
)
def test_in_a_long_module_only_what_a_hook_adds_is_parsed(text: str) -> None:
    long = "def broken(:\n" * reach.LONG
    assert _reached(f"{long}{text}\n{long}") == {"litellm/a.py", INIT, ONE, TWO}


def test_every_hook_imports_in_the_way_that_is_seen_in_a_long_module() -> None:
    for line in HOOKED:
        if "import" in line.split():
            assert reach._STATEMENT.match(line.encode()), line


def test_the_overlay_imports_itself_by_its_whole_name() -> None:
    """Not relatively, and not by `importlib`: these would not be seen."""
    for path, source in series.load().overlay.items():
        for word in ("import_module", "__import__", "from ."):
            assert word not in source.decode(), path


def test_every_module_is_reached_from_some_hook() -> None:
    """But for the callback, which a user names in a config, and the data that it reads."""
    patches = series.load()
    names = [line.split()[1] for line in HOOKED if line.split()[0] in ("from", "import")]
    found = set(reachable({"hooks": "\n".join(f"import {name}" for name in names).encode()}, patches.overlay))
    registered = {path for path in patches.overlay if path.endswith(("/thinking_compat.py", ".yaml"))}
    assert set(patches.overlay) - found == registered
