"""What `thinking_compat` makes of a turn and of odd histories; what its files may say, and how mistakes are told."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.round_trip.compat import CAPABILITIES, COMPAT, FIXED, NAME, OVERLAY, loaded, said

Item = dict[str, Any]
FIREWORKS = "fireworks_ai/accounts/fireworks/models/glm-4p7"
CLAUDE = "anthropic/claude-sonnet-4-5"
SIGNED: Item = {"type": "thinking", "thinking": "A.", "signature": "EqQB"}
UNSIGNED: Item = {"type": "thinking", "thinking": "B.", "signature": ""}
REDACTED: Item = {"type": "redacted_thinking", "data": "EmYK"}
TEXT: Item = {"type": "text", "text": "Done."}
USE: Item = {"type": "tool_use", "id": "t", "name": "do", "input": {}}
CALL: Item = {"id": "t", "type": "function", "function": {"name": "do", "arguments": "{}"}}


def callback(folder: Path, setting: str | None = None) -> Any:
    """A callback for whose user Fireworks takes nothing."""
    return COMPAT.ThinkingCompat(setting, said(folder, {"fireworks_ai": "none"}))


def turn(content: Any, **fields: Any) -> Item:
    return {"role": "assistant", "content": content, **fields}


def _text(text: str) -> Item:
    return {"type": "text", "text": text}


ROWS = {
    "thinking without a signature": (
        {"role": "assistant", "thinking_blocks": [{"type": "thinking", "thinking": "Let me analyze..."}]},
        {"role": "assistant", "content": [_text("[Reasoning] Let me analyze...")]},
        None,
    ),
    "a string": (
        turn("Done.", thinking_blocks=[SIGNED], reasoning_content="A."),
        turn("[Reasoning] A.\n\nDone."),
        turn("Done."),
    ),
    "parts": (
        turn([TEXT], thinking_blocks=[SIGNED, REDACTED]),
        turn([_text("[Reasoning] A.\n\n"), TEXT]),
        turn([TEXT]),
    ),
    "a call alone": (
        turn(None, thinking_blocks=[SIGNED], tool_calls=[CALL]),
        turn([_text("[Reasoning] A.")], tool_calls=[CALL]),
        turn(None, tool_calls=[CALL]),
    ),
    "only the field": (turn("Done.", reasoning_content="A."), turn("[Reasoning] A.\n\nDone."), turn("Done.")),
    "an empty field": (turn("Done.", reasoning_content=None), turn("Done."), turn("Done.")),
    "LiteLLM's own field": (turn("Done.", provider_specific_fields={"citations": None}), turn("Done."), turn("Done.")),
    "pieces of a stream": (
        turn("Done.", thinking_blocks=[{**UNSIGNED, "thinking": "A"}, UNSIGNED], reasoning_content="AB."),
        turn("[Reasoning] AB.\n\nDone."),
        turn("Done."),
    ),
    "blocks with more than the field": (
        turn("Done.", thinking_blocks=[SIGNED, UNSIGNED], reasoning_content=" "),
        turn("[Reasoning] A.\n\n[Reasoning] B.\n\nDone."),
        turn("Done."),
    ),
    "blocks in order": (
        turn([SIGNED, TEXT, UNSIGNED, USE]),
        turn([_text("[Reasoning] A.\n\n"), TEXT, _text("[Reasoning] B."), USE]),
        turn([TEXT, USE]),
    ),
    "thought and said, with sealed thinking between": (
        turn([SIGNED, REDACTED, TEXT]),
        turn([_text("[Reasoning] A.\n\n"), TEXT]),
        turn([TEXT]),
    ),
    "nothing but sealed thinking": (turn([REDACTED, {**SIGNED, "thinking": ""}]), None, None),
}


@pytest.mark.parametrize("setting", ["text", "drop"])
@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_what_becomes_of_a_turn(row: tuple[Item, Item | None, Item | None], setting: str, tmp_path: Path) -> None:
    given, *wanted = copy.deepcopy(row)
    expected = wanted[setting == "drop"]
    question = {"role": "user", "content": "?"}
    history = [question, given, question]
    before = copy.deepcopy(history)
    new = callback(tmp_path, setting).compatible(history, FIREWORKS)
    assert new == ([question, expected, question] if expected else [question, question])
    assert history == before


ODD = {
    "no list": "Hello",
    "nothing": None,
    "a tuple": ({"role": "assistant", "content": "x"},),
    "strings": ["Hello", 5, None, ["x"]],
    "no role": [{"content": [SIGNED]}],
    "no content": [{"role": "assistant"}],
    "unknown blocks": [turn([{"type": "hologram"}, {"type": ["thinking"]}, "text", None, {}])],
    "a user's thinking": [{"role": "user", "content": [SIGNED]}],
    "plain": [{"role": "user", "content": "?"}, turn("Done."), turn([TEXT, USE])],
}


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("history", ODD.values(), ids=ODD)
@pytest.mark.parametrize("model", [FIREWORKS, CLAUDE, "together_ai/x"])
async def test_an_odd_history_is_handed_on(history: Any, model: str, tmp_path: Path) -> None:
    mine = callback(tmp_path)
    assert mine.compatible(history, model) is history
    for call_type in ("acompletion", "anthropic_messages", None, "aembedding"):
        assert await mine.async_pre_call_deployment_hook({"model": model, "messages": history}, call_type) is None


@pytest.mark.parametrize("model", ["no-such-provider-anywhere/x", None, "openai/gpt-5", CLAUDE])
def test_of_whom_nothing_is_said_everything_stays(model: Any, tmp_path: Path) -> None:
    history = [turn("Done.", thinking_blocks=[SIGNED], reasoning_content="A.")]
    assert callback(tmp_path).compatible(history, model) is history


def test_the_pieces_of_claude_s_stream_are_joined(tmp_path: Path) -> None:
    """In chat completions LiteLLM streams a text in pieces without signature, and then the signature without text."""
    pieces = [{**UNSIGNED, "thinking": "A"}, UNSIGNED, {**SIGNED, "thinking": ""}, REDACTED]
    (new,) = callback(tmp_path).compatible([turn("Done.", thinking_blocks=pieces)], CLAUDE)
    assert new == turn("Done.", thinking_blocks=[{**SIGNED, "thinking": "AB."}, REDACTED])


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("unsigned", [UNSIGNED, {**UNSIGNED, "signature": "litellm_signed_by:gemini:abc"}])
@pytest.mark.parametrize("setting", ["text", "drop"])
async def test_what_claude_did_not_sign(setting: str, unsigned: Item, tmp_path: Path) -> None:
    """On /v1/messages it is converted; where the fixes are in the wheel it is theirs."""
    content = [SIGNED, unsigned, TEXT, {**USE, "provider_specific_fields": {}}, REDACTED]
    kwargs = {"model": CLAUDE, "messages": [turn(content)]}
    new = await callback(tmp_path, setting).async_pre_call_deployment_hook(kwargs, "anthropic_messages")
    said_aloud = [_text("[Reasoning] B.\n\n")] if setting == "text" else []
    wanted = None if FIXED else {**kwargs, "messages": [turn([SIGNED, *said_aloud, TEXT, USE, REDACTED])]}
    assert new == wanted


def test_the_user_counts_before_the_shipped_and_more_letters_before_fewer(tmp_path: Path) -> None:
    (tmp_path / "mine.yml").write_text(
        'groq:\n  "*":\n    takes: none\n'
        '  "openai/*":\n    takes: reasoning\n  "OpenAI/gpt-oss-20b*":\n    takes: none\n'
    )
    mine = COMPAT.ThinkingCompat(folder=tmp_path)
    shipped = COMPAT.ThinkingCompat()
    models = ("llama-3.1-8b", "qwen/qwen3-32b", "openai/gpt-oss-120b", "openai/GPT-OSS-20b-x")
    assert [mine.takes(model, "groq") for model in models] == ["none", "none", "reasoning", "none"]
    assert [shipped.takes(model, "groq") for model in models] == ["none", "reasoning", "reasoning", "reasoning"]
    assert mine.takes("accounts/fireworks/models/glm-4p7", "fireworks_ai") == "reasoning_content"


BAD = {
    "not yaml": ("groq:\n  *: x\n", "line 2: this is not YAML"),
    "tabs": ("groq:\n\t'*': x\n", "line 2: this is not YAML"),
    "empty": ("", "line 1: there have to be providers"),
    "a list": ("- groq\n", "line 1: there have to be providers"),
    "no patterns": ("groq:\n", "line 1: there have to be patterns"),
    "no details": ("groq:\n  'x': none\n", "line 2: there have to be `takes`"),
    "unknown key": ("groq:\n  'x':\n    takes: none\n    take: all\n", "line 4: the key 'take' is unknown"),
    "unknown value": ("groq:\n  'x':\n    takes: some\n", "line 3: `takes` is 'some'; it can be one of"),
    "wrong type": ("groq:\n  'x':\n    takes: 5\n", "line 3: 'takes' has to be a text"),
    "null": ("groq:\n  'x':\n    takes: null\n", "line 3: 'takes' has to be a text"),
    "a number for a pattern": ("groq:\n  5:\n    takes: none\n", "line 2: a key here has to be a text"),
    "takes missing": ("groq:\n  'x':\n    source: me\n", "line 3: `takes` is missing"),
    "pattern twice": ("groq:\n  'x':\n    takes: none\n  'x':\n    takes: none\n", "line 4: 'x' is there twice, first"),
    "pattern twice but for its case": (
        "groq:\n  'x':\n    takes: none\n  'X':\n    takes: none\n",
        "line 4: the pattern 'x' of groq is there twice, first in",
    ),
    "provider twice": (
        "groq:\n  'x':\n    takes: none\ngroq:\n  'y':\n    takes: none\n",
        "line 4: 'groq' is there twice",
    ),
    "key twice": ("groq:\n  'x':\n    takes: none\n    takes: none\n", "line 4: 'takes' is there twice"),
    "two documents": ("groq:\n  'x':\n    takes: none\n---\nzai: 1\n", "line 4: this is not YAML"),
}


@pytest.mark.parametrize(("text", "expected"), BAD.values(), ids=BAD)
def test_a_mistake_is_told_in_one_line_with_its_place(text: str, expected: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(COMPAT.CapabilitiesError, match=re.escape(f"{path}, {expected}")) as caught:
        COMPAT.ThinkingCompat(folder=tmp_path)
    assert "\n" not in str(caught.value)


def test_two_files_that_say_the_same_are_both_named(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text("groq:\n  '*':\n    takes: none\n")
    with pytest.raises(COMPAT.CapabilitiesError, match=r"b\.yaml, line 2: .* first in .*a\.yaml, line 2; remove one"):
        COMPAT.ThinkingCompat(folder=tmp_path)


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(COMPAT.CapabilitiesError, match=r"mine\.yaml: it cannot be read"):
        COMPAT.ThinkingCompat(folder=tmp_path)


def test_the_variables_say_what_the_arguments_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    history = [turn("Done.", reasoning_content="A.")]
    monkeypatch.setenv(COMPAT.VARIABLE, str(said(tmp_path, {"fireworks_ai": "none"})))
    monkeypatch.setenv(COMPAT.SETTING, "drop")
    assert COMPAT.ThinkingCompat().compatible(history, FIREWORKS) == [turn("Done.")]
    assert COMPAT.ThinkingCompat("text").compatible(history, FIREWORKS) == [turn("[Reasoning] A.\n\nDone.")]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("LITELLM_UNSUPPORTED_THINKING", "hide", "LITELLM_UNSUPPORTED_THINKING is 'hide'; it can be text or drop"),
        ("LITELLM_MODEL_CAPABILITIES", "/nowhere/at/all", "/nowhere/at/all: there is no folder with YAML files here"),
    ],
)
def test_a_wrong_variable_stops_the_import(
    name: str, value: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the proxy imports it at its start."""
    monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match=f"^{re.escape(expected)}[^\n]*$"):
        loaded(Path(COMPAT.__file__))


def test_the_file_without_its_folder(tmp_path: Path) -> None:
    copy_of_it = tmp_path / f"{NAME}.py"
    copy_of_it.write_bytes((OVERLAY / f"{NAME}.py").read_bytes())
    with pytest.raises(ValueError, match="there is no folder with YAML files here; copy it there together with"):
        loaded(copy_of_it)


SHIPPED = sorted((OVERLAY / CAPABILITIES).iterdir())


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_what_is_shipped_says_where_it_is_known_from(path: Path) -> None:
    """One provider in each file, named after it, and a heading of docs/providers.md for each pattern."""
    ((provider, models),) = yaml.safe_load(path.read_text(encoding="utf-8")).items()
    assert provider == path.stem
    assert [
        pattern
        for pattern, said_of_it in models.items()
        if not re.match(r"docs/providers\.md#[a-z-]+", said_of_it["source"])
    ] == []
