"""A small LiteLLM 1.83.0 for the doctor: published in a lock and in the cache, patched, and installed in folders."""

from __future__ import annotations

import base64
import csv
import hashlib
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.version import Version

from scripts.doctor import measured
from scripts.doctor.report import Report
from scripts.doctor.targets import find
from scripts.doctor.verb import diagnose
from scripts.matrix import results
from scripts.patching import ranges, series, wheel
from scripts.patching.series import Series
from scripts.patching.wheel import Published
from scripts.releases.upstream import File, Lock, Release
from tests.tooling import made
from tests.tooling.matrix.made_results import made as made_results

NEEDED = '\n[measured]\nneeded = [{first = "1.83.0", last = "1.83.0", releases = 1}]\n'
INFO = "litellm-1.83.0.dist-info"
DENIED = (("1.82.8", "attackers uploaded it."),)


@dataclass(frozen=True)
class World:
    """What the doctor knows: a lock with one release, whose wheel is in the cache, and a series with one fix."""

    folder: Path
    lock: Lock
    patches: Series
    published: Path

    def examine(self, word: object) -> Report:
        return diagnose(self.lock, self.patches, find(str(word)), None)

    def patched(self) -> Path:
        """The patched wheel."""
        (release,) = self.lock.releases
        fixes = ranges.needed(self.lock, self.patches, release.version)
        base = Published(release, release.files[0], self.published)
        return wheel.build(base, self.patches, fixes, self.folder / "dist").path

    def install(self, path: Path | None = None) -> Path:
        """Install a wheel, the published one if none is given, as pip does; gives the folder of packages."""
        site = self.folder / "env/lib/python3.11/site-packages"
        return unpacked(path or self.published, site)


@pytest.fixture
def world(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.delenv("LITELLM_RUST", raising=False)
    monkeypatch.delenv("DISABLE_AIOHTTP_TRANSPORT", raising=False)
    matrix = tmp_path / "results.jsonl.gz"
    results.write(matrix, made_results(("1.83.0", "1.109.1")))
    monkeypatch.setattr(measured, "PUBLISHED", matrix)
    published = made.wheel(tmp_path)
    data = published.read_bytes()
    file = File(published.name, hashlib.sha256(data).hexdigest(), len(data))
    release = Release(Version("1.83.0"), ">=3.9", "experimental_pass_through", (file,))
    patches = series.load(made.patches(tmp_path / "patches", measured=NEEDED))
    found = World(tmp_path, Lock((release,), DENIED), patches, published)
    keep(found, cache)
    return found


def keep(world: World, cache: Path) -> None:
    """Put the published wheel into the cache."""
    (file,) = world.lock.releases[0].files
    place = cache / file.sha256 / file.name
    place.parent.mkdir(parents=True)
    shutil.copyfile(world.published, place)


def unpacked(path: Path, site: Path) -> Path:
    """The files of a wheel in a folder, with what an installer adds to them."""
    with zipfile.ZipFile(path) as archive:
        archive.extractall(site)
    (info,) = site.glob("litellm-*.dist-info")
    (info / "INSTALLER").write_text("pip\n")
    script = site.parents[2] / "bin/litellm"
    script.parent.mkdir(exist_ok=True)
    script.write_text("#!python\n")
    (site / "litellm/__pycache__").mkdir()
    (site / "litellm/__pycache__/adapter.cpython-311.pyc").write_bytes(b"bytecode")
    record(info, f"{info.name}/INSTALLER", "../../../bin/litellm")
    with (info / "RECORD").open("a") as file:
        file.write("litellm/__pycache__/adapter.cpython-311.pyc,,\n")
    return site


def record(info: Path, *names: str) -> None:
    """Write the true line of files into RECORD, as who changes a file can."""
    place = info / "RECORD"
    rows = {row[0]: row for row in csv.reader(place.read_text().splitlines()) if row}
    for name in names:
        data = (info.parent / name).read_bytes()
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        rows[name] = [name, f"sha256={digest}", str(len(data))]
    with place.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows.values())


def texts(report: Report, topic: str = "", *, wrong: bool | None = None) -> list[str]:
    """The sentences of the findings, of one topic, and wrong ones or others."""
    return [
        one.text for one in report.findings if one.topic.startswith(topic) and (wrong is None or one.wrong is wrong)
    ]
