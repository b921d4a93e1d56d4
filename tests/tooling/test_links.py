"""Dead links and citations, in repositories made for it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts import links
from scripts.errors import CommandFailed

Repository = Callable[[dict[str, str]], Path]
# Paths are put together, because written out they would be citations in this repository.
DOCS = "docs"
PAGE, TEXT, GONE = f"{DOCS}/page.md", f"{DOCS}/text.md", f"{DOCS}/gone.md"
FIXES, CONTRIBUTING = "patches/README.md", "CONTRIBUTING.md"
RESEARCH = "research"
BACKENDS = f"{RESEARCH}/backends.md"
DESIGN = "DESIGN" + ".md"


@pytest.fixture
def made(tmp_path: Path) -> Repository:
    """Makes a repository of files by their names."""

    def make(files: dict[str, str]) -> Path:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
        return tmp_path

    return make


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a](page.md), [b](page.md#a-heading), [c](#here), [d](../code.py#L3), [e](../docs), [f](..)\n\n# Here\n", []),
        ("[a](<../two words.txt>), [b](../two%20words.txt)", []),
        ("[a](https://example.org/gone.md#gone), [b](mailto:a@example.org), [c](//example.org/gone)", []),
        ("one\n\ntwo\nthree [a](gone.md)", [f"4: {GONE} is not in the repository."]),
        ("[a][1]\n\n[1]: gone.md", [f"1: {GONE} is not in the repository."]),
        ("![a](gone.svg)", ["1: docs/gone.svg is not in the repository."]),
        ("[a](../../outside)", ["1: ../outside is not in the repository."]),
        ("[a](page.md#gone)", [f"1: {PAGE} has no heading with the anchor #gone."]),
        ("[a](#gone)", [f"1: {TEXT} has no heading with the anchor #gone."]),
        ("| a | b |\n|---|---|\n| c | [d](gone.md) |", [f"3: {GONE} is not in the repository."]),
        ("`[a](gone.md)`\n\n```\n[a](gone.md)\n```\n\n    [a](gone.md)\n", []),
        (f"see\n`{GONE}`", [f"2: {GONE} is not in the repository."]),
        (f"```\nsee\n{GONE}\n```", [f"3: {GONE} is not in the repository."]),
        (f"[{GONE}](../{GONE})", [f"1: {GONE} is not in the repository."]),
        ("by [hand](../page.md)", ["1: page.md is not in the repository."]),
        ("built: [a](../build/page.md)", ["1: build/page.md is not in the repository."]),
    ],
)
def test_links_of_a_page(text: str, expected: list[str], made: Repository) -> None:
    root = made(
        {
            "code.py": "",
            "two words.txt": "",
            ".gitignore": "/build/",
            "build/page.md": "",
            PAGE: "# A heading\n",
            TEXT: text,
        }
    )
    assert links.findings(root) == [f"{TEXT}:{line}" for line in expected]


def test_links_in_html_are_read(made: Repository) -> None:
    text = (
        '<a href="gone.txt"><picture>\n  <source srcset="dark.svg 1x, gone.svg 2x">\n  <img src="dark.svg" alt="">\n'
        '</picture></a>\n\n<div id="place">\n<a href="gone.png">a</a>\n</div>\n\n[a](#place)\n'
    )
    assert links.findings(made({"README.md": text, "dark.svg": ""})) == [
        "README.md:1: gone.txt is not in the repository.",
        "README.md:2: gone.svg is not in the repository.",
        "README.md:7: gone.png is not in the repository.",
    ]


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("A plain one", "a-plain-one"),
        ("`unsigned_thinking`, and more", "unsigned_thinking-and-more"),
        ("Go [back](#go-back)", "go-back"),
        ("What it is: *not* (yet)", "what-it-is-not-yet"),
        ("F12 - `/v1/messages`", "f12---v1messages"),
        ("Über Z.ai", "über-zai"),
    ],
)
def test_anchors_are_those_of_github(heading: str, expected: str) -> None:
    assert links.page(f"### {heading}\n").anchors == {expected}


def test_a_heading_that_comes_again_is_numbered() -> None:
    assert links.page("# One\n\n## Same\n\n## Same\n\n###### Same\n").anchors == {"one", "same", "same-1", "same-2"}


def test_a_heading_in_a_block_of_code_is_none() -> None:
    assert links.page("```sh\n# a comment\n```\n").anchors == set()


@pytest.mark.parametrize("name", ["a.py", "a.toml", "a.yaml", "a.yml", "a.patch", "a.mjs", ".ci/run", TEXT])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{PAGE}, {PAGE}#a-heading.", None),
        (f"{GONE}#a-heading", f"{GONE} is not in the repository."),
        (GONE, f"{GONE} is not in the repository."),
        (f"{PAGE}#gone", f"{PAGE} has no heading with the anchor #gone."),
        (f"{FIXES}#gone", f"{FIXES} is not in the repository."),
        (f"{CONTRIBUTING}#gone", f"{CONTRIBUTING} is not in the repository."),
        (f"other/{GONE}, ../{GONE}, {GONE[:-3]}.html", None),
        (f"{BACKENDS}, section 2", f"{BACKENDS} is not in the repository."),
        (f"../{BACKENDS}", f"../{BACKENDS} is not in the repository."),
        (f"{DESIGN} says", f"{DESIGN} is not in the repository."),
        (f"litellm/{BACKENDS} and {RESEARCH} and/or design.md", None),
    ],
)
def test_citations(name: str, text: str, expected: str | None, made: Repository) -> None:
    found = links.findings(made({PAGE: "# A heading\n", name: f"first\n{text}\n"}))
    assert found == ([f"{name}:2: {expected}"] if expected else [])


def test_what_is_deleted_and_not_yet_committed_is_not_there(made: Repository) -> None:
    root = made({PAGE: "", "README.md": f"[a]({PAGE})"})
    subprocess.run(["git", "-C", str(root), "add", "--all"], check=True)
    assert links.findings(root) == []
    (root / PAGE).unlink()
    assert links.findings(root) == [f"README.md:1: {PAGE} is not in the repository."]


def test_a_folder_that_is_no_clone_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(CommandFailed, match="git ls-files"):
        links.findings(tmp_path)


def test_without_git_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CommandFailed, match="git"):
        links.findings(tmp_path)
