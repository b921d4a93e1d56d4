"""Conversations that only these tests have; they are built as those in tests/conversations are."""

from __future__ import annotations

from tests.conversations.model import AssistantTurn, Conversation, Text, Thinking, ToolUse, UserTurn

AWAY_BETWEEN_QUESTIONS = Conversation(
    "away-between-questions",
    "Claude answers one question, another model the next, and Claude the third; each uses a tool.",
    (
        UserTurn("Which tests fail?"),
        AssistantTurn(
            (
                Thinking("The test runner knows."),
                Text("I run the tests."),
                ToolUse("run", {"command": "make test"}, "2 failed"),
            ),
            "anthropic",
        ),
        AssistantTurn((Text("Two of them fail."),), "anthropic"),
        UserTurn("Mend the first."),
        AssistantTurn(
            (
                Thinking("The first one is about dates, so look there."),
                Text("I open it."),
                ToolUse("run", {"command": "cat dates.py"}, "12 lines"),
            )
        ),
        AssistantTurn((Thinking("A leap year was forgotten."), Text("It is mended."))),
        UserTurn("And the second?"),
        AssistantTurn(
            (
                Thinking("The second one may be mended with it."),
                Text("I run it again."),
                ToolUse("run", {"command": "make test"}, "all passed"),
            ),
            "anthropic",
        ),
        AssistantTurn((Text("Both pass now."),), "anthropic"),
    ),
)
