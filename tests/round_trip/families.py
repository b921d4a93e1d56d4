"""The cases that are not played from the grid: each family of ids, and the test that has them.

Their ids look like those of the grid, `<what>/<ingress>-<backend>`; `<what>` is the family's name, or begins with it.
"""

from __future__ import annotations

_FOLDER = "tests/round_trip"

_SMALL = f"{_FOLDER}/test_small_ones.py"

# A family whose name begins with that of another stands in front of it.
FAMILIES = {
    "answer-fields": f"{_FOLDER}/test_answer_fields.py::test_answer_fields",
    "answered-model": f"{_FOLDER}/test_answered_model.py::test_answered_model",
    "asking-declared": f"{_FOLDER}/test_asking.py::test_asking_declared",
    "asking-unmapped": f"{_FOLDER}/test_asking.py::test_asking_of_unmapped",
    "asking": f"{_FOLDER}/test_asking.py::test_asking",
    "base-install": f"{_FOLDER}/test_base_install.py::test_base_install",
    "call-fields": f"{_FOLDER}/test_client_fields.py::test_call_fields",
    "call-ids": f"{_SMALL}::test_ids_of_geminis_calls",
    "client-fields": f"{_FOLDER}/test_client_fields.py::test_client_fields",
    "counted": f"{_FOLDER}/test_counted.py::test_counted",
    "effort": f"{_FOLDER}/test_effort_limits.py::test_effort_limits",
    "empty-text": f"{_FOLDER}/test_stream_forms.py::test_empty_text",
    "item-fields": f"{_FOLDER}/test_answer_fields.py::test_item_fields",
    "nested-call": f"{_FOLDER}/test_nested_calls.py::test_nested_call",
    "null-signature-logging": f"{_SMALL}::test_null_signature_is_logged",
    "own-followups": f"{_FOLDER}/test_own_followups.py::test_own_followups",
    "plain-wire": f"{_FOLDER}/test_plain.py::test_plain",
    "reasoning-gates": f"{_FOLDER}/test_gates.py::test_gates",
    "responses-stream": f"{_FOLDER}/test_responses_stream.py::test_responses_stream",
    "sealed-details": f"{_FOLDER}/test_sealed_details.py::test_sealed_details",
    "self-heal-403": f"{_FOLDER}/test_self_heal.py::test_bedrock_forbids",
    "self-heal": f"{_FOLDER}/test_self_heal.py::test_self_heal",
    "stream-forms": f"{_FOLDER}/test_stream_forms.py::test_stream_forms",
    "system-note": f"{_FOLDER}/test_system_notes.py::test_system_note",
    "thinking-cache-control": f"{_SMALL}::test_cache_control_behind_another_litellm",
    **dict.fromkeys(
        ("thinking-compat-kept", "thinking-compat-text", "thinking-compat-drop"),
        f"{_FOLDER}/test_thinking_compat.py::test_thinking_compat",
    ),
    "thinking-compat": f"{_FOLDER}/test_thinking_compat.py::test_repairs",
    "tools-known": f"{_SMALL}::test_tools_of_an_unknown_model",
    "understood-only": f"{_FOLDER}/test_understood_only.py::test_understood_only",
    "unsigned-kept": f"{_SMALL}::test_the_setting_stays_here",
    "unsigned-marked": f"{_FOLDER}/test_unsigned_marked.py::test_unsigned_marked",
    "unsigned-setting": f"{_SMALL}::test_unsigned_thinking_as_text",
}

BASE, PROXY, GRID = "base-install", "proxy", "grid"
"""Parts of the cases that read other files of a release: a base install, with the proxy's endpoints, and the grid."""
_WITH_PROXY = {"answered-model"}

PLAYS = {"base-install": "thinking-text-tool", "responses-stream": "thinking-text-tool"}
"""The conversations of the grid that a family plays; most bring scripts of their own."""


def node(case: str) -> str | None:
    """pytest's name of a case by its id; None where the id is of no family, and so of the grid."""
    what = case.partition("/")[0]
    test = next((test for family, test in FAMILIES.items() if what == family or what.startswith(f"{family}-")), None)
    return f"{test}[{case}]" if test else None


def part(case: str) -> str:
    """What a case is played with, because it reads the same files: one of the parts above, or what is "beside" them."""
    what = case.partition("/")[0]
    if node(case) is None:
        return GRID
    return BASE if what == BASE else PROXY if what in _WITH_PROXY else "beside"
