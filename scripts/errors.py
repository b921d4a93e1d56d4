"""What can go wrong with a request: each error is one line that says what, why and what to do.

They stay together, whichever wing raises them: this is the table of all that a user can be told, in one voice.

EngineError                    the request could not be carried out; exit status 2
  BadVersion                   not a version at all
  UnknownRelease               not in upstream.lock
  UnsupportedRelease           a pre-release, or older than the first supported one
  DeniedRelease                a malicious upload
  BadSpec                      a SPEC that selects nothing or cannot be read
  UnknownCase                  no case of the suite has this id
  BadLock                      upstream.lock cannot be trusted
  WrongPython                  the release does not run on this Python
  NoFile                       the release has no file for this platform or of this kind
  CannotFetch                  the package index did not give the file
  NotCached                    offline, and the cache does not have the file
  WrongFile                    a file's size or SHA-256 differs from the lock
  BadWheel                     a wheel that must not be used
  HookDoesNotFit               a hook's text is not in the release
  BadPatch                     a .patch, fix.toml or series.toml that cannot be read
  BadShard                     a part of the matrix that there is not
  BadResults                   a results.jsonl that is not whole, or does not fit another
  NotPublished                 only a part of the matrix was to be published
  NothingToExamine             a word of the doctor that names nothing with LiteLLM in it
  CannotExamine                a target of the doctor that cannot be read at all
  BadConfig                    a proxy's config that LiteLLM would not take
  Unmeasured                   nobody has measured which fixes the release needs
  NoNode                       the clients on Node were not left out, and there is no Node
  CannotWrite                  the disk is full or the place cannot be written
  CommandFailed                a tool that the engine runs failed
"""

from __future__ import annotations

from collections.abc import Sequence


class EngineError(Exception):
    """A request that could not be carried out. `str()` is the whole message, on one line."""

    def __init__(self, what: str, why: str, remedy: str) -> None:
        super().__init__(what, why, remedy)
        self.what, self.why, self.remedy = what, why, remedy

    def __str__(self) -> str:
        text = f"{self.what}: {self.why}. {self.remedy}"
        return " ".join(text.split())


class BadVersion(EngineError):
    def __init__(self, text: str) -> None:
        super().__init__(
            f"{text!r} names no release",
            "it is not a version number",
            "Give one like 1.83.0.",
        )


class UnknownRelease(EngineError):
    def __init__(self, release: str, first: str, newest: str) -> None:
        super().__init__(
            f"LiteLLM {release} is not supported",
            f"upstream.lock has no such release (it has {first} to {newest})",
            "Name another one, or add new releases with `nox -s lock -- --update`.",
        )


class UnsupportedRelease(EngineError):
    def __init__(self, release: str, why: str, first: str) -> None:
        super().__init__(
            f"LiteLLM {release} is not supported",
            why,
            f"Name a stable release from {first} on.",
        )


class DeniedRelease(EngineError):
    def __init__(self, release: str, reason: str) -> None:
        super().__init__(
            f"LiteLLM {release} is refused",
            reason.rstrip("."),
            "Use another release, and treat every machine that ran this one as compromised.",
        )


class BadSpec(EngineError):
    def __init__(self, spec: str, why: str) -> None:
        super().__init__(
            f"{spec!r} selects no releases",
            why,
            "Give releases (1.83.0,1.91.5), a specifier (>=1.82.1,<1.100), or smoke, minors, all.",
        )


class UnknownCase(EngineError):
    def __init__(self, case: str, near: Sequence[str]) -> None:
        hint = f"Perhaps {near[0]} is meant" if near else "tests/round_trip/grid.py says how they are named"
        super().__init__(f"{case!r} names no case", "the suite has none with this id", f"{hint}.")


class BadLock(EngineError):
    def __init__(self, why: str) -> None:
        super().__init__(
            "upstream.lock cannot be used",
            why,
            "Restore it from version control; only `nox -s lock -- --update` changes it.",
        )


class WrongPython(EngineError):
    def __init__(self, release: str, python: str, requirement: str) -> None:
        super().__init__(
            f"LiteLLM {release} does not run on Python {python}",
            f"it requires {requirement}",
            "Give nox another one, such as 3.12 with `--force-python 3.12`.",
        )


class NoFile(EngineError):
    def __init__(self, release: str, wanted: str, has: str) -> None:
        super().__init__(
            f"LiteLLM {release} has no wheel for {wanted}",
            f"upstream published {has}",
            "Name one of these with --platform, or build them all with --platform all.",
        )


class CannotFetch(EngineError):
    def __init__(self, name: str, why: str) -> None:
        super().__init__(
            f"{name} could not be fetched",
            why,
            "Check the network and the package index that pip or uv is configured with, and run the"
            " same command again.",
        )


class NotCached(EngineError):
    def __init__(self, name: str, folder: str) -> None:
        super().__init__(
            f"{name} is not in the cache",
            f"pip or uv is configured to use no index, and {folder} does not have it",
            "Allow the index, or copy the file there.",
        )


class WrongFile(EngineError):
    def __init__(self, name: str, expected: str, found: str) -> None:
        super().__init__(
            f"{name} is not the file that upstream.lock names",
            f"expected {expected}, found {found}",
            "The download was cut short or altered: run the same command again, and if it stays so,"
            " do not trust this package index.",
        )


class BadWheel(EngineError):
    def __init__(self, name: str, why: str) -> None:
        super().__init__(
            f"{name} is refused",
            why,
            "Do not install it, and report it to the project that published it.",
        )


class HookDoesNotFit(EngineError):
    def __init__(self, release: str, fix: str, patch: str, file: str, hunk: str, why: str) -> None:
        super().__init__(
            f"The fix {fix} does not apply to LiteLLM {release}",
            f"{hunk} of {patch} in {file}: {why}",
            f"Write patches/{fix}/{release}.patch for this release (patches/README.md says how).",
        )


class BadPatch(EngineError):
    def __init__(self, file: str, why: str) -> None:
        super().__init__(f"{file} cannot be used", why, "patches/README.md says what must be in it.")


class BadShard(EngineError):
    def __init__(self, shard: str, why: str) -> None:
        super().__init__(f"{shard!r} is no shard", why, "Give one like 3/8, the third of eight parts of the releases.")


class BadResults(EngineError):
    def __init__(self, file: str, why: str) -> None:
        super().__init__(
            f"{file} cannot be used", why, "Give results that `nox -s matrix` wrote to its end, all of the same run."
        )


class NotPublished(EngineError):
    def __init__(self, why: str) -> None:
        super().__init__(
            "The matrix is not published", why, "Publish a run over all releases, or all shards of one, merged."
        )


class NothingToExamine(EngineError):
    def __init__(self, word: str, why: str) -> None:
        super().__init__(
            f"{word} has nothing to examine",
            why,
            "Name a Python or its environment, a site-packages folder, a wheel, or a release such as 1.83.0.",
        )


class CannotExamine(EngineError):
    def __init__(self, place: str, why: str) -> None:
        super().__init__(
            f"{place} cannot be examined", why, "Give a file or folder that is whole and that you may read."
        )


class BadConfig(EngineError):
    def __init__(self, file: str, why: str) -> None:
        super().__init__(f"{file} cannot be used", why, "Give the config.yaml of a LiteLLM proxy, with a model_list.")


class Unmeasured(EngineError):
    def __init__(self, release: str, fixes: Sequence[str]) -> None:
        which = " and ".join(fixes) if len(fixes) <= 2 else f"{len(fixes)} fixes"
        super().__init__(
            f"LiteLLM {release} has not been measured",
            f"nobody has run the cases of {which} on it, so it is not known whether it needs them",
            f"Run `nox -s verdicts -- {release}` first.",
        )


class NoNode(EngineError):
    def __init__(self, program: str) -> None:
        super().__init__(
            f"{program} is not installed",
            "some of the clients run on Node, and their packages are installed by npm",
            "Install Node 20 or newer with npm, or leave these clients out with --no-node.",
        )


class CannotWrite(EngineError):
    def __init__(self, place: str, why: str) -> None:
        super().__init__(
            f"{place} could not be written", why, "Make room or choose another place; nothing was left behind."
        )


class CommandFailed(EngineError):
    def __init__(self, command: str, why: str) -> None:
        super().__init__(f"`{command}` failed", why, "Its output above says more.")
