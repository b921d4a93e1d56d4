"""Fetch published files by name, verified against the lock before anyone reads them, and kept in a cache."""

from __future__ import annotations

import hashlib
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import platformdirs
import requests
from filelock import FileLock, Timeout
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TransferSpeedColumn

from scripts.errors import CannotFetch, CannotWrite, EngineError, NotCached, WrongFile
from scripts.releases import configuration, index
from scripts.releases.index import Index
from scripts.releases.upstream import File

CACHE_VARIABLE = "LITELLM_THINKING_CACHE"
BREAKS = 4
"""How often a download that broke off in the middle is taken up again."""

_CHUNK = 1 << 16


def cache_folder() -> Path:
    """The folder that keeps the files, each under its SHA-256: $LITELLM_THINKING_CACHE, or the user's cache folder."""
    named = os.environ.get(CACHE_VARIABLE)
    try:
        return Path(named).expanduser().absolute() if named else platformdirs.user_cache_path("litellm-thinking", False)
    except RuntimeError as error:  # ~somebody who is not known here
        raise CannotWrite(f"The cache {named}", str(error)) from error


def cached(file: File) -> Path | None:
    """The file in the cache, verified; None where the cache does not have it, or has it damaged. Needs no network."""
    path = _place(file)
    try:
        return None if _difference(file, path) else path
    except OSError:
        return None


def fetch(file: File) -> Path:
    """The path of one file, as `fetch_all`."""
    return fetch_all([file])[0]


def fetch_all(files: Sequence[File], jobs: int = 4) -> list[Path]:
    """The paths of the files, in the same order: from the cache, else from the user's package index, `jobs` at a time.

    Another process or thread may ask for the same file: it is fetched once. A download that was cut off is continued.

    Raises CannotFetch, NotCached, WrongFile and CannotWrite; a file that is not whole and right never has its name.
    """
    found = {file: cached(file) for file in files}
    missing = [file for file, path in found.items() if path is None]
    if missing:
        found |= zip(missing, _fetch_missing(missing, jobs), strict=True)
    return [path for path in (found[file] for file in files) if path is not None]


def _fetch_missing(files: list[File], jobs: int) -> list[Path]:
    work = _Work(Index(configuration.configured()))
    with work.shown(), ThreadPoolExecutor(jobs) as pool:
        results = [pool.submit(work.fetch, file) for file in files]
        try:
            wait(results, return_when=FIRST_EXCEPTION)
        finally:
            # After an error or Ctrl-C the others stop at their next chunk; what they have stays for the next time.
            if not all(result.done() and not result.exception() for result in results):
                work.stop.set()
                pool.shutdown(cancel_futures=True)
    failures = [result.exception() for result in results if not result.cancelled() and result.exception()]
    for failure in sorted(failures, key=lambda error: isinstance(error, _Stopped)):
        if failure:
            raise failure
    return [result.result() for result in results]


class _Stopped(Exception):
    """Another file of the same call failed."""


@dataclass
class _Work:
    """The downloads of one call."""

    index: Index
    stop: threading.Event = field(default_factory=threading.Event)
    progress: Progress = field(default_factory=lambda: _progress(Console(stderr=True)))

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show the progress on a terminal while the block runs."""
        with self.progress:
            yield

    def fetch(self, file: File) -> Path:
        """Fetch one file unless another process has done so by now."""
        path = _place(file)
        with _writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                held = FileLock(f"{path}.lock").acquire(cancel_check=self.stop.is_set)
            except Timeout as cancelled:
                raise _Stopped from cancelled
            with held:
                return cached(file) or self._from_index(file, path)

    def _from_index(self, file: File, path: Path) -> Path:
        path.unlink(missing_ok=True)  # it is there, but damaged
        task = self.progress.add_task(file.name, total=file.size)
        problem = _absent(self.index, file, path)
        for address in self.index.addresses(file):
            found = self._problem(file, address, path, task)
            if found is None:
                return path
            problem = found
        raise problem

    def _problem(self, file: File, address: str, path: Path, task: TaskID) -> EngineError | None:
        """Fetch from one address; say what went wrong, as another one may do better."""
        part = path.with_name(f"{path.name}.part")
        resumed = part.exists()
        try:
            wrong = self._download(file, address, part, task)
            if wrong and resumed:
                part.unlink()
                wrong = self._download(file, address, part, task)
        except requests.RequestException as error:
            return CannotFetch(file.name, index.reason(error, address))
        if wrong:
            part.unlink()
            return wrong
        part.replace(path)
        if self.progress.disable:
            print(f"Fetched {file.name}", file=sys.stderr)
        return None

    def _download(self, file: File, address: str, part: Path, task: TaskID) -> WrongFile | None:
        broken = self._continue(address, part, task)
        for attempt in range(BREAKS):
            if broken is None:
                break
            self.stop.wait(index.BACKOFF * 2**attempt)
            broken = self._continue(address, part, task)
        if broken is not None:
            raise broken
        wrong = _difference(file, part)
        return WrongFile(file.name, *wrong) if wrong else None

    def _continue(self, address: str, part: Path, task: TaskID) -> requests.RequestException | None:
        """Fetch what is missing of a file. Gives the error that broke the connection off in the middle, if one did."""
        have = part.stat().st_size if part.exists() else 0
        with self._ask(address, have) as response:
            if have and response.status_code == requests.codes.requested_range_not_satisfiable:
                part.unlink()
                return self._continue(address, part, task)
            response.raise_for_status()
            if response.status_code != requests.codes.partial_content:
                have = 0
            length = response.headers.get("Content-Length")
            self.progress.update(task, completed=have, total=have + int(length) if length else None)
            with part.open("ab" if have else "wb") as target:
                return self._save(response, target, task)

    def _save(self, response: requests.Response, target: BinaryIO, task: TaskID) -> requests.RequestException | None:
        try:
            for chunk in response.iter_content(_CHUNK):
                target.write(chunk)
                self.progress.advance(task, len(chunk))
                if self.stop.is_set():
                    raise _Stopped
        except requests.RequestException as error:
            return error
        return None

    def _ask(self, address: str, have: int) -> requests.Response:
        # A compressed answer could not be continued.
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
        return self.index.session.get(address, headers=headers, stream=True, timeout=self.index.config.timeout)


def _place(file: File) -> Path:
    return cache_folder() / file.sha256 / file.name


def _difference(file: File, path: Path) -> tuple[str, str] | None:
    """What the lock says and what the file is, where these differ."""
    size = path.stat().st_size
    if file.size is not None and size != file.size:
        return f"{file.size} bytes", str(size)
    digest = hashlib.sha256()
    with path.open("rb") as content:
        while chunk := content.read(1 << 20):
            digest.update(chunk)
    if digest.hexdigest() != file.sha256:
        return f"SHA-256 {file.sha256}", f"{digest.hexdigest()} ({size} bytes)"
    return None


def _absent(where: Index, file: File, path: Path) -> EngineError:
    if where.config.index is None:
        return NotCached(file.name, str(path.parent))
    return CannotFetch(file.name, "the package index does not have it")


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """A full disk takes the half-written file with it, so that there is room again."""
    try:
        yield
    except OSError as error:
        with suppress(OSError):
            path.with_name(f"{path.name}.part").unlink()
        raise CannotWrite(str(path), error.strerror or str(error)) from error


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    return Progress(*columns, console=console, disable=not console.is_interactive, transient=True)
