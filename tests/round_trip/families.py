"""The cases that are not played from the grid: each family of ids, and the test that has them.

Their ids look like those of the grid, `<what>/<ingress>-<backend>`; `<what>` is the family's name, or begins with it.
"""

from __future__ import annotations

_FOLDER = "tests/round_trip"

FAMILIES = {
    "base-install": f"{_FOLDER}/test_base_install.py::test_base_install",
    "plain-wire": f"{_FOLDER}/test_plain.py::test_plain",
}


def node(case: str) -> str | None:
    """pytest's name of a case by its id; None where the id is of no family, and so of the grid."""
    what = case.partition("/")[0]
    test = next((test for family, test in FAMILIES.items() if what == family or what.startswith(f"{family}-")), None)
    return f"{test}[{case}]" if test else None
