"""`python -m scripts VERB`: parse, call the verb, turn its errors into exit statuses.

Exit status: 0 all well; 1 a check found something; 2 the request could not be carried out; 130 interrupted.
"""

from __future__ import annotations

import argparse
import importlib
import signal
import sys
from collections.abc import Sequence
from types import FrameType, ModuleType

from scripts.errors import EngineError

VERBS = {
    "wheel": ("scripts.patching.wheel", "Build patched wheels into dist/."),
    "tests": ("scripts.suite.tests", "Run the suite against a patched wheel that is installed in a clean environment."),
    "e2e": ("scripts.suite.e2e", "Have conversations with real clients, through the real proxy of a wheel."),
    "lock": ("scripts.releases.lock", "Check upstream.lock, or add what is new."),
    "docs": ("scripts.docs", "Write the tables that pages have of other files, and check the links."),
    "lint": ("scripts.lint", "Check the code, the patches and the locks."),
    "matrix": ("scripts.matrix.verb", "Play every case on every release, unpatched and patched, and report."),
    "verdicts": ("scripts.matrix.verdicts", "Measure which releases need which fix, by the cases of the fix."),
    "doctor": ("scripts.doctor.verb", "Say what an installation of LiteLLM is, what fails there, and what to do."),
    "bench": ("scripts.bench.verb", "Measure the grid against `import litellm`, and the fixes on long histories."),
    "requirements": ("scripts.suite.requirements", "Pin what the dependency groups of pyproject.toml ask for."),
}
"""Each verb: its module, with `add_arguments(parser)` and `run(arguments)`, and the line that says what it does.

Only the module of the verb that is asked for is imported: all of them take a second, and help needs none.
"""

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def main(words: Sequence[str] | None = None) -> int:
    """Run one verb and give its exit status; every error becomes one line on stderr."""
    before = {number: signal.signal(number, _interrupt) for number in SIGNALS}
    try:
        arguments = _parse(sys.argv[1:] if words is None else words)
        status: int = _module(arguments.verb).run(arguments)
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
    """The arguments of the verb that is named; `rest` has what is none of them, where the verb passes it on."""
    parser = argparse.ArgumentParser(prog="python -m scripts", description=__doc__, allow_abbrev=False)
    parser.set_defaults(takes_rest=False)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    named = next((word for word in words if not word.startswith("-")), None)
    for verb, (_, does) in VERBS.items():
        own = verbs.add_parser(verb, prog=f"nox -s {verb} --", help=does, description=does, allow_abbrev=False)
        if verb == named:
            _module(verb).add_arguments(own)
    arguments, rest = parser.parse_known_args(words)
    if rest and not arguments.takes_rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    arguments.rest = rest
    return arguments


def _module(verb: str) -> ModuleType:
    return importlib.import_module(VERBS[verb][0])


if __name__ == "__main__":
    sys.exit(main())
