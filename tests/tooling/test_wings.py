"""The order of the wings: what goes down is well, what goes up or aside is found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from scripts import wings
from scripts.wings import ENGINE, OVERLAY, House

HOUSE = House("house.main", Path(), frozenset({"tools"}), (("cellar",), ("kitchen", "hall"), ("attic",)))
GOOD = {
    "__init__.py": "",
    "tools.py": "import os\n",
    "door.py": "from house.main import attic, bell\nfrom house.main.cellar import wine\n",
    "bell.py": "from house.main import door\n",
    "cellar/__init__.py": "",
    "cellar/wine.py": "from house.main import tools\nfrom house.main.cellar import water\nfrom . import water\n",
    "cellar/water.py": "import house.mainland\nfrom tests.house import main\n",
    "kitchen/soup.py": "from ..cellar import water\nimport house.main.cellar.wine\nfrom .. import tools\n",
    "hall/mirror.py": "import house.main\n",
    "attic/trunk.py": "from house.main.hall.mirror import image\nfrom house.main.kitchen import soup\n",
    "data/list.yaml": "a: 1\n",
}


def findings(folder: Path, files: Mapping[str, str]) -> list[str]:
    """What is found in the good house with these files in it."""
    for name, text in {**GOOD, **files}.items():
        path = folder / "main" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return wings.check(replace(HOUSE, folder=folder / "main"))


def test_a_house_in_order_has_no_findings(tmp_path: Path) -> None:
    assert findings(tmp_path, {}) == []


@pytest.mark.parametrize(
    ("name", "text", "imported", "parts"),
    [
        ("cellar/wine.py", "from house.main.attic import trunk\n", "house.main.attic.trunk", ("attic", "cellar")),
        ("cellar/wine.py", "from house.main import attic\n", "house.main.attic", ("attic", "cellar")),
        ("cellar/wine.py", "import house.main.attic.trunk as old\n", "house.main.attic.trunk", ("attic", "cellar")),
        ("cellar/wine.py", "from ..attic.trunk import hat\n", "house.main.attic.trunk.hat", ("attic", "cellar")),
        ("cellar/wine.py", "from .. import attic\n", "house.main.attic", ("attic", "cellar")),
        ("cellar/__init__.py", "from ..attic import trunk\n", "house.main.attic.trunk", ("attic", "cellar")),
        ("kitchen/soup.py", "from house.main.hall import mirror\n", "house.main.hall.mirror", ("hall", "kitchen")),
        ("attic/trunk.py", "from house.main.door import open\n", "house.main.door.open", ("door", "attic")),
        ("tools.py", "from house.main.cellar import wine\n", "house.main.cellar.wine", ("cellar", "tools")),
    ],
)
def test_an_import_upwards_or_aside_is_found(
    name: str, text: str, imported: str, parts: tuple[str, str], tmp_path: Path
) -> None:
    other, part = parts
    assert findings(tmp_path, {name: text}) == [
        f"main/{name}:1 imports {imported}, but {other} does not stand below {part}: move what it needs into {part} or"
        " below, or move what needs it up."
    ]


def test_an_import_in_a_function_is_found(tmp_path: Path) -> None:
    (finding,) = findings(tmp_path, {"cellar/wine.py": "def pour():\n    from house.main import attic\n"})
    assert finding.startswith("main/cellar/wine.py:2 imports house.main.attic, ")


def test_a_folder_of_modules_that_is_no_wing_is_found(tmp_path: Path) -> None:
    assert findings(tmp_path, {"shed/tools/rake.py": ""}) == [
        "main/shed is no wing: give it a place in scripts/wings.py, or move its modules into a wing."
    ]


def test_what_is_no_python_is_left_to_others(tmp_path: Path) -> None:
    assert findings(tmp_path, {"cellar/wine.py": "def (\n"}) == []


@pytest.mark.parametrize("house", [ENGINE, OVERLAY], ids=["engine", "overlay"])
def test_the_house_is_in_order(house: House) -> None:
    assert {path.stem for path in house.folder.glob("*.py")} >= house.base
    assert wings.check(house) == []


def test_each_wing_of_the_engine_is_there() -> None:
    assert {path.parent.name for path in ENGINE.folder.glob("*/__init__.py")} == ENGINE.wings
