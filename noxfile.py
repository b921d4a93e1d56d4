# /// script
# dependencies = ["nox>=2025.2"]
# ///
"""The user interface: one session per job. `nox -l` lists them, `nox -s SESSION -- --help` explains one."""

from __future__ import annotations

import hashlib
from pathlib import Path

import nox

nox.needs_version = ">=2025.2"
nox.options.sessions = ["lint", "tests"]
nox.options.reuse_venv = "yes"


@nox.session
def wheel(session: nox.Session) -> None:
    """Build patched wheels: [RELEASE ...] [--platform TAG|all]."""
    engine(session, "wheel")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the suite against a patched wheel in a clean environment: [RELEASE] [CASE ...] [pytest args]."""
    engine(session, "tests")


@nox.session
def tooling(session: nox.Session) -> None:
    """Test the engine itself: [pytest args]; with tests/releases, on real releases."""
    install(session, "dev")
    where = [] if any(word.startswith("tests/") for word in session.posargs) else ["tests/tooling"]
    # Those on real releases share what one of a file has built or played; the others can be anywhere.
    cores = ["-n", "auto", "--dist", "worksteal" if where else "loadfile"]
    session.run("python", "-m", "pytest", *cores, *where, *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check everything static: code, patches, locks, ranges: [--all]."""
    engine(session, "lint", "dev")


@nox.session(default=False)
def docs(session: nox.Session) -> None:
    """Write the tables that pages have of other files, and check the links."""
    engine(session, "docs", "dev")


@nox.session(default=False)
def e2e(session: nox.Session) -> None:
    """Let real clients talk through the real proxy of a patched wheel: [RELEASE] [--unpatched] [--no-node]."""
    engine(session, "e2e")


@nox.session(default=False)
def lock(session: nox.Session) -> None:
    """Check upstream.lock, or add what is new: [--update]."""
    engine(session, "lock")


@nox.session(default=False)
def matrix(session: nox.Session) -> None:
    """Play every case on every release, unpatched and patched: [--releases SPEC] [--shard I/N] [--against FILE]."""
    engine(session, "matrix")


@nox.session(default=False)
def verdicts(session: nox.Session) -> None:
    """Measure which releases need which fix: [SPEC|new] [--check]."""
    engine(session, "verdicts")


@nox.session(default=False)
def doctor(session: nox.Session) -> None:
    """Say what an installation is, what fails there, and what to do: [PYTHON | RELEASE] [--config FILE]."""
    engine(session, "doctor")


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """Time the grid against `import litellm`, and the fixes on long histories: [RELEASE]."""
    engine(session, "bench")


@nox.session(default=False)
def requirements(session: nox.Session) -> None:
    """Pin what pyproject.toml asks for, with hashes: [--upgrade]."""
    engine(session, "requirements")


# ---------------------------------------------------------------- Helpers


def engine(session: nox.Session, verb: str, group: str = "engine") -> None:
    """Run a verb of the engine with the session's arguments."""
    install(session, group)
    # After Ctrl-C the engine ends what it has started and takes its folders away, which may take it some seconds.
    session.run("python", "-m", "scripts", verb, *session.posargs, interrupt_timeout=60, terminate_timeout=60)


def install(session: nox.Session, group: str) -> None:
    """Install the pinned requirements of the engine, or of its development, where the environment has not the same."""
    name = "requirements.txt" if group == "engine" else f"requirements-{group}.txt"
    digest = hashlib.sha256(Path("scripts", name).read_bytes()).hexdigest()
    installed = Path(session.virtualenv.location, "installed.sha256")
    if installed.is_file() and installed.read_text(encoding="ascii") == digest:
        return
    installed.unlink(missing_ok=True)
    # Most modules of these are never imported; to compile all of them takes a third of the time.
    session.install("--no-compile", "--require-hashes", "--requirement", f"scripts/{name}")
    installed.write_text(digest, encoding="ascii")


if __name__ == "__main__":
    nox.main()
