"""What Anthropic's Messages API rejects because of what it said before.

The rules: docs/providers.md#anthropic-errors, docs/providers.md#which-turns-need-thinking,
docs/providers.md#prefix-binding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from itertools import groupby

from tests.backends.anthropic_models import BINDING, Call
from tests.backends.anthropic_seals import Head, Prefix, Seals, prefix
from tests.backends.anthropic_wire import Fault, Place, last_turn, places
from tests.backends.history import Part

_FIRST = (
    "Expected `thinking` or `redacted_thinking`, but found `{found}`. When `thinking` is enabled, a final `assistant` "
    "message must start with a thinking block (preceeding the lastmost set of `tool_use` and `tool_result` blocks). We "
    "recommend you include thinking blocks from previous turns. To avoid this requirement, disable `thinking`. Please "
    "consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking"
)


def seals(call: Call, made: Seals, given: Set[tuple[str, str]]) -> Iterator[Fault]:
    """Rows on empty thinking, bad signatures and bad data; in any turn, as long as thinking is on.

    `given` are the texts that Claude gave in this conversation at platforms with seals of another make.
    """
    for place in _thoughts(call):
        block = place.block
        if place.type == "thinking" and not (block["thinking"] or block["signature"]):
            message = f"{place.path}.thinking: each thinking block must contain thinking"
            yield Fault(message, f"{place.path}.thinking")
        elif made.of(block) is None and (block.get("thinking", ""), _seal(place)) not in given:
            field = "signature" if place.type == "thinking" else "data"
            yield Fault(f"{place.path}: Invalid `{field}` in `{place.type}` block", f"{place.path}.{field}")


def _thoughts(call: Call) -> list[Place]:
    if call.mode == "off":
        return []
    return [place for place in places(call.body) if place.role == "assistant" and place.thinks]


def unchanged(call: Call, given: Sequence[Sequence[Part]]) -> Iterator[Fault]:
    """Row "latest assistant message's blocks changed, reordered, merged, or partly dropped"; all may be dropped.

    A changed text does not get here: it breaks its signature.
    """
    latest = last_turn(call.body) if call.mode != "off" else []
    after = _standing([(place.thinks, _seal(place) if place.thinks else place.type) for place in latest])
    for parts in reversed(given):
        before = _standing(
            [(part.kind == "reasoning", part.detail if part.kind == "reasoning" else part.kind) for part in parts]
        )
        if {seal for seal, *_ in before} & {seal for seal, *_ in after}:
            if before != after:
                yield _modified([place for place in latest if place.thinks], before, after)
            return


Standing = list[tuple[str, int, bool]]


def _seal(place: Place) -> str:
    return str(place.block.get("signature") or place.block.get("data"))


def _standing(blocks: Sequence[tuple[bool, str]]) -> Standing:
    """Each thought with what stands before it: how many calls, and whether there is anything to see."""
    standing: Standing = []
    seen: list[str] = []
    for thinks, label in blocks:
        if thinks:
            standing.append((label, sum(one != "text" for one in seen), bool(seen)))
        else:
            seen.append(label)
    return standing


def _modified(thoughts: Sequence[Place], before: Standing, after: Standing) -> Fault:
    changed = [index for index, one in enumerate(after) if before[index : index + 1] != [one]]
    path = thoughts[changed[0] if changed else -1].path
    return Fault(
        f"{path}: `thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified. These "
        "blocks must remain as they were in the original response.",
        path,
    )


def beginnings(call: Call, silent: Set[str]) -> Iterator[Fault]:
    """Rows on the first block, and docs/providers.md#which-turns-need-thinking: manual mode demands it, adaptive mode
    goes on without thinking.

    The documentation now says that manual mode goes on without it as well, against the errors reported
    (docs/providers.md#not-verified).

    `silent` are the calls of messages that the model began without thinking although it was on, as it does after a
    tool's result unless thinking is interleaved: what came so may come back so.
    """
    if call.mode != "manual":
        return
    latest = last_turn(call.body)
    calls = [place.block["id"] for place in latest if place.type == "tool_use"]
    if calls and not latest[0].thinks and silent.isdisjoint(calls):
        path = f"{latest[0].path}.type"
        yield Fault(f"{path}: {_FIRST.format(found=latest[0].type)}", path, assumed=True)
    yield from _late(call)


def _late(call: Call) -> Iterator[Fault]:
    """Row "a message contains thinking but does not start with it", which a later probe contradicts."""
    own = [place for place in places(call.body) if place.role == "assistant"]
    for _, run in groupby(own, key=lambda place: place.start):
        first, *rest = run
        if not first.thinks and any(place.thinks for place in rest):
            yield Fault(
                f"{first.path}: If an assistant message contains any thinking blocks, the first block must be "
                f"`thinking` or `redacted_thinking`. Found `{first.type}`.",
                first.path,
                assumed=True,
            )


def endings(call: Call) -> Iterator[Fault]:
    """Row "thinking disabled, final assistant message holds thinking".

    Final is the last message, or the one whose tools are answered in the last message. For the second the current
    documentation says that thinking is stripped without an error (docs/providers.md#which-turns-need-thinking), so
    there it is assumed.
    """
    latest = last_turn(call.body) if call.mode == "off" else []
    for place in latest:
        last = call.body["messages"][-1]
        answered = any(one.type == "tool_result" for one in places({"messages": [last]}))
        if place.thinks and (answered or last["role"] == "assistant"):
            yield Fault(
                f"{place.path}: When thinking is disabled, an `assistant` message in the final position cannot contain "
                "`thinking`. To use thinking blocks, enable `thinking` in your request.",
                place.path,
                assumed=answered,
            )


def bindings(call: Call, made: Seals) -> Iterator[Fault]:
    """docs/providers.md#prefix-binding: each thought stands behind what it was made behind, and none is missing between
    two others.
    """
    setting = (call.thinking.get("block_binding") or {}).get("prefix_mismatch_behavior")
    if setting == "drop_block":
        return
    rank: int | None = None
    for place in _thoughts(call):
        head = made.of(place.block)
        if head is None:
            continue
        now = prefix(call.body, place.start)
        if head.prefix != now.digest or rank not in (None, head.rank - 1):
            yield Fault(_mismatch(call, place, _cause(head, now, made)), place.path)
        rank = head.rank


def _mismatch(call: Call, place: Place, cause: str) -> str:
    message = (
        f"{place.path}: Invalid `signature` in `thinking` block. The block is bound to a different conversation. "
        'Remove the block, or set `thinking.block_binding.prefix_mismatch_behavior` to "drop_block".'
    )
    if BINDING not in call.betas:
        message += f" That setting requires the `{BINDING}` value in the `anthropic-beta` header."
    return message + cause


def _cause(head: Head, now: Prefix, made: Seals) -> str:
    """The optional last sentence, where one of the two known ones fits."""
    then = made.prefixes.get(head.prefix)
    if then is None:
        return ""
    if then.system != now.system:
        return " The `system` prompt differs from the one this block was created with."
    kept = {text for _, text in now.blocks}
    missing = [path for path, text in then.blocks if text not in kept]
    if missing and len(now.blocks) < len(then.blocks):
        return (
            " Content that preceded this block when it was created is missing from this request, starting at "
            f"`{missing[0]}`."
        )
    return ""
