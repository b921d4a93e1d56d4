"""What Bedrock rejects by itself, before or beside the model: docs/providers.md#bedrock-converse."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Set
from dataclasses import replace

from tests.backends.anthropic_models import Call, Model
from tests.backends.anthropic_wire import Fault, turns
from tests.backends.base import Body, Violation
from tests.backends.bedrock_wire import THOUGHT, Block, assistant_blocks, thought_of, unknown, wrapped
from tests.backends.wire import JSON, Answer, encode

LONGEST_ID = 64

# The parameters of Anthropic's Messages API that Converse has no member for.
MODEL_FIELDS = {
    "anthropic_beta", "context_management", "mcp_servers", "metadata", "output_config",
    "output_format", "thinking", "tool_choice", "tools", "top_k",
}  # fmt: skip
# The models that docs/providers.md#bedrock-converse names for an assistant turn of nothing but reasoning.
TAKE_NO_PREFILL = {Model("sonnet", (5, 0)), Model("fable", (5, 1))}


def error(message: str, path: str, *, status: int = 400, kind: str = "ValidationException") -> Violation:
    """The envelope of docs/providers.md#bedrock-converse."""
    answer = Answer(status, JSON, (encode({"message": message}),), {"x-amzn-errortype": kind})
    return Violation(message, path, answer)


def service(body: Body) -> Iterator[Violation]:
    """What AWS checks against its own model of the request."""
    for path, _, name in unknown(body):
        yield _unknown(path, name)
    for index, offset, block in assistant_blocks(body):
        at = f"messages.{index + 1}.member.content.{offset + 1}.member"
        yield from _null(at, block)
        yield from _call_id(at, block)


def _unknown(path: str, name: str) -> Violation:
    """The matrix says "SDK rejects", and not what the service itself does; the words are made up after botocore's."""
    return replace(error(f'Unknown parameter in input: "{name}"', path), assumed=True)


def _null(at: str, block: Block) -> Iterator[Violation]:
    """docs/providers.md#bedrock-converse, "text null" (LibreChat#13888). That AWS counts from one is not in the
    quotation.
    """
    thought = (block.get(THOUGHT) or {}).get("reasoningText")
    if thought is not None and thought.get("text") is None:
        yield _constraint(f"Value at '{at}.{THOUGHT}.reasoningText.text'", "Member must not be null", at)


def _call_id(at: str, block: Block) -> Iterator[Violation]:
    """AWS API reference, ToolUseBlock: at most 64 characters of a small alphabet. The words are AWS's usual ones."""
    if "toolUse" not in block:
        return
    call = block["toolUse"]["toolUseId"]
    subject = f"Value '{call}' at '{at}.toolUse.toolUseId'"
    if len(call) > LONGEST_ID:
        yield _constraint(subject, f"Member must have length less than or equal to {LONGEST_ID}", at)
    elif not re.fullmatch(r"[a-zA-Z0-9_.:-]+", call):
        yield _constraint(subject, "Member must satisfy regular expression pattern: [a-zA-Z0-9_.:-]+", at)


def _constraint(subject: str, constraint: str, path: str) -> Violation:
    return error(f"{subject} failed to satisfy constraint: {constraint}", path)


def forbidden(body: Body) -> Iterator[Violation]:
    """docs/failures.md#f11 (Switchyard#285): unsigned thinking gets a 403; docs/providers.md#bedrock-converse
    (bifrost#6942) says 400.
    """
    for index, offset, block in assistant_blocks(body):
        thought = (block.get(THOUGHT) or {}).get("reasoningText")
        if thought and not thought.get("signature"):
            message = "The request signature we calculated does not match the signature you provided."
            path = f"messages.{index}.content.{offset}"
            yield replace(error(message, path, status=403, kind="InvalidSignatureException"), assumed=True)


def others(body: Body, own: Set[tuple[str, str]]) -> Iterator[Violation]:
    """A seal that the model did not make. That one is checked says NousResearch/hermes-agent#115865, in this envelope;
    that another model's is rejected, BerriAI/litellm#50399 and earendil-works/pi#1505, without the words.
    """
    for index, offset, block in assistant_blocks(body):
        if THOUGHT not in block:
            continue
        text, seal = thought_of(block)
        whole = block[THOUGHT].get("redactedContent")
        if seal and ((text, seal) not in own or whole not in (None, wrapped(seal))):
            fault = {"code": "validation_error", "message": "Encrypted content could not be verified."}
            told = json.dumps({"error": {**fault, "param": None, "type": "invalid_request_error"}})
            yield error(f"The model returned the following errors: {told}", f"messages.{index}.content.{offset}")


def fields(body: Body) -> Iterator[Fault]:
    """docs/failures.md#f36 (litellm#13609): `reasoning: Extra inputs are not permitted`, and so for any other name."""
    for name in body.get("additionalModelRequestFields") or {}:
        if name not in MODEL_FIELDS:
            yield Fault(f"{name}: Extra inputs are not permitted", f"additionalModelRequestFields.{name}")


def prefill(call: Call) -> Iterator[Fault]:
    """docs/providers.md#bedrock-converse (hermes#105780): a turn of nothing but reasoning counts as prefill; see
    docs/providers.md#anthropic-errors for the words.
    """
    if call.model not in TAKE_NO_PREFILL:
        return
    for role, run in turns(call.body):
        blocks = [block for _, message in run for block in message["content"]]
        if role == "assistant" and blocks and all(block["type"].endswith("thinking") for block in blocks):
            yield Fault(
                "This model does not support assistant message prefill. The conversation must end with a user message.",
                f"messages.{run[0][0]}",
            )
