"""Who minted encrypted reasoning: no other deployment can read it (docs/providers.md#openai-responses,
docs/providers.md#xai and docs/providers.md#azure-openai).

The form of LiteLLM 1.102.0 says nothing about that. But LiteLLM has a wrapper of its own for encrypted content, which
names the deployment if its router pins conversations to one (`encrypted_content_affinity`), and which all supported
releases take off before they send the content. So the name goes into that wrapper: unpatched releases read on.
"""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
import hmac
import inspect
import os
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from typing import Any, NamedTuple, Optional
from urllib.parse import urlsplit

from litellm.thinking_round_trip.blocks.reasoning_items import MINTED_PREFIX

_WRAPPER = "litellm_enc:"
_LABEL = "model_id:"
_OURS = "thinking-round-trip-"
_SALTS = ("LITELLM_SALT_KEY", "LITELLM_MASTER_KEY")
"""Secrets that all workers of a proxy share, by the names under which LiteLLM looks for them."""


class Origin(NamedTuple):
    """A deployment: its name, and whether it is sent what nobody's name is on, as unpatched releases leave it.

    `plain` is the name that it has where there is no secret, as conversations may have it that began so.
    """

    name: str
    reads_unnamed: bool
    plain: str = ""


NOWHERE = Origin("", reads_unnamed=False)

_origin: ContextVar[Origin] = ContextVar("origin_of_reasoning", default=NOWHERE)
"""The deployment that the request at hand goes to, from the making of the request to the reading of its answer."""


_CALLS = ("async_anthropic_messages_handler", "anthropic_messages_handler", "completion", "acompletion")


def forgets_origin(handler: type[Any]) -> type[Any]:
    """Decorate a class of LiteLLM's whose methods make a request and read its answer: at their end all is as before.

    A guardrail or another hook may call LiteLLM between the two, in the same context.
    """
    for name in _CALLS:
        method = vars(handler).get(name)
        if method is not None:
            setattr(handler, name, _forgetting(method))
    return handler


def _forgetting(method: Any) -> Any:
    if isinstance(method, staticmethod):
        return staticmethod(_forgetting(method.__func__))
    return _forgetting_async(method) if inspect.iscoroutinefunction(method) else _forgetting_sync(method)


def _forgetting_async(method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    async def call(*args: Any, **kwargs: Any) -> Any:
        before = _origin.get()
        try:
            return await method(*args, **kwargs)
        finally:
            _origin.set(before)

    return call


def _forgetting_sync(method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def call(*args: Any, **kwargs: Any) -> Any:
        before = _origin.get()
        try:
            return method(*args, **kwargs)
        finally:
            _origin.set(before)

    return call


def going_to(provider: object, api_base: object, *, reads_unnamed: bool) -> Origin:
    """Note the deployment that a request goes to. Its name tells the provider and the host, though not in the clear.

    Clients get the name; where the proxy has a secret, nobody without it can find the host by guessing.
    """
    host = urlsplit(api_base).netloc if isinstance(api_base, str) else ""
    told = f"{provider or ''} {host}".lower().encode("utf-8", "surrogatepass")
    plain = _OURS + hashlib.sha256(told).hexdigest()[:16]
    salt = next((os.environ[name] for name in _SALTS if os.environ.get(name)), "")
    name = _OURS + hmac.digest(salt.encode("utf-8", "surrogateescape"), told, "sha256").hex()[:16] if salt else plain
    origin = Origin(name, reads_unnamed, plain)
    _origin.set(origin)
    return origin


def current_origin() -> Origin:
    """The deployment that the request at hand went to."""
    return _origin.get()


def named(content: object, origin: Origin) -> Optional[str]:
    """The encrypted content of an answer with the name of the deployment; None if there is no content.

    Content that LiteLLM has wrapped already, because its router pins conversations, names its deployment.
    """
    if not isinstance(content, str) or not content:
        return None
    if not origin.name or content.startswith(_WRAPPER):
        return content
    label = base64.b64encode(f"{_LABEL}{origin.name}".encode()).decode()
    return f"{_WRAPPER}{label};{content}"


def marked(content: object, origin: Origin) -> Optional[str]:
    """What carries the encrypted content of an answer in a thinking block, as signature or data; None without any."""
    whole = named(content, origin)
    return None if whole is None else MINTED_PREFIX + whole


def readable(items: Iterable[dict[str, Any]], origin: Origin) -> list[dict[str, Any]]:
    """The input items of a request, with encrypted content only where the deployment `origin` minted it.

    Of an item that cannot be read by the deployment the summary stays; without one nothing is left of it.
    """
    return [kept for item in items for kept in _readable(item, origin)]


def _readable(item: dict[str, Any], origin: Origin) -> list[dict[str, Any]]:
    content = item.get("encrypted_content") if item.get("type") == "reasoning" else None
    if not isinstance(content, str):
        return [item]
    name, bare = _unwrapped(content)
    if name in (origin.name, origin.plain or origin.name) or (origin.reads_unnamed and not name):
        return [item] if bare == content else [{**item, "encrypted_content": bare}]
    if not item.get("summary"):
        return []
    return [{key: value for key, value in item.items() if key != "encrypted_content"}]


def _unwrapped(content: str) -> tuple[str, str]:
    """Take our name off encrypted content; a wrapper that is not ours is LiteLLM's to take off."""
    label, separator, bare = content.partition(";")
    if not separator or not label.startswith(_WRAPPER):
        return "", content
    try:
        name = base64.b64decode(label[len(_WRAPPER) :]).decode()
    except (binascii.Error, ValueError):
        return "", content
    return (name[len(_LABEL) :], bare) if name.startswith(_LABEL + _OURS) else ("", content)
