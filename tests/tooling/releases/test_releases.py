"""scripts.releases.releases: one release by its name, several by a SPEC; and the real lock."""

from __future__ import annotations

import pytest
from packaging.version import Version

from scripts.errors import BadSpec, BadVersion, DeniedRelease, EngineError, UnknownRelease, UnsupportedRelease
from scripts.releases import releases, upstream
from scripts.releases.upstream import Lock, Release

NAMES = {
    "1.82.1": "experimental_pass_through",
    "1.82.6": "experimental_pass_through",
    "1.83.0": "experimental_pass_through",
    "1.104.9": "experimental_pass_through",
    "1.105.0": "pass_through",
    "1.108.2": "pass_through",
    "1.109.0": "messages",
    "1.109.1": "messages",
}
LOCK = Lock(
    tuple(Release(Version(name), ">=3.9", layout, ()) for name, layout in NAMES.items()),
    (("1.82.7", "attackers uploaded it."), ("1.82.8", "attackers uploaded it too.")),
)


@pytest.mark.parametrize("name", ["1.83.0", "1.83", "v1.83.0", " 1.83.0 ", "1.083.0"])
def test_a_release_is_found_in_every_spelling(name: str) -> None:
    assert str(releases.find(LOCK, name).version) == "1.83.0"


@pytest.mark.parametrize(
    ("name", "kind", "why"),
    [
        ("newest", BadVersion, "not a version number"),
        ("", BadVersion, "not a version number"),
        ("1.83.0; rm", BadVersion, "not a version number"),
        ("1.83.99", UnknownRelease, "it has 1.82.1 to 1.109.1"),
        ("1.110.0", UnknownRelease, "nox -s lock -- --update"),
        ("1.82.0", UnsupportedRelease, "too old"),
        ("0.1.0", UnsupportedRelease, "from 1.82.1 on"),
        ("1.83.0rc1", UnsupportedRelease, "only stable"),
        ("1.83.0.dev1", UnsupportedRelease, "only stable"),
        ("1.110.0-nightly", BadVersion, "not a version number"),
        ("1.83.0+thinking.1", UnsupportedRelease, "only stable upstream"),
        ("1.82.7", DeniedRelease, "attackers uploaded it. Use another"),
        ("1.82.8", DeniedRelease, "compromised"),
        ("1.82.8.post1", DeniedRelease, "attackers"),
        ("1.82.8rc1", DeniedRelease, "attackers"),
    ],
)
def test_a_name_that_cannot_be_used(name: str, kind: type[EngineError], why: str) -> None:
    with pytest.raises(kind) as error:
        releases.find(LOCK, name)
    assert why in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("all", list(NAMES)),
        ("smoke", ["1.82.1", "1.83.0", "1.104.9", "1.108.2", "1.109.1"]),
        ("minors", ["1.82.6", "1.83.0", "1.104.9", "1.105.0", "1.108.2", "1.109.1"]),
        ("1.109.1,1.83.0", ["1.83.0", "1.109.1"]),
        ("1.83.0, 1.83", ["1.83.0"]),
        (">=1.82.1,<1.100", ["1.82.1", "1.82.6", "1.83.0"]),
        ("==1.105.*", ["1.105.0"]),
        ("~=1.109.0", ["1.109.0", "1.109.1"]),
        ("!=1.83.0,<1.105", ["1.82.1", "1.82.6", "1.104.9"]),
    ],
)
def test_a_spec_selects_releases_oldest_first(spec: str, expected: list[str]) -> None:
    assert [str(release.version) for release in releases.select(LOCK, spec)] == expected


@pytest.mark.parametrize(
    ("spec", "kind"),
    [
        ("", BadSpec),
        (" , ", BadSpec),
        (">=2", BadSpec),
        (">=1.83.x", BadSpec),
        ("<>1", BadSpec),
        ("1.83.0,1.82.8", DeniedRelease),
        ("1.83.0,latest", BadVersion),
        ("==1.82.8", DeniedRelease),
    ],
)
def test_a_spec_that_cannot_be_used(spec: str, kind: type[EngineError]) -> None:
    with pytest.raises(kind) as error:
        releases.select(LOCK, spec)
    assert "\n" not in str(error.value)


# The lock of the project, against what was found by other ways (docs/failures.md#what-was-measured and
# docs/failures.md#supply-chain-compromise).


@pytest.fixture(scope="module")
def lock() -> Lock:
    return upstream.load()


def test_the_real_lock_has_every_stable_release(lock: Lock) -> None:
    """As counted on 2026-11-28. An old minor may get another patch release, and none is taken out."""
    upto = [release for release in lock.releases if release.version <= Version("1.110.2")]
    assert len(upto) >= 187
    assert str(lock.first.version) == "1.82.1"


@pytest.mark.parametrize(
    ("name", "layout"),
    [
        ("1.82.1", "experimental_pass_through"),
        ("1.104.9", "experimental_pass_through"),
        ("1.105.0", "pass_through"),
        ("1.108.10", "pass_through"),
        ("1.109.0", "messages"),
        ("1.109.1", "messages"),
    ],
)
def test_the_real_lock_knows_the_layouts(lock: Lock, name: str, layout: str) -> None:
    assert releases.find(lock, name).layout == layout


def test_the_real_lock_has_the_hash_that_upstream_published(lock: Lock) -> None:
    """From the table in upstream's announcement of the compromise."""
    (wheel,) = releases.find(lock, "1.82.6").wheels
    assert wheel.sha256 == "164a3ef3e19f309e3cabc199bef3d2045212712fefdfa25fc7f75884a5b5b205"


def test_the_real_lock_has_all_platforms(lock: Lock) -> None:
    platforms = {tag.platform for file in releases.find(lock, "1.109.1").wheels for tag in file.tags}
    assert platforms == {
        "macosx_10_12_x86_64",
        "macosx_11_0_arm64",
        "manylinux_2_28_aarch64",
        "manylinux_2_28_x86_64",
        "musllinux_1_2_aarch64",
        "musllinux_1_2_x86_64",
        "win_amd64",
    }


@pytest.mark.parametrize("name", ["1.82.7", "1.82.8"])
def test_the_real_lock_refuses_the_malicious_uploads(lock: Lock, name: str) -> None:
    with pytest.raises(DeniedRelease, match="2026-03-24"):
        releases.find(lock, name)
