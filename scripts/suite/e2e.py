"""The verb `e2e`: real clients, through the real proxy of a wheel, to the emulators, each a process of its own."""

from __future__ import annotations

import argparse
from pathlib import Path

from scripts.commands import call, clean
from scripts.paths import BUILD
from scripts.releases import releases, upstream
from scripts.suite import environment, node, tests

CLIENTS = "tests/clients"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the verb takes."""
    parser.usage = f"{parser.prog} [RELEASE] [--unpatched] [--no-node] [pytest arguments]"
    parser.epilog = "RELEASE is the newest if not given."
    parser.add_argument("--unpatched", action="store_true", help="take the wheel as it was published")
    parser.add_argument("--no-node", action="store_true", help="leave out the clients that run on Node")
    parser.set_defaults(takes_rest=True)


def run(arguments: argparse.Namespace) -> int:
    """Install a wheel with its extra `proxy`, patched or with `arguments.unpatched` as published, and talk through it.

    `arguments.rest` are the words of the user: perhaps a release, then pytest's arguments. `arguments.no_node` leaves
    the clients out that run on Node. Gives pytest's exit status; the results are in
    `build/junit/e2e-<release>[-unpatched].xml`, and what the proxies had and logged in `build/e2e/`. Raises what
    `tests` does, and NoNode.
    """
    name, words = tests.split(arguments.rest)
    lock = upstream.load()
    release = releases.find(lock, name) if name else lock.newest
    environment.check_python(release)
    lines = [] if arguments.no_node else node.install(Path(CLIENTS, "ai-sdk"), BUILD / "e2e" / "ai-sdk")
    wheel = tests.wheel_of(lock, release, unpatched=arguments.unpatched)
    label = f"{release.version}-unpatched" if arguments.unpatched else str(release.version)
    with environment.with_proxy(label, release, wheel) as proxy, environment.fresh("clients") as python:
        options = [f"--junitxml={BUILD / 'junit' / f'e2e-{label}.xml'}", f"--proxy={proxy}"]
        options += [f"--proxy-folder={BUILD / 'e2e' / label}", f"--release={release.version}"]
        options += [f"--ai-sdk={line}" for line in lines] + ([] if arguments.unpatched else ["--known-failures"])
        return call([str(python), "-m", "pytest", *options, CLIENTS, *words], clean())
