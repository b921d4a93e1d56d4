"""Reasoning that a model writes into its text, between `<think>` and `</think>`, told from what the user is to read.

Only what an answer begins with is a thought: a tag behind text is text, which may speak of tags. The answer comes in
pieces, and a tag may be cut anywhere, so what may be the beginning of one is held back until the next piece.
"""

from __future__ import annotations

from typing import NamedTuple

OPEN, CLOSE = "<think>", "</think>"
_BEFORE, _THINKING, _BEHIND, _TEXT = "before", "thinking", "behind", "text"


class Told(NamedTuple):
    """What a piece of an answer is: reasoning, and text behind it."""

    reasoning: str
    text: str


class Splitter:
    """Takes the text of one answer piece by piece.

    `begun`: the thought begins without a tag, because the model's template has written that into its prompt. White
    space stays as it was, so that the turn goes back as it came; but a thought of nothing else is none, and neither is
    a text behind a thought.
    """

    def __init__(self, *, begun: bool = False) -> None:
        self._begun = begun
        self._place = _BEFORE
        self._held = ""
        self._thought = False

    def told(self, piece: str) -> Told:
        """What can be said of the text up to the end of this piece."""
        text, self._held = self._held + piece, ""
        if self._place == _BEFORE:
            text = self._opened(text)
        reasoning = ""
        if self._place == _THINKING:
            reasoning, text = self._closed(text)
        if self._place == _BEHIND and text.strip():
            self._place = _TEXT
        if self._place == _TEXT:
            return Told(reasoning, text)
        self._held = text
        return Told(reasoning, "")

    def rest(self) -> Told:
        """What was held back, when no more text comes."""
        held, self._held = self._held, ""
        place, self._place = self._place, _TEXT
        if place == _THINKING:
            return Told(held if self._thought or held.strip() else "", "")
        return Told("", "" if place == _BEHIND else held)

    def _opened(self, text: str) -> str:
        """What stands behind the opening tag; all of the text where there is none, or not yet a whole one."""
        begin = text.lstrip()
        if begin.startswith(OPEN):
            self._place = _THINKING
            return begin[len(OPEN) :]
        if not OPEN.startswith(begin):
            self._place = _THINKING if self._begun else _TEXT
        return text

    def _closed(self, text: str) -> tuple[str, str]:
        """The thought so far, and what stands behind it or may be the beginning of the closing tag."""
        thought, closed, behind = text.partition(CLOSE)
        if closed:
            self._place = _BEHIND
        else:
            cut = len(text) - _begun_tag(text)
            thought, behind = text[:cut], text[cut:]
        if self._thought or thought.strip():
            self._thought = True
            return thought, behind
        return "", behind if closed else text


def _begun_tag(text: str) -> int:
    """How many letters at the end of a text may be the beginning of a closing tag."""
    longest = min(len(text), len(CLOSE) - 1)
    return next((count for count in range(longest, 0, -1) if CLOSE.startswith(text[-count:])), 0)


def split(text: str, *, begun: bool = False) -> Told:
    """Tell the reasoning of a whole answer from its text."""
    splitter = Splitter(begun=begun)
    told, rest = splitter.told(text), splitter.rest()
    return Told(told.reasoning + rest.reasoning, told.text + rest.text)
