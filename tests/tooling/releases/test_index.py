"""The files that are found on the configured indexes."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import pytest
import trustme
from pytest_httpserver import HTTPServer
from werkzeug import Response

from scripts.errors import CannotFetch, WrongFile
from scripts.releases import configuration
from scripts.releases.configuration import Config
from scripts.releases.index import Index
from scripts.releases.upstream import File
from tests.tooling.releases.simple_index import SimpleIndex, status

NAME = "litellm-1.83.0-py3-none-any.whl"
CONTENT = b"a wheel"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
A, B, C = (f"https://{letter}.example.invalid/simple" for letter in "abc")


def test_credentials_are_in_no_repr() -> None:
    secret = "https://me:secret@a.example.invalid"
    config = Config(index=secret, extra=(secret,), find_links=(secret,), proxy=secret)
    assert "secret" not in repr(config)
    assert "secret" not in repr(Index(config))


def addresses(file: File) -> list[str]:
    return list(Index(configuration.configured()).addresses(file))


@pytest.mark.parametrize("as_json", [False, True], ids=["HTML", "JSON"])
def test_the_page_of_an_index(simple: SimpleIndex, as_json: bool) -> None:
    simple.as_json = as_json
    simple.add(NAME, CONTENT, requires_python=">=3.9,<4")
    simple.add("litellm-1.83.1.tar.gz", b"source", yanked=True)
    wheel, source = Index(configuration.configured()).packages()
    assert (wheel.filename, wheel.digests, wheel.requires_python) == (NAME, {"sha256": SHA256}, ">=3.9,<4")
    assert wheel.size == (len(CONTENT) if as_json else None)
    assert (wheel.is_yanked, source.is_yanked) == (False, True)


def test_a_page_is_read_once(simple: SimpleIndex) -> None:
    file = simple.add(NAME, CONTENT)
    where = Index(configuration.configured())
    assert list(where.addresses(file)) == list(where.addresses(file))
    assert simple.log == [("/simple/litellm/", None)]


def test_an_extra_index_comes_after_the_main_one(
    simple: SimpleIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", mirror(tmp_path))
    file = simple.add(NAME, CONTENT)
    main, extra = addresses(file)
    assert main.startswith(simple.url.removesuffix("simple/"))
    assert extra == (tmp_path / "mirror/files" / NAME).as_uri()


def test_a_mirror_on_disk(unconfigured: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", mirror(tmp_path))
    assert addresses(File(NAME, SHA256)) == [(tmp_path / "mirror/files" / NAME).as_uri()]


def mirror(folder: Path) -> str:
    """An index of files, one folder for each project."""
    (folder / "mirror/files").mkdir(parents=True)
    (folder / "mirror/files" / NAME).write_bytes(CONTENT)
    page = folder / "mirror/simple/litellm/index.html"
    page.parent.mkdir(parents=True)
    page.write_text(f'<a href="../../files/{NAME}#sha256={SHA256}">{NAME}</a>')
    return (folder / "mirror/simple").as_uri()


def test_an_extra_index_without_the_project_is_no_error(
    simple: SimpleIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    nothing = simple.url.replace("/simple/", "/another/")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", f"{(tmp_path / 'empty').as_uri()} {nothing}")
    file = simple.add(NAME, CONTENT)
    assert len(addresses(file)) == 1
    assert len(Index(configuration.configured()).packages()) == 1


def test_an_extra_index_that_is_away_is_no_error_when_another_has_the_file(
    simple: SimpleIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "http://127.0.0.1:1/simple")
    assert len(addresses(simple.add(NAME, CONTENT))) == 1
    with pytest.raises(CannotFetch, match="no connection"):
        addresses(File("litellm-1.83.1.tar.gz", SHA256))


@pytest.mark.usefixtures("unconfigured")
def test_a_mirror_on_disk_that_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "litellm/index.html").mkdir(parents=True)
    monkeypatch.setenv("PIP_INDEX_URL", tmp_path.as_uri())
    with pytest.raises(CannotFetch) as error:
        Index(configuration.configured()).packages()
    assert f"{tmp_path} cannot be read" in str(error.value)


@pytest.mark.parametrize("kind", ["folder", "file: address", "page on disk", "page", "file"])
def test_find_links(
    simple: SimpleIndex, tmp_path: Path, server: HTTPServer, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    (tmp_path / NAME).write_bytes(CONTENT)
    (tmp_path / "notes.txt").write_text("no package")
    (tmp_path / "page.html").write_text(f'<a href="{NAME}">Version 1.83.0 (new)</a>')
    place = {
        "folder": str(tmp_path),
        "file: address": tmp_path.as_uri(),
        "page on disk": (tmp_path / "page.html").as_uri(),
        "page": f"{simple.url}litellm/",
        "file": (tmp_path / NAME).as_uri(),
    }[kind]
    simple.add(NAME, CONTENT)
    monkeypatch.delenv("PIP_INDEX_URL")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", place)
    expected = server.url_for(f"/files/{NAME}") if kind == "page" else (tmp_path / NAME).as_uri()
    assert addresses(File(NAME, SHA256)) == [expected]


@pytest.mark.parametrize("as_json", [False, True], ids=["relative links", "absolute links"])
def test_credentials_in_the_address_open_the_page_and_the_files(
    simple: SimpleIndex, monkeypatch: pytest.MonkeyPatch, as_json: bool
) -> None:
    simple.as_json = as_json
    simple.login = ("me", "s/cret")
    file = simple.add(NAME, CONTENT)
    monkeypatch.setenv("PIP_INDEX_URL", simple.url_with("me", "s%2Fcret"))
    where = Index(configuration.configured())
    (address,) = where.addresses(file)
    assert where.session.get(address).content == CONTENT


def test_netrc_opens_the_page_and_the_files(simple: SimpleIndex, unconfigured: Path) -> None:
    simple.login = ("me", "secret")
    file = simple.add(NAME, CONTENT)
    name = "_netrc" if sys.platform == "win32" else ".netrc"
    (unconfigured / name).write_text("machine 127.0.0.1 login me password secret\n")
    where = Index(configuration.configured())
    (address,) = where.addresses(file)
    assert where.session.get(address).content == CONTENT


def test_a_missing_login_is_told_without_the_credentials(simple: SimpleIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    simple.login = ("me", "secret")
    monkeypatch.setenv("PIP_INDEX_URL", simple.url_with("me", "guessed"))
    with pytest.raises(CannotFetch) as error:
        addresses(File(NAME, SHA256))
    assert "127.0.0.1 answered 401 (it wants a login)" in str(error.value)
    assert "guessed" not in str(error.value)


def test_another_hash_on_the_index_is_told(simple: SimpleIndex) -> None:
    simple.add(NAME, CONTENT, stated="f" * 64)
    with pytest.raises(WrongFile, match="f" * 64):
        addresses(File(NAME, SHA256))


def test_a_page_that_is_none_is_told(simple: SimpleIndex, server: HTTPServer) -> None:
    simple.fail("page", lambda _request, _content: Response(b"", content_type="image/png"))
    with pytest.raises(CannotFetch, match="gave no page that can be read"):
        Index(configuration.configured()).packages()


@pytest.mark.usefixtures("unconfigured")
def test_the_list_needs_an_index(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(CannotFetch, match="configured to use no index"):
        Index(configuration.configured()).packages()


def test_a_main_index_that_is_away_is_told(simple: SimpleIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_RETRIES", "1")
    simple.fail("page", status(500), status(500))
    with pytest.raises(CannotFetch, match="answered 500"):
        Index(configuration.configured()).packages()


def test_a_trusted_host_is_not_verified_and_another_is(
    unconfigured: Path, monkeypatch: pytest.MonkeyPatch, tls_server: HTTPServer
) -> None:
    simple = SimpleIndex(tls_server)
    file = simple.add(NAME, CONTENT)
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("PIP_INDEX_URL", simple.url)
    with pytest.raises(CannotFetch, match="the certificate of localhost is not trusted"):
        addresses(file)
    monkeypatch.setenv("PIP_TRUSTED_HOST", "localhost")
    assert len(addresses(file)) == 1


def test_the_certificate_that_pip_is_given_is_trusted(
    unconfigured: Path, monkeypatch: pytest.MonkeyPatch, tls_server: HTTPServer, authority: trustme.CA, tmp_path: Path
) -> None:
    simple = SimpleIndex(tls_server)
    file = simple.add(NAME, CONTENT)
    monkeypatch.setenv("PIP_INDEX_URL", simple.url)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("PIP_CERT", str(tmp_path / "ca.pem"))
    assert len(addresses(file)) == 1
