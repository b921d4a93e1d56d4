"""The generated parts of a page: what stands between two markers, each a comment that says what writes it."""

from __future__ import annotations

from scripts.errors import BadPatch

Markers = tuple[str, str]


def replaced(page: str, text: str, markers: Markers, body: str) -> str:
    """The text of a page with a new body between its markers. Raises BadPatch, by the page's name, where one lacks."""
    begin, end = markers
    head, found, rest = text.partition(begin)
    _, closed, tail = rest.partition(end)
    if not found or not closed:
        raise BadPatch(page, f"the markers {begin} and {end} are missing")
    return f"{head}{begin}\n\n{body}\n\n{end}{tail}"
