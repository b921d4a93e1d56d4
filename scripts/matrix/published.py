"""The published matrix: `docs/matrix/` and the README's headline, all of which follow from one compressed file."""

from __future__ import annotations

import base64
import re
import textwrap
import zlib
from collections.abc import Sequence
from pathlib import Path

from scripts.errors import NotPublished
from scripts.marked import replaced
from scripts.matrix import results as file
from scripts.matrix.markdown import markdown
from scripts.matrix.page import page
from scripts.matrix.picture import SCHEMES, picture
from scripts.matrix.results import Results
from scripts.paths import ROOT
from scripts.releases.upstream import Lock
from scripts.writing import write_text

FOLDER = ROOT / "docs" / "matrix"
README = ROOT / "README.md"
RESULTS = "results.jsonl.gz"
_CHUNK = re.compile(r'(<script type="application/octet-stream" id="[\w-]+">)([\w+/=]+)')
MARKERS = "<!-- matrix: written by nox -s matrix -- --publish -->", "<!-- end of matrix -->"


def check(lock: Lock, releases: Sequence[str]) -> None:
    """Raises NotPublished where these are not all releases that are supported."""
    missing = [str(release.version) for release in lock.releases if str(release.version) not in releases]
    if missing:
        raise NotPublished(f"{len(missing)} releases of upstream.lock are not in the run, such as {missing[0]}")


def publish(results: Results) -> list[Path]:
    """Write all of it, and give the files that were written. Raises CannotWrite and BadPatch."""
    readme = with_headline(README.read_text(encoding="utf-8"), results)
    file.write(FOLDER / RESULTS, results)
    texts = {**_texts(file.read(FOLDER / RESULTS)), README: readme}
    for path, text in texts.items():
        write_text(path, text)
    return [FOLDER / RESULTS, *texts]


def stale() -> list[str]:
    """Findings: what is published and does not follow from the published results. Raises BadResults and BadPatch."""
    results = file.read(FOLDER / RESULTS)
    readme = README.read_text(encoding="utf-8")
    texts = {**_texts(results), README: with_headline(readme, results)}
    return [
        f"{path.relative_to(ROOT).as_posix()} is not what docs/matrix/{RESULTS} gives: run "
        f"`nox -s matrix -- --merge docs/matrix/{RESULTS} --publish`."
        for path, text in texts.items()
        if not path.exists() or _inflated(path.read_text(encoding="utf-8")) != _inflated(text)
    ]


def _inflated(text: str) -> str:
    """A text with the page's chunks inflated: what deflates them may do that otherwise on another machine."""
    return _CHUNK.sub(lambda found: found[1] + zlib.decompress(base64.b64decode(found[2])).decode(), text)


def _texts(results: Results) -> dict[Path, str]:
    return {
        FOLDER / "report.html": page(results),
        FOLDER / "report.md": markdown(results, None),
        **{FOLDER / f"headline-{scheme}.svg": picture(results, scheme) for scheme in SCHEMES},
    }


def with_headline(text: str, results: Results) -> str:
    """The README's text with the headline between its two markers. Raises BadPatch where they are missing."""
    return replaced("README.md", text, MARKERS, headline(results))


def headline(results: Results) -> str:
    """What the matrix found, in one paragraph."""
    red = {patched: results.red(patched=patched) for patched in (False, True)}
    messages = sum(one.red for one in results.results if one.patched and "/messages-" in one.case)
    numbers = {number for one in results.results for number in one.failures}
    first, last = results.header.releases[0], results.header.releases[-1]
    measured = f"{len(results.releases)} releases, {first} to {last}, with {len(results.header.cases)} cases each"
    cells = f"{red[False]:,} red cells unpatched, {red[True]:,} patched"
    spoken = f" In them {len(results.dialects)} dialects of real servers are spoken." if results.dialects else ""
    told = (
        f"Measured on {measured}: **{len(numbers)} failures, {cells}**, "
        f"{messages:,} of these on `/v1/messages`.{spoken} "
        "[The report](docs/matrix/report.html), a page to download and open, shows each cell and what went wrong; "
        "[its summary](docs/matrix/report.md) has the tables, also which endpoint to use for which provider; "
        "`docs/matrix/results.jsonl.gz` has all of it as data ([schema](docs/matrix/results.schema.json))."
    )
    return textwrap.fill(told, 120, break_long_words=False, break_on_hyphens=False)
