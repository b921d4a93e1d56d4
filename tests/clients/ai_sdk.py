"""The AI SDK, on Node: `@ai-sdk/anthropic` on `/v1/messages`, `@ai-sdk/openai-compatible` on `/v1/chat/completions`."""

from __future__ import annotations

import json
import shutil
import subprocess
from abc import abstractmethod
from dataclasses import dataclass
from pathlib import Path

from tests.clients.client import Client
from tests.clients.job import Error, Item, Job, Outcome
from tests.round_trip.seen import Seen

GUARD, DRIVER = "../loopback.mjs", "../converse.mjs"


@dataclass(frozen=True)
class Line:
    """A line of the AI SDK that users run: a folder in which its packages are installed."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def node(self) -> str:
        """The Node that the line brings, or the machine's."""
        own = shutil.which("node", path=str(self.folder / "node_modules" / ".bin"))
        return own or shutil.which("node") or "node"


class AISDK(Client):
    """`converse.mjs` with the packages of a line, in a process of its own for each conversation."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.name = f"{self.package}-{line.name.removeprefix('line-')}"

    @property
    @abstractmethod
    def package(self) -> str:
        """What the client is called, without its version."""

    @abstractmethod
    def options(self, job: Job) -> Item:
        """The SDK's `providerOptions`."""

    def converse(self, job: Job) -> Outcome:
        done = subprocess.run(
            [self.line.node, "--import", GUARD, DRIVER],
            cwd=self.line.folder,
            input=job.to_json(options=self.options(job)),
            capture_output=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, f"{DRIVER} ended with {done.returncode}: {done.stderr}"
        return _outcome(json.loads(done.stdout))


class AISDKAnthropic(AISDK):
    endpoint = "messages"
    package = "ai-sdk-anthropic"

    def options(self, job: Job) -> Item:
        return {"anthropic": {"thinking": {"type": "enabled", "budgetTokens": 1024}}} if job.effort else {}

    def history(self, question: str, thinking: str, signature: str, answer: str) -> list[Item]:
        signed = {"anthropic": {"signature": signature}}
        parts = [{"type": "reasoning", "text": thinking, "providerOptions": signed}, {"type": "text", "text": answer}]
        return [{"role": "user", "content": question}, {"role": "assistant", "content": parts}]


class AISDKCompatible(AISDK):
    """It sends reasoning back as a text: the signatures of Claude's thinking have no place there."""

    endpoint = "chat"
    package = "ai-sdk-openai-compatible"
    keeps_signatures = False

    def options(self, job: Job) -> Item:
        return {"litellm": {"reasoningEffort": "low"}} if job.effort else {}


def _outcome(told: Item) -> Outcome:
    error = told["error"]
    return Outcome(
        [_seen(turn) for turn in told["turns"]],
        [turn["headers"] for turn in told["turns"]],
        Error(int(error["status"] or 0), error["message"], error["turn"]) if error else None,
    )


def _seen(turn: Item) -> Seen:
    calls = [(call["id"], call["name"], json.dumps(call["input"])) for call in turn["calls"]]
    return Seen(turn["thinking"], turn["texts"], calls)
