"""The environments of the suite: which Python they take, and what of the user's variables reaches them."""

from __future__ import annotations

import platform

import pytest
from packaging.version import Version

from scripts import environment
from scripts.errors import WrongPython
from scripts.upstream import Release


def test_a_release_that_does_not_run_on_this_python_is_refused() -> None:
    release = Release(Version("1.83.8"), "<3.10", "experimental_pass_through", ())
    expected = f"does not run on Python {platform.python_version()}: it requires <3.10"
    with pytest.raises(WrongPython, match=expected), environment.fresh("x", release):
        pytest.fail("it was made")


def test_what_would_lead_python_or_pytest_astray_stays_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTEST_ADDOPTS", "VIRTUAL_ENV"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("KEPT", "x")
    variables = environment.clean()
    assert variables["KEPT"] == "x"
    assert not [name for name in variables if name.startswith(("PYTHON", "PYTEST", "VIRTUAL_ENV"))]
