"""What to do about what was found, each with the commands that do it."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence

from scripts.doctor.endpoints import PATHS
from scripts.doctor.examination import Files
from scripts.doctor.findings import Finding
from scripts.doctor.measured import Matrix, Route, Score
from scripts.doctor.patched import Subject
from scripts.doctor.report import Advice, Measured
from scripts.doctor.targets import CONFIGURATION, Installed, Target, WheelFile
from scripts.errors import NoFile
from scripts.patching import wheel
from scripts.patching.series import Series
from scripts.releases.upstream import File, Lock, Release

ALTERED = ("record", "upstream", "dist-info")
"""What an installation anew mends."""

ANEW = ("--force-reinstall", "--ignore-installed", "--no-deps")
"""pip takes nothing away by a RECORD that is damaged: the new files are put over the old ones."""

COMPROMISED = "Treat every machine that ran it as compromised, and replace all secrets that it could read."


class Adviser:
    """What is known of releases, and what follows from it for one of them."""

    def __init__(self, lock: Lock, patches: Series, matrix: Matrix, target: Target) -> None:
        self._lock, self._patches, self._matrix, self._target = lock, patches, matrix, target

    def advice(
        self, subject: Subject | None, files: Files | None, measured: Measured | None, findings: Sequence[Finding]
    ) -> list[Advice]:
        """What to do, the most urgent first."""
        topics = {finding.topic for finding in findings if finding.wrong}
        release = self._release(subject)
        unsafe = bool(topics & {"denied", "indicator"})
        found = list(self._safety(release) if unsafe else self._files(topics, subject, release, files))
        if "rust" in topics:
            found.append(Advice("Set LITELLM_RUST=0, and take `rust: true` out of the deployments."))
        if measured is not None and not unsafe:
            found += self._upgrade(subject, measured)
            found.append(Advice(endpoints(measured.scores)))
        if measured is None and release is not None and not unsafe:
            command = f"nox -s matrix -- --releases {release.version}"
            return [*found, Advice("What fails in this release is not known; this measures it:", (command,))]
        return found if topics else [Advice("There is nothing to do."), *found]

    def _release(self, subject: Subject | None) -> Release | None:
        """The supported release that it is of."""
        version = subject.release if subject else None
        return next((release for release in self._lock.releases if release.version == version), None)

    def _safety(self, release: Release | None) -> Iterator[Advice]:
        yield Advice(f"Take it away and do not start it again. {COMPROMISED}")
        commands = self._commands(release or self._lock.newest, None, new=True)
        yield Advice("In a new environment, install a release that is not denied:", commands)

    def _files(
        self, topics: Collection[str], subject: Subject | None, release: Release | None, files: Files | None
    ) -> Iterator[Advice]:
        altered = bool(set(topics) & set(ALTERED))
        if release is None:
            if topics:
                commands = self._commands(self._lock.newest, None, new=True)
                yield Advice("Install a release that is known, in a new environment:", commands)
        elif subject is not None and subject.patched and (altered or "patch" in topics):
            yield Advice("Build and install it anew:", self._commands(release, files, "--force-reinstall", "--no-deps"))
        elif altered and isinstance(self._target, WheelFile):
            yield Advice("Do not install this wheel. Build one from upstream's:", self._commands(release, files))
        elif altered:
            published = " ".join([pip(self._target), *ANEW, f"litellm=={release.version}"])
            text = "Install it anew, patched, or with the last command as upstream published it:"
            yield Advice(text, (*self._commands(release, files, *ANEW), published))
        elif {"matrix", "patch"} & set(topics):
            yield Advice("Build and install the patched wheel:", self._commands(release, files))

    def _commands(self, release: Release, files: Files | None, *options: str, new: bool = False) -> tuple[str, str]:
        """Build the patched wheel for the platform that the files are of, or else this machine's, and install it.

        It goes into the environment that was examined, unless it is to be a `new` one.
        """
        tags = files.info.tags if files and files.info else frozenset()
        fitting = next((file for file in release.wheels if file.tags & tags), None)
        file = fitting or _for_this_machine(release) or release.wheels[0]
        own = f"-{release.version}+thinking.{self._patches.revision}-"
        name = file.name.replace(f"-{release.version}-", own, 1)
        install = pip(None if new else self._target)
        return wheel_command(release, file), " ".join([install, *options, f"./dist/{name}"])

    def _upgrade(self, subject: Subject | None, measured: Measured) -> Iterator[Advice]:
        best = self._matrix.best()
        red = self._matrix.red[best, True]
        if subject is not None and red < measured.red_patched and str(subject.release) != best:
            text = f"An upgrade gains more: of {best}, patched, {red} cases fail instead of {measured.red_patched}."
            yield Advice(text, (f"nox -s wheel -- {best}",))


def wheel_command(release: Release, file: File) -> str:
    """What makes the patched wheel of a published one; for this machine it need not be told a platform."""
    option = "" if file == _for_this_machine(release) else f" --platform {min(tag.platform for tag in file.tags)}"
    return f"nox -s wheel -- {release.version}{option}"


def pip(target: Target | None) -> str:
    """What installs into the environment that was examined, or else into one that the user is in."""
    if isinstance(target, Installed) and (target.prefix / CONFIGURATION).is_file():
        return f"pip --python {shlex.quote(str(target.prefix))} install"
    return "pip install"


def _for_this_machine(release: Release) -> File | None:
    try:
        return wheel.files_for(release, None)[0]
    except NoFile:
        return None


def endpoints(scores: Mapping[Route, Score]) -> str:
    """For how many providers each endpoint is intact."""
    told = []
    for ingress, path in PATHS.items():
        measured = [score for (_, one), score in scores.items() if one == ingress]
        intact = sum(score.intact for score in measured)
        told.append(f"{path} for {'all' if intact == len(measured) else intact} of {len(measured)}")
    return f"Use an endpoint that is intact for your provider: {', '.join(told)}."
