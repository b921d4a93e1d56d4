"""The files of a project on the package indexes that the user has configured."""

from __future__ import annotations

import ssl
import threading
import warnings
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

import requests
import truststore
from pypi_simple import (
    DistributionPackage,
    Link,
    NoSuchProjectError,
    ProjectPage,
    PyPISimple,
    RepositoryPage,
    UnsupportedContentTypeError,
    UnsupportedRepoVersionError,
)
from requests.adapters import HTTPAdapter
from requests_file import FileAdapter
from urllib3 import Retry
from urllib3.exceptions import InsecureRequestWarning

from scripts.errors import CannotFetch, EngineError, WrongFile
from scripts.releases.configuration import Config, local
from scripts.releases.upstream import PROJECT, File

BACKOFF = 0.5
"""Seconds before the second retry of a request; each further wait is twice as long."""


_PASSING = (429, 500, 502, 503, 504)


_ARCHIVES = (".whl", ".tar.gz", ".zip")


def session(config: Config) -> requests.Session:
    """A session that asks as pip would (certificates, proxy, netrc); it retries failed connections and 5xx."""
    made = requests.Session()
    retry = Retry(
        config.retries, backoff_factor=BACKOFF, status_forcelist=_PASSING, raise_on_status=False, retry_after_max=30
    )
    for prefix in ("http://", "https://"):
        made.mount(prefix, _SystemTrust(max_retries=retry))
    for host in config.trusted_hosts:
        warnings.filterwarnings("ignore", category=InsecureRequestWarning)
        for end in ("/", ":"):
            made.mount(f"https://{host}{end}", _Unverified(max_retries=retry))
    made.mount("file:", FileAdapter())
    made.verify = config.cert or True
    made.cert = config.client_cert
    made.proxies = {"http": config.proxy, "https": config.proxy} if config.proxy else {}
    return made


class _SystemTrust(HTTPAdapter):
    """Trusts the certificates of the operating system too, as pip does."""

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, ssl_context=truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT), **options)


class _Unverified(HTTPAdapter):
    """For a host that pip was told to trust as it is."""

    def send(self, *arguments: Any, **options: Any) -> requests.Response:
        return super().send(*arguments, **{**options, "verify": False})


class Index:
    """The files of one project on all the configured indexes. A page is read once, when first needed, by any thread."""

    def __init__(self, config: Config, project: str = PROJECT) -> None:
        self.config, self.project = config, project
        self.session = session(config)
        self._pages: dict[str, list[DistributionPackage] | CannotFetch] = {}
        self._reading = threading.Lock()

    def packages(self) -> list[DistributionPackage]:
        """What the indexes list, the main one first. Raises CannotFetch where one cannot be read or none is allowed."""
        if self.config.index is None:
            raise CannotFetch(f"The list of {self.project}'s files", "pip or uv is configured to use no index")
        pages = [self._page(source) for source in (self.config.index, *self.config.extra)]
        for page in pages:
            if isinstance(page, CannotFetch):
                raise page
        return [package for page in pages if not isinstance(page, CannotFetch) for package in page]

    def addresses(self, file: File) -> Iterator[str]:
        """Where the file can be fetched: the main index first, then the extra ones, then find-links.

        Raises, where that is nowhere and something was wrong on the way: CannotFetch where an index cannot be read,
        WrongFile where the file is listed with another SHA-256 only.
        """
        found, problems = False, list[EngineError]()
        for package in self._named(file.name, problems):
            stated = package.digests.get("sha256", file.sha256)
            if stated == file.sha256:
                found = True
                yield package.url
            else:
                problems.append(WrongFile(file.name, f"SHA-256 {file.sha256}", f"{stated} on the package index"))
        if problems and not found:
            raise problems[0]

    def _named(self, name: str, problems: list[EngineError]) -> Iterator[DistributionPackage]:
        main = [self.config.index] if self.config.index else []
        for source in (*main, *self.config.extra, *self.config.find_links):
            page = self._page(source)
            if isinstance(page, CannotFetch):
                problems.append(CannotFetch(name, page.why))
            else:
                yield from [package for package in page if package.filename == name]

    def _page(self, source: str) -> list[DistributionPackage] | CannotFetch:
        with self._reading:
            if source not in self._pages:
                self._pages[source] = self._read_or_error(source)
            return self._pages[source]

    def _read_or_error(self, source: str) -> list[DistributionPackage] | CannotFetch:
        reading = self._read_links if source in self.config.find_links else self._read_index
        try:
            return [self._with_login(package, source) for package in reading(source)]
        except (OSError, UnsupportedContentTypeError, UnsupportedRepoVersionError, ValueError) as error:
            return CannotFetch(f"The list of {self.project}'s files", reason(error, source))

    def _read_index(self, source: str) -> list[DistributionPackage]:
        if source.startswith("file:"):
            address = f"{source.rstrip('/')}/{self.project}/index.html"
            response = self.session.get(address)
            if response.status_code == requests.codes.not_found:
                return []
            response.raise_for_status()
            return ProjectPage.from_response(response, self.project).packages
        client = PyPISimple(source, session=self.session)
        try:
            return client.get_project_page(self.project, timeout=self.config.timeout).packages
        except NoSuchProjectError:
            return []

    def _read_links(self, source: str) -> list[DistributionPackage]:
        if source.startswith("file:") and not local(source).is_file():
            folder = local(source)
            links = [path.as_uri() for path in sorted(folder.iterdir())] if folder.is_dir() else []
        elif urlsplit(source).path.endswith(_ARCHIVES):
            links = [source]
        else:
            response = self.session.get(source, timeout=self.config.timeout)
            response.raise_for_status()
            links = [link.url for link in RepositoryPage.from_html(response.content, response.url).links]
        return [_linked(url, self.project) for url in links]

    def _with_login(self, package: DistributionPackage, source: str) -> DistributionPackage:
        """A file on the host of an index is asked for with the index's own credentials, as pip does."""
        login, at, host = urlsplit(source).netloc.rpartition("@")
        parts = urlsplit(package.url)
        if at and parts.netloc == host and parts.scheme == urlsplit(source).scheme:
            package.url = urlunsplit(parts._replace(netloc=f"{login}@{host}"))
        return package


def reason(error: Exception, address: str) -> str:
    """Why a request failed, in words that carry no credentials: of the address only the host is told."""
    if address.startswith("file:"):
        return f"{local(address)} cannot be read"
    host = urlsplit(address).hostname
    if isinstance(error, requests.HTTPError):
        return f"{host} answered {error.response.status_code}{_HINTS.get(error.response.status_code, '')}"
    for kind, text in _REASONS:
        if isinstance(error, kind):
            return text.format(host=host)
    return f"{host} gave no page that can be read ({type(error).__name__})"


_HINTS = {401: " (it wants a login)", 403: " (the login is not enough)", 407: " (the proxy wants a login)"}


_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (requests.exceptions.SSLError, "the certificate of {host} is not trusted"),
    (requests.exceptions.ProxyError, "the proxy in front of {host} does not answer"),
    (requests.Timeout, "{host} did not answer in time"),
    (requests.exceptions.ChunkedEncodingError, "{host} broke the connection off"),
    (requests.ConnectionError, "there is no connection to {host}"),
)


def _linked(url: str, project: str) -> DistributionPackage:
    # The text of a link on such a page can be anything; the name of the file is in its address.
    return DistributionPackage.from_link(Link(unquote(urlsplit(url).path.rpartition("/")[2]), url, {}), project)
