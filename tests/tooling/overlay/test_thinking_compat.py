"""The callback's files on their way into a wheel: the module, and the YAML that it reads beside itself."""

from __future__ import annotations

from pathlib import Path

from ruamel.yaml import YAML

from scripts.patching import series
from scripts.paths import PATCHES
from tests.tooling import made

FOLDER = "litellm/thinking_round_trip"
CAPABILITIES = f"{FOLDER}/model-capabilities"


def test_the_overlay_has_the_callback_and_all_of_its_yaml() -> None:
    overlay = series.load().overlay
    there = sorted(path.name for path in (PATCHES / "overlay" / CAPABILITIES).iterdir())
    assert f"{FOLDER}/thinking_compat.py" in overlay
    assert sorted(Path(path).name for path in overlay if path.startswith(CAPABILITIES)) == there
    assert "fireworks_ai.yaml" in there


def test_what_is_no_part_of_it_stays_out(tmp_path: Path) -> None:
    folder = made.patches(tmp_path / "patches")
    place = folder / "overlay" / FOLDER
    for name in ("data/kept.yaml", "data/left.yaml~", "notes.txt", "__pycache__/shouting.pyc"):
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_text("a: b\n")
    assert sorted(series.load(folder).overlay) == [f"{FOLDER}/data/kept.yaml", f"{FOLDER}/shouting.py"]


def test_the_callback_imports_no_other_module_of_the_overlay() -> None:
    """It has to work as a copy, where there is none."""
    source = (PATCHES / "overlay" / FOLDER / "thinking_compat.py").read_text(encoding="utf-8")
    imports = [line for line in source.splitlines() if line.lstrip().startswith(("import ", "from "))]
    assert [line for line in imports if "thinking_round_trip" in line] == []


def test_a_provider_has_one_file_which_is_named_after_it() -> None:
    for path in (PATCHES / "overlay" / CAPABILITIES).iterdir():
        assert list(YAML(typ="safe").load(path)) == [path.stem], path
