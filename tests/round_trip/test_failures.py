"""Known failures are told by their symptoms, and told apart from what failed only now."""

from __future__ import annotations

import re

import pytest
from packaging.specifiers import SpecifierSet

from tests import conversations
from tests.backends import BACKENDS
from tests.backends.dialects import DIALECTS
from tests.round_trip import conftest, failures, families
from tests.round_trip.failures import Failure, Known, described, known, labels, open_in, titles
from tests.round_trip.grid import DIALECT, INGRESSES, MODES, Case
from tests.round_trip.trace import CHECKPOINTS

pytest_plugins = ["pytester"]

LOST = Known("F1", "was dropped", ">=1.82.1,<1.90", ingresses=["messages"], changed=["wire"], mended="the-fix")
DAMAGED = Known("F2", "was dropped", ">=1.82.1", modes=["-stream"], changed=["adapter out"])
CASE = "tool-loop/messages-moonshot-stream"


@pytest.fixture
def _made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failures, "known", lambda: (LOST, DAMAGED))


@pytest.mark.usefixtures("_made_up")
@pytest.mark.parametrize(
    ("case", "found", "expected"),
    [
        (CASE, [Failure("reasoning was dropped", "wire")], ["F1"]),
        (CASE, [Failure("reasoning was dropped", "adapter out")], ["F2"]),
        (CASE, [Failure("reasoning was dropped", ""), Failure("reasoning was dropped", "wire")], ["F1", "new"]),
        (CASE.replace("messages", "chat"), [Failure("reasoning was dropped", "wire")], ["new"]),
        (CASE, [Failure("reasoning was doubled", "wire")], ["new"]),
        (CASE, [], []),
    ],
)
def test_a_failure_is_known_by_where_and_how_it_shows(case: str, found: list[Failure], expected: list[str]) -> None:
    assert labels(Case.parse(case), found, "1.83.0") == expected


BOTH = {("F1", "messages"), *(("F2", ingress) for ingress in INGRESSES)}


@pytest.mark.usefixtures("_made_up")
@pytest.mark.parametrize(
    ("release", "fixes", "expected"),
    [
        ("1.83.0", [], BOTH),
        ("1.83.0", ["the-fix"], BOTH - {("F1", "messages")}),
        ("1.83.0", ["another"], BOTH),
        ("1.90.0", [], BOTH - {("F1", "messages")}),
    ],
)
def test_what_is_open_depends_on_the_release_and_its_fixes(
    release: str, fixes: list[str], expected: set[tuple[str, str]]
) -> None:
    assert open_in(release, fixes) == expected


@pytest.mark.parametrize("entry", known(), ids=lambda entry: entry.number)
def test_every_entry_can_apply(entry: Known) -> None:
    assert entry.number in described()
    assert SpecifierSet(entry.releases)
    spoken = map(f"{DIALECT}{{}}".format, DIALECTS)
    assert set(entry.conversations) <= {*conversations.names(), *spoken, "generated"}
    assert set(entry.ingresses) <= set(INGRESSES)
    assert set(entry.backends) <= set(BACKENDS)
    assert set(entry.modes) <= set(MODES)
    assert set(entry.changed) <= {*CHECKPOINTS, ""}


@pytest.mark.parametrize("number", described())
def test_every_number_is_described(number: str) -> None:
    one = described()[number]
    assert re.fullmatch(r"[FN]\d+|base-install", number)
    assert one.title.strip(" .") == one.title
    assert one.state
    assert all(re.fullmatch(r"#\d+", link) for link in one.upstream)
    assert set(one.seen_by) <= {*families.FAMILIES, *(entry.number for entry in known())}
    assert set(one.ingresses) <= set(INGRESSES)
    assert all(map(SpecifierSet, one.releases))
    assert one.ingresses or number in {entry.number for entry in known()}


def test_the_titles_are_those_of_numbers_that_a_case_can_tell() -> None:
    assert {"F1", "F12", "F17", "N5", "base-install"} < set(titles()) < set(described())
    assert {"F22", "F44"}.isdisjoint(titles())


GRID = """
    import pytest

    @pytest.mark.parametrize(("case", "numbers"), {rows})
    def test_case(case, numbers, record_property):
        record_property("case", case)
        record_property("failures", numbers)
        assert not numbers, "half of a pair: \\ud83d"
    """


@pytest.mark.parametrize(
    ("numbers", "options", "expected"),
    [
        ("F2", ["--known-failures"], {"passed": 1, "open": 1}),
        ("F2", [], {"passed": 1, "failed": 1}),
        ("F2 F7", ["--known-failures"], {"passed": 1, "failed": 1}),
        ("new", ["--known-failures"], {"passed": 1, "failed": 1}),
    ],
)
def test_only_what_is_open_may_fail_without_failing_the_session(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    numbers: str,
    options: list[str],
    expected: dict[str, int],
) -> None:
    monkeypatch.setattr(conftest, "_open", lambda: {("F2", ingress) for ingress in INGRESSES})
    result = _run(pytester, [(CASE, numbers), ("plain/chat-moonshot", "")], *options)
    assert result.parseoutcomes() == expected
    assert result.ret == (1 if "failed" in expected else 0)
    result.stdout.fnmatch_lines(
        ["passed/played*messages*chat*responses", "moonshot *0/1*1/1*-", "*cells are not played:"]
    )


def test_an_open_failure_that_no_case_shows_fails_the_session(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conftest, "_open", lambda: {("F2", ingress) for ingress in INGRESSES})
    monkeypatch.setattr(conftest, "cases", lambda: [CASE])
    result = _run(pytester, [(CASE, "")], "--known-failures")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["F2 is listed as open in this release, but no case shows it*"])
    assert _run(pytester, [(CASE, "F2")], "--known-failures").ret == 0


def test_results_are_summed_up_from_several_processes(pytester: pytest.Pytester) -> None:
    """Half a surrogate pair in what a failure says does not keep it from getting there."""
    result = _run(pytester, [(CASE, "F2"), ("plain/chat-moonshot", "")], "-n", "2")
    assert result.parseoutcomes()["failed"] == 1
    assert result.ret == 1
    result.stdout.fnmatch_lines(["moonshot *0/1*1/1*-", "*cells are not played:"])
    assert r"half of a pair: \ud83d" in result.stdout.str()


def _run(pytester: pytest.Pytester, rows: list[tuple[str, str]], *options: str) -> pytest.RunResult:
    pytester.makeconftest(
        "from tests.conftest import pytest_addoption, pytest_report_to_serializable\n"
        "from tests.round_trip.conftest import (\n"
        "    pytest_configure, pytest_runtest_makereport, pytest_report_teststatus, pytest_sessionfinish,\n"
        "    pytest_terminal_summary)"
    )
    pytester.makepyfile(GRID.format(rows=rows))
    return pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:asyncio", *options)
