"""The proxy is started, awaited and ended as it should be, whatever it does: with programs that stand in for it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.clients import proxy as proxies
from tests.clients.proxy import ProxyFailed, running

READY = """#!{python}
import http.server, signal, sys

class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

{meanwhile}
http.server.HTTPServer(("127.0.0.1", int(sys.argv[sys.argv.index("--port") + 1])), Ready).serve_forever()
"""


def _environment(tmp_path: Path, program: str, meanwhile: str = "") -> Path:
    """An environment whose `litellm` is this program; gives the path of its Python."""
    path = tmp_path / "bin" / "litellm"
    path.parent.mkdir()
    path.write_text(program.format(python=sys.executable, meanwhile=meanwhile))
    path.chmod(0o755)
    return path.with_name("python")


def test_a_proxy_that_ends_at_once_is_told_with_its_log(tmp_path: Path) -> None:
    python = _environment(tmp_path, "#!/bin/sh\necho the key is weak; exit 3\n")
    told = r"exit status 3 before it was ready(.|\n)*the key is weak"
    with pytest.raises(ProxyFailed, match=told), running(python, tmp_path / "folder", {}):
        pytest.fail("it was ready")


def test_a_proxy_that_is_never_ready_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxies, "STARTS", 1)
    python = _environment(tmp_path, "#!/bin/sh\nexec sleep 60\n")
    with pytest.raises(ProxyFailed, match="not ready within 1 seconds"), running(python, tmp_path / "folder", {}):
        pytest.fail("it was ready")


def test_a_proxy_that_does_not_end_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxies, "STOPS", 1)
    python = _environment(tmp_path, READY, "signal.signal(signal.SIGTERM, signal.SIG_IGN)")
    with pytest.raises(ProxyFailed, match="did not end within 1 seconds"), running(python, tmp_path / "folder", {}):
        pass


def test_what_the_proxy_tries_beyond_loopback_is_told(tmp_path: Path) -> None:
    outside = "import socket\ntry:\n    socket.create_connection(('192.0.2.1', 80), 1)\nexcept OSError:\n    pass"
    python = _environment(tmp_path, READY, outside)
    with running(python, tmp_path / "folder", {}) as proxy:
        assert "to '192.0.2.1' refused: tests reach nothing but loopback" in proxy.refusals


def test_nothing_of_an_earlier_run_is_left(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "spend.jsonl").write_text("{}")
    with running(_environment(tmp_path, READY), tmp_path / "folder", {"model_list": []}) as proxy:
        assert sorted(path.name for path in proxy.folder.iterdir()) == ["config.yaml", "proxy.log", "spend_log.py"]


@pytest.mark.skipif(os.name == "nt", reason="there a process keeps the number of a parent that is gone")
def test_a_proxy_ends_with_tests_that_are_killed(tmp_path: Path) -> None:
    python = _environment(tmp_path, READY)
    program = (
        "import sys, time; from pathlib import Path; from tests.clients.proxy import running\n"
        "with running(Path(sys.argv[1]), Path(sys.argv[2]), {}) as proxy:\n"
        "    print(proxy.url, flush=True)\n"
        "    time.sleep(60)"
    )
    tests = subprocess.Popen([sys.executable, "-c", program, python, tmp_path / "folder"], stdout=subprocess.PIPE)
    assert tests.stdout
    url = tests.stdout.readline().decode().strip()
    assert httpx.get(url).status_code == 200
    tests.kill()
    tests.communicate()
    assert _is_gone(url)


def _is_gone(url: str) -> bool:
    for _ in range(100):
        try:
            httpx.get(url)
        except httpx.TransportError:
            return True
        time.sleep(0.1)
    return False
