"""The environments of the suite: which Python they take."""

from __future__ import annotations

import platform

import pytest
from packaging.version import Version

from scripts.errors import WrongPython
from scripts.releases.upstream import Release
from scripts.suite import environment


def test_a_release_that_does_not_run_on_this_python_is_refused() -> None:
    release = Release(Version("1.83.8"), "<3.10", "experimental_pass_through", ())
    expected = f"does not run on Python {platform.python_version()}: it requires <3.10"
    with pytest.raises(WrongPython, match=expected), environment.fresh("x", release):
        pytest.fail("it was made")
