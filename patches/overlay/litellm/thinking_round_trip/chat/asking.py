"""What the caller of `/v1/messages` asked of thinking, in the words that a provider of chat completions takes.

Anthropic's API has `thinking` with a budget, adaptive thinking with an effort in `output_config`, and `disabled`.
LiteLLM makes a `reasoning_effort` of them: not of every form in every release, and also for a provider that has no such
parameter, when it refuses the request that it has made. What it does not translate goes on as it is: N37 to N40.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import wraps
from inspect import unwrap
from typing import Any, Optional

Request = Mapping[str, Any]
Completion = dict[str, Any]

_ANTHROPICS = ("context_management", "output_config")
_STRONGEST = {"max": "high", "xhigh": "high"}
"""Efforts that not every provider has, as LiteLLM lowers them for a model of which it does not know better."""
_NAMES_LOCALLY = "local_model_name"
"""What takes the provider off a model's name, where that comes in as the caller gave it (1.99.0 and later).

Before, it comes in without, and `completion` takes the provider off once more.
"""
_NONE = "supports_none_reasoning_effort"

SWITCHES: Mapping[str, str] = {
    "moonshot": r"k2\.[56]",  # docs/providers.md#moonshot
    "zai": r"glm-(?:4\.[5-9]|5(?!\.3))",  # docs/providers.md#zai
}
"""Who has a switch of its own, `thinking`, in place of an effort or beside it, and which models of theirs it stops.

It goes by `extra_body`, because the client library that LiteLLM calls them with has no such argument.
"""

_WORDS = {"enabled": "enabled", "adaptive": "enabled", "disabled": "disabled"}
"""What the two call the forms of asking."""


def stays_chat(declared: Callable[[], Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorate what sends a request for thinking to the Responses API: not one that was declared chat completions."""

    def decorate(reroute: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(reroute)
        def rerouted(*args: Any, **kwargs: Any) -> Any:
            return None if declared() else reroute(*args, **kwargs)

        return rerouted

    return decorate


def asks(library: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorate what makes the arguments of `completion` of an Anthropic request, which it gets by name.

    `library` is LiteLLM itself, which knows what its providers take.
    """

    def decorate(prepare: Callable[..., Any]) -> Callable[..., Any]:
        resolved = _NAMES_LOCALLY not in unwrap(prepare).__globals__

        @wraps(prepare)
        def prepared(*args: Any, **kwargs: Any) -> Any:
            completion, names = prepare(*args, **kwargs)
            completion = asked(completion, kwargs, library)
            return (named_again(completion) if resolved else completion), names

        return prepared

    return decorate


def named_again(completion: Completion) -> Completion:
    """Keep a model's id that begins as the provider is called, such as `openai/gpt-oss-120b` behind `openai/`."""
    provider, model = completion.get("custom_llm_provider"), completion.get("model")
    if provider != "openai" or not isinstance(model, str) or not model.startswith("openai/"):
        return completion
    return {**completion, "model": f"{provider}/{model}"}


def asked(completion: Completion, request: Request, library: Any) -> Completion:
    """The arguments with the caller's wish for thinking in what the provider takes, and nothing else of Anthropic's.

    What the caller wrote as `reasoning_effort` stays as it is, and so does what goes to Claude or to the Responses API.
    """
    extra = request.get("extra_kwargs") or {}
    model = str(completion.get("model") or "")
    claude = _is_claude(model)
    completion = _without_anthropics(completion, extra, claude)
    if claude or "responses/" in model or extra.get("reasoning_effort") is not None:
        return completion
    completion = _by_word(completion)
    thinking = request.get("thinking")
    return _switched(completion, thinking, library) or _measured(completion, thinking, extra, library)


def _by_word(completion: Completion) -> Completion:
    """An effort in the words of chat completions: the Responses API has it in an object, with the form of summaries."""
    effort = completion.get("reasoning_effort")
    if not isinstance(effort, dict) or completion.get("custom_llm_provider") != "openai":
        return completion
    return {**completion, "reasoning_effort": effort.get("effort")}


def _is_claude(model: str) -> bool:
    """As LiteLLM tells it: to these the caller's `thinking` goes as it is."""
    name = model.lower()
    return "claude" in name or "anthropic" in name or ("arn:" in name and ":bedrock:" in name)


def _without_anthropics(completion: Completion, extra: Request, claude: bool) -> Completion:
    """Leave out what was only copied. Claude gets its effort by this very copy, and so may what is behind a LiteLLM."""
    keeps = {"output_config"} if claude or _provider(completion) == "litellm_proxy" else set()
    keeps |= set(completion.get("allowed_openai_params") or ())
    copied = {name for name in _ANTHROPICS if extra.get(name) is not None and completion.get(name) is extra[name]}
    if not copied - keeps:
        return completion
    return {name: value for name, value in completion.items() if name not in copied - keeps}


def _switched(completion: Completion, thinking: Any, library: Any) -> Optional[Completion]:
    """Use the provider's own switch: to stop thinking, and where no effort would be taken; None where it has none."""
    kind = thinking.get("type") if isinstance(thinking, dict) else None
    stops = SWITCHES.get(_provider(completion))
    if stops is None or not isinstance(kind, str) or kind not in _WORDS:
        return None
    if kind == "disabled":
        usable = bool(re.search(stops, str(completion["model"]).lower()))
    else:
        usable = not _takes("reasoning_effort", completion, library) and _takes("thinking", completion, library)
    if not usable:
        return None
    rest = {name: value for name, value in completion.items() if name != "reasoning_effort"}
    body = completion.get("extra_body")
    return {**rest, "extra_body": {"thinking": {"type": _WORDS[kind]}, **(body if isinstance(body, dict) else {})}}


def _measured(completion: Completion, thinking: Any, extra: Request, library: Any) -> Completion:
    """Ask by `reasoning_effort`, or not at all where the provider does not take it."""
    effort = completion.get("reasoning_effort") or _effort(thinking, extra.get("output_config"))
    if not effort:
        return completion
    if _takes("reasoning_effort", completion, library) and (effort != "none" or _can_stop(completion, library)):
        return {**completion, "reasoning_effort": effort}
    return {name: value for name, value in completion.items() if name != "reasoning_effort"}


def _effort(thinking: Any, output_config: Any) -> Optional[str]:
    """The effort that stands for adaptive thinking, which older releases have none for; as newer ones have it."""
    if not isinstance(thinking, dict) or thinking.get("type") != "adaptive":
        return None
    effort = output_config.get("effort") if isinstance(output_config, dict) else None
    return _STRONGEST.get(effort, effort) if isinstance(effort, str) and effort else "medium"


def _takes(name: str, completion: Completion, library: Any) -> bool:
    """Whether LiteLLM would send a parameter on: if it takes it of any name that the model goes by.

    It asks itself the same question before it refuses a request. Where it knows no provider, it is left to that; for
    Bedrock it has two answers, and chooses between them later.
    """
    if name in (completion.get("allowed_openai_params") or ()):
        return True
    provider = completion.get("custom_llm_provider")
    if not isinstance(provider, str) or not provider:
        return True
    routes = ("bedrock", "bedrock_converse") if provider == "bedrock" else (provider,)
    taken = (_taken(model, route, library) for model in _names(completion) for route in routes)
    return any(name in one for one in taken)


def _taken(model: str, provider: str, library: Any) -> Any:
    """What LiteLLM takes of a provider; of one that it does not know, what OpenAI takes."""
    taken = library.get_supported_openai_params(model, provider)
    return taken if taken is not None else library.get_supported_openai_params(model, "openai") or ()


def _can_stop(completion: Completion, library: Any) -> bool:
    """Whether the model has an effort of none: OpenAI's older ones have not, and LiteLLM refuses it for them."""
    provider = completion.get("custom_llm_provider")
    if provider not in ("azure", "openai"):
        return True
    known = [info for name in _names(completion) if (info := _info(name, provider, library)) and _NONE in info]
    return not known or any(info[_NONE] is True for info in known)


def _info(model: str, provider: str, library: Any) -> Any:
    try:
        return library.get_model_info(model=model, custom_llm_provider=provider)
    except Exception:  # it is in no table
        return None


def _names(completion: Completion) -> list[str]:
    info = completion.get("model_info")
    based = (completion.get("base_model"), info.get("base_model") if isinstance(info, dict) else None)
    model = str(completion["model"])
    bare = model.removeprefix(f"{_provider(completion)}/")
    return [*dict.fromkeys((model, bare)), *(one for one in based if isinstance(one, str) and one)]


def _provider(completion: Completion) -> str:
    given = completion.get("custom_llm_provider")
    return given if isinstance(given, str) and given else str(completion.get("model") or "").partition("/")[0]
