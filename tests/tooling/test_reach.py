"""What a release's hooks can run of the overlay: a change elsewhere in it concerns the release not at all."""

from __future__ import annotations

from scripts import reach, series
from scripts.reach import reachable

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


def test_the_overlay_imports_itself_in_no_way_that_would_not_be_seen() -> None:
    """By its whole name, at any depth of a module; not relatively, and not by `importlib`."""
    for path, source in series.load().overlay.items():
        text = source.decode()
        assert "import_module" not in text, path
        assert "__import__" not in text, path
        assert "from ." not in text, path


def test_every_module_is_reached_from_some_hook() -> None:
    patches = series.load()
    added = "\n".join(
        line.value
        for fix in patches.fixes
        for hook in fix.hooks
        for file in hook.files
        for hunk in file
        for line in hunk
        if line.is_added and line.value.strip().startswith(("from litellm.thinking", "import litellm.thinking"))
    )
    names = [line.split()[1] for line in added.splitlines() if line.split()]
    found = set(reach.reachable({"hooks": "\n".join(f"import {name}" for name in names).encode()}, patches.overlay))
    assert set(patches.overlay) - found == set()
