# /// script
# dependencies = ["nox>=2026.8"]
# ///
"""The user interface: one session per job. `nox -l` lists them, `nox -s SESSION -- --help` explains one."""

from __future__ import annotations

import nox

nox.needs_version = ">=2025.2"
nox.options.sessions = ["lint", "tests"]


@nox.session
def wheel(session: nox.Session) -> None:
    """Build patched wheels: [RELEASE ...] [--platform TAG|all]."""
    engine(session)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the suite against a patched wheel in a clean environment: [RELEASE] [CASE ...] [pytest args]."""
    engine(session)


@nox.session
def tooling(session: nox.Session) -> None:
    """Test the engine itself: [pytest args]."""
    install(session, "dev")
    session.run("python", "-m", "pytest", "tests/tooling", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check everything static: code, patches, locks, ranges: [--all]."""
    engine(session, "dev")


@nox.session(default=False)
def lock(session: nox.Session) -> None:
    """Check upstream.lock, or add what is new: [--update]."""
    engine(session)


@nox.session(default=False)
def verdicts(session: nox.Session) -> None:
    """Measure which releases need which fix: [SPEC] [--check]."""
    engine(session)


@nox.session(default=False)
def requirements(session: nox.Session) -> None:
    """Pin what pyproject.toml asks for, with hashes: [--upgrade]."""
    engine(session)


# ---------------------------------------------------------------- Helpers


def engine(session: nox.Session, group: str = "engine") -> None:
    """Run the verb of the session's name with the session's arguments."""
    install(session, group)
    session.run("python", "-m", "scripts", session.name, *session.posargs)


def install(session: nox.Session, group: str) -> None:
    """Install the pinned requirements of the engine, or of its development."""
    name = "requirements.txt" if group == "engine" else f"requirements-{group}.txt"
    session.install("--require-hashes", "--requirement", f"scripts/{name}")


if __name__ == "__main__":
    nox.main()
