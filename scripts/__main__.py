"""`python -m scripts VERB`: parse, call the verb, turn its errors into exit statuses.

Exit status: 0 all well; 1 a check found something; 2 the request could not be carried out; 130 interrupted.
"""

from __future__ import annotations

import argparse
import importlib
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import TypeAlias

from scripts.errors import EngineError

PLACES = {
    "wheel": "scripts.patching.wheel",
    "tests": "scripts.suite.tests",
    "e2e": "scripts.suite.e2e",
    "lock": "scripts.releases.lock",
    "lint": "scripts.lint",
    "matrix": "scripts.matrix.verb",
    "verdicts": "scripts.matrix.verdicts",
    "doctor": "scripts.doctor.verb",
    "bench": "scripts.bench.verb",
    "requirements": "scripts.suite.requirements",
}
"""The module of each verb."""

SIGNALS = (signal.SIGINT, signal.SIGTERM)
Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def main(words: Sequence[str] | None = None) -> int:
    """Run one verb and give its exit status; every error becomes one line on stderr."""
    arguments = _parse(sys.argv[1:] if words is None else words)
    before = {number: signal.signal(number, _interrupt) for number in SIGNALS}
    try:
        status: int = importlib.import_module(PLACES[arguments.verb]).run(arguments)
    except EngineError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted: nothing half-made was left; run the same command again to go on.", file=sys.stderr)
        return 130
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return status


def _interrupt(number: int, frame: FrameType | None) -> None:
    # A polite kill cleans up as Ctrl-C does. One of them is enough: another one would end the cleaning up.
    for one in SIGNALS:
        signal.signal(one, signal.SIG_IGN)
    raise KeyboardInterrupt


def _parse(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m scripts", description=__doc__, allow_abbrev=False)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    _add_wheel(_verb(verbs, "wheel", "Build patched wheels into dist/."))
    _add_tests(_verb(verbs, "tests", "Run the suite against a patched wheel that is installed in a clean environment."))
    _add_e2e(_verb(verbs, "e2e", "Have conversations with real clients, through the real proxy of a wheel."))
    _add_lock(_verb(verbs, "lock", "Check upstream.lock, or add what is new."))
    _add_lint(_verb(verbs, "lint", "Check the code, the patches and the locks."))
    _add_matrix(_verb(verbs, "matrix", "Play every case on every release, unpatched and patched, and report."))
    _add_verdicts(_verb(verbs, "verdicts", "Measure which releases need which fix, by the cases of the fix."))
    _add_doctor(_verb(verbs, "doctor", "Say what an installation of LiteLLM is, what fails there, and what to do."))
    _add_bench(_verb(verbs, "bench", "Measure the grid against `import litellm`, and the fixes on long histories."))
    _add_requirements(_verb(verbs, "requirements", "Pin what the dependency groups of pyproject.toml ask for."))
    arguments, rest = parser.parse_known_args(words)
    if rest and arguments.verb not in ("tests", "e2e"):
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    arguments.rest = rest
    return arguments


def _verb(verbs: Verbs, name: str, description: str) -> argparse.ArgumentParser:
    return verbs.add_parser(
        name, prog=f"nox -s {name} --", help=description, description=description, allow_abbrev=False
    )


def _add_wheel(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("releases", nargs="*", metavar="RELEASE", help="such as 1.83.0; the newest if none is named")
    parser.add_argument(
        "--platform", metavar="TAG", help="a platform such as win_amd64, or all; this machine's if not given"
    )


def _add_tests(parser: argparse.ArgumentParser) -> None:
    parser.usage = f"{parser.prog} [RELEASE] [CASE ...] [--unpatched] [pytest arguments]"
    parser.epilog = "RELEASE is the newest if not given. A CASE is an id such as tool-loop/messages-moonshot."
    parser.add_argument("--unpatched", action="store_true", help="test the wheel as it was published")


def _add_e2e(parser: argparse.ArgumentParser) -> None:
    parser.usage = f"{parser.prog} [RELEASE] [--unpatched] [--no-node] [pytest arguments]"
    parser.epilog = "RELEASE is the newest if not given."
    parser.add_argument("--unpatched", action="store_true", help="take the wheel as it was published")
    parser.add_argument("--no-node", action="store_true", help="leave out the clients that run on Node")


def _add_lock(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--update", action="store_true", help="add what the package index has and the lock lacks")


def _add_lint(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--all", action="store_true", help="fetch the releases that are not cached, and check those too"
    )


def _add_verdicts(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "spec",
        nargs="?",
        default="all",
        metavar="SPEC",
        help="releases (1.83.0,1.91.5), a specifier (>=1.82.1,<1.100), or smoke, minors, all (if not given)",
    )
    parser.add_argument("--check", action="store_true", help="compare with what is committed instead of writing it")


def _add_doctor(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "target",
        nargs="?",
        metavar="TARGET",
        help="a Python or its environment, a site-packages folder, a wheel, or a release; the newest if not given",
    )
    parser.add_argument(
        "--config", metavar="FILE", type=Path, help="also say which endpoint for which model of a proxy"
    )
    parser.add_argument("--json", action="store_true", help="print JSON (docs/doctor.schema.json) instead of text")


def _add_matrix(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--releases", metavar="SPEC", default="all", help="as for verdicts; all of them if not given")
    parts = parser.add_mutually_exclusive_group()
    parts.add_argument("--shard", metavar="I/N", default="1/1", help="only the I-th of N parts of the releases")
    parts.add_argument("--shards", metavar="N", type=int, help="only print the N shards, as JSON for a CI service")
    parts.add_argument("--merge", metavar="FILE", type=Path, nargs="+", help="put the results of all shards together")
    parser.add_argument(
        "--against", metavar="FILE", type=Path, help="say what changed since these results (1: for ill)"
    )
    parser.add_argument("--ablate", action="store_true", help="leave each fix out once, and name dead weight")
    parser.add_argument("--no-cache", action="store_true", help="play what was played before, too")
    parser.add_argument(
        "--format", choices=("json", "md", "html", "junit"), action="append", help="a report to write; all if not given"
    )
    parser.add_argument("--publish", action="store_true", help="also write docs/matrix and the README's headline")
    parser.add_argument("--output", metavar="FOLDER", type=Path, help="where to, if not build/matrix")


def _add_bench(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("release", nargs="?", metavar="RELEASE", help="such as 1.83.0; the newest if none is named")


def _add_requirements(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions for everything")


if __name__ == "__main__":
    sys.exit(main())
