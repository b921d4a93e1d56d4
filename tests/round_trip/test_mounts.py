"""A backend answers the same over respx and over loopback HTTP: status, headers, and every byte."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from tests.backends import VLLM, Backend, Dialogue, Moonshot
from tests.backends.respx_mount import mounted
from tests.backends.server import served
from tests.backends.wire import Answer, Request
from tests.conversations import load
from tests.conversations.model import UserTurn
from tests.judges.endpoints import ENDPOINTS, client_of

# No proxy of the machine's stands between; and one for all, because each costs its reading of certificates.
CLIENT = httpx.Client(trust_env=False)
Headers = dict[str, str]


@dataclass(frozen=True)
class Question:
    """A first request that a backend takes: the path with the query, and the body."""

    url: str
    body: dict[str, Any]
    headers: Headers = field(default_factory=dict)


SAID = "What is the weather in Oslo? Ørsta ☂"
PLAIN = {"model": "m", "messages": [{"role": "user", "content": SAID}]}


def question(endpoint: type[Backend], stream: bool) -> Question:
    """Ask an endpoint for a turn with thinking, as an honest client of it does."""
    client = client_of(endpoint, stream=stream)
    client.take(UserTurn(SAID))
    return Question(client.url if len(client.url) > 1 else path_of(endpoint), client.body, dict(client.headers))


def path_of(endpoint: type[Backend]) -> str:
    """One path of those that an endpoint's pattern stands for: without its optional parts, and the last one."""
    return re.sub(r"\([^)]*\)\?", "", _PATHS.get(endpoint.name, endpoint.path)).rpartition("|")[2]


_PATHS = {"databricks": "/serving-endpoints/chat/completions"}


@dataclass(frozen=True)
class Got:
    """What a client has of an answer."""

    status: int
    headers: Headers
    body: bytes


def got(response: httpx.Response) -> Got:
    """Leave out how the end of the body is marked, in which respx has no part."""
    headers = {name: value for name, value in response.headers.items() if name != "transfer-encoding"}
    return Got(response.status_code, headers, response.content)


def over_respx(backend: Backend, asked: Question) -> Got:
    with mounted([backend]):
        return got(CLIENT.post(f"http://{backend.host}{asked.url}", json=asked.body, headers=asked.headers))


@dataclass
class Loopback:
    """One server for most of these tests: it looks at the list of its backends at each request."""

    url: str
    backends: list[Backend]

    def ask(self, backend: Backend, asked: Question) -> Got:
        self.backends[:] = [backend]
        return got(CLIENT.post(self.url + asked.url, json=asked.body, headers=asked.headers))


@pytest.fixture(scope="module")
def loopback() -> Iterator[Loopback]:
    backends: list[Backend] = []
    with served(backends) as url:
        yield Loopback(url, backends)


def expected(answer: Answer) -> Got:
    return Got(answer.status, {"content-type": answer.content_type, **answer.headers}, answer.body)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_an_answer_has_the_same_bytes(loopback: Loopback, endpoint: type[Backend], stream: bool) -> None:
    script = load("many-scripts").assistant_turns
    here, there = endpoint(Dialogue(script)), endpoint(Dialogue(script))
    asked = question(endpoint, stream)
    answers = over_respx(here, asked), loopback.ask(there, asked)
    assert not here.dialogue.rejections
    assert (len(here.dialogue.answers[0].pieces) > 1) == stream
    assert answers[0] == answers[1] == expected(here.dialogue.answers[0])


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_an_error_has_the_same_bytes(loopback: Loopback, endpoint: type[Backend], stream: bool) -> None:
    """Of an empty script nothing is left, so any request is answered with the provider's error."""
    here, there = endpoint(Dialogue(())), endpoint(Dialogue(()))
    asked = question(endpoint, stream)
    answers = over_respx(here, asked), loopback.ask(there, asked)
    assert answers[0].status >= 400
    assert answers[0] == answers[1] == expected(here.dialogue.answers[0])


def test_a_request_arrives_the_same(loopback: Loopback) -> None:
    """What a judge reads: the address with its query, the names of headers in lower case, the bytes of the body."""
    asked = Question("/v1/chat/completions?a=%20b", PLAIN, {"X-Trace": "Me, and You"})
    here, there = Moonshot(Dialogue(())), Moonshot(Dialogue(()))
    over_respx(here, asked)
    loopback.ask(there, asked)
    ((one,), (other,)) = here.dialogue.requests, there.dialogue.requests
    assert (one.url, one.raw, one.headers["x-trace"]) == (other.url, other.raw, other.headers["x-trace"])
    assert other.url == "/v1/chat/completions?a=%20b"


def test_a_stream_goes_out_piece_by_piece(loopback: Loopback) -> None:
    backend = Moonshot(Dialogue(load("many-scripts").assistant_turns))
    asked = question(Moonshot, stream=True)
    loopback.backends[:] = [backend]
    sent = list(_chunks(loopback.url, asked))
    assert len(sent) > 3
    assert sent == list(backend.dialogue.answers[0].pieces)


def _chunks(url: str, asked: Question) -> Iterator[bytes]:
    """The pieces of an answer as they were framed on the wire (RFC 9112, section 7.1), which clients join."""
    body = json.dumps(asked.body).encode()
    head = f"POST {asked.url} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2]))) as plug, plug.makefile("rb") as answer:
        plug.sendall(head.encode() + body)
        while answer.readline().strip():
            pass
        while size := int(answer.readline(), 16):
            yield answer.read(size)
            answer.readline()


@pytest.mark.parametrize(
    ("path", "host", "status", "asked"),
    [
        ("/v1/chat/completions", "api.moonshot.ai", 200, "moonshot"),
        ("/v1/chat/completions", "vllm.test", 200, "vllm"),
        ("/v1/chat/completions", "elsewhere.test", 421, ""),
        ("/v1/models", "vllm.test", 421, ""),
        ("/v1/chat/completions/more", "vllm.test", 421, ""),
    ],
)
def test_of_two_backends_with_one_path_the_host_header_names_one(
    loopback: Loopback, path: str, host: str, status: int, asked: str
) -> None:
    dialogue = Dialogue(load("plain").assistant_turns)
    loopback.backends[:] = [Moonshot(dialogue), VLLM(dialogue)]
    response = CLIENT.post(loopback.url + path, json=PLAIN, headers={"Host": host})
    assert response.status_code == status
    assert [backend.name for backend in dialogue.judges] == [asked] * (status == 200)
    if status == 421:
        assert f"takes POST {path} with the Host header '{host}'" in response.text
        assert "moonshot at api.moonshot.ai/v1/chat/completions, vllm at vllm.test" in response.text


class Faulty(Moonshot):
    """A backend with a mistake in it."""

    def answer(self, request: Request) -> Answer:
        raise ZeroDivisionError(request.path)


def test_a_mistake_in_a_backend_comes_out() -> None:
    with pytest.raises(ZeroDivisionError, match="/v1/chat/completions"), served([Faulty(Dialogue(()))]) as url:
        assert CLIENT.post(f"{url}/v1/chat/completions", json={}).status_code == 500


def test_conversations_at_one_address_are_told_apart_by_their_marks(loopback: Loopback) -> None:
    script = load("many-scripts").assistant_turns
    dialogues = [Dialogue(script, mark=mark) for mark in ("in Oslo", "in Rome")]
    loopback.backends[:] = [Moonshot(dialogue) for dialogue in dialogues]
    asked = question(Moonshot, False)
    assert CLIENT.post(loopback.url + asked.url, json=asked.body, headers=asked.headers).status_code == 200
    assert [len(dialogue.requests) for dialogue in dialogues] == [1, 0]
    neither = {**asked.body, "messages": [{"role": "user", "content": "What is the weather?"}]}
    assert CLIENT.post(loopback.url + asked.url, json=neither, headers=asked.headers).status_code == 421
    assert [len(dialogue.requests) for dialogue in dialogues] == [1, 0]
