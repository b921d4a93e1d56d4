"""Other programs: what of the user's variables reaches them."""

from __future__ import annotations

import pytest

from scripts.commands import clean


def test_what_would_lead_python_or_pytest_astray_stays_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTEST_ADDOPTS", "VIRTUAL_ENV"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("KEPT", "x")
    variables = clean()
    assert variables["KEPT"] == "x"
    assert not [name for name in variables if name.startswith(("PYTHON", "PYTEST", "VIRTUAL_ENV"))]
