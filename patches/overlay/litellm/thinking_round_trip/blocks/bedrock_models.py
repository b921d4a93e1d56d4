"""Whose model one of Bedrock's is, and what of reasoning it takes back (docs/providers.md#bedrock-converse)."""

from __future__ import annotations

import re

PROVIDERS = ("bedrock", "bedrock_converse")

_REGIONS = r"(?:us-gov|us|eu|apac|ap|jp|au|ca|sa|global)\."
_VENDOR = re.compile(rf"(?:^|/)(?:{_REGIONS})?([a-z0-9_-]+)\.[^/]*$")
# DeepSeek R1 alone was seen to reject it; what gpt-5.6 and later give is sealed, and no text of theirs is known.
_TAKES_TEXT = re.compile(r"(?:^|[./])(?:moonshot(?:ai)?|minimax|qwen|deepseek(?!\.r1)|openai(?=\.gpt-oss))\.")


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
