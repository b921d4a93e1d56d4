"""What a base install does without the proxy's parts (docs/failures.md#base-install)."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest

from tests.tooling.overlay.conftest import Overlay


class _Answer:
    async def aiter_bytes(self) -> AsyncIterator[bytes]:
        for piece in (b"event: ping\n", b"data: {}\n\n"):
            yield piece


async def _streamed(handler: Any) -> list[bytes]:
    chunks = [chunk async for chunk in handler.chunk_processor(response=_Answer(), request_body={}, url_route="/v1")]
    await handler.route_streaming_logging_to_handler(raw_bytes=chunks)
    await handler._route_streaming_logging_to_handler(raw_bytes=chunks)
    await handler.schedule_stream_failure_logging(raw_bytes=chunks, exception=ValueError())
    return chunks


def test_a_stream_passes_and_it_is_told_once_that_nothing_is_logged(
    overlay: Overlay, caplog: pytest.LogCaptureFixture
) -> None:
    handler = overlay("base_install").PassThroughStreamingHandler
    with caplog.at_level(logging.WARNING, "LiteLLM"):
        assert asyncio.run(_streamed(handler)) == [b"event: ping\n", b"data: {}\n\n"]
    assert [record.message for record in caplog.records] == [
        "Streams on /v1/messages from Anthropic's wire are not logged: that takes litellm[proxy]."
    ]


def test_what_logs_is_made_without_arguments(overlay: Overlay) -> None:
    assert overlay("base_install").PassThroughEndpointLogging()


def test_the_proxys_own_classes_are_taken_where_they_are(overlay: Overlay, monkeypatch: pytest.MonkeyPatch) -> None:
    place = "litellm.proxy.pass_through_endpoints.streaming_handler"
    own = SimpleNamespace(PassThroughStreamingHandler="the proxy's own")
    for name, module in (("litellm.proxy", own), (place.rpartition(".")[0], own), (place, own)):
        monkeypatch.setitem(sys.modules, name, module)
    assert overlay("base_install").PassThroughStreamingHandler == "the proxy's own"


def test_there_is_nothing_else_in_the_module(overlay: Overlay) -> None:
    assert not hasattr(overlay("base_install"), "ProxyConfig")
