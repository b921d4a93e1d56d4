"""The picture of the headline: its numbers and areas are those of the results, and all of it fits."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest

from scripts.matrix.picture import SCHEMES, Scheme, picture
from scripts.matrix.results import PASSED, Results
from tests.round_trip.grid import INGRESSES
from tests.tooling.matrix.made_results import made

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""

MANY = tuple(f"1.{82 + minor}.{patch}" for minor in range(25) for patch in range(8))
EVIL = '1.<b>"&amp;.0'
LETTER, BOLD = 0.62, 0.7
"""How wide a letter of a wide font is, to its size."""


def drawn(results: Results, scheme: Scheme = "light") -> ElementTree.Element:
    return ElementTree.fromstring(picture(results, scheme))  # noqa: S314 (a text of ours)


def elements(root: ElementTree.Element, name: str, css: str = "") -> list[ElementTree.Element]:
    """Those of a name, and of some classes, in their order."""
    found = root.iter(f"{{http://www.w3.org/2000/svg}}{name}")
    return [one for one in found if set(css.split()) <= set(one.get("class", "").split())]


def text_of(element: ElementTree.Element) -> str:
    return "".join(element.itertext())


def style(root: ElementTree.Element, name: str) -> dict[str, str]:
    """What the style says of each of its selectors, for one property."""
    rules = re.findall(r"([^{}\n]+) \{ (.*) \}", text_of(elements(root, "style")[0]))
    found = {selector: re.search(rf"(?:^| ){name}: ([^;]+);", rule) for selector, rule in rules}
    return {selector: one[1] for selector, one in found.items() if one}


def red(results: Results, ingress: str, patched: bool) -> Counter[str]:
    """The red cells of an endpoint and a variant, by release."""
    chosen = (one for one in results.results if one.patched is patched and f"/{ingress}-" in one.case)
    return Counter(one.release for one in chosen if one.red)


# ---------------------------------------------------------------- what it tells


@pytest.mark.parametrize("releases", [("1.82.1",), ("1.82.1", "1.99.4", "1.109.1"), MANY])
def test_its_numbers_are_those_of_the_results(releases: tuple[str, ...]) -> None:
    results = made(releases)
    root = drawn(results)
    totals = [results.red(patched=patched) for patched in (False, True)]
    assert [text_of(one) for one in elements(root, "text", "total")] == ["3", *(f"{one:,}" for one in totals)]
    pairs = [[red(results, ingress, patched).total() for patched in (False, True)] for ingress in INGRESSES]
    assert [text_of(one) for one in elements(root, "text", "sum")] == [f"{one[0]:,} → {one[1]:,}" for one in pairs]
    told = text_of(elements(root, "desc")[0])
    assert f"{totals[0]:,} red cells unpatched, {totals[1]:,} patched. /v1/messages: {pairs[0][0]:,} unpatched" in told
    assert f" with 30 cases each: 3 failures, {totals[0]:,} red" in told


@pytest.mark.parametrize("releases", [("1.82.1",), ("1.82.1", "1.99.4", "1.109.1"), MANY])
@pytest.mark.parametrize("patched", [False, True])
def test_each_release_is_as_high_as_it_has_red_cells(releases: tuple[str, ...], patched: bool) -> None:
    results = made(releases)
    root = drawn(results)
    areas = elements(root, "path", "patched" if patched else "area")[1:]
    for ingress, area, frame in zip(INGRESSES, areas, elements(root, "path", "all")[1:], strict=True):
        left, top, right, bottom = bounds(frame)
        unit = (bottom - top) / sum(f"/{ingress}-" in case for case in results.header.cases)
        middles = [left + (right - left) * (place + 0.5) / len(releases) for place in range(len(releases))]
        heights = [(bottom - height_at(area, x)) / unit for x in middles]
        counts = red(results, ingress, patched)
        assert heights == pytest.approx([counts[release] for release in releases], abs=0.02)


def test_a_red_cell_has_the_same_area_in_each_panel() -> None:
    results = made(cases=50)
    units = []
    for ingress, frame in zip(INGRESSES, elements(drawn(results), "path", "all")[1:], strict=True):
        _, top, _, bottom = bounds(frame)
        units.append((bottom - top) / sum(f"/{ingress}-" in case for case in results.header.cases))
    assert units == pytest.approx([units[0]] * 3, rel=0.01)


def test_an_endpoint_without_red_cells_shows_a_line_at_zero() -> None:
    results = made()
    healed = replace(
        results,
        results=tuple(
            replace(one, outcome=PASSED, failures=()) if one.patched and "/messages-" in one.case else one
            for one in results.results
        ),
    )
    root = drawn(healed)
    assert text_of(elements(root, "text", "sum")[0]).endswith(" → 0")
    _, _, _, bottom = bounds(elements(root, "path", "all")[1])
    assert {y for _, y in points(elements(root, "path", "line after")[0])} == {bottom}


def test_an_endpoint_without_cases_is_left_out() -> None:
    paths = [text_of(one) for one in elements(drawn(made(cases=2)), "tspan", "path")]
    assert paths == ["/v1/messages", "/v1/chat/completions"]


def test_one_of_a_thing_is_told_as_one() -> None:
    told = [text_of(one) for one in elements(drawn(made(("1.82.1",), cases=1)), "text", "muted")]
    assert told[0] == "1 release, 1.82.1, with 1 case each"


def test_a_failure_that_nobody_has_described_is_not_counted() -> None:
    results = made()
    told = tuple(replace(one, failures=("new",)) if "F1" in one.failures else one for one in results.results)
    assert text_of(elements(drawn(replace(results, results=told)), "text", "total")[0]) == "2"


def test_the_same_results_give_the_same_text() -> None:
    results = made()
    assert picture(results, "light") == picture(replace(results, results=results.results[::-1]), "light")


# ---------------------------------------------------------------- how it looks


@pytest.mark.parametrize("releases", [("1.82.1",), (EVIL, "1.99.4"), MANY, MANY[::8]])
def test_all_of_it_is_inside_and_no_text_on_another(releases: tuple[str, ...]) -> None:
    root = drawn(made(releases))
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    texts = [box for element, x, y in placed(root) for box in text_box(root, element, x, y)]
    shapes = [
        (left + x, top + y, right + x, bottom + y)
        for element, x, y in placed(root)
        if element.get("d")
        for left, top, right, bottom in [bounds(element)]
    ]
    assert len(texts) > 12
    assert len(shapes) > 12
    for left, top, right, bottom in (*texts, *shapes):
        assert 0 < left <= right < width
        assert 0 < top <= bottom < height
    assert not [(one, other) for one, other in combinations(texts, 2) if overlap(one, other)]


@pytest.mark.parametrize(("releases", "names"), [(("1.82.1",), ["1.82"]), (MANY, ["1.106", "1.102"])])
def test_the_newest_minor_is_named(releases: tuple[str, ...], names: list[str]) -> None:
    assert [text_of(one) for one in elements(drawn(made(releases)), "text", "middle")][:2] == names


def test_the_two_differ_only_in_colours() -> None:
    light, dark = (re.split(r"#[0-9a-f]{6}", picture(made(), scheme)) for scheme in SCHEMES)
    assert light == dark
    assert picture(made(), "light") != picture(made(), "dark")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_its_colours_can_be_told_apart_also_without_their_hue(scheme: Scheme) -> None:
    root = drawn(made(), scheme)
    fill, stroke = style(root, "fill"), style(root, "stroke")
    surface = elements(root, "rect")[0].attrib["fill"]
    for name in ("text", ".muted", ".unpatched", ".patched"):
        assert contrast(fill[name], surface) >= 4.5
    for colour in (stroke[".line.before"], stroke[".line.after"], stroke[".all"], fill[".patched"]):
        assert contrast(colour, surface) >= 3
    for other in (fill[".area"], fill[".all"]):
        assert contrast(fill[".patched"], other) >= 3
    assert contrast(stroke[".line.before"], fill[".all"]) >= 3


# ---------------------------------------------------------------- that it is safe


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_name_with_markup_is_text(scheme: Scheme) -> None:
    root = drawn(made((EVIL,)), scheme)
    assert text_of(elements(root, "text", "muted")[0]) == f"1 release, {EVIL}, with 30 cases each"
    assert [text_of(one) for one in elements(root, "text", "middle")] == [EVIL.rpartition(".")[0]]
    assert f" {EVIL}, " in text_of(elements(root, "desc")[0])


@pytest.mark.parametrize("scheme", SCHEMES)
def test_it_loads_and_runs_nothing(scheme: Scheme) -> None:
    text = picture(made(MANY), scheme)
    names = {one.tag.partition("}")[2] for one in drawn(made(MANY), scheme).iter()}
    assert names == {"svg", "title", "desc", "style", "rect", "text", "tspan", "g", "path"}
    assert not re.search(r"href|url\(|@import|\son\w+=", text)
    assert text.count("://") == text.count('xmlns="http://www.w3.org/2000/svg"') == 1
    assert len(text) < 30_000


def test_a_screen_reader_gets_its_title_and_description() -> None:
    root = drawn(made())
    assert root.get("role") == "img"
    assert [one.get("id") for one in [*elements(root, "title"), *elements(root, "desc")]] == ["title", "desc"]
    assert root.get("aria-labelledby") == "title desc"


# ---------------------------------------------------------------- where things are


def placed(
    element: ElementTree.Element, x: float = 0, y: float = 0
) -> Iterator[tuple[ElementTree.Element, float, float]]:
    """All elements, each with how far the elements around it move it."""
    moved = re.fullmatch(r"translate\((\S+) (\S+)\)", element.get("transform", "translate(0 0)"))
    assert moved
    x, y = x + float(moved[1]), y + float(moved[2])
    yield element, x, y
    for child in element:
        yield from placed(child, x, y)


def points(path: ElementTree.Element) -> list[tuple[float, float]]:
    """The corners of a path, in its own place."""
    found, x, y = [], 0.0, 0.0
    for command, told in re.findall(r"([MHVhv])([^MHVhvZz]*)", path.attrib["d"]):
        numbers = [float(one) for one in told.split()]
        if command == "M":
            x, y = numbers
        elif command in "Hh":
            x = numbers[0] + (x if command == "h" else 0)
        else:
            y = numbers[0] + (y if command == "v" else 0)
        found.append((x, y))
    return found


def bounds(path: ElementTree.Element) -> Box:
    xs, ys = zip(*points(path), strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def height_at(path: ElementTree.Element, x: float) -> float:
    """Where the upper line of an area, which begins it and goes to the right, is at x."""
    corners = points(path)
    return next(y for (start, y), (end, _) in pairwise(corners) if start < x < end)


def text_box(root: ElementTree.Element, element: ElementTree.Element, x: float, y: float) -> list[Box]:
    """About where a text is, as a list of one; nothing of other elements."""
    if "x" not in element.attrib or not text_of(element).strip():
        return []
    sizes, weights = style(root, "font-size"), style(root, "font-weight")
    kinds = [f".{name}" for name in element.get("class", "").split()]
    size = next((float(sizes[kind].removesuffix("px")) for kind in kinds if kind in sizes), 22.0)
    bold = any(kind in selector.split(", ") for kind in kinds for selector in weights)
    gaps = sum(float(child.get("dx", 0)) for child in element)
    width = len(text_of(element)) * size * (BOLD if bold else LETTER) + gaps
    x, y = x + float(element.attrib["x"]), y + float(element.attrib["y"])
    x -= width if ".end" in kinds else width / 2 if ".middle" in kinds else 0
    return [(x, y - 0.76 * size, x + width, y + 0.24 * size)]


def overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, by the formula of WCAG."""
    darker, lighter = sorted(map(luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
