"""The Python SDK of Anthropic, on `/v1/messages`."""

from __future__ import annotations

import json
from typing import Any

import anthropic

from tests.clients.client import Client, Talk, schema
from tests.clients.job import MAX_TOKENS, Item, Job, Outcome
from tests.round_trip.seen import Seen


class AnthropicSDK(Client):
    name = "anthropic"
    endpoint = "messages"

    def converse(self, job: Job) -> Outcome:
        with anthropic.Anthropic(base_url=job.url, api_key=job.key, max_retries=0) as client:
            return _Talk(job, client).run()

    def history(self, question: str, thinking: str, signature: str, answer: str) -> list[Item]:
        block = {"type": "thinking", "thinking": thinking, "signature": signature}
        content = [block, {"type": "text", "text": answer}]
        return [{"role": "user", "content": question}, {"role": "assistant", "content": content}]


class _Talk(Talk):
    errors = anthropic.APIError

    def __init__(self, job: Job, client: anthropic.Anthropic) -> None:
        super().__init__(job)
        self._client = client

    def ask(self, model: str) -> Seen:
        message = self._streamed(model) if self.job.streamed else self._whole(model)
        self.history.append({"role": "assistant", "content": message.content})
        blocks = message.content
        return Seen(
            [block.thinking for block in blocks if block.type == "thinking"],
            [block.text for block in blocks if block.type == "text"],
            [(block.id, block.name, json.dumps(block.input)) for block in blocks if block.type == "tool_use"],
        )

    def _whole(self, model: str) -> anthropic.types.Message:
        # Otherwise the SDK refuses, without asking, what it takes to need more than ten minutes.
        answer = self._client.messages.with_raw_response.create(**self._request(model), timeout=120)
        self.outcome.headers.append(dict(answer.headers))
        message: anthropic.types.Message = answer.parse()
        return message

    def _streamed(self, model: str) -> anthropic.types.Message:
        with self._client.messages.stream(**self._request(model)) as stream:
            self.outcome.headers.append(dict(stream.response.headers))
            return stream.get_final_message()

    def _request(self, model: str) -> dict[str, Any]:
        tools = [
            {"name": name, "description": name, "input_schema": schema(arguments)}
            for name, arguments in self.job.tools.items()
        ]
        request: Item = {"model": model, "max_tokens": MAX_TOKENS, "messages": self.history}
        request |= {"tools": tools} if tools else {}
        request |= {"system": self.job.system} if self.job.system else {}
        request |= {"thinking": {"type": "enabled", "budget_tokens": 1024}} if self.job.effort else {}
        return request

    def answer_tools(self, seen: Seen, results: list[str]) -> None:
        blocks = [
            {"type": "tool_result", "tool_use_id": ident, "content": result}
            for (ident, _, _), result in zip(seen.calls, results, strict=False)
        ]
        if blocks:
            self.history.append({"role": "user", "content": blocks})
