"""The patch lint finds what is wrong with a patch folder."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import pytest
from packaging.version import Version

from scripts import docs, links, lint, wings
from scripts.errors import BadLock
from scripts.matrix import published
from scripts.patching import series
from scripts.releases import fetch, lock, upstream
from scripts.releases.upstream import File, Lock, Release
from scripts.suite import requirements
from tests.tooling import made

MEASURED = """
[measured]
needed = [{ first = "1.82.1", last = "1.83.0", releases = 2 }]
retired = [{ first = "1.109.1", last = "1.109.1", releases = 1 }]
"""
LOCK = Lock(
    tuple(
        Release(Version(name), ">=3.9", "messages", (File(made.NAME.replace("1.83.0", name), name),))
        for name in ("1.82.1", "1.83.0", "1.109.1")
    ),
    (),
)


def findings(folder: Path) -> list[str]:
    found = lint.check_patches(LOCK, series.load(folder), folder)
    return [finding for finding in found if not finding.startswith("patches/README.md")]


def test_a_good_folder_has_no_findings(tmp_path: Path) -> None:
    assert findings(made.patches(tmp_path / "patches", measured=MEASURED)) == []


def test_a_folder_that_is_not_in_the_series_is_found(tmp_path: Path) -> None:
    folder = made.patches(tmp_path / "patches", measured=MEASURED)
    (folder / "forgotten").mkdir()
    assert findings(folder) == ["patches/forgotten is not in series.toml."]


@pytest.mark.parametrize(
    ("hooks", "expected"),
    [
        (["1.82.1", "1.109.1"], "patches/shout/1.109.1.patch is not used by any release that needs the fix."),
        (["1.82.1", "1.82.5"], "patches/shout/1.82.5.patch is not named after a release that needs the fix."),
    ],
)
def test_a_hook_that_no_release_uses_is_found(hooks: list[str], expected: str, tmp_path: Path) -> None:
    texts = {hooks[0]: made.HOOK, hooks[1]: made.HOOK.replace("upper", "lower")}
    assert findings(made.patches(tmp_path / "patches", texts, measured=MEASURED)) == [expected]


def test_a_hook_that_says_the_same_as_the_one_before_is_found(tmp_path: Path) -> None:
    moved = made.HOOK.replace("@@ -1,4 +1,4 @@", "@@ -9,4 +9,4 @@")
    texts = {"1.82.1": made.HOOK, "1.83.0": moved}
    assert findings(made.patches(tmp_path / "patches", texts, measured=MEASURED)) == [
        "patches/shout/1.83.0.patch says the same as shout/1.82.1.patch."
    ]


@pytest.mark.parametrize("place", ["stray.patch", "overlay/x.patch", "shout/deeper/1.82.1.patch"])
def test_a_patch_outside_a_fix_is_found(place: str, tmp_path: Path) -> None:
    folder = made.patches(tmp_path / "patches", measured=MEASURED)
    (folder / place).parent.mkdir(exist_ok=True)
    (folder / place).write_text(made.HOOK)
    assert list(lint._stray(folder)) == [f"patches/{place} belongs to no fix."]


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        ("nothing", (0, "lint: 0 releases tried in 0 wheels, 0 hooks applied, 0 failures")),
        ("series", (1, "series.toml cannot be used")),
        ("lock", (1, "upstream.lock cannot be used")),
        ("tool", (1, "mypy found something: see above.")),
    ],
)
def test_a_fault_is_exit_status_1_and_the_other_checks_go_on(
    broken: str,
    expected: tuple[int, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = made.patches(tmp_path / "patches", measured=MEASURED)
    if broken == "series":
        (folder / "series.toml").write_text("revision = ")
    loaded = BadLock("it was changed by hand") if broken == "lock" else LOCK
    ran = []

    def call(command: list[str]) -> int:
        ran.append(command[2])
        return int(broken == "tool" and command[2] == "mypy")

    def load() -> Lock:
        if isinstance(loaded, BadLock):
            raise loaded
        return loaded

    monkeypatch.setattr(lint, "call", call)
    monkeypatch.setattr(upstream, "load", load)
    monkeypatch.setattr(lint, "check_workflows", list)
    monkeypatch.setattr(published, "stale", list)
    monkeypatch.setattr(lock, "check", list)
    monkeypatch.setattr(requirements, "stale", list)
    monkeypatch.setattr(wings, "check", list)
    monkeypatch.setattr(links, "findings", list)
    monkeypatch.setattr(docs, "stale", lambda _: [])
    monkeypatch.setattr(lint, "PATCHES", folder)
    monkeypatch.setattr(lint, "check_patches", lambda *_: [])
    monkeypatch.setattr(fetch, "cached", lambda _: None)
    monkeypatch.setattr(series.load, "__defaults__", (folder,))
    status, message = expected
    assert lint.run(argparse.Namespace(all=False)) == status
    out, err = capsys.readouterr()
    assert message in out + err
    assert f"{status} failures" in out
    assert ran == ["ruff", "ruff", "mypy"]


@pytest.mark.parametrize(
    ("cases", "expected"),
    [
        ('["tool-loop/messages-nobody"]', "names the case tool-loop/messages-nobody, which does not exist."),
        ("[]", "names no case that the fix must turn green."),
    ],
)
def test_a_case_that_does_not_exist_is_found(cases: str, expected: str, tmp_path: Path) -> None:
    text = made.FIX.replace('["tool-loop/messages-moonshot"]', cases)
    assert findings(made.patches(tmp_path / "patches", fix=text, measured=MEASURED)) == [
        f"patches/shout/fix.toml {expected}"
    ]


def test_a_fix_that_does_not_help_is_found(tmp_path: Path) -> None:
    folder = made.patches(tmp_path / "patches", measured=MEASURED.replace("retired", "insufficient"))
    assert findings(folder) == ["shout is insufficient from 1.109.1 to 1.109.1: mend its hooks or its logic."]


def test_an_unmeasured_release_is_found(tmp_path: Path) -> None:
    folder = made.patches(tmp_path / "patches", measured=MEASURED.replace("retired", "# retired"))
    assert findings(folder) == ["shout was not measured on 1.109.1: run `nox -s verdicts -- 1.109.1`."]


WORKFLOW = """\
name: example
on: push
permissions: {}
concurrency:
  group: example
  cancel-in-progress: true
jobs:
  example:
    name: example
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
        with:
          persist-credentials: false
      - name: example
        run: nox
"""


@pytest.mark.parametrize(
    ("good", "bad", "expected"),
    [
        ("", "", []),
        ("run: nox", "runs: nox", ["the schema of workflows", "zizmor"]),
        ("runs-on:", "runs-off: true\n    runs-on:", ["the schema of workflows"]),
        ("    timeout-minutes: 5\n", "", ["the demand for time limits"]),
        ("@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2", "@v4", ["zizmor"]),
        ("permissions: {}", "permissions: write-all", ["zizmor"]),
        ("          persist-credentials: false", "          fetch-depth: 1", ["zizmor"]),
        ("run: nox", "run: nox ${{ github.head_ref }}", ["zizmor"]),
        ("run: nox", "run: [", ["the schema of workflows", "the demand for time limits", "zizmor"]),
    ],
)
def test_a_bad_workflow_is_found(good: str, bad: str, expected: list[str], tmp_path: Path) -> None:
    folder = tmp_path / ".github"
    (folder / "workflows").mkdir(parents=True)
    (folder / "workflows" / "example.yml").write_text(WORKFLOW.replace(good, bad, 1))
    (folder / "dependabot.yml").write_text((lint.GITHUB / "dependabot.yml").read_text(encoding="utf-8"))
    assert lint.check_workflows(folder) == [f".github: {name} found something: see above." for name in expected]


@pytest.fixture
def cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """The cache: SHA-256 (here: the release) to wheel."""
    held = {"1.83.0": made.wheel(tmp_path)}
    monkeypatch.setattr(fetch, "cached", lambda file: held.get(file.sha256))
    return held


def test_hooks_are_tried_on_what_is_cached(tmp_path: Path, cached: dict[str, Path]) -> None:
    patches = series.load(made.patches(tmp_path / "patches", measured=MEASURED))
    applied = lint.apply_all(LOCK, patches)
    assert (applied.releases, applied.wheels, applied.hooks, applied.findings) == (1, 1, 1, [])


def test_a_release_without_a_wheel_for_this_machine_is_tried_all_the_same(
    tmp_path: Path, cached: dict[str, Path]
) -> None:
    foreign = File("litellm-1.83.0-cp39-cp39-macosx_10_12_x86_64.whl", "1.83.0")
    known = Lock((Release(Version("1.83.0"), ">=3.9", "messages", (foreign,)),), ())
    patches = series.load(made.patches(tmp_path / "patches", measured=MEASURED))
    applied = lint.apply_all(known, patches)
    assert (applied.releases, applied.wheels, applied.hooks, applied.findings) == (1, 1, 1, [])


def test_a_wheel_for_windows_is_tried_too(tmp_path: Path, cached: dict[str, Path]) -> None:
    windows = File("litellm-1.83.0-cp310-abi3-win_amd64.whl", "windows")
    patches = series.load(made.patches(tmp_path / "patches", measured=MEASURED))
    (release,) = [release for release in LOCK.releases if str(release.version) == "1.83.0"]
    both = Lock((replace(release, files=(*release.files, windows)),), ())
    (tmp_path / "windows").mkdir()
    rewritten = {**made.FILES, made.ADAPTER: b"rewritten\r\n"}
    cached["windows"] = made.wheel(tmp_path / "windows", rewritten)
    applied = lint.apply_all(both, patches)
    assert (applied.releases, applied.wheels, applied.hooks) == (1, 2, 1)
    assert "The fix shout does not apply to LiteLLM 1.83.0" in applied.findings[0]


def test_all_fetches_the_releases_that_need_a_fix(
    tmp_path: Path, cached: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetched(files: list[File]) -> None:
        cached.update({file.sha256: cached["1.83.0"] for file in files})

    monkeypatch.setattr(fetch, "fetch_all", fetched)
    patches = series.load(made.patches(tmp_path / "patches", measured=MEASURED))
    assert lint.apply_all(LOCK, patches, fetch_missing=True).releases == 2


def test_a_hook_that_does_not_fit_is_found(tmp_path: Path, cached: dict[str, Path]) -> None:
    cached["1.83.0"] = made.wheel(tmp_path, {**made.FILES, made.ADAPTER: b"rewritten\n"})
    patches = series.load(made.patches(tmp_path / "patches", measured=MEASURED))
    applied = lint.apply_all(LOCK, patches)
    assert applied.hooks == 0
    assert "The fix shout does not apply to LiteLLM 1.83.0" in applied.findings[0]


def test_a_hook_whose_predecessor_still_fits_is_found(tmp_path: Path, cached: dict[str, Path]) -> None:
    hooks = {"1.82.1": made.HOOK, "1.83.0": made.HOOK}
    patches = series.load(made.patches(tmp_path / "patches", hooks, measured=MEASURED))
    assert lint.apply_all(LOCK, patches).findings == [
        "patches/shout/1.83.0.patch is not needed: the text of shout/1.82.1.patch still fits."
    ]
