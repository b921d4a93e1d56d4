"""Claude behind somebody else's chat wire: each thought has a signature, which Claude itself verifies.

So it is Claude's own, and good wherever Claude is served (inferred; `anthropic_messages` has the source for three
platforms).
"""

from __future__ import annotations

from tests.backends.base import block_name
from tests.backends.chat_completions import ChatCompletions
from tests.backends.history import Part
from tests.conversations.model import Block, Thinking

UNCHANGED = (
    "`thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified. "
    "These blocks must remain as they were in the original response."
)
UNSIGNED = "thinking.signature: Field required"
FORGED = "Invalid `signature` in `thinking` block"
FORGED_DATA = "Invalid `data` in `redacted_thinking` block"

_SIGNED, _HIDDEN, _DATA = "Eq", "Er", "Em"


def is_data(seal: str) -> bool:
    """Tell the data of redacted thinking from a signature."""
    return seal.startswith(_DATA)


class ClaudeSeals(ChatCompletions):
    """Signs what Claude thinks, and knows its own signatures (docs/providers.md#anthropic-errors for the rules and the
    words).
    """

    account = "anthropic"
    signs = True
    joins = False

    def part(self, block: Block, number: int, index: int) -> Part:
        part = super().part(block, number, index)
        if not isinstance(block, Thinking):
            return part
        seal = self._seal(block.text) if block.text else self.mint(_HIDDEN, number, index)
        return Part("reasoning", block.text, part.place, seal)

    def genuine(self, text: str, seal: str) -> bool:
        """Tell whether a signature was given for this text; that of a text kept back is good with any
        (docs/providers.md#anthropic-errors).
        """
        given = self.dialogue.seals(self.account)
        return seal == self._seal(text) or (text, seal) in given or ("", seal) in given

    def given_out(self, seal: str) -> bool:
        """Tell whether a signature, or sealed data, is one of this conversation's."""
        return any(seal == one for _, one in self.dialogue.seals(self.account))

    def _seal(self, text: str) -> str:
        return self.mint(_SIGNED, "signature", text)

    def redacted(self, seed: str, number: int, index: int) -> Part:
        """Seal reasoning that has no text."""
        return Part("reasoning", "", block_name(number, index, "redacted thinking"), self.mint(_DATA, "data", seed))
