"""What Claude's API says, word for word: the texts of docs/providers.md#anthropic-errors that more than one judge
repeats.
"""

DOCS = "https://docs.claude.com/en/docs/build-with-claude/extended-thinking"
FIRST = (
    "When `thinking` is enabled, a final `assistant` message must start with a thinking block (preceeding the lastmost "
    "set of `tool_use` and `tool_result` blocks). We recommend you include thinking blocks from previous turns. To "
    f"avoid this requirement, disable `thinking`. Please consult our documentation at {DOCS}"
)
MODIFIED = (
    "`thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified. These blocks must "
    "remain as they were in the original response."
)
OFF = (
    "When thinking is disabled, an `assistant` message in the final position cannot contain `thinking`. To use "
    "thinking blocks, enable `thinking` in your request."
)
PREFILL = "This model does not support assistant message prefill. The conversation must end with a user message."
