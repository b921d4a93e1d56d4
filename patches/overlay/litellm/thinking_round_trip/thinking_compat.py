"""A callback for LiteLLM that gives each provider no more thinking than it takes: `thinking_compat.handler`.

A history that began with Claude has thinking blocks in it, and goes to another provider after a fallback or a switch.
Many providers reject them (docs/providers.md#foreign-carriers). Before each request, when the deployment is chosen, the
callback looks up what the model takes, and converts the history for that request alone: the caller's messages are never
changed, and the next attempt begins with them again.

What models take is said by YAML files: those in the folder `model-capabilities` beside this file, and the user's own,
in the folder that LITELLM_MODEL_CAPABILITIES names. A file names providers, in each patterns of models, in each:

    fireworks_ai:
      "*":
        takes: reasoning_content
        source: where this is known from

`takes` is one of `TAKES`. Of the user's patterns that match, and only then of those beside this file, the one with the
most letters counts. For a provider or model that nobody names nothing is done.

Where the fixes of this project are in the wheel only `none` changes anything: they know each provider's carrier, and a
deployment can tell them. The other values are for LiteLLM as it was published.

This file also has to work copied next to a proxy's config, on a release without the other modules. So it imports none
of them, and says again what a block is. It needs PyYAML, which LiteLLM's proxy needs as well.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, Optional

import litellm
from litellm.integrations.custom_logger import CustomLogger  # type: ignore[import-not-found]

try:
    import yaml  # type: ignore[import-untyped]
except ImportError as missing:
    raise ImportError(
        "thinking_compat: model-capabilities/*.yaml cannot be read without PyYAML, which LiteLLM without its proxy "
        "extra does not bring: pip install pyyaml"
    ) from missing

VARIABLE = "LITELLM_MODEL_CAPABILITIES"
"""Names the folder with the user's YAML files."""

SETTING = "LITELLM_UNSUPPORTED_THINKING"
"""What becomes of thinking that a model does not take: `text`, the default, or `drop`."""

SHIPPED = Path(__file__).with_name("model-capabilities")

ALL = "thinking_blocks"
SIGNED = "signed_thinking_blocks"
OWN_FORM = "own_form"
NONE = "none"
FIELDS = ("reasoning_content", "reasoning")
TAKES = (ALL, SIGNED, *FIELDS, OWN_FORM, NONE)
"""What a model takes of earlier thinking: all that LiteLLM has of it; that with a signature; a text in the field of
that name of chat completions; what only the fixes can write, so that without them it is nothing; nothing."""

UNSUPPORTED = ("text", "drop")

_FIXED = find_spec("litellm.thinking_round_trip") is not None
_THINKING = ("thinking", "redacted_thinking")
_OWN_FIELDS = ("thinking_blocks", "provider_specific_fields")
"""What LiteLLM adds to its answers on /v1/chat/completions, and clients send back."""
_MARKS = ("litellm_signed_by:", "litellm_encrypted_reasoning:")
"""How a signature begins that LiteLLM, or a fix, has marked as somebody else's than Claude's."""
_CARRIERS = frozenset((*_OWN_FIELDS, *FIELDS))
_FOREIGN = {takes: _CARRIERS - {takes} for takes in (*FIELDS, NONE)}
_MESSAGES = frozenset(("anthropic_messages", "aanthropic_messages"))
_CHAT = frozenset(("completion", "acompletion"))

Message = dict[str, Any]


class CapabilitiesError(ValueError):
    """A mistake in the user's files or settings: one line with the place, what is wrong and what to do."""


class ThinkingCompat(CustomLogger):  # type: ignore[misc]  # LiteLLM is not there where types are checked
    """Give each provider no more thinking than it takes.

    `unsupported` ("text" or "drop") and `folder`, of YAML files, stand for the two environment variables. Raises
    CapabilitiesError.
    """

    def __init__(self, unsupported: Optional[str] = None, folder: str | Path | None = None) -> None:
        super().__init__()
        self._text = _setting(unsupported) == "text"
        self._capabilities = load(folder or os.environ.get(VARIABLE))
        self._known = lru_cache(maxsize=1024)(self._look_up)

    async def async_pre_call_deployment_hook(self, kwargs: Message, call_type: Any) -> Optional[Message]:
        """Convert the history of a request to a deployment; LiteLLM calls this for each attempt."""
        kind = getattr(call_type, "value", call_type)
        if kind not in _MESSAGES and kind not in _CHAT:
            return None
        messages = kwargs.get("messages")
        model, provider, api_base = kwargs.get("model"), kwargs.get("custom_llm_provider"), kwargs.get("api_base")
        new = self._converted(messages, self._target(model, provider, api_base), chat=kind in _CHAT)
        return None if new is messages else {**kwargs, "messages": new}

    def compatible(
        self, messages: Any, model: str, custom_llm_provider: Optional[str] = None, api_base: Optional[str] = None
    ) -> Any:
        """The messages of a chat completion as the model takes them; the same object if nothing has to change.

        For `litellm.completion`: LiteLLM calls no callback before a synchronous request.
        """
        return self._converted(messages, self._target(model, custom_llm_provider, api_base), chat=True)

    def takes(self, model: str, provider: str) -> str:
        """What a model, without its provider's name in front, takes: one of TAKES."""
        found = (one for capabilities in self._capabilities if (one := capabilities.find(provider, model.lower())))
        return next(found, ALL)

    def _target(self, model: Any, provider: Any, api_base: Any) -> str:
        known = [one if isinstance(one, str) else None for one in (model, provider, api_base)]
        return self._known(*known)

    def _look_up(self, model: Optional[str], provider: Optional[str], api_base: Optional[str]) -> str:
        try:
            look_up = litellm.get_llm_provider  # type: ignore[attr-defined]
            name, found, _, _ = look_up(model, custom_llm_provider=provider, api_base=api_base)
        except Exception:  # an unknown model: LiteLLM itself will say so
            return ALL
        takes = self.takes(str(name), str(found))
        if takes == OWN_FORM:
            return ALL if _FIXED else NONE
        return ALL if _FIXED and takes in FIELDS else takes

    def _converted(self, messages: Any, takes: str, *, chat: bool) -> Any:
        """The messages as a model takes them; the same object if nothing has to change.

        /v1/messages knows no fields: LiteLLM makes a chat completion of such a request, and calls again for that. What
        Claude did not sign is there the matter of a fix, if there are fixes, which knows what else has to go.
        """
        if takes == ALL or (takes in FIELDS and not chat) or (takes == SIGNED and _FIXED and not chat):
            return messages
        if not isinstance(messages, list):
            return messages
        writer = _Joiner() if takes == SIGNED and chat else _Writer(takes, self._text)
        found = [at for at, message in enumerate(messages) if writer.minds(message)]
        if not found:
            return messages
        new: list[Any] = list(messages)
        for at in found:
            new[at] = writer.written(messages[at])
        return [message for message in new if message is not None] or messages


class _Writer(NamedTuple):
    """Writes the assistant messages of a request for what a model takes: SIGNED, one of FIELDS, or NONE."""

    takes: str
    text: bool

    def minds(self, message: Any) -> bool:
        """Whether a message has thinking in it that the model does not take so."""
        if not isinstance(message, dict):
            return self.takes != SIGNED and _is_object_with_thinking(message)
        if message.get("role") != "assistant":
            return False
        content = message.get("content")
        if isinstance(content, (list, tuple)) and self._minds_one(content):
            return True
        return self.takes != SIGNED and not _FOREIGN[self.takes].isdisjoint(message)

    def _minds_one(self, blocks: Iterable[Any]) -> bool:
        for block in blocks:
            if (
                isinstance(block, dict)
                and (block.get("type") in _THINKING or "provider_specific_fields" in block)
                and not (self.takes == SIGNED and _is_claudes(block))
            ):
                return True
        return False

    def written(self, message: Any) -> Optional[Message]:
        """A new message; None if nothing remains of it, since providers take no empty one."""
        old: Message = message if isinstance(message, dict) else message.model_dump(exclude_none=True)
        carriers = () if self.takes == SIGNED else _CARRIERS
        new = {name: value for name, value in old.items() if name not in carriers}
        thoughts = _beside(old) if carriers else []
        content = old.get("content")
        if self.takes in FIELDS:
            told = [*thoughts, *chain.from_iterable(map(_thought, _blocks(content)))]
            new.update({self.takes: "\n".join(told)} if told else {})
        in_front = thoughts if self.text and self.takes not in FIELDS else ()
        if isinstance(content, str) and content:
            new["content"] = "\n\n".join([*map(_said, in_front), content])
        elif in_front or _blocks(content):
            unsigned = ({"type": "thinking", "thinking": text} for text in in_front)
            new["content"] = self._written([*unsigned, *_blocks(content)]) or None
        return new if any(value for name, value in new.items() if name not in ("role", "name")) else None

    def _written(self, content: Iterable[Any]) -> list[Any]:
        """The blocks, with a blank line behind a thought: LiteLLM makes one string of texts, with nothing between."""
        blocks: list[Any] = []
        thought = False
        for block in content:
            for one in self._instead(block):
                if thought and isinstance(one, dict) and one.get("type") == "text":
                    blocks[-1]["text"] += "\n\n"
                thought = one is not block and block.get("type") in _THINKING and one["type"] == "text"
                blocks.append(one)
        return blocks

    def _instead(self, block: Any) -> Iterator[Any]:
        """A block as it is or without LiteLLM's field; of thinking that the model does not take, a text or nothing."""
        if not self._minds_one((block,)):
            yield block
            return
        bare = {name: value for name, value in block.items() if name != "provider_specific_fields"}
        if block.get("type") not in _THINKING or not self._minds_one((bare,)):
            yield bare
        elif self.text and self.takes not in FIELDS:
            yield from ({"type": "text", "text": _said(text)} for text in _thought(block))


def _said(thought: str) -> str:
    return f"[Reasoning] {thought}"


class _Joiner:
    """Joins Claude's thinking in chat completions: in LiteLLM's streams the signature comes last, without the text."""

    def minds(self, message: Any) -> bool:
        return isinstance(message, dict) and any(map(_is_piece, _blocks(message.get("thinking_blocks"))))

    def written(self, message: Message) -> Message:
        whole: list[Any] = []
        for block in message["thinking_blocks"]:
            last: Any = whole[-1] if whole else None
            if _is_piece(last) and _is_piece(block, ends=True):
                whole[-1] = {**last, **block, "thinking": f"{last['thinking']}{block['thinking']}"}
            else:
                whole.append(block)
        return {**message, "thinking_blocks": whole}


def _is_piece(block: Any, *, ends: bool = False) -> bool:
    """Tell a thinking text without its signature; with `ends`, also the signature without its text."""
    if not isinstance(block, dict) or block.get("type") != "thinking" or not isinstance(block.get("thinking"), str):
        return False
    return not block.get("signature") or (ends and not block["thinking"])


def _thought(block: Any) -> Iterator[str]:
    """The text of a thinking block; redacted thinking has none, and neither has one whose text was kept back."""
    text = block.get("thinking") if isinstance(block, dict) and block.get("type") == "thinking" else None
    if isinstance(text, str) and text.strip():
        yield text


def _beside(message: Mapping[str, Any]) -> list[str]:
    """The thinking texts beside the content. LiteLLM has them twice: a stream may have left the blocks in pieces."""
    blocks = [text for block in _blocks(message.get("thinking_blocks")) for text in _thought(block)]
    field = next((text for name in FIELDS if isinstance(text := message.get(name), str) and text.strip()), "")
    if any(text not in field for text in blocks):
        return blocks
    return [field] if field else []


def _blocks(content: Any) -> Sequence[Any]:
    return content if isinstance(content, (list, tuple)) else ()


_MARKS = ("litellm_signed_by:", "litellm_encrypted_reasoning:")
"""What signatures begin with that name another issuer, or have OpenAI's reasoning in them."""


def _is_claudes(block: Mapping[str, Any]) -> bool:
    """Tell thinking that Claude may have signed from what it certainly has not, or what has LiteLLM's field in it."""
    seal = block.get("data" if block.get("type") == "redacted_thinking" else "signature")
    signed = isinstance(seal, str) and bool(seal) and not seal.startswith(_MARKS)
    return signed and "provider_specific_fields" not in block


def _is_object_with_thinking(message: Any) -> bool:
    """LiteLLM's own answers may stand in a history, as pydantic objects."""
    if getattr(message, "role", None) != "assistant" or not hasattr(message, "model_dump"):
        return False
    return any(getattr(message, name, None) for name in _CARRIERS)


class _Rule(NamedTuple):
    """What the models of a pattern take, and where that is said."""

    takes: str
    place: str


class Capabilities:
    """What the files of one folder say: of each provider the patterns of its models."""

    def __init__(self) -> None:
        self._rules: dict[str, dict[str, _Rule]] = {}

    def add(self, provider: str, pattern: str, rule: _Rule) -> None:
        """Raises CapabilitiesError for a pattern that is there already."""
        rules = self._rules.setdefault(provider, {})
        if pattern in rules:
            raise CapabilitiesError(
                f"{rule.place}: the pattern {pattern!r} of {provider} is there twice, first in {rules[pattern].place}; "
                "remove one of them"
            )
        rules[pattern] = rule

    def find(self, provider: str, model: str) -> Optional[str]:
        """What the most specific pattern says: the one with the most letters, of equal ones the first."""
        rules = self._rules.get(provider, {})
        fitting = [pattern for pattern in rules if fnmatchcase(model, pattern)]
        best = max(fitting, key=lambda pattern: sum(one not in "*?[]" for one in pattern), default=None)
        return None if best is None else rules[best].takes


def load(folder: str | Path | None) -> tuple[Capabilities, ...]:
    """What is said of models, the user's folder first, if there is one. Raises CapabilitiesError."""
    shipped = _read(SHIPPED, "copy it there together with thinking_compat.py")
    return (_read(Path(folder), f"mend {VARIABLE}"), shipped) if folder else (shipped,)


def _read(folder: Path, remedy: str) -> Capabilities:
    files = sorted(path for path in folder.glob("*") if path.suffix in (".yaml", ".yml"))
    if not files:
        raise CapabilitiesError(f"{folder}: there is no folder with YAML files here; {remedy}")
    capabilities = Capabilities()
    for path in files:
        for provider, pattern, rule in _rules(path):
            capabilities.add(provider, pattern, rule)
    return capabilities


def _rules(path: Path) -> Iterator[tuple[str, str, _Rule]]:
    """The rules of a file: provider, pattern in small letters, and what is said of it."""
    for provider, models, _ in _entries(path, _parsed(path), "providers, each with patterns of models"):
        for pattern, details, line in _entries(path, models, "patterns of models, each with `takes`"):
            yield provider, pattern.lower(), _Rule(_takes(path, details), f"{path}, line {line}")


def _takes(path: Path, details: Any) -> str:
    found: Optional[str] = None
    for key, value, line in _entries(path, details, "`takes`, and perhaps `source`"):
        if key not in ("takes", "source"):
            raise CapabilitiesError(f"{path}, line {line}: the key {key!r} is unknown; there are `takes` and `source`")
        if not _is_text(value):
            raise CapabilitiesError(f"{path}, line {line}: {key!r} has to be a text; put it in quotes")
        if key == "takes" and value.value not in TAKES:
            raise CapabilitiesError(
                f"{path}, line {line}: `takes` is {value.value!r}; it can be one of {', '.join(TAKES)}"
            )
        found = value.value if key == "takes" else found
    if found is None:
        raise CapabilitiesError(f"{path}, line {_line(details)}: `takes` is missing; add one of {', '.join(TAKES)}")
    return found


def _parsed(path: Path) -> Any:
    """The file as a tree of YAML nodes, which have their lines and double keys still. Raises CapabilitiesError."""
    try:
        return yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise CapabilitiesError(
            f"{path}, line {line}: this is not YAML ({error.problem}); mend it, and put quotes around patterns with *"
        ) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CapabilitiesError(f"{path}: it cannot be read ({' '.join(str(error).split())}); mend it") from None


def _entries(path: Path, node: Any, wanted: str) -> Iterator[tuple[str, Any, int]]:
    """The entries of a mapping: key, value as a node, and line. Raises CapabilitiesError."""
    if not isinstance(node, yaml.MappingNode) or not node.value:
        raise CapabilitiesError(f"{path}, line {_line(node)}: there have to be {wanted}; add what is missing")
    seen: dict[str, int] = {}
    for key, value in node.value:
        if not _is_text(key):
            raise CapabilitiesError(f"{path}, line {_line(key)}: a key here has to be a text; put it in quotes")
        if key.value in seen:
            raise CapabilitiesError(
                f"{path}, line {_line(key)}: {key.value!r} is there twice, first in line {seen[key.value]}; remove one"
            )
        seen[key.value] = _line(key)
        yield key.value, value, _line(key)


def _is_text(node: Any) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:str"


def _line(node: Any) -> int:
    return node.start_mark.line + 1 if node is not None else 1


def _setting(given: Optional[str]) -> str:
    setting = given or os.environ.get(SETTING) or UNSUPPORTED[0]
    if setting not in UNSUPPORTED:
        raise CapabilitiesError(f"{SETTING} is {setting!r}; it can be {' or '.join(UNSUPPORTED)}")
    return setting


handler = ThinkingCompat()
