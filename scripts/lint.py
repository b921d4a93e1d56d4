"""The verb `lint`: everything that can be checked without running LiteLLM."""

from __future__ import annotations

import argparse
import shutil
import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from scripts import docs, links, wings
from scripts.commands import call
from scripts.errors import BadLock, BadPatch, BadResults, EngineError, HookDoesNotFit, NoFile
from scripts.matrix import published
from scripts.patching import hooks, ranges, series, wheel
from scripts.patching.series import Fix, Series
from scripts.paths import PATCHES, ROOT
from scripts.releases import fetch, lock, upstream, wheels
from scripts.releases.upstream import File, Lock, Release
from scripts.releases.wheels import Wheel
from scripts.suite import requirements
from tests.round_trip import families, grid

TOOLS = {
    "ruff format": ["ruff", "format", "--check", "."],
    "ruff check": ["ruff", "check", "."],
    "mypy": ["mypy", "scripts", "noxfile.py", "patches/overlay/litellm/thinking_round_trip"],
}
GITHUB = ROOT / ".github"


@dataclass(frozen=True)
class Applied:
    """How far the hooks were tried: on how many releases and wheels, how many hooks in all, and what was found."""

    releases: int
    wheels: int
    hooks: int
    findings: list[str]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the verb takes."""
    parser.add_argument(
        "--all", action="store_true", help="fetch the releases that are not cached, and check those too"
    )


def run(arguments: argparse.Namespace) -> int:
    """Run every check; one line per finding, and a closing line. With `arguments.all`, fetch what is not cached."""
    failed = [name for name, command in TOOLS.items() if call([sys.executable, "-m", *command])]
    findings = [f"{name} found something: see above." for name in failed]
    findings += [*check_workflows(), *lock.check(), *requirements.stale(), *_stray(PATCHES)]
    findings += [*wings.check(), *links.findings()]
    applied = Applied(0, 0, 0, [])
    try:
        known, patches = upstream.load(), series.load()
        findings += [*check_patches(known, patches), *docs.stale(patches), *published.stale()]
        applied = apply_all(known, patches, fetch_missing=arguments.all)
    except (BadLock, BadPatch, BadResults) as error:
        findings.append(str(error))
    findings += applied.findings
    for finding in findings:
        print(finding, file=sys.stderr)
    print(
        f"lint: {applied.releases} releases tried in {applied.wheels} wheels, "
        f"{applied.hooks} hooks applied, {len(findings)} failures"
    )
    return 1 if findings else 0


def check_workflows(folder: Path = GITHUB) -> list[str]:
    """Findings about the workflows: form, time limits, actions that are not pinned, permissions, injections.

    None of it asks a network: the schemas come with check-jsonschema, and zizmor is kept offline.
    """
    workflows = sorted(map(str, (folder / "workflows").glob("*.y*ml")))
    schema = [sys.executable, "-m", "check_jsonschema", "--builtin-schema"]
    # A program without a module; its folder is not on the path where the environment's Python was called by its own.
    zizmor = shutil.which("zizmor", path=sysconfig.get_path("scripts")) or "zizmor"
    tools = {
        "the schema of workflows": [*schema, "vendor.github-workflows", *workflows],
        "the demand for time limits": [*schema, "custom.github-workflows-require-timeout", *workflows],
        "the schema of dependabot.yml": [*schema, "vendor.dependabot", str(folder / "dependabot.yml")],
        "zizmor": [zizmor, "--offline", "--quiet", "--strict-collection", "--persona=pedantic", str(folder)],
    }
    return [f".github: {name} found something: see above." for name, command in tools.items() if call(command)]


def check_patches(known: Lock, patches: Series, folder: Path = PATCHES) -> list[str]:
    """Findings about the patches: unlisted, unused or duplicate ones, unknown cases, ranges that are not true."""
    findings = [*_unlisted(patches, folder)]
    for fix in patches.fixes:
        findings += [*_unused(known, fix), *_duplicates(fix), *_unknown_cases(fix), *ranges.unmeasured(known, fix)]
        findings += _bad_verdicts(fix)
    return findings


def apply_all(known: Lock, patches: Series, fetch_missing: bool = False) -> Applied:
    """Apply every fix to every release that needs it, in memory: all cached releases, or all there are.

    Of a release, the wheel for this machine stands for all but those for Windows, whose files have other line ends.
    """
    claimed = [release for release in known.releases if _claimed(patches, release)]
    files = [(release, file) for release in claimed for file in _kinds(release)]
    if fetch_missing:
        fetch.fetch_all([file for _, file in files])
    cached = [(release, path) for release, file in files if (path := fetch.cached(file)) is not None]
    tries = [_apply(patches, release, path) for release, path in cached]
    findings = [finding for _, found in tries for finding in found]
    tried = {release.version for release, _ in cached}
    return Applied(len(tried), len(cached), sum(count for count, _ in tries), findings)


def _kinds(release: Release) -> list[File]:
    """The wheels to try: the one for this machine (any, where it has none: nothing is run), and one for Windows."""
    windows = [file for file in release.wheels if any(tag.platform.startswith("win") for tag in file.tags)]
    try:
        here = wheel.files_for(release, None)
    except NoFile:
        here = release.wheels
    return list(dict.fromkeys([here[0], *windows[:1]]))


def _apply(patches: Series, release: Release, path: Path) -> tuple[int, list[str]]:
    """How many hooks were applied to a release, and what was found."""
    fixes = _claimed(patches, release)
    try:
        with wheels.opened(path) as original:
            used = series.apply(fixes, release.version, original.read)[1]
            return len(used), [finding for fix in fixes for finding in _superfluous(fix, release, original)]
    except EngineError as error:
        return 0, [str(error)]


def _claimed(patches: Series, release: Release) -> list[Fix]:
    return [fix for fix in patches.fixes if fix.verdict(release.version) == "needed"]


def _unlisted(patches: Series, folder: Path) -> Iterable[str]:
    listed = {fix.name for fix in patches.fixes} | {"overlay"}
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name not in listed:
            yield f"patches/{path.name} is not in series.toml."


def _stray(folder: Path) -> Iterable[str]:
    """Patches that are nowhere in the series: hooks stand in the folder of a fix, and nowhere else."""
    hooks = set(folder.glob("*/*.patch")) - set(folder.glob("overlay/*.patch"))
    for path in sorted(set(folder.rglob("*.patch")) - hooks):
        yield f"{path.relative_to(folder.parent)} belongs to no fix."


def _unused(known: Lock, fix: Fix) -> Iterable[str]:
    needing = [release.version for release in known.releases if fix.verdict(release.version) == "needed"]
    used = {hook.name for hook in map(fix.hook_for, needing) if hook is not None}
    for hook in fix.hooks:
        if hook.name not in used:
            yield f"patches/{hook.name} is not used by any release that needs the fix."
        elif hook.since not in needing:
            yield f"patches/{hook.name} is not named after a release that needs the fix."


def _duplicates(fix: Fix) -> Iterable[str]:
    for older, newer in pairwise(fix.hooks):
        if (older.paths, older.text) == (newer.paths, newer.text):
            yield f"patches/{newer.name} says the same as {older.name}."


def _superfluous(fix: Fix, release: Release, original: Wheel) -> Iterable[str]:
    """A hook that starts at this release although the text before it still fits, and changes the same."""
    older = [hook for hook in fix.hooks if hook.since < release.version]
    here = fix.hook_for(release.version)
    if not older or here is None or here is older[-1]:
        return
    try:
        before = hooks.apply(older[-1], str(release.version), original.read)
        same = before == hooks.apply(here, str(release.version), original.read)
    except HookDoesNotFit:
        return
    if not same:
        return
    yield f"patches/{fix.name}/{release.version}.patch is not needed: the text of {older[-1].name} still fits."


def _unknown_cases(fix: Fix) -> Iterable[str]:
    if not fix.cases:
        yield f"patches/{fix.name}/fix.toml names no case that the fix must turn green."
    unknown = set(fix.cases) - {str(case) for case in grid.cases(every=True)}
    for case in sorted(case for case in unknown if families.node(case) is None):
        yield f"patches/{fix.name}/fix.toml names the case {case}, which does not exist."


def _bad_verdicts(fix: Fix) -> Iterable[str]:
    for verdict in sorted(set(fix.measured) - {"needed", "retired"}):
        for run in fix.measured[verdict]:
            yield f"{fix.name} is {verdict} from {run.first} to {run.last}: mend its hooks or its logic."
