"""Whose model one of Bedrock's is, and what of reasoning it takes back (docs/providers.md#bedrock-converse)."""

from __future__ import annotations

import re

PROVIDERS = ("bedrock", "bedrock_converse")

_REGIONS = r"(?:us-gov|us|eu|apac|ap|jp|au|ca|sa|global)\."
_VENDOR = re.compile(rf"(?:^|/)(?:{_REGIONS})?([a-z0-9_-]+)\.[^/]*$")
# DeepSeek R1 alone was seen to reject it; what gpt-5.6 and later give is sealed, and no text of theirs is known.
_TAKES_TEXT = re.compile(
    r"(?:^|[./])(?:moonshot(?:ai)?|minimax|qwen(?!\.[a-z0-9.-]*coder)|deepseek(?!\.r1)|openai(?=\.gpt-oss))\."
)

# The routes of Bedrock that are not Converse, by LiteLLM's names for them; of some models one is the default.
_OTHER_ROUTES = re.compile(
    r"(?:^|/)(?:agent|agentcore|async_invoke|chat_completions|claude_platform|converse_like|invoke|mantle|openai)/"
)
_BY_CHAT = re.compile(r"(?:^|[./])(?:xai\.|openai\.gpt-5\.[6-9])")


def converses(model: str) -> bool:
    """Whether a model is reached by Converse."""
    name = model.lower()
    return not _OTHER_ROUTES.search(name) and ("converse/" in name or not _BY_CHAT.search(name))


def issuer(model: str) -> str:
    """What a model's signatures are marked with: "bedrock", and its vendor where its name has one.

    What one vendor's model has sealed means nothing to the models of another.
    """
    vendor = _VENDOR.search(model.lower())
    return f"bedrock-{vendor[1]}" if vendor else "bedrock"


def takes_text(model: str) -> bool:
    """Whether a model that is not Claude takes back reasoning that nobody signed."""
    return _TAKES_TEXT.search(model.lower()) is not None


def takes_sealed(model: str) -> bool:
    """Whether a model that is not Claude takes back what it signed or sealed itself; Nova takes no reasoning at all."""
    return issuer(model) != "bedrock-amazon"
