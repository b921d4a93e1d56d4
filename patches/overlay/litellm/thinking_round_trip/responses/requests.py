"""What a request to a Responses backend asks for, and which encrypted reasoning it may carry (failures F2 and N8)."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from functools import wraps
from typing import Any

from litellm.thinking_round_trip.responses.origin import Origin, going_to, readable

ENCRYPTED = "reasoning.encrypted_content"
_NO_REASONERS = ("gpt-3.5", "gpt-4")


def seals_reasoning(build: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Decorate the function of the adapter's handler that builds the arguments of a call to the Responses API.

    `build` takes `model` and `extra_kwargs` (the provider and `api_base`) by name. Encrypted content without a name is
    sent: this is the way on which unpatched releases mint it.
    """

    @wraps(build)
    def build_sealing(*args: Any, **given: Any) -> dict[str, Any]:
        request = build(*args, **given)
        extra = given.get("extra_kwargs") or {}
        model = str(given.get("model") or "")
        provider = extra.get("custom_llm_provider") or model.partition("/")[0]
        seal(request, model, going_to(provider, extra.get("api_base") or extra.get("base_url"), reads_unnamed=True))
        return request

    return build_sealing


def seal(request: MutableMapping[str, Any], model: str, origin: Origin, *, always: bool = False) -> None:
    """Let a request carry the encrypted reasoning that its deployment minted, and ask for more where it is wanted.

    It is asked for where reasoning is, or where the history holds some: a request without either stays as it was.
    `always` is for a provider that reasons unasked. Models that do not reason reject it (
    docs/providers.md#openai-responses); LiteLLM 1.102.0 and later ask in every request.
    """
    items = request.get("input")
    sealed = False
    if isinstance(items, list) and any(map(_is_sealed, items)):
        request["input"] = items = readable(items, origin._replace(reads_unnamed=True))
        sealed = any(map(_is_sealed, items))
    if (always or sealed or request.get("reasoning")) and _reasons(model):
        include = list(request.get("include") or ())
        if ENCRYPTED not in include:
            request["include"] = [*include, ENCRYPTED]


def _is_sealed(item: object) -> bool:
    return isinstance(item, dict) and item.get("type") == "reasoning" and bool(item.get("encrypted_content"))


def _reasons(model: str) -> bool:
    name = model.rpartition("/")[2]
    return not name.startswith(_NO_REASONERS) and "non-reasoning" not in name
