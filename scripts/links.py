"""Dead links: in pages, to what is not in the repository; in code, citations of a page or heading that does not exist.

Pages are parsed as Markdown, and headings have the anchors that GitHub gives them. A citation is a path from the root,
as in `docs/suite.md#the-summary`; without an anchor it means the whole page.
"""

from __future__ import annotations

import posixpath
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.anchors import anchors_plugin

from scripts.errors import CommandFailed
from scripts.paths import ROOT

CITING = {".md", ".mjs", ".patch", ".py", ".toml", ".yaml", ".yml", ""}
"""Endings of the files that may cite; programs for a shell have none."""
CITED = re.compile(r"(?<![\w./-])((?:docs/[\w/-]+|patches/README|CONTRIBUTING|README)\.md)(?:#([\w-]+))?")
ELSEWHERE = re.compile(r"(?<![\w./-])(?:\.\./)?(?:(?:research|shared)/[\w./-]*\w|(?:DESIGN|STYLE)\.md)")
"""Documents that a clone does not have."""

MARKDOWN = MarkdownIt("commonmark").enable("table").use(anchors_plugin, max_level=6)


@dataclass
class Page:
    """What a Markdown file has in it: anchors of headings, and, each with its line, its links and what it says."""

    anchors: set[str] = field(default_factory=set)
    links: list[tuple[int, str]] = field(default_factory=list)
    texts: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Repository:
    """The paths of files and folders that a clone has, and the pages among them."""

    paths: frozenset[str]
    pages: Mapping[str, Page]

    def missing(self, path: str, anchor: str) -> Iterator[str]:
        """What is not there of a file or folder and a heading in it; an anchor counts in pages only."""
        if path not in self.paths:
            yield f"{path} is not in the repository."
        elif anchor and path in self.pages and anchor not in self.pages[path].anchors:
            yield f"{path} has no heading with the anchor #{anchor}."


def findings(root: Path = ROOT) -> list[str]:
    """One line for each dead link or citation of the clone at `root`: file, line, and what is missing.

    What git ignores is not there; what is new and not committed yet is. Raises CommandFailed where git does not answer.
    """
    files = _files(root)
    texts = {name: _read(root / name) for name in files if PurePosixPath(name).suffix in CITING}
    pages = {name: page(text) for name, text in texts.items() if name.endswith(".md")}
    folders = {str(folder) for name in files for folder in PurePosixPath(name).parents}
    repository = Repository(frozenset(files) | folders, pages)
    found = [
        f"{name}:{line}: {missing}"
        for name, text in texts.items()
        for line, missing in _missing(repository, name, pages.get(name) or Page(texts=_lines(text)))
    ]
    return list(dict.fromkeys(found))  # a link may have its target for its text


def page(text: str) -> Page:
    """What a Markdown text has in it."""
    found = Page()
    for token in MARKDOWN.parse(text):
        line = token.map[0] + 1 if token.map else 1
        if token.type == "heading_open":
            found.anchors.add(str(token.attrGet("id")))
        elif token.type == "html_block":
            _read_html(found, line, token.content)
        elif token.type in ("fence", "code_block"):
            found.texts += _lines(token.content, line + (token.type == "fence"))
        for child in token.children or []:
            _read_inline(found, line, child)
            line += child.type in ("softbreak", "hardbreak") or child.content.count("\n")
    return found


def _read_inline(found: Page, line: int, token: Token) -> None:
    if token.type == "link_open":
        found.links.append((line, str(token.attrGet("href"))))
    elif token.type == "image":
        found.links.append((line, str(token.attrGet("src"))))
    elif token.type == "html_inline":
        _read_html(found, line, token.content)
    elif token.content:
        found.texts.append((line, token.content))


def _read_html(found: Page, line: int, text: str) -> None:
    reader = _Html()
    reader.feed(text)
    found.anchors.update(reader.ids)
    found.links += [(line + after, target) for after, target in reader.targets]


class _Html(HTMLParser):
    """Where pieces of HTML point to, each with the number of lines before it, and the ids in them."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: list[tuple[int, str]] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if value and name == "id":
                self.ids.add(value)
            elif value and name in ("href", "src"):
                self._point(value)
            elif value and name == "srcset":
                for source in value.split(","):
                    self._point(source.split()[0])

    def _point(self, target: str) -> None:
        self.targets.append((self.getpos()[0] - 1, target))


def _missing(repository: Repository, name: str, found: Page) -> Iterator[tuple[int, str]]:
    """What a file points to and is not there, each with the line."""
    for line, target in found.links:
        yield from ((line, missing) for missing in _dead(repository, name, target))
    for line, text in found.texts:
        for path, anchor in CITED.findall(text):
            yield from ((line, missing) for missing in repository.missing(path, anchor))
        yield from ((line, f"{cited} is not in the repository.") for cited in ELSEWHERE.findall(text))


def _dead(repository: Repository, name: str, target: str) -> Iterable[str]:
    """What is not there of a link's target; addresses elsewhere are not asked."""
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return []
    beside = posixpath.join(posixpath.dirname(name), unquote(parts.path)) if parts.path else name
    return repository.missing(posixpath.normpath(beside), unquote(parts.fragment))


def _lines(text: str, first: int = 1) -> list[tuple[int, str]]:
    return list(enumerate(text.splitlines(), first))


def _files(root: Path) -> list[str]:
    """The files that git has or would take, by their paths from the root."""
    git = shutil.which("git") or "git"
    command = [git, "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    except OSError as error:
        raise CommandFailed("git", error.strerror or str(error)) from error
    if done.returncode:
        raise CommandFailed("git ls-files", done.stderr)
    return sorted({name for name in done.stdout.split("\0") if name and (root / name).is_file()})


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
