"""The workflows call what exists with no more rights than they need, and their shell does what it says."""

from __future__ import annotations

import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from scripts import __main__ as main_module
from scripts import lint
from scripts.patching import series
from scripts.paths import ROOT
from tests.tooling import made
from tests.tooling.test_lint import LOCK, MEASURED

WORKFLOWS = {path.stem: path for path in sorted((ROOT / ".github" / "workflows").iterdir())}
SCRIPTS = ROOT / ".github" / "scripts"
BOT = "41898282+github-actions[bot]@users.noreply.github.com"

SOMEBODY = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org")

on_a_runner = pytest.mark.skipif(sys.platform != "linux", reason="the workflows run on Linux, with GNU's tools")


def jobs(workflow: str) -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe").load(WORKFLOWS[workflow])["jobs"]
    return loaded


def steps(workflow: str) -> Iterator[dict[str, Any]]:
    for job in jobs(workflow).values():
        yield from job["steps"]


def step(workflow: str, name: str) -> str:
    """The shell of the step with this name."""
    (found,) = [step["run"] for step in steps(workflow) if step.get("name") == name]
    return str(found)


def test_there_are_three_workflows() -> None:
    assert set(WORKFLOWS) == {"matrix", "nightly", "push"}


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_each_action_is_pinned_and_says_its_version(workflow: str) -> None:
    lines = [line for line in WORKFLOWS[workflow].read_text(encoding="utf-8").splitlines() if "uses:" in line]
    pinned = re.compile(r" uses: actions/[a-z-]+(/[a-z]+)?@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
    assert [line for line in lines if not pinned.search(line)] == []


def test_an_action_has_one_commit() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in WORKFLOWS.values())
    pins = set(re.findall(r"uses: (actions/[a-z-]+)[a-z/]*@(\w+ # \S+)", text))
    assert len(pins) == len({action for action, _ in pins})


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_only_what_pushes_may_write(workflow: str) -> None:
    writing = {
        name: job["permissions"] for name, job in jobs(workflow).items() if job["permissions"] != {"contents": "read"}
    }
    proposing = {"propose": {"contents": "write", "pull-requests": "write"}}
    assert writing == (proposing if workflow == "nightly" else {})


def test_what_pushes_runs_nothing_of_the_project() -> None:
    runs = [step["run"] for step in jobs("nightly")["propose"]["steps"] if "run" in step]
    assert runs == [".github/scripts/propose"]


def test_each_session_exists() -> None:
    tree = ast.parse((ROOT / "noxfile.py").read_text(encoding="utf-8"))
    sessions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.decorator_list}
    assert {name for names, _ in calls() for name in names} <= sessions


def test_the_engine_takes_each_argument() -> None:
    for (verb, *more), arguments in calls():
        assert arguments == [] or not more
        if verb not in ("tests", "tooling"):
            main_module._parse([verb, *arguments])


def calls() -> Iterator[tuple[list[str], list[str]]]:
    """The sessions of each call of nox, and the arguments after them, with numbers where a variable needs one."""
    shell = "\n".join(step.get("run", "") for workflow in WORKFLOWS for step in steps(workflow))
    for names, arguments in re.findall(r"nox -s ([a-z ]+[a-z])(?: -- ([^\n|>)]*))?", shell):
        yield names.split(), shlex.split(arguments.replace("$SHARDS", "8"))


@dataclass
class Place:
    """A clone in which a script or a step is run, and programs that stand in for those on a runner."""

    clone: Path
    programs: Path
    env: dict[str, str]

    def run(self, command: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run it as a runner does."""
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", command],
            cwd=self.clone,
            env={**self.env, **env},
            capture_output=True,
            text=True,
            check=False,
        )

    def git(self, *words: str) -> str:
        done = subprocess.run(["git", *words], cwd=self.clone, env=self.env, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def program(self, name: str, text: str) -> None:
        path = self.programs / name
        path.write_text(f"#!/usr/bin/env bash\n{text}")
        path.chmod(0o755)


FILES = {
    "upstream.lock": '[[denied]]\nrelease = "1.82.7"\n\n[[release]]\nrelease = "1.109.1"\n',
    "patches/README.md": "old\n",
    "noxfile.py": "old\n",
    "patches/shout/fix.toml": "old\n",
    ".gitignore": "/build/\n",
}
LATER = '\n[[release]]\nrelease = "1.109.2"\n\n[[release]]\nrelease = "1.110.0"\n'


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A clone of a repository with one commit."""
    clone, programs, origin = tmp_path / "clone", tmp_path / "programs", tmp_path / "origin.git"
    programs.mkdir()
    bare = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    settings = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    place = Place(clone, programs, {**bare, **settings, "PATH": f"{programs}{os.pathsep}{bare['PATH']}"})
    for name, text in FILES.items():
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        (clone / name).write_text(text)
    shutil.copytree(SCRIPTS, clone / ".github" / "scripts")
    place.git("init", "--quiet", "--initial-branch=main")
    place.git("add", "--all")
    place.git(*SOMEBODY, "commit", "--quiet", "--message=first")
    place.git("init", "--quiet", "--bare", str(origin))
    place.git("remote", "add", "origin", str(origin))
    place.git("push", "--quiet", "origin", "main")
    return place


@on_a_runner
@pytest.mark.parametrize(
    ("added", "expected"),
    [
        ("", "new=\nprevious=1.109.1\n"),
        ('files = ["another.whl"]\n', "new=\nprevious=1.109.1\n"),
        ('\n[[denied]]\nrelease = "1.82.8"\n', "new=\nprevious=1.109.1\n"),
        (LATER, "new=1.109.2,1.110.0\nprevious=1.109.1\n"),
    ],
)
def test_new_releases_are_told_by_the_lock(added: str, expected: str, place: Place) -> None:
    (place.clone / "upstream.lock").write_text(FILES["upstream.lock"] + added)
    done = place.run(".github/scripts/new-releases")
    assert (done.returncode, done.stdout, done.stderr) == (0, expected, "")


@on_a_runner
def test_new_releases_are_found_in_the_lock_as_it_is(place: Place) -> None:
    text = (ROOT / "upstream.lock").read_text(encoding="utf-8")
    before, _, newest = text.rpartition("[[release]]\n")
    (place.clone / "upstream.lock").write_text(before)
    place.git(*SOMEBODY, "commit", "--quiet", "--all", "--message=second")
    (place.clone / "upstream.lock").write_text(text)
    releases = re.findall(r'\[\[release\]\]\nrelease = "(.*)"', text)
    assert newest
    done = place.run(".github/scripts/new-releases")
    assert done.stdout == f"new={releases[-1]}\nprevious={releases[-2]}\n"


@on_a_runner
@pytest.mark.parametrize(("status", "expected"), [(0, 'matrix={"include": []}\n'), (1, "")])
def test_the_plan_is_one_line_or_the_step_fails(status: int, expected: str, place: Place) -> None:
    place.program("nox", f"echo 'nox > Running session matrix' >&2; echo '{{\"include\": []}}'; exit {status}")
    output = place.clone / "build" / "output"
    output.parent.mkdir()
    output.touch()
    done = place.run(step("matrix", "Share out the releases"), RELEASES="all", SHARDS="8", GITHUB_OUTPUT=str(output))
    assert (done.returncode, output.read_text()) == (status, expected)


@on_a_runner
@pytest.mark.parametrize("shards", [1, 3])
def test_the_results_of_all_shards_are_put_together(shards: int, place: Place) -> None:
    place.program("nox", 'printf "%s\\n" "$@"')
    for number in range(shards):
        folder = place.clone / "build" / "shards" / (f"shard-{number}" if shards > 1 else "")
        folder.mkdir(parents=True)
        (folder / "results.jsonl").touch()
    done = place.run(step("matrix", "Put the shards together"))
    assert done.stdout.count("results.jsonl\n") == shards


@on_a_runner
def test_what_lint_says_of_fixes_is_named_on_the_run(place: Place, tmp_path: Path) -> None:
    measured = MEASURED.replace("retired", '"does not apply"').replace("needed", "# needed")
    patches = series.load(made.patches(tmp_path / "patches", measured=measured))
    findings = lint.check_patches(LOCK, patches, tmp_path / "patches")
    (place.clone / "build" / "nightly").mkdir(parents=True)
    (place.clone / "build" / "nightly" / "lint.txt").write_text("\n".join(["nox > Running session lint", *findings]))
    told = place.run(step("nightly", "Name the fixes that no longer do")).stdout
    assert "::error title=A fix and a release::shout is does not apply from 1.109.1 to 1.109.1:" in told
    assert "::error title=A fix and a release::shout was not measured on 1.83.0:" in told
    assert "nox >" not in told


@on_a_runner
def test_lint_fails_its_step_and_leaves_its_words(place: Place) -> None:
    place.program("nox", "echo 'shout is harmful' >&2; exit 1")
    done = place.run(step("nightly", "Check that every fix still does its work"))
    assert done.returncode == 1
    assert (place.clone / "build" / "nightly" / "lint.txt").read_text() == "shout is harmful\n"


GH = r"""
printf '%s\n' "$*" >> "$CALLS"
case "$1 $2" in
  "pr list") cat "$OPEN" ;;
  "pr create") echo 7 > "$OPEN" ;;
esac
"""


@dataclass
class Night:
    """A night on which 1.109.2 and 1.110.0 are new: `propose` after it, by what `measure` ended as."""

    place: Place

    def __post_init__(self) -> None:
        self.place.program("gh", GH)
        self.calls = self.place.programs / "calls"
        self.open = self.place.programs / "open"
        self.open.touch()
        build = self.place.clone / "build"
        (build / "lock").mkdir(parents=True)
        (build / "measured").mkdir()
        (build / "lock" / "upstream.lock").write_text(FILES["upstream.lock"] + LATER)

    def leaves(self, name: str, text: str) -> None:
        (self.place.clone / "build" / "measured" / name).write_text(text)

    def changes(self, *names: str) -> None:
        """What a job that ran a new release has changed."""
        for name in names:
            (self.place.clone / name).write_text("new\n")
        self.leaves("ranges.patch", self.place.git("diff", "--binary") + "\n")
        self.place.git("checkout", "--quiet", ".")

    def ends(self, measured: str = "success") -> list[str]:
        """Run the script as on a fresh clone; what it asked of gh."""
        self.calls.write_text("")
        self.place.git("checkout", "--quiet", "--detach", "main")
        self.place.run("git branch --quiet --delete --force nightly/1.110.0")
        done = self.place.run(
            step("nightly", "Open the pull request, or bring it up to date"),
            BASE="main",
            NEW="1.109.2,1.110.0",
            MEASURED=measured,
            RUN="<this run>",
            CALLS=str(self.calls),
            OPEN=str(self.open),
        )
        assert (done.returncode, done.stderr) == (0, "")
        return [line for line in self.calls.read_text().splitlines() if not line.startswith(("auth", "pr list"))]

    @property
    def body(self) -> str:
        return (self.place.clone / "build" / "body.md").read_text(encoding="utf-8")

    @property
    def head(self) -> str:
        return self.place.git("ls-remote", "origin", "refs/heads/nightly/1.110.0").split()[0]

    @property
    def changed(self) -> list[str]:
        self.place.git("fetch", "--quiet", "origin", "nightly/1.110.0")
        return self.place.git("diff", "--name-only", "main", "FETCH_HEAD").splitlines()


@pytest.fixture
def night(place: Place) -> Night:
    return Night(place)


@on_a_runner
def test_new_releases_are_proposed(night: Night) -> None:
    night.changes("patches/README.md", "patches/shout/fix.toml")
    night.leaves("report.md", "all green")
    assert night.ends() == [
        "pr create --base main --head nightly/1.110.0 --title Add LiteLLM 1.109.2, 1.110.0 --body-file build/body.md"
    ]
    assert night.changed == ["patches/README.md", "patches/shout/fix.toml", "upstream.lock"]
    assert night.place.git("log", "-1", "--format=%ae %s", "FETCH_HEAD") == f"{BOT} Add LiteLLM 1.109.2, 1.110.0"
    assert "all green" in night.body
    assert "<this run>" in night.body


@on_a_runner
def test_only_ranges_are_taken_from_what_ran_a_new_release(night: Night) -> None:
    night.changes("noxfile.py", ".github/scripts/propose", "upstream.lock", "patches/shout/fix.toml")
    night.ends()
    assert night.changed == ["patches/shout/fix.toml", "upstream.lock"]
    night.place.git("checkout", "--quiet", "FETCH_HEAD")
    assert (night.place.clone / "upstream.lock").read_text() == FILES["upstream.lock"] + LATER


@on_a_runner
def test_a_failure_is_in_the_title_and_its_reason_in_the_text(night: Night) -> None:
    night.leaves("lint.txt", "shout is does not apply from 1.110.0 to 1.110.0")
    night.leaves("report.md", "ä" * 90_000)
    (asked,) = night.ends("failure")
    assert "--title FAILING: Add LiteLLM 1.109.2, 1.110.0" in asked
    assert "shout is does not apply from 1.110.0 to 1.110.0" in night.body
    assert len(night.body) < 65_536


@on_a_runner
def test_the_lock_is_proposed_where_nothing_was_measured(night: Night) -> None:
    shutil.rmtree(night.place.clone / "build" / "measured")
    (asked,) = night.ends("failure")
    assert "--title FAILING: " in asked
    assert night.changed == ["upstream.lock"]


@on_a_runner
def test_the_same_findings_change_nothing_on_the_next_night(night: Night) -> None:
    night.ends()
    before = night.head
    night.place.env["GIT_COMMITTER_DATE"] = "2040-01-01T00:00:00Z"
    (asked,) = night.ends()
    assert asked.startswith("pr edit 7 --title Add LiteLLM")
    assert night.head == before


@on_a_runner
def test_other_findings_replace_those_of_the_night_before(night: Night) -> None:
    night.ends("failure")
    before = night.head
    night.changes("patches/shout/fix.toml")
    (asked,) = night.ends()
    assert asked.startswith("pr edit 7 --title Add LiteLLM")
    assert night.head != before
    assert night.changed == ["patches/shout/fix.toml", "upstream.lock"]


@on_a_runner
def test_what_somebody_added_to_the_branch_stays(night: Night) -> None:
    night.ends("failure")
    night.place.git(*SOMEBODY, "commit", "--quiet", "--allow-empty", "--message=Mend")
    night.place.git("push", "--quiet", "origin", "HEAD:nightly/1.110.0")
    before = night.head
    night.changes("patches/shout/fix.toml")
    assert night.ends() == []
    assert night.head == before
