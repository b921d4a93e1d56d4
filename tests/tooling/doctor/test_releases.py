"""What the doctor knows of releases: their Rust part, their transport, and what the matrix has of them."""

from __future__ import annotations

import gzip
import re
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from scripts.doctor import measured, rust, transport
from scripts.doctor.indicators import HOSTS
from scripts.doctor.targets import find
from scripts.doctor.verb import diagnose
from scripts.errors import BadResults
from scripts.matrix import results
from scripts.matrix.guide import advice
from scripts.matrix.results import SKIPPED, Result
from scripts.patching import ranges, series, wheel
from scripts.releases import releases, upstream
from tests.round_trip import families
from tests.round_trip.grid import Case
from tests.tooling.doctor.made_installations import texts
from tests.tooling.matrix.made_results import made
from tests.tooling.published import published

NEWEST = str(upstream.load().newest.version)


@pytest.fixture(scope="module")
def wheels() -> dict[str, zipfile.ZipFile]:
    """The published wheels of some releases."""
    names = ("1.83.0", "1.94.0", "1.99.4", "1.103.0", "1.108.10", NEWEST)
    return {name: zipfile.ZipFile(path) for name, path in zip(names, published(*names), strict=True)}


# ---------------------------------------------------------------- Rust and transport


@pytest.mark.parametrize(
    ("release", "variables", "params", "on"),
    [
        ("1.83.0", {"LITELLM_RUST": "1"}, {"rust": True}, False),
        ("1.93.0", {"LITELLM_RUST": "1"}, {"rust": True}, False),
        ("1.94.1", {"LITELLM_RUST": "1"}, {}, False),
        ("1.94.1", {}, {"rust": True}, True),
        ("1.95.0", {"LITELLM_RUST": " ON "}, {}, True),
        ("1.99.4", {"LITELLM_RUST": "0"}, {"rust": True}, True),
        ("1.99.4", {"LITELLM_RUST": "y"}, {}, False),
        ("1.102.0", {}, {"rust": True}, False),
        ("1.102.0", {"LITELLM_RUST": "yes"}, {}, True),
        ("1.103.0", {"LITELLM_RUST": "1"}, {"rust": True}, False),
        ("1.105.7", {"LITELLM_RUST": "y"}, {}, True),
        ("1.108.10", {"LITELLM_RUST": "1"}, {}, True),
        ("1.109.1", {"LITELLM_RUST": "t"}, {}, True),
        ("1.109.1", {"LITELLM_RUST": "no"}, {}, False),
        ("1.109.1", {}, {}, False),
    ],
)
def test_the_rust_route(release: str, variables: dict[str, str], params: dict[str, bool], on: bool) -> None:
    found = rust.route(Version(release), variables, [params])
    assert found.on is on
    assert bool(found.findings) is on
    assert found.native is (Version(release) >= Version("1.92.0"))


RULE = re.compile(r"RouteRule\(Route\.MESSAGES, Rollout\.RUST_OPT_IN, providers=frozenset\(\{(.*?)\}\)\)")


@pytest.mark.parametrize("release", ["1.103.0", "1.108.10", NEWEST])
def test_the_catalogue_of_routes_has_the_same_providers(wheels: dict[str, zipfile.ZipFile], release: str) -> None:
    """A newer release may open the route to more of them: then `SWITCHES` needs another line."""
    catalogue = wheels[release].read("litellm/rust_bridge/catalog.py").decode()
    providers = {name.strip(' "') for found in RULE.findall(catalogue) for name in found.split(",")}
    assert set(rust.route(Version(release), {}).providers) == providers


@pytest.mark.parametrize(
    ("release", "condition"), [("1.94.0", '!= "azure_ai"'), ("1.99.4", '("azure_ai", "anthropic")')]
)
def test_before_the_catalogue_the_handler_decides(
    wheels: dict[str, zipfile.ZipFile], release: str, condition: str
) -> None:
    handler = wheels[release].read("litellm/llms/custom_httpx/llm_http_handler.py").decode()
    body = handler.partition("def _maybe_rust_anthropic_messages")[2]
    switch = next(one for one in rust.SWITCHES if release in SpecifierSet(one.releases))
    assert condition in body
    assert all(f'"{provider}"' in body for provider in switch.providers)
    assert ('.get("rust") is not True' in body) is switch.parameter
    assert (f'"{rust.VARIABLE}"' in handler) is bool(switch.values)


@pytest.mark.parametrize(
    ("release", "variables", "settings", "expected"),
    [
        ("1.82.1", {}, {}, "aiohttp"),
        ("1.109.1", {}, {}, "aiohttp"),
        ("1.82.1", {"DISABLE_AIOHTTP_TRANSPORT": "True"}, {}, "httpx"),
        ("1.82.1", {"DISABLE_AIOHTTP_TRANSPORT": "1"}, {}, "aiohttp"),
        ("1.99.4", {}, {"disable_aiohttp_transport": True}, "httpx"),
        ("1.99.4", {}, {"disable_aiohttp_transport": "true"}, "aiohttp"),
        ("1.99.4", {"LITELLM_HTTP2": "true"}, {"http2": True}, "aiohttp"),
        ("1.103.0", {"LITELLM_HTTP2": "true"}, {}, "httpx"),
        ("1.103.0", {}, {"http2": True}, "httpx"),
    ],
)
def test_the_transport(release: str, variables: dict[str, str], settings: dict[str, object], expected: str) -> None:
    assert transport.transport(Version(release), variables, settings).name == expected


@pytest.mark.parametrize("release", ["1.83.0", "1.99.4", "1.103.0", NEWEST])
def test_the_names_that_choose_a_transport(wheels: dict[str, zipfile.ZipFile], release: str) -> None:
    handler = wheels[release].read("litellm/llms/custom_httpx/http_handler.py").decode()
    assert f"litellm.{transport.SETTING} is True" in handler
    assert f'"{transport.VARIABLE}"' in handler
    assert (f'"{transport.HTTP2_VARIABLE}"' in handler) is (Version(release) >= transport.FIRST_HTTP2)


@pytest.mark.parametrize("release", ["1.83.0", NEWEST])
def test_no_published_wheel_has_an_indicator(wheels: dict[str, zipfile.ZipFile], release: str) -> None:
    archive = wheels[release]
    assert not [name for name in archive.namelist() if name.endswith(".pth")]
    code = b"".join(archive.read(name) for name in archive.namelist() if name.endswith(".py"))
    assert not [host for host in HOSTS if host.encode() in code]


# ---------------------------------------------------------------- the matrix


def test_what_is_read_of_the_matrix_is_what_is_in_it(tmp_path: Path) -> None:
    whole = made()
    results.write(tmp_path / "r.jsonl.gz", whole)
    found = measured.read({"1.99.4"}, tmp_path / "r.jsonl.gz")
    assert found.results.results == tuple(one for one in whole.results if one.release == "1.99.4")
    assert found.results.header.releases == whole.header.releases
    for release in whole.header.releases:
        for patched in (False, True):
            cells = [one for one in whole.results if (one.release, one.patched) == (release, patched)]
            assert found.red.get((release, patched), 0) == sum(one.red for one in cells)
    best = min(reversed(whole.header.releases), key=lambda release: found.red.get((release, True), 0))
    assert found.best() == best


@pytest.mark.parametrize("patched", [False, True])
def test_failures_and_routes_are_those_of_the_cells(tmp_path: Path, patched: bool) -> None:
    whole = made(cases=60)
    some = [
        one if place % 7 else Result(one.release, one.patched, one.case, SKIPPED)
        for place, one in enumerate(whole.results)
    ]
    whole = replace(whole, results=tuple(some))
    results.write(tmp_path / "r.jsonl.gz", whole)
    found = measured.read({"1.99.4"}, tmp_path / "r.jsonl.gz")
    cells = [one for one in whole.results if (one.release, one.patched) == ("1.99.4", patched)]
    told = {
        (failure.number, *route): count
        for failure in found.failures("1.99.4", patched=patched)
        for route, count in failure.cells.items()
    }
    expected: dict[tuple[str, str, str], int] = {}
    for one in cells:
        for number in one.failures:
            case = Case.parse(one.case)
            key = (number, case.backend, case.ingress)
            expected[key] = expected.get(key, 0) + 1
    assert told == expected
    scores = found.scores("1.99.4", patched=patched)
    intact = advice(whole, "1.99.4", patched=patched)
    assert {route for route, score in scores.items() if score.intact} == {
        (backend, ingress) for backend, several in intact.items() for ingress in several
    }
    counted = [one for one in cells if one.outcome != SKIPPED and families.node(one.case) is None]
    assert sum(score.passed + score.red for score in scores.values()) == len(counted)
    assert sum(score.red for score in scores.values()) == sum(one.red for one in counted)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda data: data[:-20], "it is not what the matrix wrote"),
        (lambda data: data[: data.rindex(b"\n", 0, -1) + 1], "it has no footer"),
        (lambda data: data.replace(b'"outcome": "failed"', b'"outcome": "passed"', 1), "its footer does not fit"),
        (lambda data: b"", "it is not what the matrix wrote"),
        (lambda data: b"[]\n", "it is not what the matrix wrote"),
    ],
)
def test_a_matrix_that_is_not_whole(tmp_path: Path, change: object, expected: str) -> None:
    results.write(tmp_path / "r.jsonl.gz", made())
    data = gzip.decompress((tmp_path / "r.jsonl.gz").read_bytes())
    assert callable(change)
    (tmp_path / "r.jsonl.gz").write_bytes(gzip.compress(change(data)))
    with pytest.raises(BadResults, match=expected):
        measured.read({"1.99.4"}, tmp_path / "r.jsonl.gz")


def test_a_matrix_that_is_not_there_or_is_cut(tmp_path: Path) -> None:
    with pytest.raises(BadResults, match="it cannot be read"):
        measured.read({"1.99.4"}, tmp_path / "gone.gz")
    results.write(tmp_path / "r.jsonl.gz", made())
    (tmp_path / "r.jsonl.gz").write_bytes((tmp_path / "r.jsonl.gz").read_bytes()[:-30])
    with pytest.raises(BadResults, match="it cannot be read"):
        measured.read({"1.99.4"}, tmp_path / "r.jsonl.gz")


# ---------------------------------------------------------------- real releases


def test_a_real_installation_and_a_real_patched_one(tmp_path: Path, wheels: dict[str, zipfile.ZipFile]) -> None:
    lock, patches = upstream.load(), series.load()
    site = tmp_path / "lib/python3.11/site-packages"
    wheels["1.83.0"].extractall(site)
    report = diagnose(lock, patches, find(str(tmp_path)), None)
    assert report.files is not None
    assert report.files.same == report.files.listed > 2000
    assert [finding.topic for finding in report.findings] == ["matrix"]
    built = diagnose(lock, patches, find(str(_patched(tmp_path, "1.83.0"))), None)
    assert not built.wrong
    assert built.files is not None
    assert built.files.base == "litellm-1.83.0-py3-none-any.whl"
    adapter = next(site.glob("litellm/llms/anthropic/**/transformation.py"))
    adapter.write_bytes(adapter.read_bytes()[:-1] + b" ")
    changed = diagnose(lock, patches, find(str(site)), None)
    assert len(texts(changed, "upstream")) == len(texts(changed, "record")) == 1


def test_the_wheel_of_the_newest_release(wheels: dict[str, zipfile.ZipFile]) -> None:
    lock, patches = upstream.load(), series.load()
    name = Path(str(wheels[NEWEST].filename))
    report = diagnose(lock, patches, find(str(name)), None)
    assert report.files is not None
    assert report.files.published == name.name
    assert report.files.same == report.files.listed > 3000


def _patched(folder: Path, release: str) -> Path:
    lock, patches = upstream.load(), series.load()
    found = releases.find(lock, release)
    file = wheel.files_for(found, None)[0]
    fixes = ranges.needed(lock, patches, found.version)
    path = wheel.build(wheel.Published(found, file, *published(release)), patches, fixes, folder / "dist").path
    return Path(shutil.move(path, folder / path.name))
