"""report.html in a browser: what it shows, by mouse, by keyboard, by link, without colours, and without a network.

They need Chromium (`apt-get install chromium`, or any Chrome on the path), and are skipped where there is none. The
pictures that they take are in build/screenshots.
"""

from __future__ import annotations

import base64
import json
import os
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright import sync_api

from scripts.matrix.page import page
from scripts.matrix.page_timing import browser, launch_options
from scripts.matrix.results import ERRORED, FAILED, PASSED, ReleaseInfo, Result, Results, digest_of
from scripts.paths import BUILD
from tests.tooling.matrix.made_results import made

SCREENSHOTS = BUILD / "screenshots"
RELEASES = ("1.82.1", "1.82.6", "1.83.0", "1.83.10", "1.99.4", "1.109.1")
MOONSHOT = "tool-loop/messages-moonshot"
MOST_CELLS, MOST_ROWS = 6_000, 70
EVIL = "</script><img src=x onerror=\"document.title='broken in'\"><b>"
DETAIL = f"""\
request 2, {EVIL}: a block is missing
    before: 'I think.'
    wire         36a9e7f1c95b  <- changed first here
    the provider's answer (400): {{"error": "a block is missing"}}
    --- what the client sent
    +++ what reached the provider
    @@ -1,3 +1,3 @@
     "role": "assistant",
    -"thinking": "I think. \ud83d"
    +"reasoning_content": " "
a line after it
"""


# ---------------------------------------------------------------- the text, without a browser


def test_the_same_results_give_the_same_text() -> None:
    assert page(made(RELEASES)) == page(made(RELEASES))


def test_nothing_of_the_results_stands_in_the_page_as_markup() -> None:
    text = page(_evil())
    assert "<img" not in text
    assert "onerror=" not in re.sub(r"&lt;img.*?&gt;", "", text)


def test_the_details_are_in_chunks() -> None:
    text = page(made(RELEASES, cases=300))
    chunks = [_unpacked(text, f"details-{number}") for number in range(2)]
    assert len(chunks[0]) == 200
    assert chunks[0][0].startswith("request 2, tool-loop/messages-anthropic: a placeholder")


def test_a_state_is_told_once() -> None:
    data = _unpacked(page(made(RELEASES, cases=3)), "data")
    case, ingress, backend, *runs = data["cases"][0]
    assert (case, ingress, backend) == ("tool-loop/messages-anthropic", "messages", "anthropic")
    assert [sum(run[1::2]) for run in runs] == [len(RELEASES)] * 2
    assert len(data["states"]) == len({json.dumps(state) for state in data["states"]})


def test_releases_stand_in_the_order_of_the_run() -> None:
    results = made(RELEASES, cases=3)
    assert page(replace(results, releases=results.releases[::-1])) == page(results)


def test_results_of_nothing_make_a_page() -> None:
    assert "No release was measured." in page(replace(made(RELEASES, cases=1), releases=(), results=(), details={}))


def _unpacked(text: str, name: str) -> Any:
    found = re.search(rf'id="chunk-{name}">([^<]*)<', text)
    assert found
    return json.loads(zlib.decompress(base64.b64decode(found[1])))


# ---------------------------------------------------------------- made-up results with one of each outcome


def _told() -> Results:
    """The made-up results, and in front of them a case with every outcome in it."""
    results = made(RELEASES, cases=60)
    others = [one for one in results.results if one.case != MOONSHOT]
    text = DETAIL.replace(EVIL, "moonshot").replace(" \ud83d", "")
    other = text.replace("moonshot: a block is missing", "moonshot: a block came twice")
    lost = _of(FAILED, ("F3",), "request 2, moonshot: a block is missing", digest_of(text))
    twice = replace(lost, detail=digest_of(other))
    new, fault = _of(FAILED, ("new",), "something else"), _of(ERRORED, reason="KeyError: 'x'")
    passed = _of(PASSED)
    pairs = [(lost, passed), (lost, twice), (passed, new), (fault, passed), (passed, None), (passed, passed)]
    played = [
        replace(one, release=release, patched=patched)
        for release, pair in zip(RELEASES, pairs, strict=True)
        for patched, one in zip((False, True), pair, strict=True)
        if one
    ]
    details = results.details | {digest_of(text): text, digest_of(other): other}
    return replace(results, results=(*others, *played), details=details)


def _of(outcome: str, failures: tuple[str, ...] = (), reason: str = "", detail: str = "") -> Result:
    return Result("", False, MOONSHOT, outcome, failures, reason, detail)


def _evil() -> Results:
    """Results of which each text tries to become part of the page."""
    results = made(("1.82.1", "1.109.1"), cases=1)
    word = EVIL.replace(" ", "")
    case = f"{word.replace('/', '')}/messages-{word}"
    fix = replace(results.header.fixes[0], name=EVIL, title=f"{EVIL} `{EVIL}`", failures=(EVIL,), cases=(case,))
    header = replace(
        results.header,
        cases=(case,),
        conversations={case.partition("/")[0]: EVIL},
        failures={"F1": f"{EVIL} `{EVIL}`"},
        fixes=(fix,),
        shard=EVIL,
        python=EVIL,
    )
    releases = tuple(_evil_release(one) for one in results.releases)
    played = tuple(
        Result(one.release, patched, case, FAILED, ("F1",), f"{EVIL} \ud83d", digest_of(DETAIL))
        for one in releases
        for patched in (False, True)
    )
    return Results(header, releases, played, {digest_of(DETAIL): DETAIL})


def _evil_release(release: ReleaseInfo) -> ReleaseInfo:
    return replace(release, layout=EVIL, wheel=EVIL, applied=(EVIL,), verdicts={EVIL: EVIL})


# ---------------------------------------------------------------- the browser

Open = Callable[..., Any]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A browser for all tests of the page. On CI it has to be there."""
    if browser() is None:
        missing = "no Chromium: install it (`apt-get install chromium`), or put a Chrome on the path"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(**launch_options())
        yield started
        started.close()


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _written(tmp_path_factory.mktemp("page"), _told())


def _written(folder: Path, results: Results) -> Path:
    path = folder / "report.html"
    path.write_bytes(page(results).encode())
    return path


@pytest.fixture
def opened(chromium: Any, told: Path) -> Iterator[Open]:
    """Open a page: `opened("#text=loop")`, or another file than the usual one, or in the dark.

    Whatever it asks the network for, and every error in it, fails the test.
    """
    faults: list[str] = []
    contexts = []

    def open_page(fragment: str = "", path: Path = told, scheme: str = "light") -> Any:
        context = chromium.new_context(viewport={"width": 1440, "height": 1000}, color_scheme=scheme)
        context.set_default_timeout(20_000)
        contexts.append(context)
        tab = context.new_page()
        tab.on("request", lambda request: None if request.url.startswith("file:") else faults.append(request.url))
        tab.on("pageerror", lambda error: faults.append(str(error)))
        tab.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        tab.route(re.compile("^(?!file:)"), lambda handler: handler.abort())
        tab.goto(path.as_uri() + fragment)
        tab.wait_for_selector("html[data-texts]")
        return tab

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


def _cell(tab: Any, case: str, release: str) -> Any:
    row = tab.locator(".case-row").filter(has=tab.get_by_role("rowheader", name=case, exact=True)).first
    return row.locator(f'[role=gridcell][aria-label^="{release}:"]')


def _active(tab: Any) -> str:
    return str(tab.evaluate("document.activeElement.getAttribute('aria-label') || document.activeElement.textContent"))


def _rows(tab: Any) -> list[str]:
    return [str(text) for text in tab.locator(".case-row .row-head").all_text_contents()]


def test_the_page_opens_with_its_headline(opened: Open) -> None:
    tab = opened()
    results = _told()
    assert tab.inner_text("#count-failures") == "3"
    assert tab.inner_text("#count-releases") == str(len(RELEASES))
    for name, patched in (("unpatched", False), ("patched", True)):
        red = sum(one.red and one.patched is patched for one in results.results)
        assert tab.inner_text(f"#count-{name}") == str(red)
        assert f"{red} {'red cells ' if not patched else ''}{name}" in tab.inner_text("#summary")


def test_the_page_asks_nobody_for_anything(opened: Open) -> None:
    tab = opened(f"#open=all&cell={MOONSHOT}@1.82.1")
    tab.wait_for_selector("dialog[data-cell]")
    assert "default-src 'none'" in tab.get_attribute("meta[http-equiv]", "content")
    assert tab.evaluate("performance.getEntriesByType('resource').length") == 0


def test_groups_are_counted_and_stand_in_order(opened: Open) -> None:
    tab = opened()
    heads = tab.locator(".group-row .row-head").all_inner_texts()
    assert [head.split()[0] for head in heads] == ["new", "Red", "F1", "F3", "N9", "Cases"]
    group = tab.locator(".group-row").filter(has_text="nobody has described")
    label = group.locator("[role=gridcell]").nth(2).get_attribute("aria-label")
    assert label == "1.83.0: 0 red unpatched, 1 patched"


@pytest.mark.parametrize(
    ("release", "expected"),
    [
        ("1.82.1", "unpatched failed (F3); patched passed, healed by the patch"),
        ("1.82.6", "unpatched failed (F3); patched failed (F3)"),
        ("1.83.0", "unpatched passed; patched failed (new), broken by the patch"),
        ("1.83.10", "unpatched errored; patched passed, healed by the patch"),
        ("1.99.4", "unpatched passed; patched not played"),
    ],
)
def test_a_cell_tells_unpatched_and_patched(opened: Open, release: str, expected: str) -> None:
    cell = _cell(opened("#open=F3"), MOONSHOT, release)
    assert cell.get_attribute("aria-label") == f"{release}: {expected}"


def test_each_outcome_has_its_own_shape(opened: Open) -> None:
    tab = opened("#open=F3")
    shape = "([name, part]) => getComputedStyle(document.querySelector('.legend .' + name), part).clipPath"
    upper = [tab.evaluate(shape, [f"u{sign}", "::before"]) for sign in "pfesn"]
    lower = [tab.evaluate(shape, [f"p{sign}", "::after"]) for sign in "hb"]
    assert len({*upper, *lower}) == 7


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(opened: Open, scheme: str) -> None:
    tab = opened("#open=F3,N9", scheme=scheme)
    _check(tab)
    tab.screenshot(path=_picture(scheme), full_page=True)
    _cell(tab, MOONSHOT, "1.82.6").click()
    tab.wait_for_selector("dialog[data-cell]")
    _check(tab)
    tab.screenshot(path=_picture(f"dialog-{scheme}"))


def _check(tab: Any) -> None:
    found = Axe().run(tab).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found] == []


def _picture(name: str) -> Path:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return SCREENSHOTS / f"{name}.png"


# ---------------------------------------------------------------- keyboard


def test_the_keyboard_reaches_everything(opened: Open) -> None:
    tab = opened()
    tab.keyboard.press("Tab")
    assert _active(tab) == "Skip to the grid"
    tab.keyboard.press("Enter")
    assert _active(tab).startswith("new")
    for key, expected in [
        ("ArrowDown", "Red without"),
        ("End", "1.109.1:"),
        ("Home", "Red without"),
        ("ArrowRight", "Red without"),  # opens the group
        ("ArrowDown", MOONSHOT),
        ("ArrowRight", "1.82.1:"),
        ("ArrowLeft", MOONSHOT),
        ("ArrowUp", "Red without"),
        ("ArrowLeft", "Red without"),  # closes it
        ("ArrowDown", "F1"),
        ("Control+End", "1.109.1:"),
        ("Control+Home", "new"),
        ("PageDown", "Cases that never fail"),
        ("PageUp", "new"),
    ]:
        tab.keyboard.press(key)
        assert _active(tab).startswith(expected), key


def test_only_one_cell_is_in_the_order_of_the_tab_key(opened: Open) -> None:
    tab = opened("#open=all")
    _cell(tab, MOONSHOT, "1.82.1").focus()
    tab.keyboard.press("ArrowDown")
    assert tab.locator("#grid [tabindex='0']").count() == 1


def test_enter_opens_a_case_and_escape_goes_back(opened: Open) -> None:
    tab = opened("#open=new")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "Enter"):
        tab.keyboard.press(key)
    tab.wait_for_selector("dialog[data-cell]")
    assert tab.get_attribute("dialog", "data-cell") == f"{MOONSHOT}@1.82.6"
    tab.keyboard.press("Escape")
    sync_api.expect(_cell(tab, MOONSHOT, "1.82.6")).to_be_focused()


def test_focus_survives_that_its_cell_leaves_the_document(opened: Open) -> None:
    tab = opened("#open=all")
    _cell(tab, MOONSHOT, "1.82.1").focus()
    tab.evaluate("document.getElementById('grid').scrollTop = 100000")
    sync_api.expect(tab.locator("#grid")).to_be_focused()
    tab.keyboard.press("ArrowLeft")
    assert _active(tab) == MOONSHOT


# ---------------------------------------------------------------- filters


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("backend", "moonshot", lambda case: "moonshot" in case),
        ("ingress", "chat", lambda case: "/chat-" in case),
        ("fix", "chat-reasoning-content", lambda case: case == MOONSHOT),
        ("outcome", "broken", lambda case: case == MOONSHOT),
        ("outcome", "errored", lambda case: case == MOONSHOT),
        ("outcome", "new", lambda case: case == MOONSHOT),
        ("outcome", "skipped", lambda case: case.endswith("gemini-stream")),
        ("text", "odd OPENAI", lambda case: "odd" in case and "openai" in case),
        ("text", "keyerror", lambda case: case == MOONSHOT),
    ],
)
def test_a_filter_keeps_what_it_names(opened: Open, name: str, value: str, kept: Callable[[str], bool]) -> None:
    tab = opened("#open=all")
    control = tab.locator(f"#filter-{name}")
    control.fill(value) if name == "text" else control.select_option(value)
    found = _rows(tab)
    if any(kept(case) for case in _told().header.cases):
        assert found
    assert all(kept(case) for case in found)


def test_an_outcome_stands_under_its_own_failure_only(opened: Open) -> None:
    tab = opened("#open=all&outcome=broken&text=loop/messages-moonshot")
    assert [head.split()[0] for head in tab.locator(".group-row .row-head").all_text_contents()] == ["new"]
    assert tab.locator(".case-row .cell:not(.dim)").count() == 1


def test_no_case_may_be_left(opened: Open) -> None:
    tab = opened("#text=nothing-has-this")
    assert tab.inner_text("#summary").startswith("0 of 60 cases in 0 groups")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "grid"
    _check(tab)


def test_columns_can_be_the_newest_patch_of_each_minor(opened: Open) -> None:
    tab = opened()
    tab.locator("#filter-columns").select_option("minors")
    assert tab.locator(".column-head").all_text_contents() == ["1.82.6", "1.83.10", "1.99.4", "1.109.1"]
    assert tab.get_attribute("#grid", "aria-colcount") == "5"


def test_a_view_can_be_linked(opened: Open, told: Path) -> None:
    tab = opened()
    tab.locator("#filter-ingress").select_option("messages")
    tab.locator("#filter-outcome").select_option("red-unpatched")
    tab.fill("#filter-text", "moon loop")
    tab.locator(".group-row", has_text="F3").locator(".row-head").click()
    _cell(tab, MOONSHOT, "1.82.1").click()
    tab.wait_for_selector("dialog[data-cell]")
    other = opened(tab.evaluate("location.hash"))
    other.wait_for_selector("dialog[data-cell]")
    assert other.get_attribute("dialog", "data-cell") == tab.get_attribute("dialog", "data-cell")
    assert other.inner_text("#summary") == tab.inner_text("#summary")
    assert other.input_value("#filter-text") == "moon loop"
    assert _rows(other) == _rows(tab) != []


def test_a_link_to_what_is_not_there_shows_everything(opened: Open) -> None:
    tab = opened("#backend=nobody&open=F999&cell=no/chat-case@9.9.9")
    assert tab.inner_text("#summary").startswith("60 of 60 cases")
    assert not tab.locator("dialog[open]").count()


def test_filters_are_cleared(opened: Open) -> None:
    tab = opened("#backend=openai&text=loop")
    tab.click("#reset")
    sync_api.expect(tab.locator("#summary")).to_contain_text("60 of 60 cases")
    assert tab.evaluate("location.hash") == ""


# ---------------------------------------------------------------- the dialog


def test_a_cell_opens_its_detail(opened: Open) -> None:
    tab = opened("#open=F3")
    _cell(tab, MOONSHOT, "1.82.1").click()
    tab.wait_for_selector("dialog[data-cell]")
    expected = DETAIL.replace(EVIL, "moonshot").replace(" \ud83d", "")
    assert tab.text_content("#detail") == expected
    assert tab.locator("#detail .plus").all_text_contents() == ['    +"reasoning_content": " "\n']
    assert tab.locator("#detail .minus").all_text_contents() == ['    -"thinking": "I think."\n']
    text = tab.inner_text("#dialog-body")
    assert "First: request 2, moonshot: a block is missing" in text
    assert "The reasoning changed first at wire." in text
    assert '"error": "a block is missing"' in text
    assert "chat-reasoning-content" in text
    assert "needed" in text


def test_a_cell_says_how_to_run_it_alone(opened: Open) -> None:
    tab = opened(f"#cell={MOONSHOT}@1.82.1")
    tab.wait_for_selector("dialog[data-cell]")
    assert tab.locator(".command code").all_text_contents() == [
        f"nox -s tests -- 1.82.1 {MOONSHOT} --unpatched",
        f"nox -s tests -- 1.82.1 {MOONSHOT}",
    ]
    tab.locator(".command button").first.click()
    sync_api.expect(tab.locator("#copied")).to_have_text("Copied.")


def test_two_details_are_two_tabs(opened: Open) -> None:
    tab = opened(f"#cell={MOONSHOT}@1.82.6")
    tab.wait_for_selector("dialog[data-cell]")
    assert "a block is missing" in tab.inner_text("#detail-0")
    tab.get_by_role("tab", name="unpatched", exact=True).press("ArrowRight")
    assert "a block came twice" in tab.inner_text("#detail-1")
    assert not tab.is_visible("#detail-0")


def test_the_conversation_is_there_or_said_to_be_none(opened: Open, tmp_path: Path) -> None:
    tab = opened(f"#cell={MOONSHOT}@1.82.1")
    tab.get_by_text("The conversation, tool-loop").click()
    assert tab.inner_text("#conversation").startswith('about = "A loop."')
    results = _told()
    bare = _written(tmp_path, replace(results, header=replace(results.header, conversations={})))
    other = opened(f"#cell={MOONSHOT}@1.82.1", bare)
    other.get_by_text("it plays no conversation").wait_for()


def test_older_and_newer_releases_are_one_step_away(opened: Open) -> None:
    tab = opened(f"#cell={MOONSHOT}@1.82.1")
    assert tab.is_disabled("#older")
    tab.click("#newer")
    tab.wait_for_selector(f'dialog[data-cell="{MOONSHOT}@1.82.6"]')


def test_malicious_text_stays_text(opened: Open, tmp_path: Path) -> None:
    path = _written(tmp_path, _evil())
    tab = opened("#open=all", path)
    tab.locator(".case-row [role=gridcell]").first.click()
    tab.wait_for_selector("dialog[data-cell]")
    tab.locator("summary", has_text="The conversation").click()
    tab.keyboard.press("Escape")
    assert tab.locator("img, b").count() == 0
    assert tab.title() == "What comes back: LiteLLM's thinking, release by release"


# ---------------------------------------------------------------- size


def test_a_large_matrix_is_drawn_in_part_only(opened: Open, tmp_path: Path) -> None:
    releases = [f"1.{82 + number // 7}.{number % 7}" for number in range(176)]
    tab = opened("#open=all", _written(tmp_path, made(releases, cases=1_000)))
    rows = int(tab.get_attribute("#grid", "aria-rowcount"))
    assert rows > 1_000
    for part in (0, 0.5, 1):
        tab.locator("#grid").evaluate("(grid, part) => { grid.scrollTop = grid.scrollHeight * part; }", part)
        tab.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert tab.locator("#grid-body [role=row]").count() <= MOST_ROWS
        assert tab.locator("#grid-body [role=gridcell]").count() <= MOST_CELLS
    assert tab.locator(f'#grid-body [aria-rowindex="{rows}"]').count() == 1
