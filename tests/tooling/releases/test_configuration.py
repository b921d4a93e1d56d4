"""What pip and uv are told is one configuration, and uv is told what pip knows."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from pypi_simple import PYPI_SIMPLE_ENDPOINT

from scripts.errors import CommandFailed, EngineError
from scripts.releases import configuration
from scripts.releases.configuration import Config
from tests.tooling import made
from tests.tooling.releases.simple_index import SimpleIndex

NAME = "litellm-1.83.0-py3-none-any.whl"
CONTENT = b"a wheel"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
A, B, C = (f"https://{letter}.example.invalid/simple" for letter in "abc")


@pytest.fixture
def pip_file(unconfigured: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """pip's configuration file."""
    path = unconfigured / "pip.conf"
    monkeypatch.setenv("PIP_CONFIG_FILE", str(path))
    return path


@pytest.fixture
def uv_file(unconfigured: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's uv.toml."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(unconfigured / "config"))
    path = unconfigured / "config/uv/uv.toml"
    path.parent.mkdir(parents=True)
    return path


@pytest.mark.usefixtures("unconfigured")
def test_nothing_configured_means_the_default_index() -> None:
    assert configuration.configured() == Config(index=PYPI_SIMPLE_ENDPOINT)


def test_pip_file(pip_file: Path) -> None:
    pip_file.write_text(
        f"[global]\nindex-url = {A}\nextra-index-url =\n    {B}\n    {C}\ncert = /etc/ca.pem\n"
        "trusted-host = a.example.invalid b.example.invalid\nproxy = http://proxy.example.invalid:3128\n"
        "client-cert = /etc/me.pem\ntimeout = 7\nretries = 1\n"
    )
    assert configuration.configured() == Config(
        index=A,
        extra=(B, C),
        cert="/etc/ca.pem",
        client_cert="/etc/me.pem",
        trusted_hosts=("a.example.invalid", "b.example.invalid"),
        proxy="http://proxy.example.invalid:3128",
        timeout=7,
        retries=1,
    )


def test_pips_environment_wins_over_its_file(pip_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pip_file.write_text(f"[global]\nindex-url = {A}\nextra-index-url = {B}\n[install]\nindex-url = {B}\n")
    assert configuration.configured().index == B
    monkeypatch.setenv("PIP_INDEX_URL", C)
    monkeypatch.setenv("PIP_DEFAULT_TIMEOUT", "9")
    config = configuration.configured()
    assert (config.index, config.extra, config.timeout) == (C, (B,), 9)


def test_a_quiet_pip_tells_its_configuration_all_the_same(pip_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pip_file.write_text(f"[global]\nquiet = 2\nindex-url = {A}\n")
    monkeypatch.setenv("PIP_QUIET", "3")
    assert configuration.configured().index == A


def test_pip_no_index_leaves_find_links(unconfigured: Path, uv_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uv_file.write_text(f'index-url = "{A}"\n')
    monkeypatch.setenv("PIP_NO_INDEX", "true")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", B)
    monkeypatch.setenv("PIP_FIND_LINKS", f"~/wheels {A}/page.html")
    config = configuration.configured()
    assert (config.index, config.extra) == (None, ())
    assert config.find_links == ((unconfigured / "wheels").as_uri(), f"{A}/page.html")


def test_a_pip_configuration_that_pip_cannot_read_is_told(pip_file: Path) -> None:
    pip_file.write_text("index-url = x\n")
    with pytest.raises(CommandFailed, match="pip config list"):
        configuration.configured()


def test_uv_is_asked_where_pip_names_no_index(uv_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uv_file.write_text(f'index-url = "{A}"\nextra-index-url = ["{B}"]\nfind-links = ["wheels"]\n')
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", C)
    config = configuration.configured()
    assert (config.index, config.extra) == (A, (C, B))
    assert config.find_links == ((uv_file.parent / "wheels").as_uri(),)


def test_uv_is_not_asked_where_pip_names_an_index(uv_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uv_file.write_text(f'index-url = "{A}"\nextra-index-url = ["{B}"]\n')
    monkeypatch.setenv("PIP_INDEX_URL", C)
    config = configuration.configured()
    assert (config.index, config.extra) == (C, ())


def test_uv_index_tables(uv_file: Path) -> None:
    uv_file.write_text(
        f'[[index]]\nname = "inner"\nurl = "{A}"\ndefault = true\n'
        f'[[index]]\nname = "more"\nurl = "{B}"\n'
        f'[[index]]\nname = "torch"\nurl = "{C}"\nexplicit = true\n'
        f'[[index]]\nname = "flat"\nurl = "{C}/flat"\nformat = "flat"\n'
    )
    config = configuration.configured()
    assert (config.index, config.extra, config.find_links) == (A, (B,), (f"{C}/flat",))


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"UV_INDEX_URL": A}, Config(index=A)),
        ({"UV_INDEX_URL": A, "UV_DEFAULT_INDEX": B}, Config(index=B)),
        ({"UV_DEFAULT_INDEX": f"inner={A}"}, Config(index=A)),
        ({"UV_INDEX": f"{A} more={B}"}, Config(index=PYPI_SIMPLE_ENDPOINT, extra=(A, B))),
        ({"UV_EXTRA_INDEX_URL": A}, Config(index=PYPI_SIMPLE_ENDPOINT, extra=(A,))),
        ({"UV_FIND_LINKS": f"{A},{B}"}, Config(index=PYPI_SIMPLE_ENDPOINT, find_links=(A, B))),
        ({"UV_DEFAULT_INDEX": A, "UV_NO_INDEX": "1"}, Config(index=None)),
    ],
)
@pytest.mark.usefixtures("unconfigured")
def test_uv_variables(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: Config) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert configuration.configured() == expected


def test_uv_logs_in_to_a_named_index(uv_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uv_file.write_text(f'[[index]]\nname = "in-house"\nurl = "{A}"\ndefault = true\n')
    monkeypatch.setenv("UV_INDEX_IN_HOUSE_USERNAME", "me")
    monkeypatch.setenv("UV_INDEX_IN_HOUSE_PASSWORD", "s/cret")
    assert configuration.configured().index == A.replace("//", "//me:s%2Fcret@")
    monkeypatch.setenv("UV_DEFAULT_INDEX", f"in-house={B}")
    assert configuration.configured().index == B.replace("//", "//me:s%2Fcret@")


def test_uv_configuration_can_be_elsewhere_or_ignored(uv_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uv_file.write_text(f'index-url = "{A}"\n[pip]\nindex-url = "{B}"\n')
    assert configuration.configured().index == B
    other = uv_file.with_name("other.toml")
    other.write_text(f'index-url = "{C}"\n')
    monkeypatch.setenv("UV_CONFIG_FILE", str(other))
    assert configuration.configured().index == C
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    assert configuration.configured().index == PYPI_SIMPLE_ENDPOINT


def test_a_uv_configuration_that_is_not_toml_is_told(uv_file: Path) -> None:
    uv_file.write_text("index-url = nonsense\n")
    with pytest.raises(EngineError, match=r"uv\.toml cannot be read"):
        configuration.configured()


@pytest.mark.usefixtures("unconfigured")
def test_uv_is_told_nothing_about_indexes_where_nothing_is_configured() -> None:
    assert set(configuration.environment(configuration.configured())) == {"UV_HTTP_TIMEOUT", "UV_HTTP_RETRIES"}


@pytest.mark.usefixtures("unconfigured")
def test_uv_is_told_what_pip_knows(tmp_path: Path) -> None:
    gone = (tmp_path / "gone").as_uri()
    config = Config(
        index=A,
        extra=(B, C),
        find_links=(tmp_path.as_uri(), gone),
        cert="/etc/ca.pem",
        client_cert="/etc/me.pem",
        trusted_hosts=("a.example.invalid",),
        proxy="http://proxy.example.invalid",
        timeout=7.4,
        retries=1,
    )
    assert configuration.environment(config) == {
        "UV_DEFAULT_INDEX": A,
        "UV_INDEX": f"{A} {B} {C}",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_FIND_LINKS": tmp_path.as_uri(),
        "SSL_CERT_FILE": "/etc/ca.pem",
        "SSL_CLIENT_CERT": "/etc/me.pem",
        "UV_INSECURE_HOST": "a.example.invalid",
        "HTTP_PROXY": "http://proxy.example.invalid",
        "HTTPS_PROXY": "http://proxy.example.invalid",
        "UV_HTTP_TIMEOUT": "7",
        "UV_HTTP_RETRIES": "1",
    }


def test_what_the_user_told_uv_stays(uv_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uv_file.write_text(f'index-url = "{A}"\nfind-links = ["{A}/links"]\n')
    monkeypatch.setenv("UV_INDEX", C)
    monkeypatch.setenv("UV_HTTP_TIMEOUT", "3")
    monkeypatch.setenv("SSL_CERT_FILE", "/etc/mine.pem")
    told = configuration.environment(Config(index=B, extra=(B,), find_links=(B,), cert="/etc/ca.pem"))
    assert told == {"UV_HTTP_RETRIES": "3"}


def install(folder: Path, *requirements: str) -> subprocess.CompletedProcess[str]:
    """`uv pip install` with nothing but what `environment` says."""
    variables = {
        **os.environ,
        **configuration.environment(configuration.configured()),
        "UV_CACHE_DIR": str(folder / "uv-cache"),
    }
    command = [sys.executable, "-m", "uv", "pip", "install", "--target", str(folder / "target"), *requirements]
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=False)


def package(folder: Path, version: str) -> Path:
    files = {
        "litellm/__init__.py": b"",
        f"litellm-{version}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: litellm\nVersion: {version}\n".encode(),
        f"litellm-{version}.dist-info/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = f"litellm-{version}.dist-info/RECORD"
    rows = made.true_record(files).replace(made.RECORD, record)
    path = folder / f"litellm-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {**files, record: rows.encode()}.items():
            archive.writestr(name, content)
    return path


def test_uv_installs_from_the_index_that_pip_is_configured_with(simple: SimpleIndex, tmp_path: Path) -> None:
    simple.add(NAME, package(tmp_path, "1.83.0").read_bytes())
    run = install(tmp_path, "litellm")
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "target/litellm-1.83.0.dist-info").is_dir()


def test_uv_takes_the_best_of_all_indexes_as_pip_does(
    simple: SimpleIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """uv looks at extra indexes first and, unless told otherwise, stops at the first that has any version."""
    mirrored = package(tmp_path, "1.82.1")
    page = tmp_path / "more/litellm/index.html"
    page.parent.mkdir(parents=True)
    page.write_text(f'<a href="{mirrored.as_uri()}">{mirrored.name}</a>')
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", (tmp_path / "more").as_uri())
    simple.add(NAME, package(tmp_path, "1.83.0").read_bytes())
    run = install(tmp_path, "litellm")
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "target/litellm-1.83.0.dist-info").is_dir()


def test_uv_uses_no_index_where_pip_must_not(
    simple: SimpleIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    simple.add("litellm-1.83.1-py3-none-any.whl", package(tmp_path, "1.83.1").read_bytes())
    links = tmp_path / "links"
    links.mkdir()
    package(links, "1.83.0")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", f"{links} {tmp_path / 'gone'}")
    run = install(tmp_path, "litellm")
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "target/litellm-1.83.0.dist-info").is_dir()
    assert simple.log == []
