"""Made-up results of the matrix, as many as a test asks for, the same ones each time."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence

from scripts.matrix.results import FAILED, PASSED, SKIPPED, FixInfo, Header, ReleaseInfo, Result, Results, digest_of

BACKENDS = ("anthropic", "bedrock", "gemini", "moonshot", "openai", "openrouter", "xai-chat")
INGRESSES = ("messages", "chat", "responses")
FAILURES = {
    "F1": "Thinking becomes visible text",
    "F3": "No `reasoning_content` goes back",
    "N9": "Half a surrogate pair ends the conversation",
}
FIXES = (
    FixInfo(
        "chat-reasoning-content",
        "Thinking also goes back as `reasoning_content`",
        ("F3",),
        ("tool-loop/messages-moonshot",),
    ),
    FixInfo("well-formed-text", "Half a surrogate pair no longer ends it", ("N9",), ("odd-text/messages-openai",)),
)
CONVERSATION = 'about = "A loop."\n[[turn]]\nuser = "Go."\n'


def names(count: int) -> list[str]:
    """Ids of cases, of several conversations, ingresses, backends and modes."""
    found = [
        f"{conversation}/{ingress}-{backend}{mode}"
        for mode in ("", "-stream")
        for conversation in ("tool-loop", "odd-text", *(f"made-up-{number}" for number in range(50)))
        for backend in BACKENDS
        for ingress in INGRESSES
    ]
    return found[:count]


def made(releases: Sequence[str] = ("1.82.1", "1.99.4", "1.109.1"), cases: int = 30, shard: str = "1/1") -> Results:
    """Results in which a third of the cases fail unpatched, fewer from release to release, and some of them patched."""
    chance = random.Random(1)  # noqa: S311 (no secret)
    chosen = names(cases)
    details: dict[str, str] = {}
    results = []
    for place, release in enumerate(releases):
        for case in chosen:
            weak = chance.random() < 0.5 - 0.3 * place / len(releases)
            results += [
                _result(release, patched, case, weak and (not patched or chance.random() < 0.2), details)
                for patched in (False, True)
            ]
    header = Header(
        hashlib.sha256(f"{releases}{cases}".encode()).hexdigest(),
        "3.11.7",
        1,
        tuple(releases),
        shard,
        tuple(chosen),
        {"tool-loop": CONVERSATION, "odd-text": CONVERSATION, **{f"made-up-{n}": CONVERSATION for n in range(50)}},
        FAILURES,
        FIXES,
    )
    return Results(header, tuple(map(_release, releases)), tuple(results), details)


def _release(release: str) -> ReleaseInfo:
    wheel = f"litellm-{release}-py3-none-any.whl"
    verdicts = {"chat-reasoning-content": "needed", "well-formed-text": "retired"}
    digest = hashlib.sha256(release.encode()).hexdigest()
    return ReleaseInfo(release, "pass_through", wheel, digest, ("chat-reasoning-content",), verdicts)


def _result(release: str, patched: bool, case: str, fails: bool, details: dict[str, str]) -> Result:
    if case.endswith("gemini-stream"):
        return Result(release, patched, case, SKIPPED, (), "the release has no such entry point")
    if not fails:
        return Result(release, patched, case, PASSED)
    text = DETAIL.format(case=case)
    details[digest_of(text)] = text
    number = sorted(FAILURES)[len(case) % len(FAILURES)]
    return Result(release, patched, case, FAILED, (number,), text.splitlines()[0], digest_of(text))


DETAIL = """\
request 2, {case}: a placeholder stands in for the reasoning
    block:  assistant turn 1, block 0 (thinking)
    path:   messages[1].reasoning_content
    before: 'First the list of <directories>, largest first.'
    after:  ' '
    backend out  06712c96b90f
    wire         36a9e7f1c95b  <- changed first here
    the provider's answer (400): {{"error": "thinking is enabled but reasoning_content is missing"}}
    --- what the client sent
    +++ what reached the provider
    @@ -1,3 +1,3 @@
     "role": "assistant",
    -"thinking": "First the list of <directories>, largest first."
    +"reasoning_content": " "
"""
