"""What the user's own pip or uv is told about package indexes, as one configuration for both."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit
from urllib.request import url2pathname

from pypi_simple import PYPI_SIMPLE_ENDPOINT

from scripts.errors import CommandFailed, EngineError
from scripts.paths import BUILD

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_YES = ("1", "true", "yes", "on", "y", "t")


@dataclass(frozen=True)
class Config:
    """What pip and uv are told about package indexes, as one.

    `index` is None where the user allows none; `timeout` is in seconds. Addresses may carry credentials, so they stay
    out of the repr.
    """

    index: str | None = field(default=None, repr=False)
    extra: tuple[str, ...] = field(default=(), repr=False)
    find_links: tuple[str, ...] = field(default=(), repr=False)
    cert: str | None = None
    client_cert: str | None = None
    trusted_hosts: tuple[str, ...] = ()
    proxy: str | None = field(default=None, repr=False)
    timeout: float = 60
    retries: int = 3


@dataclass(frozen=True)
class _Sources:
    """Where one configuration says to look; `index` is None where it does not name the main index."""

    index: str | None = None
    extra: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    no_index: bool = False


def configured() -> Config:
    """Read pip's configuration and, where that names no index, uv's too; the default index where neither names one.

    Raises CommandFailed where pip cannot read its own configuration, and EngineError where uv's is not TOML.
    """
    pip = _pip_options()
    told = _pip_sources(pip)
    if told.index is None and not told.no_index:
        told = _merged([told, *_uv_sources()])
    given: dict[str, Any] = {name: pip[name.replace("_", "-")] for name in _PLAIN if name.replace("_", "-") in pip}
    timeout = pip.get("timeout") or pip.get("default-timeout")
    given |= {"timeout": float(timeout)} if timeout else {}
    given |= {"retries": int(pip["retries"])} if "retries" in pip else {}
    return Config(
        index=None if told.no_index else told.index or PYPI_SIMPLE_ENDPOINT,
        extra=() if told.no_index else told.extra,
        find_links=told.find_links,
        trusted_hosts=tuple(pip.get("trusted-host", "").split()),
        **given,
    )


_PLAIN = ("cert", "client_cert", "proxy")


def environment(config: Config) -> dict[str, str]:
    """The environment variables that give uv, which ignores pip's configuration, the same one as pip.

    What the user has set for uv, in its environment variables or its files, is left out and so stays as it is.
    """
    told = _merged(_uv_sources())
    wanted = {**_uv_places(config, told), **_uv_transport(config)}
    return {name: value for name, value in wanted.items() if name not in os.environ}


def _uv_places(config: Config, told: _Sources) -> dict[str, str]:
    wanted = {}
    if told.index is None and config.index != PYPI_SIMPLE_ENDPOINT:
        # uv has no variable that says "no index"; one in a folder that is never made is the same.
        wanted["UV_DEFAULT_INDEX"] = config.index or (BUILD / "no-index").as_uri()
    if config.extra and not told.extra:
        # pip takes the best version of all indexes, uv by default the first index that has any version. Of equal
        # versions uv takes the one of the first index, with whatever files that has, and its default index is the last:
        # so the main index is named in front of the extra ones, too.
        places = [url for url in (config.index, *config.extra) if url]
        wanted |= {"UV_INDEX": " ".join(places), "UV_INDEX_STRATEGY": "unsafe-best-match"}
    # pip only warns about a folder that is not there, uv gives up.
    there = [url for url in config.find_links if not url.startswith("file:") or local(url).exists()]
    if there and not told.find_links:
        wanted["UV_FIND_LINKS"] = ",".join(url.replace(",", "%2C") for url in there)
    return wanted


def _uv_transport(config: Config) -> dict[str, str]:
    wanted = {"UV_HTTP_TIMEOUT": str(max(1, round(config.timeout))), "UV_HTTP_RETRIES": str(config.retries)}
    if config.cert:
        wanted["SSL_CERT_DIR" if Path(config.cert).is_dir() else "SSL_CERT_FILE"] = config.cert
    if config.client_cert:
        wanted["SSL_CLIENT_CERT"] = config.client_cert
    if config.trusted_hosts:
        wanted["UV_INSECURE_HOST"] = " ".join(config.trusted_hosts)
    if config.proxy:
        wanted |= {"HTTP_PROXY": config.proxy, "HTTPS_PROXY": config.proxy}
    return wanted


def _pip_options() -> dict[str, str]:
    """pip's options by their long names; those of a command win over the global ones, the environment over both."""
    by_section: dict[str, dict[str, str]] = {}
    for line in _pip_config_list().splitlines():
        match = re.fullmatch(r"(\S+)\.([\w-]+)=('.*'|\".*\")", line.strip())
        if match:
            by_section.setdefault(match[1], {})[match[2].replace("_", "-")] = ast.literal_eval(match[3])
    merged: dict[str, str] = {}
    for section in ("global", "download", "install", ":env:"):
        merged |= {name: value for name, value in by_section.get(section, {}).items() if value}
    return merged


def _pip_config_list() -> str:
    command = [sys.executable, "-m", "pip"] if importlib.util.find_spec("pip") else [shutil.which("pip") or ""]
    if not command[0]:
        return ""
    run = subprocess.run([*command, "config", "list", "-vvv"], stdout=subprocess.PIPE, text=True, check=False)
    if run.returncode:
        raise CommandFailed("pip config list", f"it ended with exit status {run.returncode}")
    return run.stdout


def _pip_sources(options: Mapping[str, str]) -> _Sources:
    here = Path.cwd()
    return _Sources(
        _as_url(options["index-url"], here) if "index-url" in options else None,
        tuple(_as_url(text, here) for text in options.get("extra-index-url", "").split()),
        tuple(_as_url(text, here) for text in options.get("find-links", "").split()),
        options.get("no-index", "").lower() in _YES,
    )


def _merged(several: list[_Sources]) -> _Sources:
    """The first main index that is named, and every extra place."""
    return _Sources(
        next((one.index for one in several if one.index), None),
        tuple(dict.fromkeys(url for one in several for url in one.extra)),
        tuple(dict.fromkeys(url for one in several for url in one.find_links)),
        any(one.no_index for one in several),
    )


def _uv_sources() -> list[_Sources]:
    """What uv is told by its environment variables, the user's uv.toml and the system's, in that order."""
    return [_uv_variables(os.environ), *(_uv_file(path) for path in _uv_files() if path.is_file())]


def _uv_variables(variables: Mapping[str, str]) -> _Sources:
    here = Path.cwd()
    main = variables.get("UV_DEFAULT_INDEX") or variables.get("UV_INDEX_URL")
    extra = f"{variables.get('UV_INDEX', '')} {variables.get('UV_EXTRA_INDEX_URL', '')}".split()
    links = variables.get("UV_FIND_LINKS", "").split(",")
    return _Sources(
        _named_url(main, here) if main else None,
        tuple(_named_url(text, here) for text in extra),
        tuple(_as_url(text.strip(), here) for text in links if text.strip()),
        variables.get("UV_NO_INDEX", "").lower() in _YES,
    )


def _uv_files() -> list[Path]:
    if os.environ.get("UV_NO_CONFIG", "").lower() in _YES:
        return []
    if os.environ.get("UV_CONFIG_FILE"):
        return [Path(os.environ["UV_CONFIG_FILE"])]
    if sys.platform == "win32":
        folders = [os.environ.get("APPDATA", ""), os.environ.get("PROGRAMDATA", "")]
    else:
        user = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
        folders = [user, *os.environ.get("XDG_CONFIG_DIRS", "/etc/xdg").split(os.pathsep), "/etc"]
    return [Path(folder, "uv", "uv.toml") for folder in dict.fromkeys(folders) if folder]


def _uv_file(path: Path) -> _Sources:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise EngineError(f"{path} cannot be read", str(error), "Correct it: it is uv's own configuration.") from error
    data = {**data, **data.get("pip", {})}
    usable = [entry for entry in data.get("index", []) if "url" in entry and not entry.get("explicit")]
    main = [entry for entry in usable if entry.get("default")] or [{"url": data["index-url"]}] * ("index-url" in data)
    flat = [entry for entry in usable if entry.get("format") == "flat"]
    extra = [entry for entry in usable if entry not in main and entry not in flat]
    extra += [{"url": text} for text in data.get("extra-index-url", [])]
    flat += [{"url": text} for text in data.get("find-links", [])]
    return _Sources(
        _entry_url(main[0], path.parent) if main else None,
        tuple(_entry_url(entry, path.parent) for entry in extra),
        tuple(_entry_url(entry, path.parent) for entry in flat),
        bool(data.get("no-index")),
    )


def _entry_url(entry: Mapping[str, Any], base: Path) -> str:
    return _uv_login(_as_url(entry["url"], base), entry.get("name", ""))


def _named_url(text: str, base: Path) -> str:
    """uv's variables take `<name>=<address>` as well."""
    match = re.fullmatch(r"(?:([\w.-]+)=)?(.*)", text)
    assert match  # the pattern fits any text
    return _uv_login(_as_url(match[2], base), match[1] or "")


def _uv_login(url: str, name: str) -> str:
    prefix = f"UV_INDEX_{re.sub(r'[^A-Z0-9]', '_', name.upper())}"
    user, password = (os.environ.get(f"{prefix}_{part}", "") for part in ("USERNAME", "PASSWORD"))
    parts = urlsplit(url)
    if not name or not (user or password) or "@" in parts.netloc:
        return url
    return urlunsplit(parts._replace(netloc=f"{quote(user, safe='')}:{quote(password, safe='')}@{parts.netloc}"))


def _as_url(text: str, base: Path) -> str:
    """An address as it is, a path (both tools take one) as a file: address."""
    if "://" in text or text.startswith("file:"):
        return text
    return (base / Path(text).expanduser()).resolve().as_uri()


def local(url: str) -> Path:
    """The path that a `file:` address names."""
    return Path(url2pathname(urlsplit(url).path))
